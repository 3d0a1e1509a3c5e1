/** The value of a policy over slates from what another policy showed: the estimators by name, and all of them at once. */
import type { Estimate } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { estimateRows } from '../row-estimator.ts';
import type { RowOptions } from '../row-estimator.ts';
import { cascadeDr } from './cascade-dr.ts';
import { checkSlates } from './evidence.ts';
import type { SlateEvidence } from './evidence.ts';
import { iips, rips, sips, sniips, snrips, snsips } from './importance.ts';
import type { SlateEstimator } from './importance.ts';
import { pseudoInverse, weightedPseudoInverse } from './pseudo-inverse.ts';

export interface SlateEstimatorEntry {
  name: string;
  /** What it is, and when it is right, in a sentence. */
  summary: string;
  reference: string;
  make: (slots: number) => SlateEstimator;
}

/** Estimators that need nothing but L; `positionBased` also needs to be told where users look. */
export const SLATE_ESTIMATORS: readonly SlateEstimatorEntry[] = [
  {
    name: 'sips',
    summary: 'Rewards weighted by the odds of the whole slate: always unbiased, very noisy.',
    reference: 'Horvitz & Thompson 1952',
    make: sips,
  },
  {
    name: 'iips',
    summary: 'Each slot weighted by its own odds: right where slots do not touch each other.',
    reference: 'Li et al. 2018',
    make: iips,
  },
  {
    name: 'rips',
    summary: 'Each slot weighted by the odds of it and those above: right where users read from the top.',
    reference: 'McInerney et al. 2020',
    make: rips,
  },
  {
    name: 'snsips',
    summary: 'SIPS divided by the mean weight.',
    reference: 'Swaminathan & Joachims 2015',
    make: snsips,
  },
  { name: 'sniips', summary: 'IIPS, each slot divided by its mean weight.', reference: 'Li et al. 2018', make: sniips },
  {
    name: 'snrips',
    summary: 'RIPS, each slot divided by its mean weight.',
    reference: 'McInerney et al. 2020',
    make: snrips,
  },
  {
    name: 'cascade-dr',
    summary: 'RIPS corrected by a model of the slots still to come.',
    reference: 'Kiyohara et al. 2022',
    make: cascadeDr,
  },
  {
    name: 'pi',
    summary: 'Pseudo-inverse: right where the reward of a slate is a sum over its slots.',
    reference: 'Swaminathan et al. 2017',
    make: pseudoInverse,
  },
  {
    name: 'wpi',
    summary: 'The pseudo-inverse divided by its mean weight.',
    reference: 'Swaminathan et al. 2017',
    make: weightedPseudoInverse,
  },
];

/** The slate estimators asked for, in order. Throws `InputError` on a name that there is not. */
export function createSlateEstimators(names: readonly string[], slots: number): SlateEstimator[] {
  return names.map((name) => {
    const entry = SLATE_ESTIMATORS.find((e) => e.name === name);
    if (entry) return entry.make(slots);
    const known = SLATE_ESTIMATORS.map((e) => e.name).join(', ');
    throw new InputError(`There is no slate estimator "${name}"; the slate estimators are: ${known}.`);
  });
}

/**
 * Estimates of E[Σ_l r(l)] under the evaluation policy, per slate, in the order of `estimators`, with intervals and doubts.
 * Throws `InputError` on bad evidence, naming the slate.
 */
export function evaluateSlates(
  evidence: SlateEvidence,
  estimators: readonly SlateEstimator[],
  options: RowOptions = {},
): Estimate[] {
  checkSlates(evidence, estimators);
  return estimateRows(evidence, estimators, options);
}
