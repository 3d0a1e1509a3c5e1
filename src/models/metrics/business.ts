/** What advertising brought and cost: rates of money, and what it added, each with its doubt. Money in USD. */
import { normalQuantile } from '../../core/quantiles.ts';
import { differenceOf, meanInfluence, measured } from './influence.ts';
import type { Influence, Measured, Rows } from './influence.ts';

/** What happened to m impressions. */
export interface AdRows {
  /** (m) [USD] what each cost. */
  cost: Float64Array;
  /** (m) 0 or 1. */
  click: ArrayLike<number>;
  /** (m) conversions, 0 or more. */
  conversion: ArrayLike<number>;
  /** (m) [USD] */
  revenue: Float64Array;
}

export interface AdFigures {
  /** Clicks per impression, conversions per click. */
  clickRate: Measured;
  conversionRate: Measured;
  /** [USD] per thousand impressions, per click, per conversion. */
  costPerThousand: Measured;
  costPerClick: Measured;
  costPerAcquisition: Measured;
  /** (revenue − cost) / cost. */
  returnOnInvestment: Measured;
  /** revenue / cost. */
  returnOnAdSpend: Measured;
}

/**
 * Every figure with its interval: ratios of sums, by the delta method over impressions, or over users where `group` says whose
 * each is. A ratio without a denominator is NaN, without interval.
 */
export function adFigures({ cost, click, conversion, revenue }: AdRows, rows: Rows = {}): AdFigures {
  const clicks = Float64Array.from(click);
  const conversions = Float64Array.from(conversion);
  const thousands = new Float64Array(cost.length).fill(1 / 1000);
  const of = (a: Float64Array, b: Float64Array, bounds?: readonly [number, number]): Measured =>
    measured(ratioInfluence(a, b), { ...rows, bounds });
  const profit = revenue.map((amount, i) => amount - cost[i]);
  return {
    clickRate: measured(meanInfluence(clicks), { ...rows, bounds: [0, 1] }),
    conversionRate: of(conversions, clicks, [0, Infinity]),
    costPerThousand: of(cost, thousands, [0, Infinity]),
    costPerClick: of(cost, clicks, [0, Infinity]),
    costPerAcquisition: of(cost, conversions, [0, Infinity]),
    returnOnInvestment: of(profit, cost),
    returnOnAdSpend: of(revenue, cost, [0, Infinity]),
  };
}

/** Σa / Σb of rows, with the influence of each (Cochran 1977, Sampling Techniques, §6.3). */
export function ratioInfluence(a: Float64Array, b: Float64Array): Influence {
  const m = a.length;
  let [above, below] = [0, 0];
  for (let i = 0; i < m; i++) {
    above += a[i] / m;
    below += b[i] / m;
  }
  const value = below === 0 ? Number.NaN : above / below;
  const unbiased = Math.sqrt(m / (m - 1));
  return { value, influence: a.map((x, i) => ((x - value * b[i]) / below) * unbiased) };
}

/** Outcomes of a group that saw the ads and of one that by lot did not: rewards in any one unit, per person. */
export interface Experiment {
  treated: Float64Array;
  control: Float64Array;
  /** [USD] what the ads shown to the treated cost in all; default 0. */
  costUsd?: number;
}

export interface Increment {
  /** Mean of the treated minus mean of the control, per person. */
  perPerson: Measured;
  /** The same over the control's mean: 0.02 is 2 % more. */
  lift: Measured;
  /** What the ads added among all that were treated. */
  total: Measured;
  /** (total − cost) / cost: the return on what would not have come anyway. Null where ads cost nothing. */
  returnOnInvestment: Measured | null;
}

/**
 * What the ads added, by comparison with those who by lot saw none (Lewis & Rao 2015, The unfavorable economics of measuring
 * the returns to advertising, §2). Normal intervals; the lift's by the delta method on the log of the ratio of means, so that
 * it stays above −100 %. Throws RangeError for fewer than two people on a side.
 */
export function increment({ treated, control, costUsd = 0 }: Experiment, level = 0.95): Increment {
  if (treated.length < 2 || control.length < 2) {
    throw new RangeError(`increment: ${treated.length} treated and ${control.length} control, two of each are least`);
  }
  const [a, b] = [momentsOf(treated), momentsOf(control)];
  const z = normalQuantile(0.5 + level / 2);
  const value = a.mean - b.mean;
  const half = z * Math.sqrt(a.variance / treated.length + b.variance / control.length);
  const perPerson: Measured = { value, interval: [value - half, value + half] };
  const scaled = (by: (x: number) => number): Measured => ({
    value: by(value),
    interval: [by(value - half), by(value + half)],
  });
  const n = treated.length;
  return {
    perPerson,
    lift: liftOf(a, b, treated.length, control.length, z),
    total: scaled((x) => x * n),
    returnOnInvestment: costUsd > 0 ? scaled((x) => (x * n - costUsd) / costUsd) : null,
  };
}

interface MeanAndVariance {
  mean: number;
  variance: number;
}

function liftOf(a: MeanAndVariance, b: MeanAndVariance, n: number, k: number, z: number): Measured {
  const value = b.mean === 0 ? Number.NaN : a.mean / b.mean - 1;
  if (!(a.mean > 0 && b.mean > 0)) return { value, interval: null };
  const half = z * Math.sqrt(a.variance / (n * a.mean ** 2) + b.variance / (k * b.mean ** 2));
  return { value, interval: [(1 + value) * Math.exp(-half) - 1, (1 + value) * Math.exp(half) - 1] };
}

function momentsOf(values: Float64Array): MeanAndVariance {
  const { value, influence } = meanInfluence(values);
  return { mean: value, variance: influence.reduce((sum, psi) => sum + psi * psi, 0) / values.length };
}

/**
 * What choosing by a model is worth on rows where it was by chance whom to treat (uplift; Radcliffe 2007): the mean reward of
 * treated rows minus that of the others among the share of rows that `score` puts first. Rows need a treatment by lot.
 */
export function upliftAt(
  share: number,
  { score, treated, reward }: { score: Float64Array; treated: ArrayLike<number>; reward: Float64Array },
  rows: Rows = {},
): Measured {
  const m = score.length;
  const order = Uint32Array.from({ length: m }, (_, i) => i).sort((a, b) => score[b] - score[a] || a - b);
  const first = new Uint8Array(m);
  for (const i of order.subarray(0, Math.round(share * m))) first[i] = 1;
  const of = (side: number): Influence => {
    const chosen = Float64Array.from(first, (one, i) => (one === 1 && treated[i] === side ? 1 : 0));
    return ratioInfluence(
      chosen.map((one, i) => one * reward[i]),
      chosen,
    );
  };
  return measured(differenceOf(of(1), of(0)), rows);
}
