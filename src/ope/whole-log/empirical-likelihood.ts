/**
 * Empirical likelihood: of all distributions over (weight, reward) under which the mean weight is 1, as it must be, the one
 * that makes the log likeliest; the value is its mean of w·r. The interval holds every value that some such distribution
 * reaches without being much less likely (Wilks). Never outside the range of rewards, and as good as IPS and SNIPS at
 * once. Karampatziakis, Langford & Mineiro 2020; VW's `mle`.
 */
import { studentQuantile } from '../../core/quantiles.ts';
import { likelihoodBound } from './likelihood-bound.ts';
import { nothingKnown, weightless } from './whole-log.ts';
import type { WeightedRewards, WholeLogEstimator } from './whole-log.ts';

export function empiricalLikelihood(): WholeLogEstimator {
  return {
    name: 'el',
    summary: 'Empirical likelihood: the likeliest distribution of weights and rewards whose mean weight is 1.',
    reference: 'Karampatziakis, Langford & Mineiro 2020',
    estimate(rows, level) {
      const rule = 'empirical-likelihood';
      if (weightless(rows)) return { value: NaN, interval: nothingKnown(rows), rule };
      const beta = likeliestTilt(rows);
      const value = tiltedMean(rows, beta);
      const [low, high] = rows.rewardRange;
      if (!(high > low)) return { value, interval: nothingKnown(rows), rule };
      const m = rows.weight.length;
      const t = studentQuantile(0.5 + level / 2, m); // t² is Fisher's F with (1, m) degrees of freedom
      // Half a squared quantile below the likeliest, whose own log likelihood ratio is −Σ log D.
      const slack = logTilt(rows, beta) + (t * t) / 2;
      return { value, interval: likelihoodInterval(rows, slack), rule };
    },
  };
}

/** All mean rewards within log likelihood `slack` of the log itself. */
function likelihoodInterval({ weight, reward, rewardRange, weightRange }: WeightedRewards, slack: number) {
  const [low, high] = rewardRange;
  const span = high - low;
  const fromLow = reward.map((r) => (r - low) / span);
  const fromHigh = reward.map((r) => (high - r) / span);
  return [
    low + span * likelihoodBound(weight, fromLow, weightRange, slack),
    high - span * likelihoodBound(weight, fromHigh, weightRange, slack),
  ] as const;
}

/**
 * β that maximises Σ log(1 + β(w − 1)) over the β that leave no possible weight a negative probability. The gradient
 * falls in β: Newton steps inside a bracket.
 */
export function likeliestTilt({ weight, weightRange: [least, greatest] }: WeightedRewards): number {
  let low = greatest === Infinity || greatest === 1 ? 0 : -1 / (greatest - 1);
  let high = least === 1 ? 0 : 1 / (1 - least);
  if (low === high || !(slope(weight, low)[0] > 0)) return low;
  if (!(slope(weight, high)[0] < 0)) return high;
  let beta = low < 0 ? 0 : (low + high) / 2;
  for (let i = 0; i < 200; i++) {
    const [gradient, curvature] = slope(weight, beta);
    if (gradient > 0) low = beta;
    else high = beta;
    const step = beta - gradient / curvature;
    const next = step > low && step < high ? step : (low + high) / 2;
    if (Math.abs(next - beta) <= 1e-15 * Math.max(1, Math.abs(beta))) return next;
    beta = next;
  }
  return beta;
}

/** Σ (w − 1)/D and its derivative, D = 1 + β(w − 1). */
function slope(weight: Float64Array, beta: number): [number, number] {
  let gradient = 0;
  let curvature = 0;
  for (let i = 0; i < weight.length; i++) {
    const gap = weight[i] - 1;
    const ratio = gap / (1 + beta * gap);
    if (gap === 0) continue;
    gradient += ratio;
    curvature -= ratio * ratio;
  }
  return [gradient, curvature];
}

/** Σ p·w·r with p = 1 / (m·D); what is missing of Σ p·w = 1 lies on weights not seen and gets the log's mean reward. */
function tiltedMean({ weight, reward }: WeightedRewards, beta: number): number {
  const m = weight.length;
  let value = 0;
  let mass = 0;
  let total = 0;
  for (let i = 0; i < m; i++) {
    const share = weight[i] === 0 ? 0 : weight[i] / (1 + beta * (weight[i] - 1));
    value += share * reward[i];
    mass += share;
    total += reward[i];
  }
  return value / m + (Math.max(0, 1 - mass / m) * total) / m;
}

/** Σ log D. */
function logTilt({ weight }: WeightedRewards, beta: number): number {
  let sum = 0;
  for (let i = 0; i < weight.length; i++) sum += Math.log1p(beta * (weight[i] - 1));
  return sum;
}
