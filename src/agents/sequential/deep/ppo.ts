/** A policy as a network, moved a little at a time towards what turned out better than expected. */
import { z } from 'zod';
import { GOES_ON, TERMINATED } from '../../../core/contracts.ts';
import type { Agent, Decisions, Outcomes, Requests } from '../../../core/contracts.ts';
import type { Random } from '../../../core/random.ts';
import { adamOptimiser } from '../../../models/nets/adam.ts';
import { denseNet } from '../../../models/nets/dense-net.ts';
import { constantBid } from '../../bid.ts';
import { commonFields } from '../../kind.ts';
import type { AgentKind, CommonConfig } from '../../kind.ts';
import { refuseContexts } from '../../shown.ts';
import { lookingAheadFields, refuseUnfit } from '../value-table.ts';
import { netFields } from './dqn.ts';
import { addPolicySlope, policyNet, statesOdds } from './policy-net.ts';

export interface PpoOptions {
  name?: string;
  bidUsd?: number;
  /** γ and λ in [0, 1]. */
  discount: number;
  lambda: number;
  hidden: readonly number[];
  learningRate: number;
  /** At least so many rows are gathered before each round of learning. */
  rows: number;
  /** Passes over them, in batches of so many. */
  epochs: number;
  batch: number;
  /** ε: how far the odds may move in a round. */
  clip: number;
  /** Weight of the odds' entropy. */
  entropy: number;
}

export interface PpoConfig extends CommonConfig, Required<Omit<PpoOptions, 'name' | 'bidUsd' | 'hidden'>> {
  kind: 'ppo';
  hidden: number[];
}

/** One tick of the rows gathered. */
interface Gathered {
  n: number;
  context: Float64Array;
  eligible: Uint8Array;
  action: Int32Array;
  propensity: Float64Array;
  reward: Float64Array;
  /** (n) 1 where a row teaches. */
  counts: Uint8Array;
  ended: Uint8Array;
  /** (n) V of what followed a row that was truncated or is the last gathered. */
  value: Float64Array;
  after: Float64Array;
}

/**
 * Proximal policy optimisation with a clipped objective (Schulman et al. 2017, eq. 7) and generalised advantages (Schulman
 * et al. 2016, eq. 16). The ratio is to the propensity that the row was drawn with, so a floor put on the agent is accounted
 * for. Row i of the next tick continues row i unless it ended.
 */
