import { expect, it } from 'vitest';
import { decisionsOf, outcomesOf, trueRequestsOf } from '../../src/core/batch.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { resolveWorld } from '../../src/env/config.ts';
import type { WorldInput } from '../../src/env/config.ts';
import { market } from '../../src/env/market.ts';
import { PRESET_NAMES } from '../../src/env/presets.ts';
import { beginSession, sessionsOf } from '../../src/env/sessions.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';
import { environmentContract } from '../contracts/environment.ts';
import { worldOf } from './play.ts';

/** Few users who come often. */
const SMALL = { users: 2000 };

/** Auction, budgets, caps, dayparts, targeting, fatigue, drift, promotions, price levels, delays, pages of three. */
const EVERYTHING: WorldInput = {
  users: 400,
  lanes: 64,
  requestsPerHour: 3000,
  categories: 4,
  reward: 'profit',
  baseCtr: 0.2,
  priceLevels: [0.9, 1.1],
  population: { newcomers: 0.3, newcomersOverHours: 48 },
  arrivals: { dailyProfile: Array.from({ length: 24 }, (_, h) => 1 + (h % 5)) },
  observed: { session: true, history: true, demographics: true, page: true, week: true },
  page: { slots: 3 },
  fatigue: { weight: 0.3, weightAll: 0.1, halfLifeHours: 0.05 },
  drift: { pullPerDay: 0.2, noisePerDay: 0.05, trendDays: 3, clickPull: 0 },
  conversion: { logit: -1, delayMedianHours: 6, windowHours: 24 },
  promotions: [{ name: 'night', categories: ['dress'], fromHour: 20, toHour: 23, everyHours: 24, discount: 0.2 }],
  campaigns: [
    { name: 'rest', budgetUsd: 4000, dailyBudgetUsd: 400, pacing: 'even', valuePerClickUsd: 1, frequencyCap: 40 },
    {
      name: 'dresses',
      categories: ['dress'],
      budgetUsd: 900,
      dayparts: [{ fromHour: 6, toHour: 24 }],
      targeting: { device: ['phone'] },
    },
  ],
  auction: { mechanism: 'gsp', unit: 'click', squash: 1, reserveUsd: 0.001, rivals: 2, rivalMedianUsd: 0.003 },
};

for (const preset of PRESET_NAMES) environmentContract(preset, () => worldOf({ preset, ...SMALL }));
environmentContract('quiet, for profit, 3 lanes', () => worldOf({ reward: 'profit', lanes: 3, users: 50 }));
environmentContract('everything on', () => worldOf(EVERYTHING, 2));
environmentContract('three players', () => worldOf({ preset: 'rivals', ...SMALL }, 1, 3));
environmentContract('cascade of paid ads', () =>
  worldOf({ ...SMALL, reward: 'profit', page: { slots: 3, examination: 'cascade' }, costPerImpressionUsd: 0.01 }),
);
environmentContract('several impressions sold at once', () =>
  worldOf({ ...SMALL, preset: 'auction', page: { slots: 2 }, auction: { mechanism: 'first-price' } }),
);

it('shows 16 features for ten categories, and more where more is observed', () => {
  const featuresOf = (input: WorldInput): number => worldOf(input).spec.contextNames.length;
  expect(featuresOf({})).toBe(16);
  expect(featuresOf({ observed: { session: true } })).toBe(18);
  expect(featuresOf({ observed: { history: true, demographics: true, page: true, week: true } })).toBe(
    16 + 12 + 12 + 10 + 1,
  );
});

it('takes no more ads on a page than there are', () => {
  expect(() => worldOf({ categories: 2, page: { slots: 3 } })).toThrow(/3 slots cannot be filled with 2 different ads/);
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

it('knows its odds however unequal its users are', () => {
  // So small a shape rounds most activities to 0, all of some lanes among them.
  const world = worldOf({ lanes: 64, users: 70, population: { activityShape: 0.005 } });
  const { spec } = world;
  const shape = { rows: 64, context: spec.contextNames.length, actions: spec.actions.length, slots: 1 };
  const requests = trueRequestsOf(shape, spec.hiddenSize);
  const truth = matrix(64, shape.actions);
  world.reset('a');
  world.observe(requests);
  world.truth.predict(requests, truth);
  expect(truth.data.every((p) => p > 0 && p < 1)).toBe(true);
});

it('refuses to repeat itself: visits and sessions beyond what their numbers can hold', () => {
  const { users, lanes } = { users: 4, lanes: 4 };
  const sessions = sessionsOf(resolveWorld({ users, lanes }), 2);
  expect(() => beginSession(sessions, 1, 2 ** 20, 1, 2 ** 20 - 1, 0)).not.toThrow();
  expect(() => beginSession(sessions, 1, 2 ** 20, 1, 2 ** 20, 0)).toThrow(/user 1 came 1048576 times/);
  expect(() => beginSession(sessions, 3, 2 ** 29 - 1, 1, 0, 0)).not.toThrow();
  expect(sessions.session[3]).toBe(2 ** 31 - 1);
  expect(() => beginSession(sessions, 0, 2 ** 29, 1, 0, 0)).toThrow(/2147483648 sessions/);
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
