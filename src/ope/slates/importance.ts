/**
 * Three ways to weigh what a slot brought, by what a user's reaction to it may depend on: the whole slate (SIPS), nothing
 * else (IIPS), the slots above (RIPS); each also divided by the slot's mean weight. Unbiased where that holds, and the
 * fewer slots a weight spans, the narrower. Swaminathan et al. 2017; Li et al. 2018; McInerney et al. 2020.
 */
import type { RowEstimator } from '../row-estimator.ts';
import { cascadeWeights, marginalWeights } from './evidence.ts';
import type { SlateEvidence, SlateNeed } from './evidence.ts';

export interface SlateEstimator extends RowEstimator<SlateEvidence> {
  needs: readonly SlateNeed[];
}

/** How a slot's reward is weighed. */
interface SlotWeight {
  name: string;
  needs: readonly SlateNeed[];
  /** (m×L) */
  weights: (evidence: SlateEvidence) => Float64Array;
  /** True where all slots of a slate carry the weight of its last. */
  whole: boolean;
}

const STANDARD: SlotWeight = { name: 'sips', needs: ['given'], weights: cascadeWeights, whole: true };
const INDEPENDENT: SlotWeight = { name: 'iips', needs: ['marginal'], weights: marginalWeights, whole: false };
const CASCADE: SlotWeight = { name: 'rips', needs: ['given'], weights: cascadeWeights, whole: false };

/** Standard: E_n[w_{1:L} Σ_l r(l)]. Always unbiased. */
export const sips = (): SlateEstimator => plain(STANDARD);
/** Independent: E_n[Σ_l w(l) r(l)]. Unbiased where a slot's reward depends on nothing but itself. */
export const iips = (): SlateEstimator => plain(INDEPENDENT);
/** Reward-interaction: E_n[Σ_l w_{1:l} r(l)]. Unbiased where users read from the top (cascade). */
export const rips = (): SlateEstimator => plain(CASCADE);
/** Self-normalised over L slots: Σ_l (Σ_i w r(l) / Σ_i w). */
export const snsips = (slots: number): SlateEstimator => selfNormalised(STANDARD, slots);
export const sniips = (slots: number): SlateEstimator => selfNormalised(INDEPENDENT, slots);
export const snrips = (slots: number): SlateEstimator => selfNormalised(CASCADE, slots);

function plain({ name, needs, weights, whole }: SlotWeight): SlateEstimator {
  return {
    name,
    needs,
    columns: 1,
    contributions(evidence, out, from, to) {
      const { slots: L, reward } = evidence;
      const w = weights(evidence);
      for (let i = from, at = from * L; i < to; i++) {
        const end = at + L;
        let sum = 0;
        for (; at < end; at++) sum += w[whole ? end - 1 : at] * reward[at];
        out.data[i - from] = sum;
      }
    },
    value: (sums, m) => sums[0] / m,
    weights,
  };
}

/** Columns w·r(l) and w of each slot: 2 L; with one weight for the whole slate, w·Σr and w. */
function selfNormalised({ name, needs, weights, whole }: SlotWeight, slots: number): SlateEstimator {
  const L = slots;
  const pairs = whole ? 1 : L;
  return {
    name: `sn${name}`,
    needs,
    columns: 2 * pairs,
    contributions(evidence, out, from, to) {
      const w = weights(evidence);
      const { reward } = evidence;
      out.data.fill(0, 0, (to - from) * 2 * pairs);
      for (let at = from * L, first = 0; at < to * L; at += L, first += 2 * pairs) {
        for (let l = 0; l < L; l++) {
          const pair = first + (whole ? 0 : 2 * l);
          const weight = w[at + (whole ? L - 1 : l)];
          out.data[pair] += weight * reward[at + l];
          out.data[pair + 1] = weight;
        }
      }
    },
    value(sums) {
      let total = 0;
      for (let p = 0; p < 2 * pairs; p += 2) total += sums[p] / sums[p + 1];
      return total;
    },
    weights,
  };
}
