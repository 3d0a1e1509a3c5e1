/**
 * Cressie–Read: empirical likelihood with the squared distance χ² in the likelihood's place, which a few sums solve. Of all
 * (signed) distributions with mean weight 1 the one nearest to the log; one row that was not seen, at an end of the possible
 * weights, takes what mass is missing. Karampatziakis, Langford & Mineiro 2020, appendix; VW's `cressieread`.
 */
import { studentQuantile } from '../../core/quantiles.ts';
import { nothingKnown, weightless } from './whole-log.ts';
import type { WeightedRewards, WholeLogEstimator } from './whole-log.ts';

export function cressieRead(): WholeLogEstimator {
  return {
    name: 'cr',
    summary:
      'Cressie–Read: the distribution with mean weight 1 that is nearest to the log in squares; from sums alone.',
    reference: 'Karampatziakis, Langford & Mineiro 2020',
    estimate(rows, level) {
      const rule = 'cressie-read';
      if (weightless(rows)) return { value: NaN, interval: nothingKnown(rows), rule };
      const sums = sumUp(rows);
      const value = nearestMean(sums, rows.weightRange);
      const [low, high] = rows.rewardRange;
      if (!(high > low)) return { value, interval: nothingKnown(rows), rule };
      return { value, interval: cressieReadInterval(sums, rows, level), rule };
    },
  };
}

interface Sums {
  n: number;
  w: number;
  ww: number;
  wr: number;
  wwr: number;
  wwrr: number;
  r: number;
}

function sumUp({ weight, reward }: WeightedRewards): Sums {
  const n = weight.length;
  const sums = { n, w: 0, ww: 0, wr: 0, wwr: 0, wwrr: 0, r: 0 };
  for (let i = 0; i < n; i++) {
    const w = weight[i];
    const r = reward[i];
    const z = w * r;
    sums.w += w;
    sums.ww += w * w;
    sums.wr += z;
    sums.wwr += w * z;
    sums.wwrr += z * z;
    sums.r += r;
  }
  return sums;
}

/** The unseen row's weight: where weights sum to too little, the greatest possible, else the least. */
function unseenWeight({ n, w }: Sums, [least, greatest]: readonly [number, number]): number {
  return w < n ? greatest : least;
}

/** Σ p·w·r of the nearest distribution, p linear in w; missing weight gets the log's mean reward. */
function nearestMean(sums: Sums, weightRange: readonly [number, number]): number {
  const { n, w, ww, wr, wwr, r } = sums;
  const unseen = unseenWeight(sums, weightRange);
  let level = (1 + n) / n; // p = (level + slope·w) / (1 + n)
  let slope = 0;
  if (unseen !== Infinity) {
    const mean = (unseen + w) / (1 + n);
    const square = (unseen * unseen + ww) / (1 + n);
    const spread = square - mean * mean;
    level = spread > 0 ? (square - mean) / spread : 1;
    slope = spread > 0 ? (1 - mean) / spread : 0;
  }
  const missing = Math.max(0, 1 - (level * w + slope * ww) / (1 + n));
  return (level * wr + slope * wwr) / (1 + n) + (missing * r) / n;
}

/** Every value within half an F quantile of the nearest distribution's squared distance, kept in the range of rewards. */
function cressieReadInterval(sums: Sums, rows: WeightedRewards, level: number): readonly [number, number] {
  const { n, w, ww } = sums;
  const [low, high] = rows.rewardRange;
  const unseen = unseenWeight(sums, rows.weightRange);
  let distance = 1 + 1 / n;
  if (unseen !== Infinity) {
    const mean = (unseen + w) / (1 + n);
    distance = ((1 + n) * (mean - 1) * (mean - 1)) / ((unseen * unseen + ww) / (1 + n) - mean * mean);
  }
  const t = studentQuantile(0.5 + level / 2, n); // t² is Fisher's F with (1, n) degrees of freedom
  const reach = -(distance + t * t) / (2 * (1 + n));
  const [least, greatest] = rows.weightRange;
  const end = (reward: number, sign: 1 | -1): number => {
    const ends = [least, greatest].map((weight) => leastMean(sums, weight, reward, sign, reach));
    const best = Math.min(...ends.filter((x) => !Number.isNaN(x)));
    // Nothing feasible: the end of the range, which is always right.
    return Math.min(high, Math.max(low, sign * (best === Infinity ? sign * reward : best)));
  };
  return [end(low, 1), end(high, -1)];
}

/**
 * Least sign·Σ p·w·r where the unseen row has this weight and reward and p is within `reach`: the constraints are linear
 * and one is quadratic, so it is a centre less a root; NaN where no p is within reach.
 */
function leastMean(sums: Sums, weight: number, reward: number, sign: 1 | -1, reach: number): number {
  const { n, w, ww, wr, wwr, wwrr } = sums;
  let centre: number;
  let spread: number; // both ≤ 0 where feasible
  let room: number;
  if (weight === Infinity) {
    const gap = wr - reward * w;
    centre = sign * (reward + gap / n);
    spread = (gap * gap) / (n * (1 + n)) - (reward * reward * ww - 2 * reward * wwr + wwrr) / (1 + n);
    room = reach + 1 / (2 * n);
  } else {
    const mean = (weight + w) / (1 + n);
    const square = (weight * weight + ww) / (1 + n);
    const value = (sign * (weight * reward + wr)) / (1 + n);
    const product = (sign * (weight * weight * reward + wwr)) / (1 + n);
    const valueSquare = (weight * weight * reward * reward + wwrr) / (1 + n);
    const variance = square - mean * mean;
    if (!(variance > 0)) return NaN;
    const covariance = product - mean * value;
    centre = value + ((1 - mean) * covariance) / variance;
    spread = (covariance * covariance) / variance - (valueSquare - value * value);
    room = reach + ((1 - mean) * (1 - mean)) / (2 * variance);
  }
  const inside = spread * room;
  if (Math.abs(inside) <= 1e-18) return centre; // rounding of an exact 0
  return room <= 0 && inside >= 0 ? centre - Math.sqrt(2 * inside) : NaN;
}
