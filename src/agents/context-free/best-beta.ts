/** The probability that each of several Beta variables is the greatest: Thompson sampling's odds, exactly. */
import { centreAt, logDensity, logShift, logitBeta } from './logit-beta.ts';
import type { Centre, LogitBeta } from './logit-beta.ts';
import { panelRule } from './panel-rule.ts';

/** A multiple of 3: see `fillPanel`. */
const NODES = 12;
const { nodes, weights, cumulative } = panelRule(NODES);
/** Length of a panel in standard deviations of the narrowest density in it, and at most (logits). */
const STRIDE = 2;
const LONGEST = 2;

/** Fills `out` (k) with P(X_j is the greatest) for independent X_j ~ Beta(alpha_j, beta_j). */
export type BetaContest = (alpha: ArrayLike<number>, beta: ArrayLike<number>, out: Float64Array) => void;

/**
 * A contest of Beta variables; the function returned keeps its work buffers. Absolute error about 1e-12; the
 * probabilities sum to 1; those below about 1e-13 come out as 0.
 *
 * P_j = ∫ f_j Π_{i≠j} F_i over the logit. Below the highest of the densities' lower ends the product of distribution
 * functions vanishes, so the integral starts there. From there on the line is cut into panels no longer than two
 * standard deviations of the narrowest density still alive; in each, Gauss–Legendre gives the masses, and integrals of
 * the densities' interpolants give the distribution functions at the nodes.
 */
export function betaContest(): BetaContest {
  let density = new Float64Array(0);
  let below = new Float64Array(0);
  const rise = new Float64Array(NODES);
  const fall = new Float64Array(NODES);

  return (alpha, beta, out) => {
    const k = alpha.length;
    const all = Array.from({ length: k }, (_, j) => logitBeta(alpha[j], beta[j]));
    const start = all.reduce((z, arm) => Math.max(z, arm.low), -Infinity);
    const alive = all.flatMap((arm, j) => (arm.high > start ? [j] : []));
    const arms = alive.map((j) => all[j]);
    const cuts = panelsFrom(start, arms);
    const centre = centreAt(start);
    const tops = arms.map((arm) => logDensity(arm, centre, arm.peak - start));
    const mass = Float64Array.from(arms, (arm, a) => massBelow(arm, centre, tops[a]));
    const size = arms.length * NODES;
    if (density.length < size * cuts.length) {
      density = new Float64Array(size * cuts.length);
      below = new Float64Array(size * cuts.length);
    }
    for (let c = 0; c + 1 < cuts.length; c++) {
      const half = (cuts[c + 1] - cuts[c]) / 2;
      for (let q = 0; q < NODES; q++) {
        const d = cuts[c] - start + half * (1 + nodes[q]);
        fall[q] = logShift(centre, d);
        rise[q] = d - fall[q];
      }
      arms.forEach((arm, a) => {
        const alive = cuts[c] < arm.high;
        mass[a] = fillPanel(arm, alive ? half : 0, tops[a], mass[a], c * size + a * NODES);
      });
    }
    const best = compare(cuts, mass);
    const sum = best.reduce((a, b) => a + b, 0);
    out.fill(0, 0, k);
    alive.forEach((j, a) => {
      out[j] = best[a] / sum;
    });
  };

  /**
   * One density and its distribution function (neither yet divided by the whole mass) at the nodes of a panel, from
   * `mass` below it; returns the mass up to its end. A panel of half-length 0 is one that the density does not reach.
   */
  function fillPanel(arm: LogitBeta, half: number, top: number, mass: number, at: number): number {
    if (half === 0) {
      density.fill(0, at, at + NODES);
      below.fill(mass, at, at + NODES);
      return mass;
    }
    let end = mass;
    for (let q = 0; q < NODES; q++) {
      const f = half * Math.exp(arm.alpha * rise[q] - arm.beta * fall[q] - top);
      density[at + q] = f;
      end += weights[q] * f;
    }
    // Three sums side by side: one alone would wait for each addition to end.
    for (let q = 0; q < NODES; q += 3) {
      let first = mass;
      let second = mass;
      let third = mass;
      for (let r = 0, c = q * NODES; r < NODES; r++, c++) {
        const f = density[at + r];
        first += cumulative[c] * f;
        second += cumulative[c + NODES] * f;
        third += cumulative[c + 2 * NODES] * f;
      }
      below[at + q] = first;
      below[at + q + 1] = second;
      below[at + q + 2] = third;
    }
    return end;
  }

  /** Σ over all nodes of weight · f_a Π_{b≠a} F_b, by products from the left and from the right. */
  function compare(cuts: readonly number[], mass: Float64Array): Float64Array {
    const m = mass.length;
    const scale = mass.map((total) => 1 / total);
    const left = new Float64Array(m);
    const best = new Float64Array(m);
    for (let c = 0; c + 1 < cuts.length; c++) {
      for (let q = 0; q < NODES; q++) {
        const at = c * m * NODES + q;
        let product = 1;
        for (let a = 0; a < m; a++) {
          left[a] = product;
          product *= below[at + a * NODES] * scale[a];
        }
        product = weights[q];
        for (let a = m - 1; a >= 0; a--) {
          best[a] += product * left[a] * density[at + a * NODES] * scale[a];
          product *= below[at + a * NODES] * scale[a];
        }
      }
    }
    return best;
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

/** The density's integral from its lower end to the centre. */
function massBelow(arm: LogitBeta, centre: Centre, top: number): number {
  const length = centre.logit - arm.low;
  if (length <= 0) return 0;
  const panels = Math.ceil(length / Math.min(STRIDE * arm.deviation, LONGEST));
  const half = length / panels / 2;
  let sum = 0;
  for (let c = 0; c < panels; c++) {
    for (let q = 0; q < NODES; q++) {
      const d = half * (2 * c + 1 + nodes[q]) - length;
      sum += weights[q] * half * Math.exp(logDensity(arm, centre, d) - top);
    }
  }
  return sum;
}
