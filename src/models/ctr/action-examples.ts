/**
 * Requests and actions as rows that any supervised model reads: the features of `features.ts` as numbers, the action and
 * its category as fields and, where the requests carry them, the user's latest events as a sequence written in the codes
 * of the category, so that attention can compare the two.
 */
import { CATEGORY_NAMES } from '../../core/contracts.ts';
import type { Matrix, Requests } from '../../core/contracts.ts';
import { rowRange } from '../../core/matrix.ts';
import type { Examples, Field, Sequence } from '../supervised/examples.ts';
import { featureMap, featuresOf, heldInside } from './features.ts';
import type { Standardisation } from './features.ts';
import type { ModelSetup } from './labels.ts';

export interface ActionExamples {
  /** Row i is action `action[i]` at request `rows[i]`; groups are sessions. */
  rowsOf(requests: Requests, rows: Int32Array, action: Int32Array): Examples;
  /**
   * Calls `predict` for a few requests at a time with their n×k rows, from request `from` on. Numbers are held inside
   * `range`, where it is given: beyond what was learned from nothing is known.
   */
  each(requests: Requests, predict: (rows: Examples, from: number) => void, range?: Standardisation): void;
}

/** Requests that are predicted at a time: n×k rows take much room. */
const REQUESTS = 128;

export function actionExamples(setup: ModelSetup): ActionExamples {
  const { actions } = setup;
  const map = featureMap(setup);
  const k = actions.size;
  const categories = actions.category.reduce((most, category) => Math.max(most, category + 1), 0);
  return { rowsOf, each };

  function rowsOf(requests: Requests, rows: Int32Array, action: Int32Array): Examples {
    const { history, session, hour } = requests;
    const levels = Math.max(categories + 1, history?.levels ?? 0);
    const fields: Field[] = [
      { name: 'action', levels: k + 1, codes: action.map((a) => a + 1), labels: ['', ...actions.names] },
      { name: 'category', levels, codes: action.map((a) => actions.category[a] + 1), labels: labelsOf(levels) },
    ];
    return {
      size: rows.length,
      numeric: featuresOf(requests, { rows, action }, map, actions.features),
      numericNames: map.names,
      fields,
      sequences: sequencesOf(requests, rows, levels),
      group: rows.map((i) => session[i]),
      time: Float64Array.from(rows, (i) => hour[i]),
    };
  }

  function sequencesOf({ history }: Requests, rows: Int32Array, levels: number): Sequence[] {
    if (!history) return [];
    const { steps, codes, length } = history;
    const taken = new Int32Array(rows.length * steps);
    for (let i = 0; i < rows.length; i++) {
      for (let t = 0; t < steps; t++) taken[i * steps + t] = codes[rows[i] * steps + t];
    }
    const lengths = rows.map((i) => length[i]);
    return [{ name: 'events', levels, steps, codes: taken, length: lengths, target: 'category' }];
  }

  function each(requests: Requests, predict: (rows: Examples, from: number) => void, range?: Standardisation): void {
    for (let from = 0; from < requests.size; from += REQUESTS) {
      const count = Math.min(REQUESTS, requests.size - from);
      const rows = Int32Array.from({ length: count * k }, (_, c) => from + Math.floor(c / k));
      const action = rows.map((_, c) => c % k);
      const examples = rowsOf(requests, rows, action);
      if (range) holdInside(range, examples.numeric);
      predict(examples, from);
    }
  }
}

/** Holds every row inside the range learned from. */
export function holdInside(range: Standardisation, { data, columns }: Matrix): void {
  for (let at = 0; at < data.length; at += columns) heldInside(range, data, at, data.subarray(at, at + columns));
}

/** Names of the codes of categories. */
function labelsOf(levels: number): string[] {
  return Array.from({ length: levels }, (_, c) => (c === 0 ? '' : (CATEGORY_NAMES[c - 1] ?? `category ${c}`)));
}

/** Rows [from, from + rows) of `out`, as the answers to the rows of `each`. */
export function answersAt(out: Matrix, from: number, rows: number): Matrix {
  const k = out.columns;
  const { data } = rowRange(out, from, from + rows / k);
  return { rows, columns: 1, data };
}
