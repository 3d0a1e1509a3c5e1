/** Another luck is another draw of visits and clicks of the same users in the same world. */
import { expect, it } from 'vitest';
import { trueRequestsOf } from '../../src/core/batch.ts';
import { randomFrom } from '../../src/core/random.ts';
import { resolveWorld } from '../../src/env/config.ts';
import { market } from '../../src/env/market.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';
import { LATENT } from '../../src/env/hidden.ts';
import { createAgent } from '../../src/agents/registry.ts';
import { playEpisode } from '../../src/runner/episode.ts';

const config = resolveWorld({ preset: 'quiet', users: 400, lanes: 50, baseCtr: 0.3 });
const environment = market(config, syntheticCreatives(10, randomFrom('creatives')));
const { spec, actions } = environment;

/** Latent interest of each user met, and the clicks of a uniform agent. */
function play(luck?: string) {
  const latent = new Map<number, string>();
  const visitors: number[] = [];
  const clicks: number[] = [];
  const random = randomFrom('agent');
  const agent = createAgent({ kind: 'uniform' }, { spec, actions, random, models: new Map() });
  const from = LATENT;
  playEpisode({
    environment,
    agent,
    seed: '1',
    ...(luck === undefined ? {} : { luck }),
    seesHidden: true,
    requests: 5000,
    random,
    onTick: ({ requests, outcomes }) => {
      const { hidden } = requests as ReturnType<typeof trueRequestsOf>;
      for (let i = 0; i < requests.size; i++) {
        visitors.push(requests.user[i]);
        clicks.push(outcomes.click[i]);
        const at = i * hidden.columns + from;
        latent.set(requests.user[i], hidden.data.subarray(at, at + 8).join());
      }
    },
  });
  return { latent, visitors, clicks };
}

it('keeps the users and changes the visits and the clicks', () => {
  const own = play();
  const again = play();
  const other = play('log');
  expect(again).toEqual(own);
  expect(other.visitors).not.toEqual(own.visitors);
  expect(other.clicks).not.toEqual(own.clicks);
  const shared = [...own.latent.keys()].filter((user) => other.latent.has(user));
  expect(shared.length).toBeGreaterThan(100);
  for (const user of shared) expect(other.latent.get(user)).toBe(own.latent.get(user));
});
