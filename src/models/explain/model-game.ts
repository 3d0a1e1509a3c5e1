/** A prediction as a game of columns: what the model says where only some of a row's columns are known. */
import { matrix } from '../../core/matrix.ts';
import { outputsOf } from '../supervised/classifier.ts';
import type { Classifier } from '../supervised/classifier.ts';
import type { Examples } from '../supervised/examples.ts';
import type { Game } from './kernel-shap.ts';
import { mixedRows } from './mixed-rows.ts';
import type { ExplainedColumn } from './mixed-rows.ts';

/** (m) one number of each row. */
export type Score = (rows: Examples) => Float64Array;

/** P(class c) of each row; class 1 of two where nothing is said. */
export function oddsOf(model: Pick<Classifier, 'predict'>, classes: number, c = 1): Score {
  const outputs = outputsOf(classes);
  return (rows) => {
    const out = matrix(rows.size, outputs);
    model.predict(rows, out);
    if (outputs === 1) return c === 1 ? out.data : out.data.map((p) => 1 - p);
    return Float64Array.from({ length: rows.size }, (_, i) => out.data[i * outputs + c]);
  };
}

/** Probabilities nearer to 0 and 1 than this are taken as this: their log-odds stay finite. */
const LEAST = 1e-12;

/** log(p/(1 − p)) of a probability. */
export function logOdds(p: number): number {
  const held = Math.min(Math.max(p, LEAST), 1 - LEAST);
  return Math.log(held / (1 - held));
}

/** Log-odds of class c against all others. */
export function logOddsOf(model: Pick<Classifier, 'predict'>, classes: number, c = 1): Score {
  const odds = oddsOf(model, classes, c);
  return (rows) => odds(rows).map(logOdds);
}

/** Rows that a model is asked about at a time. */
const AT_ONCE = 16_384;

/**
 * The game of row 0 of `rows`: columns outside a coalition are those of each of the other rows, the background, and a coalition
 * is worth the mean score over these. Throws RangeError without a background.
 */
export function modelGame(score: Score, rows: Examples, columns: readonly ExplainedColumn[]): Game {
  const background = rows.size - 1;
  if (background < 1) throw new RangeError('explanation: no background rows');
  const players = columns.length;
  const perCall = Math.max(1, Math.floor(AT_ONCE / background));
  return {
    players,
    worth(coalitions, count) {
      const out = new Float64Array(count);
      for (let from = 0; from < count; from += perCall) {
        const some = Math.min(perCall, count - from);
        const donors = columns.map((_, c) => {
          const donor = new Int32Array(some * background);
          for (let r = 0; r < donor.length; r++) {
            const z = from + Math.floor(r / background);
            donor[r] = coalitions[z * players + c] === 1 ? 0 : 1 + (r % background);
          }
          return donor;
        });
        const scores = score(mixedRows(rows, columns, donors));
        for (let r = 0; r < scores.length; r++) out[from + Math.floor(r / background)] += scores[r] / background;
      }
      return out;
    },
  };
}
