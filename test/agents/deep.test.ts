/** Deep agents: memory, gradients by differences, and that each finds what looking ahead is worth in a small world. */
import { describe, expect, it } from 'vitest';
import { createAgent } from '../../src/agents/registry.ts';
import type { AgentInput } from '../../src/agents/registry.ts';
import { addPolicySlope } from '../../src/agents/sequential/deep/policy-net.ts';
import { qStep } from '../../src/agents/sequential/deep/q-step.ts';
import { replay } from '../../src/agents/sequential/deep/replay.ts';
import type { Batch, Replay } from '../../src/agents/sequential/deep/replay.ts';
import { valueNet } from '../../src/agents/sequential/deep/value-net.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { tableDynamics } from '../../src/env/classic/tables.ts';
import { classicWorld } from '../../src/env/classic/world.ts';
import { adamOptimiser } from '../../src/models/nets/adam.ts';
import { playEpisode } from '../../src/runner/episode.ts';
import { tickOf } from './tick-of.ts';

/** A memory holding transitions with these rewards, the action being the place. */
function memoryOf(rewards: readonly number[], options: Partial<Parameters<typeof replay>[3]> = {}): Replay {
  const memory = replay(1, 2, randomFrom('replay'), { capacity: 8, batch: 4, priority: 0, correction: 0, ...options });
  rewards.forEach((reward, n) => {
    memory.add({
      context: Float64Array.of(n),
      at: 0,
      action: n % 2,
      reward,
      next: Float64Array.of(n + 1),
      nextAt: 0,
      eligible: Uint8Array.of(1, 0),
      eligibleAt: n === 0 ? -1 : 0,
      goesOn: n % 2 === 0,
    });
  });
  return memory;
}

describe('the memory', () => {
  it('keeps the last transitions, whole', () => {
    const memory = memoryOf([1, 2, 3], { capacity: 2, batch: 200 });
    expect(memory.size).toBe(2);
    const { reward, context, next, action, goesOn, eligible } = memory.sample(0);
    expect(new Set(reward)).toEqual(new Set([2, 3]));
    reward.forEach((r, i) => {
      expect([context[i], action[i], goesOn[i]]).toEqual([r - 1, (r - 1) % 2, r === 3 ? 1 : 0]);
      expect(next[i]).toBe(r === 3 ? 3 : 0);
      expect([eligible[2 * i], eligible[2 * i + 1]]).toEqual([1, 0]);
    });
  });

  it('draws evenly without priorities, and the same for the same draw', () => {
    const memory = memoryOf([0, 1, 2, 3], { batch: 4000 });
    const counts = [0, 0, 0, 0];
    for (const place of memory.sample(1).place) counts[place]++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(4.5 * Math.sqrt(750));
    expect([...memory.sample(1).place]).toEqual([...memory.sample(1).place]);
  });

  it('draws in proportion to |error|^α, and weighs by (N p)^−β of the greatest', () => {
    const memory = memoryOf([0, 1, 2, 3], { batch: 4, priority: 1, correction: 0.5 });
    const wanted = [0.999, 1.999, 2.999, 3.999]; // with 0.001 added: 1, 2, 3, 4
    const known = new Set<number>();
    for (let draw = 0; known.size < 4; draw++) {
      const batch = memory.sample(draw);
      batch.place.forEach((place) => known.add(place));
      memory.surprise(
        batch,
        Float64Array.from(batch.place, (place) => wanted[place]),
      );
    }
    const counts = [0, 0, 0, 0];
    for (let draw = 100; draw < 1100; draw++) for (const place of memory.sample(draw).place) counts[place]++;
    counts.forEach((count, place) => {
      const p = (place + 1) / 10;
      expect(Math.abs(count - 4000 * p)).toBeLessThan(4.5 * Math.sqrt(4000 * p * (1 - p)));
    });
    const { place, weight } = memory.sample(7);
    const heaviest = Math.max(...Array.from(place, (one) => (0.4 * (one + 1)) ** -0.5));
    place.forEach((one, i) => expect(weight[i]).toBeCloseTo((0.4 * (one + 1)) ** -0.5 / heaviest, 12));
  });
});

