/** What smaller forms of one network cost in accuracy and bring in bytes and time, each number with its doubt. */
import { InputError } from '../../core/errors.ts';
import type { Matrix } from '../../core/contracts.ts';
import { rowRange } from '../../core/matrix.ts';
import { differenceOf, measured } from '../metrics/influence.ts';
import type { Measured } from '../metrics/influence.ts';
import { aucInfluence } from '../metrics/ranking.ts';
import { logLossInfluence } from '../metrics/scores.ts';
import type { Scorer } from './scorer.ts';

export interface CompressionRow {
  name: string;
  /** On disk. */
  bytes: number;
  auc: Measured;
  /** [nats] */
  logLoss: Measured;
  /** AUC minus that of the first form, on the same rows. */
  aucGain: Measured;
  /** Log loss minus that of the first form, on the same rows [nats]: above 0 is worse. */
  logLossLost: Measured;
  /** Median time of a row [µs], asked one at a time and 1,024 at a time; null without a clock. */
  microsecondsOfOne: number | null;
  microsecondsOfMany: number | null;
}

export interface TableOptions {
  /** [ms] of any origin; without one no time is measured. */
  clock?: () => number;
  /** Of the intervals; default 0.95. */
  level?: number;
}

const MANY = 1024;
const ROUNDS = 25;
/** Calls of one row between two looks at the clock. */
const CALLS = 200;

/**
 * Every form of a network on rows that none of them has seen; the first is what the others are held against. Intervals:
 * DeLong's for AUC, normal for log loss, and of differences on the same rows. Throws InputError where the rows have one
 * class only, or a form predicts what is no number.
 */
export function compressionTable(
  scorers: readonly Scorer[],
  inputs: Matrix,
  labels: ArrayLike<number>,
  options: TableOptions = {},
): CompressionRow[] {
  const { clock, level = 0.95 } = options;
  const label = Int32Array.from(labels);
  if (new Set(label).size < 2)
    throw new InputError('compression: the rows to measure on have one class only; take more');
  const scored = scorers.map((scorer) => {
    const predicted = new Float64Array(inputs.rows);
    scorer.predict(inputs, predicted);
    const bad = predicted.findIndex((p) => !(p >= 0 && p <= 1));
    if (bad >= 0)
      throw new InputError(`compression: ${scorer.name} predicts ${predicted[bad]} for row ${bad}; check its weights`);
    return { auc: aucInfluence(predicted, label), loss: logLossInfluence({ predicted, label, classes: 2 }) };
  });
  const [first] = scored;
  return scorers.map((scorer, i) => ({
    name: scorer.name,
    bytes: scorer.bytes,
    auc: measured(scored[i].auc, { level, bounds: [0, 1] }),
    logLoss: measured(scored[i].loss, { level }),
    aucGain: measured(differenceOf(scored[i].auc, first.auc), { level }),
    logLossLost: measured(differenceOf(scored[i].loss, first.loss), { level }),
    microsecondsOfOne: clock ? timeOf(scorer, inputs, 1, CALLS, clock) : null,
    microsecondsOfMany: clock ? timeOf(scorer, inputs, MANY, 1, clock) : null,
  }));
}

/** Median time of a row [µs] over rounds of `calls` calls with `rows` rows each, after one round to warm up. */
function timeOf(scorer: Scorer, inputs: Matrix, rows: number, calls: number, clock: () => number): number {
  const size = Math.min(rows, inputs.rows);
  const out = new Float64Array(size);
  const batches = Array.from({ length: calls }, (_, c) => {
    const from = (c * size) % (inputs.rows - size + 1);
    return rowRange(inputs, from, from + size);
  });
  const times = Array.from({ length: ROUNDS + 1 }, () => {
    const start = clock();
    for (const batch of batches) scorer.predict(batch, out);
    return (1000 * (clock() - start)) / (calls * size);
  });
  const sorted = times.slice(1).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
