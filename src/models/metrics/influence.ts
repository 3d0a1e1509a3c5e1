/**
 * A metric of rows, and how far each row moves it: the delta method for every metric in one place. With ψ_i the influence of
 * row i (Σψ = 0), the metric's variance is Σ_g (Σ_{i in g} ψ_i)² / m² over groups g of rows that belong together (each row its
 * own where there are none); a difference of two metrics on the same rows has the influence ψ − ψ'.
 */
import { normalQuantile, studentQuantile } from '../../core/quantiles.ts';

export interface Influence {
  value: number;
  /** (m) */
  influence: Float64Array;
  /** Part of Σψ² that is expected to be chance of its computing and no doubt of the value; default 0. */
  excess?: number;
}

/** A number with its doubt. */
export interface Measured {
  value: number;
  /** Null where the rows leave none. */
  interval: readonly [number, number] | null;
}

export interface Rows {
  /** (m) rows of a group belong together; default: each is its own. */
  group?: Int32Array | undefined;
  /** Default 0.95. */
  level?: number | undefined;
  /** The metric's own bounds: an interval doesn't leave them. */
  bounds?: readonly [number, number] | undefined;
}

/** Normal interval; Student's t with as many degrees of freedom as there are groups but one, where there are groups. */
export function measured(
  { value, influence, excess = 0 }: Influence,
  { group, level = 0.95, bounds }: Rows = {},
): Measured {
  const m = influence.length;
  const found = group ? groupedSquares(influence, group) : { squares: squared(influence), groups: m };
  const { groups } = found;
  // Where chance would explain it all, the wider interval stays.
  const squares = found.squares > excess ? found.squares - excess : found.squares;
  if (!Number.isFinite(value) || !Number.isFinite(squares) || groups < 2) return { value, interval: null };
  const quantile = group ? studentQuantile(0.5 + level / 2, groups - 1) : normalQuantile(0.5 + level / 2);
  const corrected = group ? squares * (groups / (groups - 1)) : squares;
  const half = (quantile * Math.sqrt(corrected)) / m;
  const [low, high] = bounds ?? [-Infinity, Infinity];
  return { value, interval: [Math.max(low, value - half), Math.min(high, value + half)] };
}

/** Of a − b, on the same rows. */
export function differenceOf(a: Influence, b: Influence): Influence {
  return { value: a.value - b.value, influence: a.influence.map((psi, i) => psi - b.influence[i]) };
}

/**
 * (m) how much each row counts, on average 1. A weight of whole numbers counts a row as so many copies that belong together. Throws
 * RangeError where no row counts.
 */
export function relativeWeights(m: number, weight: ArrayLike<number> | undefined): Float64Array {
  const by = new Float64Array(m).fill(1);
  if (!weight) return by;
  let total = 0;
  for (let i = 0; i < m; i++) total += weight[i];
  if (m > 0 && !(total > 0)) throw new RangeError('metrics: all weights are 0');
  for (let i = 0; i < m; i++) by[i] = (weight[i] / total) * m;
  return by;
}

/** The mean of a column, rows weighted (m); its variance is the sample's, s²/m where weights are even. */
export function meanInfluence(values: Float64Array, weight?: Float64Array): Influence {
  const m = values.length;
  const by = relativeWeights(m, weight);
  let mean = 0;
  for (let i = 0; i < m; i++) mean += (by[i] * values[i]) / m;
  const unbiased = Math.sqrt(m / (m - 1));
  return { value: mean, influence: values.map((value, i) => (value - mean) * by[i] * unbiased) };
}

/**
 * The metric fold by fold, averaged by the rows' weights: models of different folds are never compared with each other. The influence of a
 * row is that in its fold, as in LeDell, Petersen & van der Laan 2015 (Electronic Journal of Statistics 9, eq. 12), so the
 * interval is of models trained like these, given the folds. Folds whose value is NaN (one class only) are left out.
 */
export function overFolds(
  fold: Int32Array,
  folds: number,
  of: (rows: Int32Array) => Influence,
  weight?: Float64Array,
): { whole: Influence; perFold: number[] } {
  const m = fold.length;
  const influence = new Float64Array(m);
  const by = relativeWeights(m, weight);
  const parts = Array.from({ length: folds }, (_, k) => {
    const rows = Int32Array.from(fold.keys()).filter((i) => fold[i] === k);
    const share = rows.reduce((sum, i) => sum + by[i], 0);
    return {
      rows,
      share,
      part: share > 0 ? of(rows) : { value: Number.NaN, influence: new Float64Array(rows.length) },
    };
  });
  const counted = parts.filter(({ part }) => Number.isFinite(part.value));
  const used = counted.reduce((sum, { share }) => sum + share, 0);
  let value = used === 0 ? Number.NaN : 0;
  for (const { rows, share, part } of counted) {
    value += (part.value * share) / used;
    const scale = (m / used) * (share / rows.length);
    for (let i = 0; i < rows.length; i++) influence[rows[i]] = part.influence[i] * scale;
  }
  return { whole: { value, influence }, perFold: parts.map(({ part }) => part.value) };
}

function squared(influence: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < influence.length; i++) sum += influence[i] * influence[i];
  return sum;
}

function groupedSquares(influence: Float64Array, group: Int32Array): { squares: number; groups: number } {
  const m = influence.length;
  const codeOf = new Map<number, number>();
  let [least, largest] = [0, 0];
  for (let i = 0; i < m; i++) {
    least = Math.min(least, group[i]);
    largest = Math.max(largest, group[i]);
  }
  // Codes without large gaps are their own places; a map would take ten times as long.
  const direct = least >= 0 && largest < 4 * m;
  const sums = new Float64Array(direct ? largest + 1 : m);
  const seen = new Uint8Array(sums.length);
  let groups = 0;
  for (let i = 0; i < m; i++) {
    let at = group[i];
    if (!direct) {
      const known = codeOf.get(at);
      if (known === undefined) codeOf.set(at, (at = codeOf.size));
      else at = known;
    }
    groups += 1 - seen[at];
    seen[at] = 1;
    sums[at] += influence[i];
  }
  return { squares: squared(sums), groups };
}
