/**
 * Marginalised IPS: weights of what was shown instead of weights of actions. Where the reward depends on an action only
 * through its categories e, w(x, e) = Σ_a π_e(a|x) p(e|a) / Σ_a π_b(a|x) p(e|a) is as unbiased as the usual weight, and the
 * more actions share categories the calmer. Saito & Joachims 2022.
 *
 * e is the joint of all dimensions: p(e|a) = Π_d p(e_d|a) stands inside the sum over actions. The Open Bandit Pipeline
 * multiplies one ratio per dimension instead, which is another number and is biased (published.md B14).
 */
import type { Estimator, Evidence } from '../../core/contracts.ts';

export interface MipsOptions {
  /** Dimensions that count, of those that were seen; default: all. */
  dimensions?: readonly number[];
  /** True: the product of the dimensions' own ratios, as the Open Bandit Pipeline has it; to compare with it only. */
  product?: boolean;
}

/** The mean of w(x, e)·r. */
export function mips(options: MipsOptions = {}): Estimator {
  return {
    name: nameOf('mips', options),
    needs: ['behaviour', 'embedding'],
    columns: 1,
    contributions(evidence, out) {
      marginalWeights(evidence, options, out.data, 1);
      const { reward } = evidence.log.outcomes;
      for (let i = 0; i < evidence.log.size; i++) out.data[i] *= reward[i];
    },
    value: (sums, m) => sums[0] / m,
    laws: { selfNormalised: false, exactOnPolicy: true },
  };
}

/** Σ w(x, e)·r / Σ w(x, e). Undefined (NaN) where every weight is 0. */
export function snmips(options: MipsOptions = {}): Estimator {
  return {
    name: nameOf('snmips', options),
    needs: ['behaviour', 'embedding'],
    columns: 2,
    contributions(evidence, out) {
      marginalWeights(evidence, options, out.data.subarray(1), 2);
      const { reward } = evidence.log.outcomes;
      for (let i = 0; i < evidence.log.size; i++) out.data[2 * i] = out.data[2 * i + 1] * reward[i];
    },
    value: (sums) => sums[0] / sums[1],
    laws: { selfNormalised: true, exactOnPolicy: true },
  };
}

function nameOf(name: string, { dimensions, product }: MipsOptions): string {
  return `${name}${product ? '-product' : ''}${dimensions ? ` ${dimensions.join(',')}` : ''}`;
}

/** Writes w(x, e) of row i to `out[i·stride]`. */
export function marginalWeights(evidence: Evidence, options: MipsOptions, out: Float64Array, stride: number): void {
  const { log, evaluation, behaviour = evaluation, embedding } = evidence;
  const k = evaluation.columns;
  const pi = evaluation.data;
  const odds = behaviour.data;
  const posterior = embedding?.posterior?.data;
  if (posterior) {
    // E over the actions that may have shown e: Σ_a π_b(a | x, e) w(x, a).
    for (let i = 0; i < log.size; i++) {
      let weight = 0;
      for (let at = i * k; at < i * k + k; at++) if (odds[at] > 0) weight += (posterior[at] * pi[at]) / odds[at];
      out[i * stride] = weight;
    }
    return;
  }
  const { seen = evaluation, given = [] } = embedding ?? {};
  const dimensions = options.dimensions ?? given.map((_, d) => d);
  const sets = options.product ? dimensions.map((d) => [d]) : [dimensions];
  for (let i = 0; i < log.size; i++) {
    let weight = 1;
    for (const set of sets) {
      let above = 0;
      let below = 0;
      for (let a = 0; a < k; a++) {
        let shown = 1;
        for (const d of set) shown *= given[d].data[a * given[d].columns + seen.data[i * seen.columns + d]];
        above += pi[i * k + a] * shown;
        below += odds[i * k + a] * shown;
      }
      weight *= above / below;
    }
    out[i * stride] = weight;
  }
}
