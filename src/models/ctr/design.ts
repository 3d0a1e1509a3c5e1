/**
 * The logistic regression's design: the standardised features of `features.ts`, the action's own intercept, and the
 * context crossed with the category of the product (each category has its own weights on the context), so that a
 * linear score can say who likes what. Columns: features (d + f + matches) · actions (k) · context × category (d·C).
 */
import type { ActionTable, ImpressionLog, Requests } from '../../core/contracts.ts';
import { featuresOf, heldInside, standardise } from './features.ts';
import type { FeatureMap, Standardisation } from './features.ts';
import type { Impressions } from './labels.ts';
import type { SparseRows } from './newton.ts';

/** Sizes of the design's blocks. */
export interface DesignShape {
  map: FeatureMap;
  /** k */
  actions: number;
  /** C: distinct categories among the actions. */
  categories: number;
  /** (k) position of each action's category among them. */
  categoryOf: Int32Array;
  columns: number;
  /** Entries per row. */
  width: number;
}

/** The design of an action table. */
export function designShape(map: FeatureMap, actions: ActionTable): DesignShape {
  const distinct = [...new Set(actions.category)].sort((a, b) => a - b);
  return {
    map,
    actions: actions.size,
    categories: distinct.length,
    categoryOf: Int32Array.from(actions.category, (category) => distinct.indexOf(category)),
    columns: map.size + actions.size + map.context * distinct.length,
    width: map.size + 1 + map.context,
  };
}

/** One row per impression. */
export function designOf(
  shape: DesignShape,
  log: ImpressionLog,
  shown: Impressions,
  actions: ActionTable,
  scale: Standardisation,
): SparseRows {
  const { map, width } = shape;
  const features = featuresOf(log.requests, shown, map, actions.features);
  standardise(features, scale);
  const rows = shown.rows.length;
  const index = new Int32Array(rows * width);
  const value = new Float64Array(rows * width);
  for (let i = 0; i < rows; i++) {
    const a = shown.action[i];
    const at = i * width;
    const from = i * map.size;
    for (let j = 0; j < map.size; j++) {
      index[at + j] = j;
      value[at + j] = features.data[from + j];
    }
    index[at + map.size] = map.size + a;
    value[at + map.size] = 1;
    const crossed = map.size + shape.actions + shape.categoryOf[a] * map.context;
    for (let j = 0; j < map.context; j++) {
      index[at + map.size + 1 + j] = crossed + j;
      value[at + map.size + 1 + j] = features.data[from + j];
    }
  }
  return { rows, columns: shape.columns, width, index, value };
}

/** A fitted score, folded so that a row costs one product per (context column, action). */
export interface LinearScore {
  /** (k) score at context 0. */
  offset: Float64Array;
  /** (k×d) */
  slope: Float64Array;
  /** (d) room for one context row. */
  row: Float64Array;
}

/**
 * Folds weights (columns + 1) over standardised features into one linear function of the raw context per action:
 * standardisation, action features and matches are all linear, so nothing is lost.
 */
export function foldWeights(
  shape: DesignShape,
  weights: Float64Array,
  actions: ActionTable,
  scale: Standardisation,
): LinearScore {
  const { map, actions: k } = shape;
  const { context: d, action: f, matches } = map;
  const offset = new Float64Array(k);
  const slope = new Float64Array(k * d);
  for (let a = 0; a < k; a++) {
    let sum = weights[shape.columns] + weights[map.size + a];
    const crossed = map.size + k + shape.categoryOf[a] * d;
    for (let j = 0; j < d; j++) {
      const w = (weights[j] + weights[crossed + j]) * scale.inverseScale[j];
      slope[a * d + j] += w;
      sum -= w * scale.mean[j];
    }
    for (let j = 0; j < f; j++) {
      sum += weights[d + j] * (actions.features.data[a * f + j] - scale.mean[d + j]) * scale.inverseScale[d + j];
    }
    for (let j = 0; j < matches; j++) {
      const c = d + f + j;
      const w = weights[c] * scale.inverseScale[c];
      const column = map.matchColumn[a * matches + j];
      if (column >= 0) slope[a * d + column] += w;
      sum -= w * scale.mean[c];
    }
    offset[a] = sum;
  }
  return { offset, slope, row: new Float64Array(d) };
}

/** Fills `out` (n×k) with the logistic of each score. */
export function predictLinear(score: LinearScore, scale: Standardisation, requests: Requests, out: Float64Array): void {
  const { offset, slope, row } = score;
  const k = offset.length;
  const d = row.length;
  for (let i = 0; i < requests.size; i++) {
    heldInside(scale, requests.context.data, i * d, row);
    for (let a = 0; a < k; a++) {
      let z = offset[a];
      for (let j = 0; j < d; j++) z += slope[a * d + j] * row[j];
      out[i * k + a] = 1 / (1 + Math.exp(-z));
    }
  }
}
