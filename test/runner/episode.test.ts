import { expect, it } from 'vitest';
import { uniform } from '../../src/agents/context-free/uniform.ts';
import { randomFrom } from '../../src/core/random.ts';
import { playEpisode } from '../../src/runner/episode.ts';
import { worldOf } from '../env/play.ts';

it('teaches each tick with the tick that follows it, the last one included, and shows no hidden state', () => {
  const environment = worldOf({ lanes: 8, users: 40 });
  const k = environment.spec.actions.length;
  const met: [now: number, next: number][] = [];
  const played = playEpisode({
    environment,
    agent: {
      ...uniform(k),
      learn(requests, _decisions, _outcomes, next) {
        expect(requests).not.toHaveProperty('hidden');
        expect(next).not.toHaveProperty('hidden');
        met.push([requests.impression[0], next.impression[0]]);
      },
    },
    seed: '1',
    requests: 20,
    random: randomFrom('episode'),
  });
  expect(played).toBe(24);
  expect(met).toEqual([
    [0, 8],
    [8, 16],
    [16, 24],
  ]);
});
