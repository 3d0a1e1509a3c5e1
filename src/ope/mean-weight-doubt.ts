/** The doubt about weights that do not average to 1, which they do over the draws of the behaviour policy. */
import type { Warning } from '../core/warnings.ts';

/** `score`: distance from 1 in standard errors; infinite where all weights are alike. */
export function meanWeightDoubt(mean: number, score: number): Warning {
  const far = Number.isFinite(score)
    ? `${Math.abs(score).toFixed(1)} standard errors from 1`
    : 'and all alike, so that chance has no part in it';
  return {
    kind: 'mean-weight',
    message: `the weights average ${mean.toPrecision(4)}, ${far}`,
    advice:
      'either the logged propensities are not those the actions were drawn with, or actions of the evaluation policy are missing from the log: check how they were logged',
  };
}
