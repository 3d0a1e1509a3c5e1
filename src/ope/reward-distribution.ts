/**
 * The distribution of the reward under the evaluation policy, not its mean alone: F̂(r) = E_m[w·1{reward ≤ r}], by which
 * follow quantiles and the mean of the worst share (CVaR). Clipped to [0, 1] and made monotone, as a distribution is. Huang,
 * Leqi, Lipton & Azizzadenesheli 2021; Chandak et al. 2021.
 */
import type { Evidence, Random } from '../core/contracts.ts';
import { sampleQuantile } from '../core/statistics.ts';
import { tally } from './evaluate.ts';
import { rowTerms } from './evidence.ts';
import { cumulate, meanOfLowest } from './weighted-distribution.ts';

export interface DistributionOptions {
  /** True, the default: Σ w·1{…} / Σ w, which ends at 1; false: divided by m, unbiased. */
  selfNormalised?: boolean;
}

export interface RewardDistribution {
  /** (u) distinct rewards, ascending. */
  reward: Float64Array;
  /** (u) F̂ of each. */
  cumulative: Float64Array;
}

/** Throws `InputError` on bad evidence, naming the row. NaN where no row has weight. */
export function rewardDistribution(evidence: Evidence, options: DistributionOptions = {}): RewardDistribution {
  const { weight, reward } = sortedRows(evidence);
  return accumulate(reward, weight, options.selfNormalised ?? true);
}

/** The least reward r with F̂(r) ≥ p, p in (0, 1]; the greatest seen where F̂ never gets so far. */
export function rewardQuantile({ reward, cumulative }: RewardDistribution, p: number): number {
  const at = cumulative.findIndex((f) => f >= p - 1e-12);
  return reward[at < 0 ? reward.length - 1 : at];
}

/** Mean reward of the worst share α in (0, 1]; what F̂ misses of α counts as the greatest reward seen. */
export function conditionalValueAtRisk({ reward, cumulative }: RewardDistribution, alpha: number): number {
  return meanOfLowest({ values: reward, cumulative }, alpha);
}

/** Percentile bootstrap over rows of any statistic of the distribution: a quantile, a CVaR. */
export function distributionInterval(
  evidence: Evidence,
  statistic: (distribution: RewardDistribution) => number,
  random: Random,
  {
    level = 0.95,
    resamples = 500,
    selfNormalised = true,
  }: DistributionOptions & { level?: number; resamples?: number } = {},
): readonly [number, number] {
  const { weight, reward } = sortedRows(evidence);
  const m = weight.length;
  const draw = random.stream('resamples').sequence();
  const drawn = new Float64Array(m);
  const values: number[] = [];
  for (let b = 0; b < resamples; b++) {
    drawn.fill(0);
    for (let i = 0; i < m; i++) {
      const j = draw.integer(m);
      drawn[j] += weight[j];
    }
    const value = statistic(accumulate(reward, drawn, selfNormalised));
    if (!Number.isNaN(value)) values.push(value);
  }
  if (values.length === 0) return [-Infinity, Infinity]; // no row with weight: nothing is known
  return [sampleQuantile(values, (1 - level) / 2), sampleQuantile(values, (1 + level) / 2)];
}

/** Weights and rewards in the order of rewards. */
function sortedRows(evidence: Evidence): { weight: Float64Array; reward: Float64Array } {
  tally(evidence, []); // refuses what is bad
  const { weight } = rowTerms(evidence);
  const { reward } = evidence.log.outcomes;
  const order = Int32Array.from({ length: weight.length }, (_, i) => i).sort((i, j) => reward[i] - reward[j]);
  return { weight: Float64Array.from(order, (i) => weight[i]), reward: Float64Array.from(order, (i) => reward[i]) };
}

function accumulate(sorted: Float64Array, weight: Float64Array, selfNormalised: boolean): RewardDistribution {
  const whole = selfNormalised ? weight.reduce((a, b) => a + b, 0) : sorted.length;
  const { values, cumulative } = cumulate(sorted, weight, whole);
  if (selfNormalised && whole > 0) cumulative[cumulative.length - 1] = 1; // to the bit
  return { reward: values, cumulative };
}
