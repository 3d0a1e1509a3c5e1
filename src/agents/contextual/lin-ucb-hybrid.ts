/** LinUCB whose actions share some weights: what is learned of one creative's looks helps the others. */
import { z } from 'zod';
import type { Agent, Requests } from '../../core/contracts.ts';
import { constantBid } from '../bid.ts';
import { intoDesign } from './design.ts';
import { wantsIntercept } from './disjoint-models.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, AgentSetup, CommonConfig } from '../kind.ts';
import { shareAmongBest } from '../odds.ts';
import { sharedDesign } from './shared-design.ts';
import { firstRewards, refuseContexts, shownActions } from '../shown.ts';
import { addOuter, invert, multiply, packedSize } from './symmetric.ts';

export interface LinUcbHybridConfig extends CommonConfig {
  kind: 'lin-ucb-hybrid';
  alpha: number;
  lambda: number;
}

/** Hybrid LinUCB with what it predicts open to view. */
export interface LinUcbHybrid extends Agent {
  /** Mean and standard deviation of action a in row i. */
  predict(requests: Requests, i: number, a: number): { mean: number; sd: number };
}

/** The rows of the shared part: h features of row i and action a. */
interface SharedPart {
  h: number;
  fill(requests: Requests, i: number, a: number, out: Float64Array): void;
}

/**
 * LinUCB with hybrid linear models (Li, Chu, Langford & Schapire 2010, Algorithm 2): the reward of action a is
 * z_aᵀβ + xᵀθ_a, with one β for all. With A_a = λI + Σ xxᵀ, B_a = Σ xzᵀ, C_a = A_a⁻¹B_a, A₀ = λI + Σ_a(Σ zzᵀ − B_aᵀC_a) and
 * u = z − C_aᵀx: mean uᵀβ + xᵀA_a⁻¹b_a, variance uᵀA₀⁻¹u + xᵀA_a⁻¹x. It is the ridge regression on all blocks at once.
 */
export function linUcbHybrid(
  k: number,
  d: number,
  shared: SharedPart,
  options: { name?: string; bidUsd?: number; alpha: number; lambda: number; intercept: boolean },
): LinUcbHybrid {
  const { name = 'lin-ucb-hybrid', alpha, lambda } = options;
  const lead = options.intercept ? 1 : 0;
  const width = d + lead;
  const { h } = shared;
  const arms = Array.from({ length: k }, () => armOf(width, h, lambda));
  // Σ zzᵀ and Σ rz over all; A₀⁻¹ and β follow.
  const gram = diagonal(h, lambda);
  const moment = new Float64Array(h);
  const inverse = diagonal(h, 1 / lambda);
  const beta = new Float64Array(h);
  const x = new Float64Array(width);
  const z = new Float64Array(h);
  const u = new Float64Array(h);
  const v = new Float64Array(Math.max(width, h));
  const work = new Float64Array(2 * Math.max(width, h) ** 2);
  let shown = new Int32Array(0);
  return {
    name,
    predict,
    distribution(requests, out) {
      for (let i = 0; i < requests.size; i++) {
        for (let a = 0; a < k; a++) {
          if (requests.eligible[i * k + a] === 0) continue;
          const { mean, sd } = predict(requests, i, a);
          out.data[i * k + a] = mean + alpha * sd;
        }
      }
      shareAmongBest(out, requests);
    },
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes) {
      const n = requests.size;
      if (shown.length !== n) shown = new Int32Array(n);
      refuseContexts(name, requests);
      shownActions(name, decisions, outcomes, shown);
      const rewards = firstRewards(outcomes);
      const touched = new Set<number>();
      for (let i = 0; i < n; i++) {
        if (shown[i] < 0) continue;
        touched.add(shown[i]);
        add(requests, i, shown[i], rewards[i]);
      }
      if (touched.size > 0) refresh(touched);
    },
  };

  function predict(requests: Requests, i: number, a: number): { mean: number; sd: number } {
    const arm = arms[a];
    intoDesign(requests, i, lead, x, 0);
    shared.fill(requests, i, a, z);
    let mean = 0;
    for (let q = 0; q < h; q++) {
      let sum = z[q];
      for (let j = 0; j < width; j++) sum -= arm.projected[j * h + q] * x[j];
      u[q] = sum;
      mean += sum * beta[q];
    }
    for (let j = 0; j < width; j++) mean += x[j] * arm.own[j];
    multiply(inverse, 0, u, 0, h, v);
    let variance = 0;
    for (let q = 0; q < h; q++) variance += u[q] * v[q];
    multiply(arm.inverse, 0, x, 0, width, v);
    for (let j = 0; j < width; j++) variance += x[j] * v[j];
    return { mean, sd: Math.sqrt(Math.max(0, variance)) };
  }

  function add(requests: Requests, i: number, a: number, reward: number): void {
    const arm = arms[a];
    intoDesign(requests, i, lead, x, 0);
    shared.fill(requests, i, a, z);
    addOuter(arm.gram, 0, x, 0, width);
    addOuter(gram, 0, z, 0, h);
    for (let j = 0; j < width; j++) {
      for (let q = 0; q < h; q++) arm.cross[j * h + q] += x[j] * z[q];
      arm.moment[j] += reward * x[j];
    }
    for (let q = 0; q < h; q++) moment[q] += reward * z[q];
  }

  /** A_a⁻¹, C_a and A_a⁻¹b_a of the actions that learned; then A₀⁻¹ and β. */
  function refresh(touched: ReadonlySet<number>): void {
    for (const a of touched) {
      const arm = arms[a];
      invert(arm.gram, 0, width, arm.inverse, 0, work);
      multiply(arm.inverse, 0, arm.moment, 0, width, arm.own);
      const column = new Float64Array(width);
      for (let q = 0; q < h; q++) {
        for (let j = 0; j < width; j++) column[j] = arm.cross[j * h + q];
        multiply(arm.inverse, 0, column, 0, width, v);
        for (let j = 0; j < width; j++) arm.projected[j * h + q] = v[j];
      }
    }
    const left = gram.slice();
    const rest = moment.slice();
    for (const arm of arms) {
      for (let q = 0, p = 0; q < h; q++) {
        for (let r = q; r < h; r++, p++) {
          for (let j = 0; j < width; j++) left[p] -= arm.cross[j * h + q] * arm.projected[j * h + r];
        }
        for (let j = 0; j < width; j++) rest[q] -= arm.cross[j * h + q] * arm.own[j];
      }
    }
    invert(left, 0, h, inverse, 0, work);
    multiply(inverse, 0, rest, 0, h, beta);
  }
}

