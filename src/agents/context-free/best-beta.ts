/** The probability that each of several Beta variables is the greatest: Thompson sampling's odds, exactly. */
import { exponential } from '../../core/exponential.ts';
import { centreAt, logDensity, logShift, logitBeta, massOf, SQRT_TAU } from './logit-beta.ts';
import type { LogitBeta } from './logit-beta.ts';
import { panelRule } from './panel-rule.ts';

/** Even, and its half a multiple of 3: see `fillPanel`. */
const NODES = 12;
const HALF = NODES / 2;
const { nodes, weights, cumulative } = panelRule(NODES);
/**
 * The integral up to a node, less half the whole, is odd about the middle: what f is on both sides together moves the two
 * nodes of a pair apart, what it differs by moves them alike. (6×6) each: half the work of the (12×12) rule.
 */
const together = new Float64Array(HALF * HALF);
const apart = new Float64Array(HALF * HALF);
for (let i = 0; i < HALF; i++) {
  for (let j = 0; j < HALF; j++) {
    const near = cumulative[i * NODES + j] - weights[j] / 2;
    const far = cumulative[i * NODES + NODES - 1 - j] - weights[j] / 2;
    together[i * HALF + j] = (near + far) / 2;
    apart[i * HALF + j] = (near - far) / 2;
  }
}
/** Length of a panel in standard deviations of the narrowest density in it, and at most (logits). */
const STRIDE = 2;
const LONGEST = 2;

/** Fills `out` (k) with P(X_j is the greatest) for independent X_j ~ Beta(alpha_j, beta_j). */
export type BetaContest = (alpha: ArrayLike<number>, beta: ArrayLike<number>, out: Float64Array) => void;

/**
 * A contest of Beta variables; the function returned keeps its work buffers. Absolute error about 1e-12, so odds of
 * a millionth are right to seven digits; the probabilities sum to 1; those below about 1e-13 come out as 0.
 *
 * P_j = ∫ f_j Π_{i≠j} F_i over the logit. Below the highest of the densities' lower ends the product of distribution
 * functions vanishes, so the integral starts there. From there on the line is cut into panels no longer than two
 * standard deviations of the narrowest density still alive; in each, Gauss–Legendre gives the masses, and integrals of
 * the densities' interpolants give the distribution functions at the nodes, from the top down, where all of the mass, which is
 * known, lies below. Densities are scaled to masses near 1, not divided by them: the common factor falls out at the end.
 */
export function betaContest(): BetaContest {
  let density = new Float64Array(0);
  let below = new Float64Array(0);
  let left = new Float64Array(0);
  const rise = new Float64Array(NODES);
  const fall = new Float64Array(NODES);
  const sums = new Float64Array(HALF);
  const differences = new Float64Array(HALF);

  return (alpha, beta, out) => {
    const k = alpha.length;
    const all = Array.from({ length: k }, (_, j) => logitBeta(alpha[j], beta[j]));
    const start = all.reduce((z, arm) => Math.max(z, arm.low), -Infinity);
    // The first to die last: those alive in a panel come first.
    const alive = all.flatMap((arm, j) => (arm.high > start ? [j] : [])).sort((i, j) => all[j].high - all[i].high);
    const arms = alive.map((j) => all[j]);
    const m = arms.length;
    if (density.length < m * NODES) {
      density = new Float64Array(m * NODES);
      below = new Float64Array(m * NODES);
      left = new Float64Array(m);
    }
    const centre = centreAt(start);
    const tops = arms.map((arm) => logDensity(arm, centre, arm.peak - start));
    const scale = arms.map(({ deviation }) => 1 / (SQRT_TAU * deviation));
    const whole = Float64Array.from(arms, massOf);
    // Mass below the panel at hand, which come from the top down: nothing lies above the highest.
    const mass = whole.slice();
    const best = new Float64Array(m);
    const cuts = panelsFrom(start, arms);
    for (let c = cuts.length - 2, living = 0; c >= 0; c--) {
      while (living < m && arms[living].high > cuts[c]) living++;
      let dead = 1;
      for (let a = living; a < m; a++) dead *= whole[a];
      const half = (cuts[c + 1] - cuts[c]) / 2;
      for (let q = 0; q < NODES; q++) {
        const d = cuts[c] - start + half * (1 + nodes[q]);
        fall[q] = logShift(centre, d);
        rise[q] = d - fall[q];
      }
      for (let a = 0; a < living; a++) mass[a] = fillPanel(arms[a], half * scale[a], tops[a], mass[a], a * NODES);
      compare(living, dead, best);
    }
    // Of a distribution function near 0 rounding may leave a little less than nothing.
    for (let a = 0; a < m; a++) best[a] = Math.max(0, best[a]);
    const sum = best.reduce((a, b) => a + b, 0);
    out.fill(0, 0, k);
    alive.forEach((j, a) => {
      out[j] = best[a] / sum;
    });
  };

  /** One density, times `half`, and its distribution function at the nodes of a panel below whose top `end` lies; returns what lies below it. */
  function fillPanel(arm: LogitBeta, half: number, top: number, end: number, at: number): number {
    let panel = 0;
    for (let q = 0; q < NODES; q++) {
      const f = half * exponential(arm.alpha * rise[q] - arm.beta * fall[q] - top);
      density[at + q] = f;
      panel += weights[q] * f;
    }
    for (let j = 0; j < HALF; j++) {
      const near = density[at + j];
      const far = density[at + NODES - 1 - j];
      sums[j] = near + far;
      differences[j] = near - far;
    }
    const middle = end - panel / 2;
    // Three pairs of nodes side by side: one sum alone would wait for each addition to end.
    for (let i = 0; i < HALF; i += 3) {
      let move0 = 0;
      let move1 = 0;
      let move2 = 0;
      let shift0 = middle;
      let shift1 = middle;
      let shift2 = middle;
      for (let j = 0, c = i * HALF; j < HALF; j++, c++) {
        const sum = sums[j];
        const difference = differences[j];
        move0 += together[c] * sum;
        move1 += together[c + HALF] * sum;
        move2 += together[c + 2 * HALF] * sum;
        shift0 += apart[c] * difference;
        shift1 += apart[c + HALF] * difference;
        shift2 += apart[c + 2 * HALF] * difference;
      }
      const far = at + NODES - 1 - i;
      below[at + i] = shift0 + move0;
      below[at + i + 1] = shift1 + move1;
      below[at + i + 2] = shift2 + move2;
      below[far] = shift0 - move0;
      below[far - 1] = shift1 - move1;
      below[far - 2] = shift2 - move2;
    }
    return end - panel;
  }

  /** Adds Σ over the panel's nodes of weight · f_a Π_{b≠a} F_b to `best`, by products from the left and from the right. */
  function compare(living: number, dead: number, best: Float64Array): void {
    for (let q = 0; q < NODES; q++) {
      let product = dead;
      for (let a = 0, at = q; a < living; a++, at += NODES) {
        left[a] = product;
        product *= below[at];
      }
      product = weights[q];
      for (let a = living - 1, at = q + a * NODES; a >= 0; a--, at -= NODES) {
        best[a] += product * left[a] * density[at];
        product *= below[at];
      }
    }
  }
}

/** Ends of the panels from `start` to the highest upper end. */
function panelsFrom(start: number, arms: readonly LogitBeta[]): number[] {
  const cuts = [start];
  for (let z = start; ;) {
    let stride = Infinity;
    for (const arm of arms) if (arm.high > z) stride = Math.min(stride, STRIDE * arm.deviation, LONGEST);
    if (stride === Infinity) return cuts;
    z += stride;
    cuts.push(z);
  }
}
