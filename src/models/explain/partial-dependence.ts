/**
 * What a model says when one column is set to a value in every row (partial dependence, Friedman 2001, § 8.2), row by row (individual
 * conditional expectation, Goldstein et al. 2015), and what small steps of a number add up to where rows really lie (accumulated
 * local effects, Apley & Zhu 2020, which columns that hang together don't mislead). Intervals are of the mean over such rows.
 */
import { measured, meanInfluence } from '../metrics/influence.ts';
import type { Measured } from '../metrics/influence.ts';
import type { Examples } from '../supervised/examples.ts';
import { mixedRows } from './mixed-rows.ts';
import type { ExplainedColumn } from './mixed-rows.ts';
import type { Score } from './model-game.ts';

export interface DependencePoint {
  /** The number, or the level's name. */
  at: number | string;
  /** Rows in which the column has this value; of a number: rows up to it and above the point before. */
  rows: number;
  /** Mean score where every row has the value. */
  mean: Measured;
}

export interface Dependence {
  name: string;
  points: DependencePoint[];
  /** (curves)(points) of single rows. */
  curves: number[][];
  /** Of a number: accumulated local effects at the points, their mean over rows 0; null of a field. */
  accumulated: Measured[] | null;
}

export interface DependenceOptions {
  /** At most so many values: quantiles of a number, the commonest levels of a field. */
  points?: number;
  /** Single rows to follow: the first ones. */
  curves?: number;
  level?: number;
}

/** Of column `c`. Throws RangeError where it is neither one number nor one field, or never has a value. */
export function partialDependence(
  score: Score,
  rows: Examples,
  columns: readonly ExplainedColumn[],
  c: number,
  { points = 10, curves = 20, level = 0.95 }: DependenceOptions = {},
): Dependence {
  const { name, numbers, fields, sequences } = columns[c];
  if (numbers.length + fields.length !== 1 || sequences.length > 0) {
    throw new RangeError(`partial dependence: "${name}" is neither one number nor one field`);
  }
  const values = numbers.length === 1 ? numberPoints(rows, numbers[0], points) : levelPoints(rows, fields[0], points);
  if (values.length === 0) throw new RangeError(`partial dependence: "${name}" is missing everywhere`);
  const own = Int32Array.from({ length: rows.size }, (_, i) => i);
  const scoresWhere = (some: Int32Array, lender: number): Float64Array =>
    score(
      mixedRows(
        rows,
        columns,
        columns.map((_, other) => (other === c ? some.map(() => lender) : some)),
      ),
    );
  const scores = values.map(({ lender }) => scoresWhere(own, lender));
  return {
    name,
    points: values.map(({ at, count }, p) => ({
      at,
      rows: count,
      mean: measured(meanInfluence(scores[p]), { group: rows.group, level }),
    })),
    curves: Array.from({ length: Math.min(curves, rows.size) }, (_, i) => scores.map((one) => one[i])),
    accumulated: numbers.length === 1 ? accumulated(rows, numbers[0], values, scores, level) : null,
  };
}

interface Value {
  at: number | string;
  count: number;
  /** A row that has it. */
  lender: number;
}

function numberPoints({ numeric, size }: Examples, j: number, points: number): Value[] {
  const value = (i: number): number => numeric.data[i * numeric.columns + j];
  const order = Int32Array.from({ length: size }, (_, i) => i).filter((i) => !Number.isNaN(value(i)));
  order.sort((a, b) => value(a) - value(b) || a - b);
  const last = order.length - 1;
  const found: Value[] = [];
  let before = 0;
  const asked = last < 0 ? 0 : points;
  for (let p = 0; p < asked; p++) {
    let end = Math.round((p * last) / Math.max(1, points - 1));
    while (end < last && value(order[end + 1]) === value(order[end])) end++;
    if (end < before) continue;
    found.push({ at: value(order[end]), count: end + 1 - before, lender: order[end] });
    before = end + 1;
  }
  return found;
}

function levelPoints({ fields }: Examples, f: number, points: number): Value[] {
  const { codes, labels } = fields[f];
  const found = new Map<number, Value>();
  codes.forEach((code, i) => {
    const known = found.get(code);
    if (known) known.count++;
    else found.set(code, { at: labels?.[code] ?? String(code), count: 1, lender: i });
  });
  return [...found.values()].sort((a, b) => b.count - a.count || a.lender - b.lender).slice(0, points);
}

/**
 * In each span between two points the mean step of the rows that lie there, added up and centred. `scores` (points)(m) has both ends of
 * every row's step. The interval counts the rows' doubt within spans, not where the centre lies.
 */
function accumulated(
  { numeric, size }: Examples,
  j: number,
  values: readonly Value[],
  scores: readonly Float64Array[],
  level: number,
): Measured[] {
  const effect = [0];
  const steps: Float64Array[] = [new Float64Array(size)];
  let rows = 0;
  let centre = 0;
  for (let p = 1; p < values.length; p++) {
    const inside: number[] = [];
    for (let i = 0; i < size; i++) {
      const x = numeric.data[i * numeric.columns + j];
      if (
        x <= (values[p].at as number) &&
        (x > (values[p - 1].at as number) || (p === 1 && x <= (values[0].at as number)))
      )
        inside.push(i);
    }
    const mean = inside.reduce((sum, i) => sum + (scores[p][i] - scores[p - 1][i]) / inside.length, 0);
    const influence = steps[p - 1].slice();
    for (const i of inside) influence[i] += ((scores[p][i] - scores[p - 1][i] - mean) * size) / inside.length;
    steps.push(influence);
    effect.push(effect[p - 1] + mean);
    centre += ((effect[p] + effect[p - 1]) / 2) * inside.length;
    rows += inside.length;
  }
  const middle = rows > 0 ? centre / rows : 0;
  return effect.map((value, p) => measured({ value: value - middle, influence: steps[p] }, { level }));
}