describe('gradients agree with differences', () => {
  it('of a dueling head, whose advantages add nothing', () => {
    const net = valueNet(2, 3, [4], true, randomFrom('dueling'));
    const inputs = Float64Array.of(0.3, -1, 2, 0.5);
    const slope = Float64Array.of(1, -2, 0.5, 0, 3, 1);
    const loss = (): number => net.values(inputs, 2).reduce((sum, value, c) => sum + (c < 6 ? value * slope[c] : 0), 0);
    loss();
    net.backward(slope, 2);
    const { parameters } = net.net;
    net.net.gradient.slice().forEach((found, p) => {
      const kept = parameters[p];
      parameters[p] = kept + 1e-6;
      const above = loss();
      parameters[p] = kept - 1e-6;
      const below = loss();
      parameters[p] = kept;
      expect(found).toBeCloseTo((above - below) / 2e-6, 5);
    });
  });

  it('of the log-odds and the entropy of a softmax', () => {
    const logits = [0.2, -0.7, 1.1, 0];
    const eligible = [true, true, false, true];
    const oddsOf = (at: readonly number[]): Float64Array => {
      const e = at.map((logit, a) => (eligible[a] ? Math.exp(logit) : 0));
      const sum = e.reduce((x, y) => x + y, 0);
      return Float64Array.from(e, (one) => one / sum);
    };
    const loss = (at: readonly number[]): number => {
      const p = oddsOf(at);
      const entropy = -p.reduce((sum, one) => sum + (one > 0 ? one * Math.log(one) : 0), 0);
      return -2 * Math.log(p[1]) - 0.3 * entropy;
    };
    const slope = new Float64Array(4);
    addPolicySlope(oddsOf(logits), 0, 4, 1, 2, 0.3, slope);
    logits.forEach((_, a) => {
      const moved = (by: number): number[] => logits.map((logit, j) => (j === a ? logit + by : logit));
      expect(slope[a]).toBeCloseTo((loss(moved(1e-6)) - loss(moved(-1e-6))) / 2e-6, 6);
    });
  });

  it('of the conservative loss: what was not tried is pulled down, what was is held up', () => {
    const batch = (): Batch => ({ ...memoryOf([1, 1, 1, 1], { batch: 32 }).sample(0), goesOn: new Uint8Array(32) });
    const after = (conservatism: number): number[] => {
      const online = valueNet(1, 2, [8], false, randomFrom('cql'));
      const optimiser = adamOptimiser(online.net.parameters.length, { learningRate: 0.01 });
      const step = qStep({ k: 2, discount: 0.9, double: true, conservatism });
      const only = batch();
      only.action.fill(0);
      for (let s = 0; s < 300; s++) step(online, online.clone(), only, optimiser);
      return [...online.values(Float64Array.of(1), 1).subarray(0, 2)];
    };
    const [plain, kept] = [after(0), after(1)];
    expect(plain[0]).toBeCloseTo(1, 1);
    expect(kept[0]).toBeGreaterThan(kept[1] + 1);
    expect(kept[1]).toBeLessThan(plain[1] - 0.5);
  });
});

/** State 0: action 0 pays 1 and ends; action 1 pays nothing and leads to state 1, where action 0 pays 3. */
const world = (): ReturnType<typeof classicWorld> =>
  classicWorld(
    tableDynamics({
      name: 'fork',
      states: 2,
      actions: ['take', 'wait'],
      start: 0,
      moves: (state, action) => [
        state === 1
          ? { to: -1, reward: action === 0 ? 3 : 0, probability: 1 }
          : { to: action === 0 ? -1 : 1, reward: action === 0 ? 1 : 0, probability: 1 },
      ],
    }),
    16,
  );

describe('looking ahead pays', () => {
  it.each<[string, AgentInput]>([
    ['DQN', { kind: 'dqn', epsilon: 1, epsilonRequests: 3000, learnAfter: 200, learnEvery: 4, learningRate: 0.003 }],
    [
      'DQN, dueling, prioritised',
      {
        kind: 'dqn',
        dueling: true,
        priority: 0.6,
        epsilon: 1,
        epsilonRequests: 3000,
        learnAfter: 200,
        learnEvery: 4,
        learningRate: 0.003,
      },
    ],
    [
      'DQN, one net for both',
      {
        kind: 'dqn',
        double: false,
        epsilon: 1,
        epsilonRequests: 3000,
        learnAfter: 200,
        learnEvery: 4,
        learningRate: 0.003,
      },
    ],
    ['PPO', { kind: 'ppo', rows: 256, batch: 64 }],
    ['REINFORCE', { kind: 'reinforce', batch: 64 }],
  ])('%s waits for the larger reward; short-sighted it does not', (_name, config) => {
    const waits = (discount: number): number => {
      const environment = world();
      const { spec, actions } = environment;
      const random = randomFrom('fork');
      const agent = createAgent({ ...config, discount } as AgentInput, { spec, actions, random, models: new Map() });
      playEpisode({ environment, agent, seed: '1', requests: 12_000, random });
      const odds = matrix(1, 2);
      agent.distribution(tickOf(2, [0], [0], [[0]]).requests, odds);
      return odds.data[1];
    };
    expect(waits(0.9)).toBeGreaterThan(0.9);
    expect(waits(0.1)).toBeLessThan(0.1);
  });
});
