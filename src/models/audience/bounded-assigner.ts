/**
 * The nearest centre of each point while centres move, without measuring most distances: a centre that has moved by m is at least
 * the old distance less m away, and one that lies twice as far from the own centre as the point does is no nearer (Elkan 2003,
 * Using the triangle inequality to accelerate k-means). Whom the bounds leave is measured, so the choice is that of measuring all.
 */
import type { Matrix } from '../../core/matrix.ts';
import { distance, fillDistances, pairsFor } from './pair-distances.ts';

/** Told of each point that changes: whose it was (−1 before the first call) and whose it is. */
export type Changed = (point: number, from: number, to: number) => void;

export interface BoundedAssigner {
  /** Writes the nearest centre of each point (of equals the first) to `assignment` (n), which holds −1 before the first call. */
  assign(assignment: Int32Array, changed: Changed): void;
  /** To be told after each move: (k) how far each centre went. */
  moved(shifts: Float64Array): void;
  /** J: sum of squared distances to the own centre. */
  objective(assignment: Int32Array): number;
}

/** Points whose pairs are measured together: they stay in a near cache. */
const POINTS_AT_ONCE = 256;

/** Bounds count only by more than this part of the largest distance: far more than rounding can take from them. */
const SLACK = 1e-10;

/** Of points (n×d) and centres (k×d), which the caller moves. */
export function boundedAssigner({ data, rows: n, columns: d }: Matrix, centres: Matrix): BoundedAssigner {
  const k = centres.rows;
  // Bounds as if centres had not moved yet: how far they have is in `gone`, so that no bound need follow them.
  const upper = new Float64Array(n);
  const lower = new Float64Array(n * k).fill(-Infinity);
  const gone = new Float64Array(k);
  const halfApart = new Float64Array(k * k);
  const own = pairsFor(POINTS_AT_ONCE);
  const others = pairsFor(POINTS_AT_ONCE * k);
  let largest = 0;
  let slack = 0;
  return {
    assign(assignment, changed) {
      measureCentres();
      slack = SLACK * (largest + gone.reduce((a, b) => Math.max(a, b), 0));
      for (let from = 0; from < n; from += POINTS_AT_ONCE) {
        const to = Math.min(from + POINTS_AT_ONCE, n);
        if (assignment[from] < 0) listAll(from, to);
        else {
          listDoubtful(assignment, from, to);
          fillDistances(own, data, centres.data, d);
          listRivals();
        }
        fillDistances(others, data, centres.data, d);
        settle(assignment, changed);
      }
    },
    moved(shifts) {
      for (let c = 0; c < k; c++) gone[c] += shifts[c];
    },
    objective(assignment) {
      let sum = 0;
      for (let from = 0; from < n; from += POINTS_AT_ONCE) {
        own.count = Math.min(POINTS_AT_ONCE, n - from);
        for (let p = 0; p < own.count; p++) {
          own.left[p] = from + p;
          own.right[p] = assignment[from + p];
        }
        fillDistances(own, data, centres.data, d);
        for (let p = 0; p < own.count; p++) sum += own.square[p];
      }
      return sum;
    },
  };

  function measureCentres(): void {
    for (let a = 0; a < k; a++) {
      for (let b = 0; b < k; b++) {
        halfApart[a * k + b] = Math.sqrt(distance(centres.data, a * d, centres.data, b * d, d)) / 2;
      }
    }
  }

  /** Before anything is known every centre is a rival, of none. */
  function listAll(from: number, to: number): void {
    own.count = others.count = 0;
    for (let i = from; i < to; i++) {
      own.left[own.count] = i;
      own.square[own.count] = Infinity;
      own.right[own.count++] = 0;
      for (let c = 0; c < k; c++) {
        others.left[others.count] = i;
        others.right[others.count++] = c;
      }
    }
  }

  /** Lists the points of [from, to) that another centre may be nearer to than their own. */
  function listDoubtful(assignment: Int32Array, from: number, to: number): void {
    own.count = 0;
    for (let i = from; i < to; i++) {
      const a = assignment[i];
      const most = upper[i] + gone[a] + slack;
      for (let c = 0; c < k; c++) {
        if (c === a || lower[i * k + c] - gone[c] > most || halfApart[a * k + c] > most) continue;
        own.left[own.count] = i;
        own.right[own.count++] = a;
        break;
      }
    }
  }

  /** Lists these points, whose distance to their own centre is known now, with the centres that may still be nearer. */
  function listRivals(): void {
    others.count = 0;
    for (let p = 0; p < own.count; p++) {
      const i = own.left[p];
      const a = own.right[p];
      const most = Math.sqrt(own.square[p]) + slack;
      for (let c = 0; c < k; c++) {
        if (c === a || lower[i * k + c] - gone[c] > most || halfApart[a * k + c] > most) continue;
        others.left[others.count] = i;
        others.right[others.count++] = c;
      }
    }
  }

  /** Takes what was measured into bounds and assignment. */
  function settle(assignment: Int32Array, changed: Changed): void {
    for (let p = 0, q = 0; p < own.count; p++) {
      const i = own.left[p];
      let best = own.right[p];
      let least = own.square[p];
      if (least < Infinity) lower[i * k + best] = Math.sqrt(least) + gone[best];
      for (; q < others.count && others.left[q] === i; q++) {
        const c = others.right[q];
        const square = others.square[q];
        lower[i * k + c] = Math.sqrt(square) + gone[c];
        if (square > least || (square === least && c > best)) continue;
        best = c;
        least = square;
      }
      const away = Math.sqrt(least);
      largest = Math.max(largest, away);
      upper[i] = away - gone[best];
      if (assignment[i] === best) continue;
      changed(i, assignment[i], best);
      assignment[i] = best;
    }
  }
}
