/**
 * IPS and DR with importance weights made smaller: a little bias for a much smaller variance. Each rule leaves weights near 1
 * alone, and its parameter says how far.
 */
import type { Estimator } from '../../core/contracts.ts';
import { rowTerms } from '../evidence.ts';
import { withForm } from './form.ts';

/**
 * Fills the first n rows of `out` with plus + ŵ·error, ŵ being what is used instead of the weight: each rule a loop of
 * its own, as a call a row costs more than the rule.
 */
export type Rule = (
  n: number,
  parameter: number,
  weight: Float64Array,
  plus: Float64Array,
  error: Float64Array,
  out: Float64Array,
) => void;

/** A rule with its parameter. */
export interface Shrinkage {
  rule: Rule;
  parameter: number;
}

export const leave: Rule = (n, _parameter, weight, plus, error, out) => {
  for (let i = 0; i < n; i++) out[i] = plus[i] + weight[i] * error[i];
};

export const clip: Rule = (n, most, weight, plus, error, out) => {
  for (let i = 0; i < n; i++) out[i] = plus[i] + Math.min(weight[i], most) * error[i];
};

export const switchOff: Rule = (n, threshold, weight, plus, error, out) => {
  for (let i = 0; i < n; i++) out[i] = plus[i] + (weight[i] <= threshold ? weight[i] : 0) * error[i];
};

export const shrinkLarge: Rule = (n, lambda, weight, plus, error, out) => {
  for (let i = 0; i < n; i++) {
    const w = weight[i];
    out[i] = plus[i] + ((lambda * w) / (w * w + lambda)) * error[i];
  }
};

export const shrinkHarmonic: Rule = (n, lambda, weight, plus, error, out) => {
  for (let i = 0; i < n; i++) {
    const w = weight[i];
    out[i] = plus[i] + (w === 0 ? 0 : w / (1 - lambda + lambda * w)) * error[i];
  }
};

/** w itself. */
export const unshrunk: Shrinkage = { rule: leave, parameter: 0 };

/** min(w, M), M ≥ 0 (Ionides 2008; Bottou et al. 2013; for DR Su et al. 2020, "pessimistic"). */
export function clipped(most: number): Shrinkage {
  return { rule: clip, parameter: most };
}

/** w where it is at most τ ≥ 0, else nothing (Wang, Agarwal & Dudík 2017). */
export function switched(threshold: number): Shrinkage {
  return { rule: switchOff, parameter: threshold };
}

/** λw / (w² + λ), λ ≥ 0: 0 is the direct method, Infinity DR (Su, Dimakopoulou, Krishnamurthy & Dudík 2020, "optimistic"). */
export function optimistic(lambda: number): Shrinkage {
  if (lambda === Infinity) return unshrunk;
  return lambda === 0 ? clipped(0) : { rule: shrinkLarge, parameter: lambda };
}

/** w / (1 − λ + λw), λ in [0, 1]: 0 leaves weights alone, 1 makes all of them 1 (Metelli, Russo & Restelli 2021). */
export function subGaussian(lambda: number): Shrinkage {
  return { rule: shrinkHarmonic, parameter: lambda };
}

/** The mean of ŵ·r. */
export function shrunkIps(name: string, shrinkage: Shrinkage): Estimator {
  const { rule, parameter } = shrinkage;
  return withForm(
    {
      name,
      needs: [],
      columns: 1,
      contributions(evidence, { data }) {
        const { weight } = rowTerms(evidence);
        const { reward } = evidence.log.outcomes;
        data.fill(0, 0, weight.length);
        rule(weight.length, parameter, weight, data, reward, data);
      },
      value: (sums, m) => sums[0] / m,
      laws: { selfNormalised: false, exactOnPolicy: true },
    },
    { rows: 'ips', shrinkage },
  );
}

/** The mean of v̂ + ŵ·(r − q̂(action)). */
export function shrunkDr(name: string, shrinkage: Shrinkage): Estimator {
  const { rule, parameter } = shrinkage;
  return withForm(
    {
      name,
      needs: ['model'],
      columns: 1,
      contributions(evidence, { data }) {
        const { weight, expected, error } = rowTerms(evidence);
        rule(weight.length, parameter, weight, expected, error, data);
      },
      value: (sums, m) => sums[0] / m,
      laws: { selfNormalised: false, exactOnPolicy: false },
    },
    { rows: 'dr', shrinkage },
  );
}
