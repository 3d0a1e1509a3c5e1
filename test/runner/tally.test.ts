import { expect, it } from 'vitest';
import { uniform } from '../../src/agents/context-free/uniform.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { sigmoid } from '../../src/env/response.ts';
import { worldOf } from '../env/play.ts';
import { playEpisode } from '../../src/runner/episode.ts';
import { tally } from '../../src/runner/tally.ts';

it('counts sessions so that requests per session are right in short episodes, too', () => {
  const lanes = 256;
  const requests = 50 * lanes;
  const environment = worldOf({ lanes, users: 2000, sessions: { leaveLogit: -1.8, horizonRequests: 4000 } });
  const k = environment.spec.actions.length;
  const nothing = matrix(lanes, k);
  const sums = tally('1', requests, environment, () => nothing);
  const random = randomFrom('tally');
  playEpisode({
    environment,
    agent: uniform(k),
    seed: '1',
    requests,
    random,
    needsTruth: true,
    onTick: (tick) => sums.add(tick),
  });
  const { sessions } = sums.record().episode;
  // Every request ends its session with probability p: Binomial(requests, p). Counting the 256 still open would be z = 6.5.
  const p = sigmoid(-1.8);
  const z = (sessions - requests * p) / Math.sqrt(requests * p * (1 - p));
  expect(Math.abs(z)).toBeLessThan(4);
});
