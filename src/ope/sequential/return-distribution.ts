/**
 * Not only the mean: how the evaluation policy's returns are spread, F̂(m) = E_n[ρ 1{G ≤ m}], within [0, 1] and never falling;
 * quantiles and the mean of the worst share follow. Chandak et al. 2021; Huang et al. 2021.
 */
import { InputError } from '../../core/errors.ts';
import { cumulate, meanOfLowest } from '../weighted-distribution.ts';
import { finalRatios, returns } from './episodes.ts';
import type { Episodes } from './episodes.ts';

export interface ReturnDistribution {
  /** (j) the returns that were seen, ascending, without repeats. */
  returns: Float64Array;
  /** (j) F̂ there; the last is 1, what weights lack to 1 being put at the largest return. */
  cumulative: Float64Array;
}

/** F̂ of the discounted returns; `selfNormalised` divides by the mean weight. Throws `InputError` where all weights are 0. */
export function returnDistribution(episodes: Episodes, selfNormalised = true): ReturnDistribution {
  return weightedDistribution(returns(episodes), finalRatios(episodes), selfNormalised);
}

/** The same of any values (n) with weights (n) ≥ 0: rewards of single actions too. */
export function weightedDistribution(
  values: Float64Array,
  weights: Float64Array,
  selfNormalised = true,
): ReturnDistribution {
  const total = weights.reduce((sum, w) => sum + w, 0);
  if (!(total > 0)) throw new InputError('Every weight is 0: the log says nothing of this policy’s returns.');
  const divisor = selfNormalised ? total : values.length;
  const order = Uint32Array.from(values, (_, i) => i).sort((i, j) => values[i] - values[j]);
  const { values: at, cumulative } = cumulate(
    Float64Array.from(order, (i) => values[i]),
    Float64Array.from(order, (i) => weights[i]),
    divisor,
  );
  cumulative[at.length - 1] = 1;
  return { returns: at, cumulative };
}

/** The smallest return that F̂ reaches `p` at, p in (0, 1]. */
export function returnQuantile({ returns: at, cumulative }: ReturnDistribution, p: number): number {
  if (!(p > 0 && p <= 1)) throw new InputError(`quantile ${p} is not in (0, 1].`);
  return at[cumulative.findIndex((share) => share >= p)];
}

/** CVaR_α: the mean of the lowest share α of returns, (1/α) ∫_0^α F̂⁻¹(p) dp; α = 1 is the mean. */
export function conditionalValueAtRisk({ returns: at, cumulative }: ReturnDistribution, alpha: number): number {
  if (!(alpha > 0 && alpha <= 1)) throw new InputError(`CVaR share ${alpha} is not in (0, 1]; 0.1 is the worst tenth.`);
  return meanOfLowest({ values: at, cumulative }, alpha);
}