export function ppo(k: number, d: number, random: Random, options: PpoOptions): Agent {
  const { name = 'ppo', discount, lambda, epochs, batch, clip, entropy, learningRate } = options;
  const policy = policyNet(d, k, options.hidden, random.stream('policy'));
  const critic = denseNet([d, ...options.hidden, 1], random.stream('critic'), { activation: 'tanh' });
  const moves = adamOptimiser(policy.net.parameters.length, { learningRate, clip: 0.5, guard: 1e-5 });
  const corrects = adamOptimiser(critic.parameters.length, { learningRate, clip: 0.5, guard: 1e-5 });
  const odds = new Float64Array(batch * k);
  const slope = new Float64Array(batch * k);
  let ticks: Gathered[] = [];
  let rows = 0;
  let rounds = 0;
  return {
    name,
    distribution: statesOdds(policy),
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes, next) {
      refuseUnfit(name, requests.size, outcomes.reward);
      refuseContexts(name, requests);
      gather(requests, decisions, outcomes, next);
      if (rows < options.rows) return;
      improve(next);
      ticks = [];
      rows = 0;
    },
  };

  function gather(requests: Requests, decisions: Decisions, outcomes: Outcomes, next: Requests): void {
    const n = requests.size;
    const slots = decisions.action.length / decisions.bid.length;
    const first = <T extends Int32Array | Float64Array>(column: T): T =>
      column.filter((_, cell) => cell < n * slots && cell % slots === 0) as T;
    const tick: Gathered = {
      n,
      context: requests.context.data.slice(0, n * d),
      eligible: requests.eligible.slice(0, n * k),
      action: first(decisions.action),
      propensity: first(decisions.propensity),
      reward: outcomes.reward.slice(0, n),
      counts: new Uint8Array(n),
      ended: outcomes.ended.slice(0, n),
      value: critic.forward(requests.context.data, n).slice(0, n),
      after: critic.forward(outcomes.finalContext.data, n).slice(0, n),
    };
    for (let i = 0; i < n; i++) {
      tick.counts[i] = tick.action[i] >= 0 && (tick.ended[i] !== GOES_ON || i < next.size) ? 1 : 0;
      rows += tick.counts[i];
    }
    ticks.push(tick);
  }

  function improve(next: Requests): void {
    const { advantage, target } = advantages(next);
    const all = ticks.flatMap(({ counts }, t) => Array.from(counts, (one, i) => (one ? [t, i] : null)));
    const taught = all.filter((place) => place !== null);
    rounds++;
    for (let epoch = 0; epoch < epochs; epoch++) {
      random.stream('order', rounds, epoch).sequence().shuffle(taught);
      for (let from = 0; from < taught.length; from += batch) {
        improveOn(taught.slice(from, from + batch), advantage, target);
      }
    }
  }

  /** (ticks)(n) generalised advantages, and the values they make. */
  function advantages(next: Requests): { advantage: Float64Array[]; target: Float64Array[] } {
    const beyond = critic.forward(next.context.data, next.size).slice(0, next.size);
    const advantage = ticks.map(({ n }) => new Float64Array(n));
    for (let t = ticks.length - 1; t >= 0; t--) {
      const { n, ended, reward, value, after } = ticks[t];
      const [later, values] = t + 1 < ticks.length ? [advantage[t + 1], ticks[t + 1].value] : [undefined, beyond];
      for (let i = 0; i < n; i++) {
        const goesOn = ended[i] === GOES_ON;
        const future = ended[i] === TERMINATED ? 0 : goesOn ? (values[i] ?? 0) : after[i];
        const delta = reward[i] + discount * future - value[i];
        advantage[t][i] = delta + (goesOn ? discount * lambda * (later?.[i] ?? 0) : 0);
      }
    }
    return { advantage, target: advantage.map((one, t) => one.map((a, i) => a + ticks[t].value[i])) };
  }

  function improveOn(
    places: readonly number[][],
    advantage: readonly Float64Array[],
    target: readonly Float64Array[],
  ): void {
    const b = places.length;
    const context = new Float64Array(b * d);
    const eligible = new Uint8Array(b * k);
    places.forEach(([t, i], r) => {
      context.set(ticks[t].context.subarray(i * d, (i + 1) * d), r * d);
      eligible.set(ticks[t].eligible.subarray(i * k, (i + 1) * k), r * k);
    });
    const gains = standardised(places.map(([t, i]) => advantage[t][i]));
    policy.odds(context, eligible, b, odds);
    slope.fill(0, 0, b * k);
    places.forEach(([t, i], r) => {
      const action = ticks[t].action[i];
      const ratio = odds[r * k + action] / ticks[t].propensity[i];
      // Beyond the clip the objective is flat: nothing is to be gained by moving further.
      const flat = gains[r] > 0 ? ratio > 1 + clip : ratio < 1 - clip;
      addPolicySlope(odds, r * k, k, action, flat ? 0 : (ratio * gains[r]) / b, entropy / b, slope);
    });
    policy.net.backward(slope, b);
    moves.step(policy.net.parameters, policy.net.gradient);
    const found = critic.forward(context, b);
    critic.backward(
      Float64Array.from(places, ([t, i], r) => (found[r] - target[t][i]) / b),
      b,
    );
    corrects.step(critic.parameters, critic.gradient);
  }
}

function standardised(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (value - mean) / (Math.sqrt(variance) + 1e-8));
}

const { discount } = lookingAheadFields;

const schema = z.strictObject({
  kind: z.literal('ppo').describe('Looks ahead: proximal policy optimisation on the context'),
  discount,
  lambda: z.number().min(0).max(1).default(0.95).describe('λ of generalised advantages, in [0, 1]; default 0.95'),
  ...netFields,
  learningRate: netFields.learningRate.default(0.003).describe('Of Adam, in (0, 1]; default 0.003'),
  rows: z.int().min(1).max(1e6).default(1024).describe('Rows gathered before each round of learning; default 1024'),
  epochs: z.int().min(1).max(100).default(4).describe('Passes over them, in [1, 100]; default 4'),
  batch: z.int().min(1).max(1e5).default(128).describe('Rows in a learning step; default 128'),
  clip: z
    .number()
    .positive()
    .max(1)
    .default(0.2)
    .describe('ε: how far odds may move in a round, in (0, 1]; default 0.2'),
  entropy: z.number().min(0).max(10).default(0.01).describe('Weight of the odds’ entropy, in [0, 10]; default 0.01'),
  ...commonFields,
}) satisfies z.ZodType<PpoConfig>;

export const ppoKind: AgentKind<PpoConfig> = {
  kind: 'ppo',
  summary: 'a network of the odds, moved a little at a time towards what turned out better than expected',
  reference: 'Schulman, Wolski, Dhariwal, Radford & Klimov (2017), Proximal policy optimization algorithms',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, { actions, spec, random }) =>
    ppo(actions.size, spec.contextNames.length, random, { ...config, name }),
};
