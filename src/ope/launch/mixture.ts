/** The largest share of traffic for a candidate that, at the lower bound of its lift, costs no more than is tolerated. */
import { lift } from './lift.ts';
import type { LiftMeasure } from './lift.ts';
import type { Mixture } from './decision.ts';
import type { IntervalRule } from '../intervals/rule.ts';
import type { CandidateStudy } from './study.ts';

/** Shares are stated to a tenth of a per cent, rounded down. */
const STEP = 1000;
const TRIES = 20;

export interface MixtureOptions {
  measure: LiftMeasure;
  rule: IntervalRule;
  /** One-sided, of the lower bound. */
  risk: number;
  /** How far below 0 the lower bound of the mixture's lift may lie. */
  tolerance: number;
}

/**
 * The mixture's weights are (1 − λ) + λw, so its columns are the same mixture of columns that are there already: nothing
 * is fitted anew. Its lift is λ times the candidate's for estimators that are sums, and nearly so for ratios, so a few
 * steps from that guess find λ; bounds for every λ hold together where they are multiples of one bound.
 */
export function safestMixture(
  { estimator, sample }: CandidateStudy,
  { measure, rule, risk, tolerance }: MixtureOptions,
): Mixture {
  const boundsAt = (share: number): Mixture => {
    const mixed = { ...sample, estimator: lift(estimator, { measure, share }) };
    const value = mixed.estimator.value(sample.moments.sums, sample.moments.count);
    return { share, lift: value, lower: share === 0 ? 0 : rule.interval(mixed, 1 - 2 * risk)[0] };
  };
  let mixture = boundsAt(1);
  for (let tries = 0; tries < TRIES && !(mixture.lower >= -tolerance); tries++) {
    const wanted = mixture.share * (mixture.lower < 0 ? tolerance / -mixture.lower : 0);
    // Down to the next step at least, so that the walk ends.
    const steps = Math.min(Math.floor(wanted * STEP + 1e-9), Math.round(mixture.share * STEP) - 1);
    mixture = boundsAt(Math.max(0, Number.isFinite(steps) ? steps : 0) / STEP);
  }
  return mixture.lower >= -tolerance ? mixture : boundsAt(0);
}
