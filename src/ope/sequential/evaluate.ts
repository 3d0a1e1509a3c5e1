/** The value of a policy over whole episodes that another policy lived through: the estimators by name, and all at once. */
import type { Estimate } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { estimateRows } from '../row-estimator.ts';
import type { RowOptions } from '../row-estimator.ts';
import { episodeDm, episodeDr, wdr } from './doubly-robust.ts';
import { checkEpisodes } from './episodes.ts';
import type { Episodes } from './episodes.ts';
import { pdis, tis, wis, wpdis } from './importance.ts';
import type { EpisodeEstimator } from './importance.ts';

export interface EpisodeEstimatorEntry {
  name: string;
  /** What SCOPE-RL calls the same number. */
  alias?: string;
  /** What it is, in a sentence. */
  summary: string;
  reference: string;
  /** `horizon`: the length of the longest episode. */
  make: (horizon: number) => EpisodeEstimator;
}

export const EPISODE_ESTIMATORS: readonly EpisodeEstimatorEntry[] = [
  {
    name: 'tis',
    summary: 'Returns weighted by the odds of the whole episode: unbiased, very noisy.',
    reference: 'Precup, Sutton & Singh 2000',
    make: tis,
  },
  {
    name: 'pdis',
    summary: 'Each reward weighted by the odds of the steps down to it: unbiased, less noisy.',
    reference: 'Precup, Sutton & Singh 2000',
    make: pdis,
  },
  {
    name: 'wis',
    alias: 'sntis',
    summary: 'TIS divided by the mean weight.',
    reference: 'Precup, Sutton & Singh 2000',
    make: wis,
  },
  {
    name: 'wpdis',
    alias: 'snpdis',
    summary: 'PDIS, each step divided by its mean weight.',
    reference: 'Thomas 2015, consistent weighted per-decision importance sampling',
    make: wpdis,
  },
  {
    name: 'dm',
    summary: 'Direct method: what a model expects of the first state; as wrong as the model.',
    reference: 'Le, Voloshin & Yue 2019',
    make: episodeDm,
  },
  {
    name: 'dr',
    summary: 'Doubly robust: the model corrected step by step by its weighted error.',
    reference: 'Jiang & Li 2016',
    make: episodeDr,
  },
  {
    name: 'wdr',
    alias: 'sndr',
    summary: 'Weighted DR: every step’s weights divided by their mean.',
    reference: 'Thomas & Brunskill 2016',
    make: wdr,
  },
];

/** The estimators asked for, by their names or SCOPE-RL's, in order. Throws `InputError` on a name that there is not. */
export function createEpisodeEstimators(names: readonly string[], horizon: number): EpisodeEstimator[] {
  return names.map((name) => {
    const entry = EPISODE_ESTIMATORS.find((e) => e.name === name || e.alias === name);
    if (entry) return entry.make(horizon);
    const known = EPISODE_ESTIMATORS.map((e) => e.name).join(', ');
    throw new InputError(`There is no episode estimator "${name}"; the episode estimators are: ${known}.`);
  });
}

/**
 * Estimates of E[Σ_t γ^t r_t] under the evaluation policy, per episode, in the order of `estimators`, with intervals over
 * episodes and doubts. Values are NaN where an estimator is undefined (weights that are all 0 at some step). Throws
 * `InputError` on bad evidence, naming the episode and the step.
 */
export function evaluateEpisodes(
  episodes: Episodes,
  estimators: readonly EpisodeEstimator[],
  options: RowOptions = {},
): Estimate[] {
  checkEpisodes(episodes, estimators);
  return estimateRows(episodes, estimators, options);
}
