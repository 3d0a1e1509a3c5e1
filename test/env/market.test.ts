import { expect, it } from 'vitest';
import { decisionsOf, outcomesOf, trueRequestsOf } from '../../src/core/batch.ts';
import { randomFrom } from '../../src/core/random.ts';
import { resolveWorld } from '../../src/env/config.ts';
import type { WorldInput } from '../../src/env/config.ts';
import { market } from '../../src/env/market.ts';
import { PRESET_NAMES } from '../../src/env/presets.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';
import { environmentContract } from '../contracts/environment.ts';
import { worldOf } from './play.ts';

for (const preset of PRESET_NAMES) environmentContract(preset, () => worldOf({ preset, users: 2000 }));
environmentContract('quiet, for profit, 3 lanes', () => worldOf({ reward: 'profit', lanes: 3, users: 50 }));

it('shows 16 features for ten categories, and two more where session features are on', () => {
  expect(worldOf({}).spec.contextNames).toHaveLength(16);
  expect(worldOf({ sessions: { sessionFeatures: true } }).spec.contextNames).toHaveLength(18);
});

it('says what is wrong with creatives it cannot show', () => {
  const two = syntheticCreatives(2, randomFrom('c'));
  const build =
    (change: Partial<typeof two>, world: WorldInput = {}) =>
    () =>
      market(resolveWorld(world), { ...two, ...change });
  expect(build({})).not.toThrow();
  expect(build({}, { categories: 1 })).toThrow(/trouser-1 is of category 1, but world.categories is 1/);
  expect(build({ size: 1 })).toThrow(/at least 2/);
  expect(build({ recognisability: Float64Array.of(0, Number.NaN) })).toThrow(/recognisability/);
});

it('refuses a second agent, requests of another tick, and to begin before reset', () => {
  const world = worldOf({ lanes: 4, users: 20 });
  const shape = { rows: 4, context: 16, actions: 10, slots: 1 };
  const requests = trueRequestsOf(shape, world.spec.hiddenSize);
  const [decisions, outcomes] = [decisionsOf(shape), outcomesOf(shape)];
  expect(() => world.observe(requests)).toThrow(/reset/);
  world.reset('a');
  world.observe(requests);
  expect(() => world.step(requests, [decisions, decisions], [outcomes, outcomes])).toThrow(/exactly 1/);
  world.step(requests, [decisions], [outcomes]);
  expect(() => world.step(requests, [decisions], [outcomes])).toThrow(/other requests/);
});
