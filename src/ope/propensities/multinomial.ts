/**
 * Which action a logging policy took, from the context: multinomial logistic regression over the eligible actions, with
 * normal priors on its weights so that an action seen twice gets no certainty.
 */
import type { ImpressionLog } from '../../core/contracts.ts';
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import { minimise } from '../../core/lbfgs.ts';

/** Gradient per row at which the fit is done. */
const TOLERANCE = 1e-5;
/** [nats per row] A step that gains less is far below what the rows can tell: calibration follows anyway. */
const SETTLED = 1e-5;

/**
 * Learns from the rows `train` and fills the rows `held` of `out` (m×k) with the odds of every action. Columns are
 * standardised over `train`; each weight has a normal prior of precision 1, as have the actions' own terms about the
 * logarithm of `base` (m×k), the odds without context.
 */
export function multinomial(
  log: ImpressionLog,
  train: ArrayLike<number>,
  held: ArrayLike<number>,
  base: Matrix,
  out: Matrix,
): void {
  const k = base.columns;
  const { mean, spread } = standards(log, train);
  const width = mean.length + 1;
  const design = standardised(log, train, mean, spread);
  const weights = new Float64Array(k * width);
  const odds = new Float64Array(k);
  const n = train.length;
  minimise(
    (w, gradient) => {
      let loss = 0;
      for (let j = 0; j < w.length; j++) {
        loss += (w[j] * w[j]) / 2;
        gradient[j] = w[j];
      }
      for (let t = 0; t < n; t++) {
        const i = train[t];
        const at = t * width;
        softmaxRow(w, design.data, at, width, base, i, log.requests.eligible, odds);
        const shown = log.decisions.action[i];
        loss -= Math.log(odds[shown]);
        for (let a = 0; a < k; a++) {
          const slope = odds[a] - (a === shown ? 1 : 0);
          if (slope === 0) continue;
          for (let j = 0; j < width; j++) gradient[a * width + j] += slope * design.data[at + j];
        }
      }
      for (let j = 0; j < w.length; j++) gradient[j] /= n;
      return loss / n;
    },
    weights,
    { tolerance: TOLERANCE, settled: SETTLED },
  );
  const x = standardised(log, held, mean, spread);
  for (let t = 0; t < held.length; t++) {
    softmaxRow(weights, x.data, t * width, width, base, held[t], log.requests.eligible, odds);
    out.data.set(odds, held[t] * k);
  }
}

/** odds ∝ base·exp(w·x) over the eligible actions of row i. */
function softmaxRow(
  w: Float64Array,
  x: Float64Array,
  at: number,
  width: number,
  base: Matrix,
  i: number,
  eligible: Uint8Array,
  odds: Float64Array,
): void {
  const k = odds.length;
  let most = -Infinity;
  for (let a = 0; a < k; a++) {
    odds[a] = -Infinity;
    if (eligible[i * k + a] === 0) continue;
    let score = Math.log(base.data[i * k + a]);
    for (let j = 0; j < width; j++) score += w[a * width + j] * x[at + j];
    odds[a] = score;
    if (score > most) most = score;
  }
  let sum = 0;
  for (let a = 0; a < k; a++) sum += odds[a] = Math.exp(odds[a] - most);
  for (let a = 0; a < k; a++) odds[a] /= sum;
}

function standards({ requests }: ImpressionLog, rows: ArrayLike<number>): { mean: Float64Array; spread: Float64Array } {
  const { columns: d, data } = requests.context;
  const mean = new Float64Array(d);
  const spread = new Float64Array(d);
  for (let t = 0; t < rows.length; t++) for (let j = 0; j < d; j++) mean[j] += data[rows[t] * d + j] / rows.length;
  for (let t = 0; t < rows.length; t++) {
    for (let j = 0; j < d; j++) spread[j] += (data[rows[t] * d + j] - mean[j]) ** 2 / rows.length;
  }
  return { mean, spread: spread.map(Math.sqrt) };
}

/** (n×(d + 1)) standardised columns, constant ones 0, and a 1. */
function standardised(
  { requests }: ImpressionLog,
  rows: ArrayLike<number>,
  mean: Float64Array,
  spread: Float64Array,
): Matrix {
  const { columns: d, data } = requests.context;
  const out = matrix(rows.length, d + 1);
  for (let t = 0; t < rows.length; t++) {
    for (let j = 0; j < d; j++) {
      out.data[t * (d + 1) + j] = spread[j] > 0 ? (data[rows[t] * d + j] - mean[j]) / spread[j] : 0;
    }
    out.data[t * (d + 1) + d] = 1;
  }
  return out;
}
