import { expect, it } from 'vitest';
import { z } from 'zod';
import { InputError } from '../../src/core/errors.ts';
import { resolveWorld, worldSchema } from '../../src/env/config.ts';
import type { WorldInput } from '../../src/env/config.ts';
import { PRESET_NAMES, WORLDS } from '../../src/env/presets.ts';

it('is quiet where nothing is said, and writes every default out', () => {
  expect(resolveWorld()).toEqual({ ...WORLDS[0].settings, preset: 'quiet' });
  const leaves = (value: object): unknown[] =>
    Object.values(value).flatMap((v: unknown) => (typeof v === 'object' && v !== null ? leaves(v) : [v]));
  expect(leaves(resolveWorld())).not.toContain(undefined);
});

it('knows every preset by its name and asks a question with each', () => {
  expect(WORLDS.map((world) => world.name)).toEqual([...PRESET_NAMES]);
  for (const world of WORLDS) {
    expect(resolveWorld({ preset: world.name })).toEqual({ ...world.settings, preset: world.name });
    expect(world.question).toMatch(/^[A-Z].*\?$/);
  }
});

it('replaces what is overridden and nothing else, at every depth', () => {
  const base = resolveWorld({ preset: 'fatigue' });
  const response = { headlineWeights: { urgency: 0.9 }, hourAmplitude: 0 };
  const world = resolveWorld({ preset: 'fatigue', users: 999, fatigue: { weight: 0.1 }, response });
  expect(world).toEqual({
    ...base,
    users: 999,
    fatigue: { ...base.fatigue, weight: 0.1 },
    response: {
      ...base.response,
      hourAmplitude: 0,
      headlineWeights: { ...base.response.headlineWeights, urgency: 0.9 },
    },
  });
  expect(resolveWorld({ preset: 'fatigue' })).toEqual(base);
});

it('accepts its own output as input', () => {
  for (const { name } of WORLDS) {
    const config = resolveWorld({ preset: name });
    expect(resolveWorld(config)).toEqual(config);
  }
});

it('names the key and the trouble in one sentence', () => {
  const cases: [WorldInput, RegExp][] = [
    [{ users: 100, lanes: 256 }, /^world\.users: 100 users cannot fill 256 lanes.*raise users to at least 256/],
    [{ users: 0 }, /^world\.users: /],
    [{ users: 10.5 }, /^world\.users: /],
    [{ categories: 11 }, /^world\.categories: /],
    [{ baseCtr: 2 }, /^world\.baseCtr: /],
    [{ baseCtr: Number.NaN }, /^world\.baseCtr: /],
    [{ fatigue: { halfLifeHours: 0 } }, /^world\.fatigue\.halfLifeHours: /],
    [{ preset: 'loud' as 'quiet' }, /^world\.preset: /],
    [{ page: { slots: 2, positionFactors: [1] } }, /^world\.page\.positionFactors: 1 numbers for 2 slots/],
    [{ page: { slots: 2, positionFactors: [0.5, 1] } }, /^world\.page\.positionFactors: .*largest first/],
    [
      { arrivals: { dailyProfile: Array.from({ length: 24 }, () => 0) } },
      /^world\.arrivals\.dailyProfile: all rates are 0/,
    ],
    [{ priceLevels: [-1] }, /^world\.priceLevels\.0: /],
    [{ costPerImpressionUsd: -1 }, /^world\.costPerImpressionUsd: /],
    [
      { promotions: [{ name: 'p', fromHour: 5, toHour: 4, discount: 0.1 }] },
      /^world\.promotions\.0\.toHour: 4 is not after/,
    ],
    [
      { promotions: [{ name: 'p', fromHour: 0, toHour: 9, everyHours: 8, discount: 0.1 }] },
      /^world\.promotions\.0\.everyHours/,
    ],
    [{ campaigns: [{ name: 'a', budgetUsd: 0 }] }, /^world\.campaigns\.0\.budgetUsd: /],
    [
      { campaigns: [{ name: 'a', budgetUsd: 10, dailyBudgetUsd: 20 }] },
      /20 USD a day is more than the whole budget of 10/,
    ],
    [{ campaigns: [{ name: 'a', pacing: 'even' }] }, /^world\.campaigns\.0\.pacing: .*give dailyBudgetUsd/],
    [{ campaigns: [{ name: 'a' }, { name: 'a', categories: ['bag'] }] }, /"a" stands twice/],
    [{ campaigns: [{ name: 'a' }, { name: 'b' }] }, /^world\.campaigns\.1\.categories: is left out/],
    [{ campaigns: [{ name: 'a', categories: ['bag'] }] }, /no campaign shows t-shirt/],
    [
      {
        campaigns: [
          { name: 'a', categories: ['bag'] },
          { name: 'b', categories: ['bag'] },
        ],
      },
      /bag is also shown by "a"/,
    ],
    [
      { categories: 4, campaigns: [{ name: 'a', categories: ['boot'] }] },
      /boot is category 10, but world.categories is 4/,
    ],
    [
      {
        campaigns: [
          {
            name: 'a',
            dayparts: [
              { fromHour: 8, toHour: 12 },
              { fromHour: 11, toHour: 13 },
            ],
          },
        ],
      },
      /^world\.campaigns\.0\.dayparts\.1: overlaps with dayparts\.0 \(day 1, 11 to 12 h\)/,
    ],
    [{ campaigns: [{ name: 'a', dayparts: [{ fromHour: 22, toHour: 6 }] }] }, /split a part that crosses midnight/],
    [{ auction: { rivalMedianUsd: -1 } }, /^world\.auction\.rivalMedianUsd: /],
    [{ auction: { mechanism: 'dutch' as 'gsp' } }, /^world\.auction\.mechanism: /],
    [{ population: { fitted: 'people.yaml' } }, /^world\.population\.fitted: names a file/],
    [{ fatigue: { halflife: 1 } } as WorldInput, /^world\.fatigue: .*halflife/],
  ];
  for (const [input, message] of cases) {
    expect(() => resolveWorld(input)).toThrow(InputError);
    expect(() => resolveWorld(input)).toThrow(message);
  }
});

it('accepts dayparts that touch, and those of different days', () => {
  const dayparts = [
    { fromHour: 8, toHour: 12, days: [1, 2] },
    { fromHour: 12, toHour: 14 },
    { fromHour: 8, toHour: 12, days: [6] },
  ];
  expect(resolveWorld({ campaigns: [{ name: 'a', dayparts }] }).campaigns[0].dayparts).toEqual(dayparts);
});

it('describes every key', () => {
  interface Node {
    description?: string;
    properties?: Record<string, Node>;
  }
  const bare: string[] = [];
  const visit = (node: Node, path: string): void => {
    for (const [key, child] of Object.entries(node.properties ?? {})) {
      if (!child.description) bare.push(`${path}${key}`);
      visit(child, `${path}${key}.`);
    }
  };
  visit(z.toJSONSchema(worldSchema, { io: 'input' }) as Node, '');
  expect(bare).toEqual([]);
});

it.each([{ requestsPerHour: 1e-300 }, { fatigue: { halfLifeHours: 1e-310 } }, { behaviour: { halfLifeHours: 0 } }])(
  'refuses %j: hours that only overflow',
  (input) => {
    expect(worldSchema.safeParse(input).success).toBe(false);
  },
);
