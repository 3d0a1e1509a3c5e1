/** A linear model of the reward per action, and the highest upper confidence bound. */
import { z } from 'zod';
import type { Agent, Requests } from '../core/contracts.ts';
import type { Matrix } from '../core/matrix.ts';
import { constantBid } from './bid.ts';
import { LEFT_BLOCK, RIGHT_BLOCK, RIGHT_PADDING, dotProducts, padded } from './dot-products.ts';
import { commonFields } from './kind.ts';
import type { AgentKind, CommonConfig } from './kind.ts';
import { shareAmongBest } from './odds.ts';
import { ridge } from './ridge.ts';
import type { Ridge } from './ridge.ts';
import { firstRewards, shownActions } from './shown.ts';
import { packedSize, quadraticTerms } from './symmetric.ts';

export interface LinUcbConfig extends CommonConfig {
  kind: 'lin-ucb';
  alpha: number;
  lambda: number;
  intercept?: boolean | undefined;
}

/** LinUCB with its regressions and scores open to view. */
export interface LinUcb extends Agent {
  ridge: Ridge;
  /** Fills `out` (n×k) with θ_a·x + α·√(xᵀA_a⁻¹x). */
  scores(requests: Requests, out: Matrix): void;
}

/** A row's share of the work buffers: a block of rows at a time stays in the cache. */
const BLOCK = 8 * LEFT_BLOCK;

/**
 * Disjoint LinUCB (Li, Chu, Langford & Schapire 2010, algorithm 1) over k actions and d context features: score
 * θ_a·x + α·√(xᵀA_a⁻¹x), the best score shown, ties shared evenly. `intercept` puts a constant 1 before the features.
 * Rewards may be any finite numbers.
 */
export function linUcb(
  k: number,
  d: number,
  options: { name?: string; alpha: number; lambda: number; intercept?: boolean; bidUsd?: number },
): LinUcb {
  const name = options.name ?? 'lin-ucb';
  const { alpha } = options;
  const lead = options.intercept ? 1 : 0;
  const width = d + lead;
  const size = packedSize(width);
  const arms = padded(k, RIGHT_BLOCK);
  const model = ridge(k, width, options.lambda);
  const terms = new Float64Array(BLOCK * size);
  const squares = new Float64Array(BLOCK * arms + RIGHT_PADDING);
  const means = new Float64Array(BLOCK * arms + RIGHT_PADDING);
  let design = new Float64Array(BLOCK * width);
  let shown = new Int32Array(0);

  /** Copies rows [from, to) of the context into the top of `design`. */
  function fill(requests: Requests, from: number, to: number): void {
    const { data } = requests.context;
    for (let i = from, p = 0, q = from * d; i < to; i++) {
      if (lead === 1) design[p++] = 1;
      for (let j = 0; j < d; j++) design[p++] = data[q++];
    }
  }

  function scores(requests: Requests, out: Matrix): void {
    const n = requests.size;
    for (let from = 0; from < n; from += BLOCK) {
      const to = Math.min(from + BLOCK, n);
      const rows = to - from;
      fill(requests, from, to);
      for (let i = 0; i < to - from; i++) quadraticTerms(design, i * width, width, terms, i * size);
      dotProducts(terms, model.inverse, size, rows, arms, squares);
      dotProducts(design, model.theta, width, rows, arms, means);
      for (let i = 0, at = from * k; i < to - from; i++) {
        for (let a = 0, p = i * arms; a < k; a++, p++) {
          out.data[at++] = means[p] + alpha * Math.sqrt(Math.max(0, squares[p]));
        }
      }
    }
  }

  return {
    name,
    ridge: model,
    scores,
    distribution(requests, out) {
      scores(requests, out);
      shareAmongBest(out, requests);
    },
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes) {
      const n = requests.size;
      if (shown.length !== n) {
        shown = new Int32Array(n);
        design = new Float64Array(Math.max(n, BLOCK) * width);
      }
      shownActions(name, decisions, outcomes, shown);
      fill(requests, 0, n);
      model.learn(n, design, shown, firstRewards(outcomes));
    },
  };
}

const schema = z.strictObject({
  kind: z.literal('lin-ucb').describe('Linear upper confidence bounds, one model per action'),
  alpha: z
    .number()
    .min(0)
    .max(100)
    .default(0.1)
    .describe(
      'Width of the bound in standard errors of a reward with spread 1, in [0, 100]; default 0.1, as clicks at a few ' +
        'per cent spread by about 0.15; 0 is greedy',
    ),
  lambda: z.number().positive().max(1e9).default(1).describe('Ridge penalty, in (0, 1e9]; default 1'),
  intercept: z
    .boolean()
    .optional()
    .describe('Put a constant 1 before the context; default: where no context column is called intercept'),
  ...commonFields,
}) satisfies z.ZodType<LinUcbConfig>;

export const linUcbKind: AgentKind<LinUcbConfig> = {
  kind: 'lin-ucb',
  summary: 'a ridge regression of the reward per action, the highest upper confidence bound shown (disjoint LinUCB)',
  reference: 'Li, Chu, Langford & Schapire (2010), A contextual-bandit approach to news article recommendation, alg. 1',
  schema,
  sees: 'context',
  needs: [],
  create: (config, { actions, spec }) =>
    linUcb(actions.size, spec.contextNames.length, {
      name: config.name ?? config.kind,
      alpha: config.alpha,
      lambda: config.lambda,
      intercept: config.intercept ?? !spec.contextNames.includes('intercept'),
      bidUsd: config.bidUsd,
    }),
};
