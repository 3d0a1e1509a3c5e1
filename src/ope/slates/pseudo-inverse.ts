/**
 * The pseudo-inverse estimator: E_n[w · Σ_l r(l)] with w = q_πᵀ Γ† 1_s, unbiased where the slate's reward is a sum of what each
 * action is worth in its slot, seen or not. Where logging draws each slot by itself, w = 1 − L + Σ_l w(l). Weights may be
 * negative. wPI divides by their mean. Swaminathan et al. 2017, eqs. 3 and 4.
 */
import { marginalWeights } from './evidence.ts';
import type { SlateEvidence } from './evidence.ts';
import type { SlateEstimator } from './importance.ts';

/** PI; with weights `evidence.pseudoInverse` where they are given, else in the closed form of factorised logging. */
export function pseudoInverse(): SlateEstimator {
  return { ...columns('pi', 1), value: (sums, m) => sums[0] / m };
}

/** wPI: Σ w Σ_l r(l) / Σ w. */
export function weightedPseudoInverse(): SlateEstimator {
  return { ...columns('wpi', 2), value: (sums) => sums[0] / sums[1] };
}

function columns(name: string, width: number): Omit<SlateEstimator, 'value'> {
  return {
    name,
    needs: ['marginal or pseudoInverse'],
    columns: width,
    contributions(evidence, out, from, to) {
      const { slots: L, reward } = evidence;
      const w = slateWeights(evidence, from, to);
      for (let i = from, at = from * L, cell = 0; i < to; i++, cell += width) {
        const end = at + L;
        let sum = 0;
        for (; at < end; at++) sum += reward[at];
        out.data[cell] = w[i - from] * sum;
        if (width === 2) out.data[cell + 1] = w[i - from];
      }
    },
    weights: (evidence: SlateEvidence) => slateWeights(evidence, 0, evidence.size),
  };
}

/** (to − from) the weight of each slate. */
function slateWeights(evidence: SlateEvidence, from: number, to: number): Float64Array {
  if (evidence.pseudoInverse) return evidence.pseudoInverse.subarray(from, to);
  const L = evidence.slots;
  const w = marginalWeights(evidence);
  const out = new Float64Array(to - from);
  for (let i = from, at = from * L; i < to; i++) {
    let sum = 1 - L;
    for (const end = at + L; at < end; at++) sum += w[at];
    out[i - from] = sum;
  }
  return out;
}
