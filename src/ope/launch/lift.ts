/**
 * How much more a policy is worth than the one it would replace, on the same rows: an estimator's columns of the one
 * beside its columns of the other, so that what both share cancels, and the intervals of any rule follow as for a value.
 */
import type { Estimator, Evidence, Matrix } from '../../core/contracts.ts';
import { matrix } from '../../core/matrix.ts';
import { rowTerms } from '../evidence.ts';
import type { SharedEvidence } from '../evidence.ts';

/** `relative`: V(candidate) / V(baseline) − 1; `absolute`: V(candidate) − V(baseline), in the log's reward unit. */
export type LiftMeasure = 'relative' | 'absolute';

/** Evidence on a candidate; `baseline` holds the same rows with the policy that it would replace, if not the logged one. */
export interface PairedEvidence extends Evidence {
  baseline?: Evidence;
}

export interface LiftOptions {
  measure?: LiftMeasure;
  /** λ in [0, 1]: the lift of (1 − λ)·baseline + λ·candidate. */
  share?: number;
}

/**
 * The lift of the evidence's policy over its baseline by `estimator`, which must be affine in the evaluated policy (IPS,
 * SNIPS, DR, SNDR): then (1 − λ) of the baseline's columns and λ of the candidate's are exactly those of the mixture.
 *
 * The logged policy has weights of 1, so IPS and SNIPS give the mean reward; DR gives v̂_b + r − q̂(action) where the
 * behaviour policy is known whole, whose noise cancels with the candidate's, and the mean reward where it is not.
 */
export function lift(estimator: Estimator, { measure = 'relative', share = 1 }: LiftOptions = {}): Estimator {
  const c = estimator.columns;
  const mixed = new Float64Array(c);
  return {
    name: `lift by ${estimator.name}`,
    needs: estimator.needs,
    columns: 2 * c,
    contributions(evidence, out) {
      const { baseline } = evidence as PairedEvidence;
      interleave(estimator, [evidence, baseline ?? loggedPolicy(evidence)], out);
    },
    value(sums, m) {
      for (let a = 0; a < c; a++) mixed[a] = share * sums[a] + (1 - share) * sums[c + a];
      const base = estimator.value(sums.subarray(c), m);
      const gain = estimator.value(mixed, m) - base;
      return measure === 'relative' ? gain / base : gain;
    },
    laws: { selfNormalised: false, exactOnPolicy: false },
  };
}

/** What one estimator says of a policy less what another does: far from 0, one of them is wrong. */
export function disagreement(first: Estimator, second: Estimator): Estimator {
  const c = first.columns;
  return {
    name: `${first.name} less ${second.name}`,
    needs: [...new Set([...first.needs, ...second.needs])],
    columns: c + second.columns,
    contributions(evidence, out) {
      const [one, other] = [first, second].map((estimator) => columnsOf(estimator, evidence));
      for (let i = 0; i < out.rows; i++) {
        for (let a = 0; a < c; a++) out.data[i * out.columns + a] = one.data[i * c + a];
        for (let b = 0; b < second.columns; b++) {
          out.data[i * out.columns + c + b] = other.data[i * second.columns + b];
        }
      }
    },
    value: (sums, m) => first.value(sums, m) - second.value(sums.subarray(c), m),
    laws: { selfNormalised: false, exactOnPolicy: false },
  };
}

/** The same rows, valued as the policy that collected them: weights of 1, whatever the estimator makes of weights. */
export function loggedPolicy(evidence: Evidence): SharedEvidence {
  const { log, behaviour, predicted: model } = evidence;
  const terms = rowTerms(evidence);
  const m = log.size;
  const k = evidence.evaluation.columns;
  // Without π_b the model's word on the logged action stands for its mean, so that DR is left with the reward alone.
  const expected = new Float64Array(model ? m : 0);
  if (model) {
    const { action } = log.decisions;
    for (let i = 0; i < m; i++) {
      if (!behaviour) expected[i] = model.data[i * k + action[i]];
      else for (let at = i * k; at < (i + 1) * k; at++) expected[i] += behaviour.data[at] * model.data[at];
    }
  }
  return { ...evidence, terms: { ...terms, weight: new Float64Array(m).fill(1), expected } };
}

function columnsOf(estimator: Estimator, evidence: Evidence): Matrix {
  const out = matrix(evidence.log.size, estimator.columns);
  estimator.contributions(evidence, out);
  return out;
}

function interleave(estimator: Estimator, pair: readonly [Evidence, Evidence], out: Matrix): void {
  const c = estimator.columns;
  pair.forEach((evidence, side) => {
    const { data } = columnsOf(estimator, evidence);
    for (let i = 0; i < evidence.log.size; i++) {
      for (let a = 0; a < c; a++) out.data[(2 * i + side) * c + a] = data[i * c + a];
    }
  });
}
