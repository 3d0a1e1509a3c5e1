import { expect, it } from 'vitest';
import { z } from 'zod';
import { InputError } from '../../src/core/errors.ts';
import { resolveWorld, worldSchema } from '../../src/env/config.ts';
import type { WorldInput } from '../../src/env/config.ts';
import { PRESET_NAMES, WORLDS } from '../../src/env/presets.ts';

it('is quiet where nothing is said, and writes every default out', () => {
  expect(resolveWorld()).toEqual(WORLDS[0].config);
  const leaves = (value: object): unknown[] =>
    Object.values(value).flatMap((v: unknown) => (typeof v === 'object' && v !== null ? leaves(v) : [v]));
  expect(leaves(resolveWorld())).not.toContain(undefined);
});

it('knows every preset by its name and asks a question with each', () => {
  expect(WORLDS.map((world) => world.name)).toEqual([...PRESET_NAMES]);
  for (const world of WORLDS) {
    expect(resolveWorld({ preset: world.name })).toEqual(world.config);
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
  for (const { config } of WORLDS) expect(resolveWorld(config)).toEqual(config);
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
    [{ fatigue: { halflife: 1 } } as WorldInput, /^world\.fatigue: .*halflife/],
  ];
  for (const [input, message] of cases) {
    expect(() => resolveWorld(input)).toThrow(InputError);
    expect(() => resolveWorld(input)).toThrow(message);
  }
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