/** What is known of one action apart from the others. */
function armOf(width: number, h: number, lambda: number) {
  return {
    gram: diagonal(width, lambda),
    inverse: diagonal(width, 1 / lambda),
    /** (width×h) B */
    cross: new Float64Array(width * h),
    /** (width×h) C = A⁻¹B */
    projected: new Float64Array(width * h),
    moment: new Float64Array(width),
    /** A⁻¹b */
    own: new Float64Array(width),
  };
}

function diagonal(d: number, value: number): Float64Array {
  const packed = new Float64Array(packedSize(d));
  for (let i = 0, p = 0; i < d; p += d - i, i++) packed[p] = value;
  return packed;
}

/** The creative's features and what of the request matches it: what all actions share the weights of. */
function creativePart(setup: AgentSetup): SharedPart {
  const joint = sharedDesign(setup);
  const row = new Float64Array(joint.width);
  return {
    h: joint.own,
    fill(requests, i, a, out) {
      joint.fill(requests, i, a, row, 0);
      out.set(row.subarray(joint.width - joint.own));
    },
  };
}

const schema = z.strictObject({
  kind: z.literal('lin-ucb-hybrid').describe('LinUCB, hybrid: weights of the creative’s features are shared'),
  alpha: z.number().min(0).max(100).default(0.1).describe('Width of the bound, in [0, 100]; default 0.1; 0 is greedy'),
  lambda: z.number().positive().max(1e9).default(1).describe('Ridge penalty, in (0, 1e9]; default 1'),
  ...commonFields,
}) satisfies z.ZodType<LinUcbHybridConfig>;

export const linUcbHybridKind: AgentKind<LinUcbHybridConfig> = {
  kind: 'lin-ucb-hybrid',
  summary: 'LinUCB with weights of its own per action and others, of the creative’s features, that all share',
  reference: 'Li, Chu, Langford & Schapire (2010), A contextual-bandit approach to news recommendation, Algorithm 2',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, setup) =>
    linUcbHybrid(setup.actions.size, setup.spec.contextNames.length, creativePart(setup), {
      ...config,
      name,
      intercept: wantsIntercept({}, setup),
    }),
};
