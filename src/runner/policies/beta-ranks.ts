/** The odds of every rank among independent Beta variables: which action a Thompson sampler shows at each position. */
import { centreAt, logDensity, logitBeta, massOf, SQRT_TAU } from '../../agents/context-free/logit-beta.ts';
import { panelRule } from '../../agents/context-free/panel-rule.ts';
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';

const NODES = 12;
const { nodes, weights, cumulative } = panelRule(NODES);
/** Length of a panel in standard deviations of the narrowest density in it, and at most (logits). */
const STRIDE = 1;
const LONGEST = 1;

/**
 * (L×k) in row l − 1, P(X_j has the l-th greatest value) for independent X_j ~ Beta(alpha_j, beta_j). Rows sum to 1.
 * Absolute error about 1e-10. Throws RangeError unless all parameters are positive and finite, and 1 ≤ L ≤ k.
 *
 * P(j ranks l) = ∫ f_j(x) P(exactly l − 1 of the others exceed x) dx over the logit, by Gauss–Legendre in panels, as
 * `betaContest` does for l = 1. How many exceed x is a sum of independent indicators: its law without j comes from the
 * laws of those before j and of those behind j, both cut off at L − 1.
 */
export function betaRanks(alpha: ArrayLike<number>, beta: ArrayLike<number>, L: number): Matrix {
  const k = alpha.length;
  if (!(L >= 1 && L <= k)) throw new RangeError(`betaRanks: ${L} ranks of ${k} variables`);
  const arms = Array.from({ length: k }, (_, j) => logitBeta(alpha[j], beta[j]));
  const centres = arms.map(({ peak }) => centreAt(peak));
  const scale = arms.map((arm) => 1 / (massOf(arm) * SQRT_TAU * arm.deviation));
  const out = matrix(L, k);
  const density = new Float64Array(k * NODES);
  const above = new Float64Array(k * NODES); // P(X_j > node)
  const below = new Float64Array(k); // P(X_j < the panel)
  const before = new Float64Array((k + 1) * L);
  const behind = new Float64Array((k + 1) * L);
  const end = Math.max(...arms.map(({ high }) => high));
  let from = Math.min(...arms.map(({ low }) => low));
  while (from < end) {
    const alive = arms.filter(({ low, high }) => low < from + LONGEST && high > from);
    const to = Math.min(end, from + Math.min(LONGEST, STRIDE * Math.min(LONGEST, ...alive.map((a) => a.deviation))));
    const half = (to - from) / 2;
    for (let j = 0; j < k; j++) fillPanel(j, from, half);
    for (let node = 0; node < NODES; node++) addNode(node, half * weights[node]);
    from = to;
  }
  for (let l = 0; l < L; l++) {
    const rank = out.data.subarray(l * k, (l + 1) * k);
    const sum = rank.reduce((a, b) => a + b, 0);
    for (let j = 0; j < k; j++) rank[j] /= sum;
  }
  return out;

  function fillPanel(j: number, start: number, half: number): void {
    const { low, high, peak } = arms[j];
    const at = j * NODES;
    if (high <= start || low >= start + 2 * half) {
      density.fill(0, at, at + NODES);
      above.fill(high <= start ? 0 : 1, at, at + NODES);
      return;
    }
    for (let i = 0; i < NODES; i++) {
      const x = start + half * (1 + nodes[i]);
      density[at + i] = scale[j] * Math.exp(logDensity(arms[j], centres[j], x - peak));
    }
    let whole = 0;
    for (let i = 0; i < NODES; i++) {
      let up = 0;
      for (let n = 0; n < NODES; n++) up += cumulative[i * NODES + n] * density[at + n];
      above[at + i] = Math.min(1, Math.max(0, 1 - below[j] - half * up));
      whole += weights[i] * density[at + i];
    }
    below[j] += half * whole;
  }

  function addNode(node: number, weight: number): void {
    before.fill(0, 0, L);
    behind.fill(0, k * L, (k + 1) * L);
    before[0] = behind[k * L] = 1;
    for (let j = 0; j < k; j++) count(before, j * L, (j + 1) * L, above[j * NODES + node]);
    for (let j = k; j > 0; j--) count(behind, j * L, (j - 1) * L, above[(j - 1) * NODES + node]);
    for (let j = 0; j < k; j++) {
      const mass = weight * density[j * NODES + node];
      if (mass === 0) continue;
      for (let l = 0; l < L; l++) {
        let exactly = 0;
        for (let c = 0; c <= l; c++) exactly += before[j * L + c] * behind[(j + 1) * L + l - c];
        out.data[l * k + j] += mass * exactly;
      }
    }
  }

  /** The law of a count of which one more indicator, of probability p, is known. */
  function count(law: Float64Array, known: number, next: number, p: number): void {
    for (let c = 0; c < L; c++) law[next + c] = law[known + c] * (1 - p) + (c > 0 ? law[known + c - 1] * p : 0);
  }
}
