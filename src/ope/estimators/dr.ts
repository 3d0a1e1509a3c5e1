/**
 * Doubly robust: the direct method, corrected by the weighted error of its model, v̂ + w·(r − q̂(action)). Unbiased where
 * the propensities are right or the model is; the better the model, the narrower. Dudík, Langford & Li 2011.
 */
import type { Estimator } from '../../core/contracts.ts';
import { shrunkDr, unshrunk } from './shrunk.ts';

export function dr(): Estimator {
  return {
    ...shrunkDr('dr', unshrunk),
    bounds: (weight, [low, high]) => [low - weight * (high - low), high + weight * (high - low)],
  };
}
