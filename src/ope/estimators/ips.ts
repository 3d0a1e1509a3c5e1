/**
 * Inverse propensity scoring: the mean of w·r. Unbiased wherever the behaviour policy gives every action of the
 * evaluation policy a chance; heavy weights make it noisy. Horvitz & Thompson 1952; Strehl et al. 2010.
 */
import type { Estimator } from '../../core/contracts.ts';
import { shrunkIps, unshrunk } from './shrunk.ts';

export function ips(): Estimator {
  return {
    ...shrunkIps('ips', unshrunk),
    bounds: (weight, [low, high]) => [Math.min(0, weight * low), Math.max(0, weight * high)],
  };
}
