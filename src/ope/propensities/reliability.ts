/** How far estimated odds are from how often things happened, beside how far chance alone would put them. */
import type { ImpressionLog } from '../../core/contracts.ts';
import type { Matrix } from '../../core/matrix.ts';

/** Bins of an action's rows, from its lowest to its highest odds. */
const BINS = 10;

export interface Reliability {
  /** Mean |share of rows with the action − its mean odds| over bins, rows and actions (class-wise, Kull et al. 2019). */
  error: number;
  /** What odds that are exactly right would show on as many rows. */
  noise: number;
}

/** The reliability of `odds` (m×k) of the log's actions. Actions count alike; rows where one is not eligible are left out. */
export function reliability(log: ImpressionLog, odds: Matrix): Reliability {
  const { rows: m, columns: k, data } = odds;
  const { action } = log.decisions;
  let error = 0;
  let noise = 0;
  let actions = 0;
  for (let a = 0; a < k; a++) {
    const rows = new Uint32Array(m).map((_, i) => i).filter((i) => log.requests.eligible[i * k + a] === 1);
    if (rows.length === 0) continue;
    actions++;
    rows.sort((i, j) => data[i * k + a] - data[j * k + a] || i - j);
    for (let bin = 0; bin < BINS; bin++) {
      const from = Math.floor((bin * rows.length) / BINS);
      const to = Math.floor(((bin + 1) * rows.length) / BINS);
      let gap = 0;
      let variance = 0;
      for (let t = from; t < to; t++) {
        const p = data[rows[t] * k + a];
        gap += (action[rows[t]] === a ? 1 : 0) - p;
        variance += p * (1 - p);
      }
      error += Math.abs(gap) / rows.length;
      // E|Z| = sd·√(2/π) of a normal Z.
      noise += Math.sqrt((2 / Math.PI) * variance) / rows.length;
    }
  }
  return { error: error / actions, noise: noise / actions };
}

/** Mean −log of the odds that were given to the action taken [nats]. */
export function lossOf(log: ImpressionLog, odds: Matrix): number {
  let sum = 0;
  for (let i = 0; i < log.size; i++) sum -= Math.log(odds.data[i * odds.columns + log.decisions.action[i]]);
  return sum / log.size;
}
