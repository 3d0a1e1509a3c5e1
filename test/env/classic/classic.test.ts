/** The textbook's worlds: their moves, and that they keep the contract that agents rely on. */
import { describe, expect, it } from 'vitest';
import { decisionsOf, outcomesOf, trueRequestsOf } from '../../../src/core/batch.ts';
import { GOES_ON, TERMINATED, TRUNCATED } from '../../../src/core/contracts.ts';
import type { Environment } from '../../../src/core/contracts.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { classification } from '../../../src/env/classic/classification.ts';
import { classicDynamics } from '../../../src/env/classic/registry.ts';
import type { ClassicConfig } from '../../../src/env/classic/registry.ts';
import { evenPolicyValues, shortestPath } from '../../../src/env/classic/tables.ts';
import { cliffWalking, smallGrid, windyGrid } from '../../../src/env/classic/textbook.ts';
import { classicWorld } from '../../../src/env/classic/world.ts';

const WORLDS: ClassicConfig[] = [
  { kind: 'bernoulli-arms', rates: [0.9, 0.1] },
  { kind: 'renewed-arms', arms: 3, alpha: 4, beta: 4, renewal: 0.2 },
  { kind: 'gaussian-testbed', arms: 4 },
  { kind: 'table', table: 'cliff-walking' },
  { kind: 'table', table: 'maximisation-bias' },
  { kind: 'catch' },
  { kind: 'cart-pole' },
  { kind: 'acrobot' },
];

interface Row {
  context: number[];
  action: number;
  reward: number;
  ended: number;
  session: number;
}

/** Plays even odds over what is eligible, by luck keyed to `chooser`. */
function rows(world: Environment, ticks: number, chooser: string, seed = 'seed'): Row[] {
  const { lanes, contextNames, actions, hiddenSize } = world.spec;
  const shape = { rows: lanes, context: contextNames.length, actions: actions.length, slots: 1 };
  const requests = trueRequestsOf(shape, hiddenSize);
  const [decisions, outcomes] = [decisionsOf(shape), outcomesOf(shape)];
  const luck = randomFrom(chooser).sequence();
  const played: Row[] = [];
  world.reset(seed);
  for (let t = 0; t < ticks && world.observe(requests); t++) {
    for (let i = 0; i < lanes; i++) {
      const allowed = actions.flatMap((_, a) => (requests.eligible[i * actions.length + a] ? [a] : []));
      decisions.action[i] = allowed[luck.integer(allowed.length)];
    }
    const context = Array.from({ length: lanes }, (_, i) => [
      ...requests.context.data.subarray(i * shape.context, (i + 1) * shape.context),
    ]);
    world.step(requests, [decisions], [outcomes]);
    for (let i = 0; i < lanes; i++) {
      played.push({
        context: context[i],
        action: decisions.action[i],
        reward: outcomes.reward[i],
        ended: outcomes.ended[i],
        session: requests.session[i],
      });
    }
  }
  return played;
}

describe.each(WORLDS)('$kind $table', (config) => {
  it('the same seed brings the same rows; another seed others, where there is chance', () => {
    const play = (seed: string): Row[] => rows(classicWorld(classicDynamics(config), 2), 60, 'a', seed);
    expect(play('1')).toEqual(play('1'));
    const sure = config.kind === 'table' && config.table === 'cliff-walking';
    expect(JSON.stringify(play('1')) === JSON.stringify(play('2'))).toBe(sure);
  });

  it('rewards and contexts are numbers, and a session that ended is followed by a new one', () => {
    const played = rows(classicWorld(classicDynamics(config)), 400, 'b');
    played.forEach(({ context, reward }) => expect([...context, reward].every(Number.isFinite)).toBe(true));
    for (let t = 1; t < played.length; t++) {
      expect(played[t].session === played[t - 1].session).toBe(played[t - 1].ended === GOES_ON);
    }
  });
});

it('a session longer than its horizon is truncated, not terminated', () => {
  const played = rows(classicWorld(classicDynamics({ kind: 'acrobot' })), 1100, 'c');
  const ends = played.filter(({ ended }) => ended !== GOES_ON).map(({ ended }) => ended);
  expect(ends).toContain(TRUNCATED);
  const poles = rows(classicWorld(classicDynamics({ kind: 'cart-pole' })), 200, 'c');
  expect(new Set(poles.filter(({ ended }) => ended !== GOES_ON).map(({ ended }) => ended))).toEqual(
    new Set([TERMINATED]),
  );
});

it('a pole left to chance falls after about 22 steps', () => {
  // Gymnasium's CartPole-v1 under random actions: 22 ± 12 steps a session.
  const played = rows(classicWorld(classicDynamics({ kind: 'cart-pole' })), 10_000, 'd');
  const sessions = played.filter(({ ended }) => ended !== GOES_ON).length;
  expect(10_000 / sessions).toBeGreaterThan(20.5);
  expect(10_000 / sessions).toBeLessThan(24);
});

it('a replaced ad is announced with its row', () => {
  const shape = { rows: 50, context: 0, actions: 3, slots: 1 };
  const config = { kind: 'renewed-arms', arms: 3, alpha: 4, beta: 4, renewal: 0.2 } as const;
  const world = classicWorld(classicDynamics(config), 50);
  const requests = trueRequestsOf(shape, 0);
  const [decisions, outcomes] = [decisionsOf(shape), outcomesOf(shape)];
  world.reset('seed');
  world.observe(requests);
  decisions.action.fill(0);
  world.step(requests, [decisions], [outcomes]);
  const rows = (outcomes.replaced ?? []).map(({ row }) => row);
  expect(new Set(rows).size).toBe(rows.length);
  expect(Math.abs(rows.length - 10)).toBeLessThan(4.5 * Math.sqrt(50 * 0.2 * 0.8));
});

it('tables are worked out by arithmetic', () => {
  expect(shortestPath(cliffWalking())).toBe(13);
  expect(shortestPath(windyGrid())).toBe(15);
  expect(evenPolicyValues(smallGrid())[2]).toBeCloseTo(-22, 8);
});

it('classified rows come in an order of the seed, each once before any twice', () => {
  const data = {
    name: 'toy',
    featureNames: ['x'],
    classes: ['a', 'b'],
    features: Float64Array.of(0, 1, 2, 3),
    label: Int32Array.of(0, 1, 0, 1),
  };
  const played = rows(classicWorld(classification(data)), 8, 'e');
  expect(
    played
      .slice(0, 4)
      .map(({ context }) => context[0])
      .sort((a, b) => a - b),
  ).toEqual([0, 1, 2, 3]);
  played.forEach(({ context, action, reward }) => expect(reward).toBe(context[0] % 2 === action ? 1 : 0));
});
