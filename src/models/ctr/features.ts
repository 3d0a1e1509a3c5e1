/**
 * What click models see of a request and an action.
 *
 * Dense features, in this order: the context (d); the action's features (f); the match features. A match feature is
 * made of all context columns that share a prefix and end in category names (`affinity:boot`, `affinity:bag`, …): the
 * column of the action's own category, 0 where there is none. So one weight says what affinity is worth for all
 * categories. Context names that end in action names (`shown:boot-1`, …) are matched the same way.
 */
import { CATEGORY_NAMES } from '../../core/contracts.ts';
import type { ImpressionLog, Matrix } from '../../core/contracts.ts';
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
  const prefixes = [...new Set(contextNames.filter((name) => name.includes(':')).map(prefixOf))];
  const columnOf = (prefix: string, a: number): number => {
    const category = CATEGORY_NAMES[actions.category[a]];
    return contextNames.findIndex(
      (name) => name === `${prefix}:${actions.names[a]}` || name === `${prefix}:${category}`,
    );
  };
  const all = Array.from({ length: actions.size }, (_, a) => a);
  const matched = prefixes.filter((prefix) => all.some((a) => columnOf(prefix, a) >= 0));
  const d = contextNames.length;
  const f = actions.features.columns;
  return {
    context: d,
    action: f,
    matches: matched.length,
    size: d + f + matched.length,
    names: [...contextNames, ...actions.featureNames, ...matched.map((prefix) => `${prefix}:match`)],
    matchColumn: Int32Array.from(all.flatMap((a) => matched.map((prefix) => columnOf(prefix, a)))),
  };
}

function prefixOf(name: string): string {
  return name.slice(0, name.indexOf(':'));
}

/** Shift and scale that give each feature mean 0 and variance 1 over the impressions learned from. */
export interface Standardisation {
  /** (size) */
  mean: Float64Array;
  /** (size) 1 / standard deviation; 0 for a constant feature, which then never enters. */
  inverseScale: Float64Array;
}

/** (impressions×size) raw features of the action shown. */
export function featuresOf(log: ImpressionLog, shown: Impressions, map: FeatureMap, actionFeatures: Matrix): Matrix {
  const out = matrix(shown.rows.length, map.size);
  const { data } = log.requests.context;
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

/** Mean and scale of every column. */
export function standardisationOf(features: Matrix): Standardisation {
  const { rows, columns, data } = features;
  const mean = new Float64Array(columns);
  const square = new Float64Array(columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) mean[j] += data[i * columns + j] / rows;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const deviation = data[i * columns + j] - mean[j];
      square[j] += (deviation * deviation) / rows;
    }
  }
  // Below this, what is left of a column is rounding: it is constant.
  const inverseScale = square.map((v, j) => (v > 1e-18 * (1 + mean[j] * mean[j]) ? 1 / Math.sqrt(v) : 0));
  return { mean, inverseScale };
}

/** Standardises every row in place. */
export function standardise(features: Matrix, { mean, inverseScale }: Standardisation): void {
  const { rows, columns, data } = features;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) data[i * columns + j] = (data[i * columns + j] - mean[j]) * inverseScale[j];
  }
}
