/**
 * The pseudo-inverse weight of every slate of a small catalogue, for logging that need not be factorised (pages without
 * repeats, for instance): q_πᵀ Γ† 1_s with Γ = E_{π_b}[1_s 1_sᵀ], by enumeration. Swaminathan et al. 2017, eq. 3.
 */
import { InputError } from '../../core/errors.ts';
import { SUM_TOLERANCE } from '../evidence.ts';

/** Eigenvalues below this share of the largest count as 0. */
const RANK = 1e-10;
/** Larger problems belong to a closed form. */
const MOST_CELLS = 400;

/** All slates of L slots from k actions, in lexical order: (S×L). Without `repeats` no action stands twice. */
export function enumerateSlates(actions: number, slots: number, repeats = false): Int32Array {
  let slates: number[][] = [[]];
  for (let l = 0; l < slots; l++) {
    slates = slates.flatMap((above) =>
      Array.from({ length: actions }, (_, a) => a)
        .filter((a) => repeats || !above.includes(a))
        .map((a) => [...above, a]),
    );
  }
  return Int32Array.from(slates.flat());
}

/**
 * (S) the weight of each of S slates in one context. `slates` (S×L) of actions in [0, k); `behaviour` and `evaluation` (S)
 * their probabilities. Throws `InputError` where probabilities are none, do not sum to 1, the catalogue is large, or the
 * evaluation policy shows what the behaviour policy's slates cannot explain (no absolute continuity: PI does not exist).
 */
export function pseudoInverseWeights(
  slates: Int32Array,
  slots: number,
  actions: number,
  behaviour: ArrayLike<number>,
  evaluation: ArrayLike<number>,
): Float64Array {
  const L = slots;
  const d = L * actions;
  const count = slates.length / L;
  if (d > MOST_CELLS) {
    throw new InputError(
      `pseudoInverseWeights: ${L} slots × ${actions} actions is above ${MOST_CELLS}; use the closed form.`,
    );
  }
  for (const [name, odds] of [
    ['behaviour', behaviour],
    ['evaluation', evaluation],
  ] as const) {
    let sum = 0;
    for (let s = 0; s < count; s++) sum += odds[s] >= 0 ? odds[s] : NaN;
    if (!(odds.length === count && Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      throw new InputError(`pseudoInverseWeights: the ${name} odds of ${count} slates sum to ${sum}, not to 1.`);
    }
  }
  const gamma = new Float64Array(d * d);
  const wanted = new Float64Array(d);
  for (let s = 0; s < count; s++) {
    for (let l = 0; l < L; l++) {
      const cell = l * actions + slates[s * L + l];
      wanted[cell] += evaluation[s];
      for (let j = 0; j < L; j++) gamma[cell * d + j * actions + slates[s * L + j]] += behaviour[s];
    }
  }
  const solved = applyPseudoInverse(gamma, wanted);
  // Γ x = q_π has a solution only where the behaviour policy spans what is asked.
  for (let cell = 0; cell < d; cell++) {
    let back = 0;
    for (let j = 0; j < d; j++) back += gamma[cell * d + j] * solved[j];
    if (!(Math.abs(back - wanted[cell]) <= SUM_TOLERANCE)) {
      throw new InputError(
        `pseudoInverseWeights: the evaluation policy shows action ${cell % actions} in slot ${Math.floor(cell / actions) + 1} ` +
          'in ways that the logged slates cannot explain; log more varied slates.',
      );
    }
  }
  const weights = new Float64Array(count);
  for (let s = 0; s < count; s++) for (let l = 0; l < L; l++) weights[s] += solved[l * actions + slates[s * L + l]];
  return weights;
}

/** A† b of a symmetric matrix (d×d), through its eigenvectors (cyclic Jacobi; Golub & Van Loan, §8.5). */
export function applyPseudoInverse(symmetric: Float64Array, b: Float64Array): Float64Array {
  const d = b.length;
  const a = symmetric.slice();
  const v = new Float64Array(d * d);
  for (let i = 0; i < d; i++) v[i * d + i] = 1;
  for (let sweep = 0; sweep < 60 && offDiagonal(a, d) > 1e-30 * trace(a, d); sweep++) {
    for (let p = 0; p < d; p++) for (let q = p + 1; q < d; q++) if (a[p * d + q] !== 0) rotate(a, v, d, p, q);
  }
  let largest = 0;
  for (let i = 0; i < d; i++) largest = Math.max(largest, Math.abs(a[i * d + i]));
  const out = new Float64Array(d);
  for (let e = 0; e < d; e++) {
    const value = a[e * d + e];
    if (!(Math.abs(value) > RANK * largest)) continue;
    let dot = 0;
    for (let i = 0; i < d; i++) dot += v[i * d + e] * b[i];
    for (let i = 0; i < d; i++) out[i] += (dot / value) * v[i * d + e];
  }
  return out;
}

/** Turns the plane (p, q) so that a[p, q] becomes 0. */
function rotate(a: Float64Array, v: Float64Array, d: number, p: number, q: number): void {
  const theta = (a[q * d + q] - a[p * d + p]) / (2 * a[p * d + q]);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let i = 0; i < d; i++) mix(a, i * d + p, i * d + q, c, s);
  for (let i = 0; i < d; i++) mix(a, p * d + i, q * d + i, c, s);
  for (let i = 0; i < d; i++) mix(v, i * d + p, i * d + q, c, s);
}

function mix(x: Float64Array, i: number, j: number, c: number, s: number): void {
  const [at, to] = [x[i], x[j]];
  x[i] = c * at - s * to;
  x[j] = s * at + c * to;
}

function offDiagonal(a: Float64Array, d: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) sum += a[i * d + j] * a[i * d + j];
  return sum;
}

/** Σ of squares of the diagonal: the scale that what is off it is small against. */
function trace(a: Float64Array, d: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += a[i * d + i] * a[i * d + i];
  return sum;
}
