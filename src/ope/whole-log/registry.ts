/** The whole-log estimators by name. */
import { bernoulliRounding } from './bernoulli-rounding.ts';
import { cressieRead } from './cressie-read.ts';
import { empiricalLikelihood } from './empirical-likelihood.ts';
import { gammaExponential } from './gamma-exponential.ts';
import type { WholeLogEstimator } from './whole-log.ts';

export const WHOLE_LOG_ESTIMATORS: readonly WholeLogEstimator[] = [
  empiricalLikelihood(),
  cressieRead(),
  gammaExponential(),
  bernoulliRounding(),
];
