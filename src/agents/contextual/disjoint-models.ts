/** One ridge regression of the reward per action, on the same context: what LinUCB and LinTS share. */
import { z } from 'zod';
import type { Decisions, Outcomes, Requests } from '../../core/contracts.ts';
import { intoDesign } from './design.ts';
import { LEFT_BLOCK, RIGHT_BLOCK, RIGHT_PADDING, dotProducts, padded } from './dot-products.ts';
import { ridge } from './ridge.ts';
import type { Ridge } from './ridge.ts';
import type { AgentSetup } from '../setup.ts';
import { firstRewards, refuseContexts, shownActions } from '../shown.ts';
import { packedSize, quadraticTerms } from './symmetric.ts';

/** Rows [from, to): row i and action a at (i − from) × stride + a. */
export type UseBlock = (from: number, to: number, means: Float64Array, squares: Float64Array, stride: number) => void;

/** A model per action, none sharing a weight with another. */
export interface DisjointModels {
  ridge: Ridge;
  /**
   * Hands over θ_a·x and xᵀA_a⁻¹x of all rows, block by block; the buffers are used again for the next. Without `squares`
   * the latter mean nothing.
   */
  predict(requests: Requests, use: UseBlock, squares?: boolean): void;
  /** Throws `InputError`, and learns nothing, where a reward is no finite number. */
  learn(requests: Requests, decisions: Decisions, outcomes: Outcomes): void;
  /** Learns what `action` (n) brought; rows of −1 are passed over. */
  learnRows(requests: Requests, action: Int32Array, reward: Float64Array): void;
}

export interface DisjointModelsOptions {
  name: string;
  /** Ridge penalty, > 0. */
  lambda: number;
  /** Put a constant 1 before the context. */
  intercept?: boolean | undefined;
}

/** Whether a model has a constant 1 before the context, to spread into a kind's strict object. */
export const interceptField = {
  intercept: z
    .boolean()
    .optional()
    .describe('Put a constant 1 before the context; default: where no context column is called intercept'),
};

/** The keys of ridge regressions, to spread into a kind's strict object. */
export const ridgeFields = {
  lambda: z.number().positive().max(1e9).default(1).describe('Ridge penalty, in (0, 1e9]; default 1'),
  ...interceptField,
};

/** What `intercept` says, or its default. */
export function wantsIntercept({ intercept }: { intercept?: boolean | undefined }, { spec }: AgentSetup): boolean {
  return intercept ?? !spec.contextNames.includes('intercept');
}

/** A row's share of the work buffers: a block of rows at a time stays in the cache. */
const BLOCK = 8 * LEFT_BLOCK;

/** Regressions of k actions on d context features. */
export function disjointModels(
  k: number,
  d: number,
  { name, lambda, intercept }: DisjointModelsOptions,
): DisjointModels {
  const lead = intercept ? 1 : 0;
  const width = d + lead;
  const size = packedSize(width);
  const arms = padded(k, RIGHT_BLOCK);
  const model = ridge(k, width, lambda);
  const terms = new Float64Array(BLOCK * size);
  const found = new Float64Array(BLOCK * arms + RIGHT_PADDING);
  const means = new Float64Array(BLOCK * arms + RIGHT_PADDING);
  let design = new Float64Array(BLOCK * width);
  let shown = new Int32Array(0);
  return { ridge: model, predict, learn, learnRows };

  /** Copies rows [from, to) of the context into the top of `design`. */
  function fill(requests: Requests, from: number, to: number): void {
    for (let i = from, at = 0; i < to; i++, at += width) intoDesign(requests, i, lead, design, at);
  }

  function predict(requests: Requests, use: UseBlock, squares = true): void {
    for (let from = 0; from < requests.size; from += BLOCK) {
      const to = Math.min(from + BLOCK, requests.size);
      fill(requests, from, to);
      if (squares) {
        for (let i = 0; i < to - from; i++) quadraticTerms(design, i * width, width, terms, i * size);
        dotProducts(terms, model.inverse, size, to - from, arms, found);
      }
      dotProducts(design, model.theta, width, to - from, arms, means);
      use(from, to, means, found, arms);
    }
  }

  function learn(requests: Requests, decisions: Decisions, outcomes: Outcomes): void {
    const n = requests.size;
    if (shown.length !== n) shown = new Int32Array(n);
    refuseContexts(name, requests);
    shownActions(name, decisions, outcomes, shown);
    learnRows(requests, shown, firstRewards(outcomes));
  }

  function learnRows(requests: Requests, action: Int32Array, reward: Float64Array): void {
    const n = requests.size;
    if (design.length < n * width) design = new Float64Array(n * width);
    fill(requests, 0, n);
    model.learn(n, design, action, reward);
  }
}
