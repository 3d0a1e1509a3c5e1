/**
 * The position-based estimator: E_n[Σ_l r(l) · Σ_j θ_j π_e(a_l in slot j) / Σ_j θ_j π_b(a_l in slot j)]. Unbiased where a click
 * is an examined slot (θ_j) times an attractive ad, whatever the slot: a logged ad then speaks for every slot it might
 * stand in. Li et al. 2018, eq. 7.
 */
import { InputError } from '../../core/errors.ts';
import type { SlateEvidence } from './evidence.ts';
import type { SlateEstimator } from './importance.ts';

/** `examination` (L): θ_j > 0, the chance that slot j is looked at; only ratios matter. Throws `InputError` on others. */
export function positionBased(examination: readonly number[]): SlateEstimator {
  if (!examination.every((theta) => theta > 0 && theta < Infinity)) {
    throw new InputError(`pbm: examination ${examination.join(', ')} must be above 0 in every slot.`);
  }
  return {
    name: 'pbm',
    needs: ['positions'],
    columns: 1,
    contributions(evidence, out, from, to) {
      const { slots: L, reward } = evidence;
      const w = examinationWeights(evidence, examination, from, to);
      for (let i = from, at = 0; i < to; i++) {
        let sum = 0;
        for (let l = 0; l < L; l++, at++) sum += w[at] * reward[i * L + l];
        out.data[i - from] = sum;
      }
    },
    value: (sums, m) => sums[0] / m,
    weights: (evidence) => examinationWeights(evidence, examination, 0, evidence.size),
  };
}

/** ((to − from)×L) the weight of each slot's ad; 1 where the slot stayed empty under both policies (all odds 0). */
function examinationWeights(
  { slots: L, behaviour, evaluation }: SlateEvidence,
  theta: readonly number[],
  from: number,
  to: number,
): Float64Array {
  if (theta.length !== L) throw new InputError(`pbm: examination has ${theta.length} slots, the slates have ${L}.`);
  const w = new Float64Array((to - from) * L);
  for (let cell = 0; cell < w.length; cell++) {
    let wanted = 0;
    let logged = 0;
    for (let j = 0; j < L; j++) {
      const at = (from * L + cell) * L + j;
      wanted += theta[j] * (evaluation.positions?.[at] ?? NaN);
      logged += theta[j] * (behaviour.positions?.[at] ?? NaN);
    }
    if (!(logged > 0) && wanted > 0) {
      throw new InputError(
        `Slate ${from + Math.floor(cell / L) + 1}, slot ${(cell % L) + 1}: behaviour.positions are all 0.`,
      );
    }
    w[cell] = logged > 0 ? wanted / logged : 1;
  }
  return w;
}
