/**
 * What click models see of a request and an action.
 *
 * Dense features, in this order: the context (d); the action's features (f); the match features. A match feature is
 * made of all context columns that share a prefix and end in category names (`affinity:boot`, `affinity:bag`, …; `-`
 * parts the two as well as `:`): the column of the action's own category, 0 where there is none. So one weight says
 * what affinity is worth for all categories. Columns that end in action names (`shown:boot-1`, …) are matched likewise.
 */
import { CATEGORY_NAMES } from '../../core/contracts.ts';
import type { Matrix, Requests } from '../../core/contracts.ts';
import { matrix } from '../../core/matrix.ts';
import type { Impressions, ModelSetup } from './labels.ts';

/** Where each feature comes from. */
export interface FeatureMap {
  /** d */
  context: number;
  /** f */
  action: number;
  /** Number of match features. */
  matches: number;
  /** d + f + matches */
  size: number;
  /** (size) */
  names: readonly string[];
  /** (k×matches) the context column that holds the action's match; −1 where there is none. */
  matchColumn: Int32Array;
}

/** The features of a setup. */
export function featureMap(setup: ModelSetup): FeatureMap {
  const { actions, contextNames } = setup;
  const all = Array.from({ length: actions.size }, (_, a) => a);
  const labels = [...new Set([...actions.names, ...CATEGORY_NAMES])].sort((a, b) => b.length - a.length);
  // prefix → label → column
  const families = new Map<string, Map<string, number>>();
  contextNames.forEach((name, column) => {
    // The longest label wins: `affinity-t-shirt` ends in `shirt` as well.
    const label = labels.find((end) => name.endsWith(`:${end}`) || name.endsWith(`-${end}`));
    if (label === undefined) return;
    const prefix = name.slice(0, -label.length);
    families.set(prefix, (families.get(prefix) ?? new Map<string, number>()).set(label, column));
  });
  const columnsOf = (family: ReadonlyMap<string, number>): number[] =>
    all.map((a) => family.get(actions.names[a]) ?? family.get(CATEGORY_NAMES[actions.category[a]]) ?? -1);
  const matched = [...families]
    .map(([prefix, family]) => ({ name: `${prefix}match`, columns: columnsOf(family) }))
    .filter(({ columns }) => columns.some((column) => column >= 0));
  const d = contextNames.length;
  const f = actions.features.columns;
  return {
    context: d,
    action: f,
    matches: matched.length,
    size: d + f + matched.length,
    names: [...contextNames, ...actions.featureNames, ...matched.map(({ name }) => name)],
    matchColumn: Int32Array.from(all.flatMap((a) => matched.map(({ columns }) => columns[a]))),
  };
}

/** Shift, scale and range of each feature over the impressions learned from. */
export interface Standardisation {
  /** (size) */
  mean: Float64Array;
  /** (size) 1 / standard deviation; 0 for a constant feature, which then never enters. */
  inverseScale: Float64Array;
  /** (size) smallest and largest value: predictions hold a feature there, because nothing is known beyond. */
  low: Float64Array;
  high: Float64Array;
}

/** (impressions×size) raw features of the action shown. */
export function featuresOf(
  requests: Requests,
  shown: Pick<Impressions, 'rows' | 'action'>,
  map: FeatureMap,
  actionFeatures: Matrix,
): Matrix {
  const out = matrix(shown.rows.length, map.size);
  const { data } = requests.context;
  const { context: d, action: f, matches } = map;
  for (let i = 0; i < shown.rows.length; i++) {
    const from = shown.rows[i] * d;
    const to = i * map.size;
    const a = shown.action[i];
    for (let j = 0; j < d; j++) out.data[to + j] = data[from + j];
    for (let j = 0; j < f; j++) out.data[to + d + j] = actionFeatures.data[a * f + j];
    for (let j = 0; j < matches; j++) {
      const column = map.matchColumn[a * matches + j];
      out.data[to + d + f + j] = column < 0 ? 0 : data[from + column];
    }
  }
  return out;
}

/**
 * Fills `out` (d) with a context row held inside the range learned from. A log covers some hours of some days: beyond
 * them a fitted slope, let alone a square, leads anywhere.
 */
export function heldInside({ low, high }: Standardisation, data: Float64Array, from: number, out: Float64Array): void {
  for (let j = 0; j < out.length; j++) {
    const value = data[from + j];
    out[j] = value < low[j] ? low[j] : value > high[j] ? high[j] : value;
  }
}

/** Mean, scale and range of every column. */
export function standardisationOf(features: Matrix): Standardisation {
  const { rows, columns, data } = features;
  const mean = new Float64Array(columns);
  const square = new Float64Array(columns);
  const low = new Float64Array(columns).fill(Infinity);
  const high = new Float64Array(columns).fill(-Infinity);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const value = data[i * columns + j];
      mean[j] += value / rows;
      low[j] = Math.min(low[j], value);
      high[j] = Math.max(high[j], value);
    }
  }
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const deviation = data[i * columns + j] - mean[j];
      square[j] += (deviation * deviation) / rows;
    }
  }
  // Below this, what is left of a column is rounding: it is constant.
  const inverseScale = square.map((v, j) => (v > 1e-18 * (1 + mean[j] * mean[j]) ? 1 / Math.sqrt(v) : 0));
  return { mean, inverseScale, low, high };
}

/** Standardises every row in place. */
export function standardise(features: Matrix, { mean, inverseScale }: Standardisation): void {
  const { rows, columns, data } = features;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) data[i * columns + j] = (data[i * columns + j] - mean[j]) * inverseScale[j];
  }
}
