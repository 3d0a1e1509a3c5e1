/**
 * Latent semantic analysis (Deerwester et al. 1990): texts as points in few dimensions, those that vary most, so that texts
 * of one topic lie near each other without a word in common. A truncated singular value decomposition by randomised subspace
 * iteration (Halko, Martinsson & Tropp 2011, Finding structure with randomness, algorithm 4.4), repeated until the singular
 * values stand still.
 */
import type { Matrix } from '../../core/matrix.ts';
import { matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import { symmetricEigen } from '../../core/symmetric.ts';
import type { TermRows } from './terms.ts';
import { timesDense, transposeTimesDense } from './terms.ts';

export interface LatentSemantics {
  /** (k) largest first. */
  singularValues: Float64Array;
  /** (v×k) right singular vectors as columns; the largest component of each is positive. A text's point is its row times this. */
  directions: Matrix;
  /** False where the values still moved by more than `tolerance` when iterations ran out. */
  converged: boolean;
}

export interface LatentSettings {
  /** Largest relative move of a singular value in one iteration that counts as standing still; default 1e-6. */
  tolerance?: number;
  /** Default 50. */
  mostIterations?: number;
}

/** Directions beyond those asked for: the values converge as fast as the first that is left out is smaller. */
const SPARE = 12;
/** Shares of the largest squared length below which a direction is rounding. */
const ROUNDING = 1e-14;

/** The `dimensions` largest, or as many as texts or terms where those are fewer. Deterministic in its arguments. */
export function latentSemantics(
  rows: TermRows,
  dimensions: number,
  random: Random,
  { tolerance = 1e-6, mostIterations = 50 }: LatentSettings = {},
): LatentSemantics {
  const most = Math.min(rows.rows, rows.columns);
  const k = Math.min(dimensions, most);
  if (!(k >= 1)) throw new RangeError(`latentSemantics: ${dimensions} dimensions of ${rows.rows}×${rows.columns}`);
  const draw = random.stream('latent-semantics').sequence();
  let basis = matrix(rows.columns, Math.min(most, k + SPARE));
  for (let at = 0; at < basis.data.length; at++) basis.data[at] = draw.normal();
  basis = orthonormal(basis);
  let values = new Float64Array(basis.columns);
  for (let iteration = 0; ; iteration++) {
    const image = timesDense(rows, basis);
    const { rotation, squares } = principal(gram(image));
    const before = values;
    values = squares.map((square) => Math.sqrt(Math.max(0, square)));
    const moved = values.subarray(0, k).some((value, j) => Math.abs(value - before[j]) > tolerance * value);
    if (!moved || iteration === mostIterations) {
      const directions = leading(times(basis, rotation), k);
      pointUp(directions);
      return { singularValues: values.slice(0, k), directions, converged: !moved };
    }
    basis = orthonormal(transposeTimesDense(rows, times(image, rotation)));
  }
}

/** Columns that span the same and are orthonormal; directions that others span already become zeros. Twice is enough. */
function orthonormal(m: Matrix): Matrix {
  let result = m;
  for (let pass = 0; pass < 2; pass++) {
    const { rotation, squares } = principal(gram(result));
    const least = ROUNDING * squares[0];
    const l = rotation.columns;
    for (let at = 0; at < l * l; at++) {
      const square = squares[at % l];
      rotation.data[at] *= square > least ? 1 / Math.sqrt(square) : 0;
    }
    result = times(result, rotation);
  }
  return result;
}

/** MᵀM (l×l). */
function gram({ data, rows, columns: l }: Matrix): Matrix {
  const out = matrix(l, l);
  for (let i = 0; i < rows; i++) {
    for (let a = 0; a < l; a++) {
      const x = data[i * l + a];
      if (x !== 0) for (let b = 0; b <= a; b++) out.data[a * l + b] += x * data[i * l + b];
    }
  }
  for (let a = 0; a < l; a++) for (let b = a + 1; b < l; b++) out.data[a * l + b] = out.data[b * l + a];
  return out;
}

/** Eigenvalues, largest first, and their vectors as columns. */
function principal(symmetric: Matrix): { squares: Float64Array; rotation: Matrix } {
  const { values, vectors } = symmetricEigen(symmetric);
  const l = values.length;
  const order = Int32Array.from(values.keys()).sort((a, b) => values[b] - values[a] || a - b);
  const rotation = matrix(l, l);
  for (let i = 0; i < l; i++) order.forEach((from, j) => (rotation.data[i * l + j] = vectors.data[i * l + from]));
  return { squares: Float64Array.from(order, (from) => values[from]), rotation };
}

/** A·B of a tall A (n×l) and a small B (l×l). */
function times(a: Matrix, b: Matrix): Matrix {
  const l = b.columns;
  const out = matrix(a.rows, l);
  for (let i = 0; i < a.rows; i++) {
    for (let c = 0; c < a.columns; c++) {
      const x = a.data[i * a.columns + c];
      for (let j = 0; j < l; j++) out.data[i * l + j] += x * b.data[c * l + j];
    }
  }
  return out;
}

/** The first k columns. */
function leading(m: Matrix, k: number): Matrix {
  const out = matrix(m.rows, k);
  for (let i = 0; i < m.rows; i++) out.data.set(m.data.subarray(i * m.columns, i * m.columns + k), i * k);
  return out;
}

/** Turns columns round whose largest component is negative: a singular vector has no sign of its own. */
function pointUp({ data, rows, columns: k }: Matrix): void {
  for (let j = 0; j < k; j++) {
    let largest = 0;
    for (let i = 0; i < rows; i++) if (Math.abs(data[i * k + j]) > Math.abs(largest)) largest = data[i * k + j];
    if (largest < 0) for (let i = 0; i < rows; i++) data[i * k + j] *= -1;
  }
}
