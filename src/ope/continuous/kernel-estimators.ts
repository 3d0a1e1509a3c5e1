/**
 * Off-policy estimators for actions on a line (bids, prices): a deterministic evaluation policy is never repeated exactly, so
 * rows count by a kernel of their distance from it, K((π(x) − a)/h) / (h·f_b(a|x)). A wide bandwidth h is biased, a narrow
 * one noisy. Kallus & Zhou 2018.
 */
import type { Estimate, Estimator } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import { deltaInterval } from '../intervals/delta.ts';
import type { DeltaRule } from '../intervals/delta.ts';
import { addRows, moments } from '../moments.ts';
import { KERNELS } from './kernels.ts';
import type { KernelName } from './kernels.ts';

/** m rows of a log whose action is a number. */
export interface ContinuousEvidence {
  /** (m) */
  action: Float64Array;
  /** (m) > 0: density with which the behaviour policy drew the action. */
  density: Float64Array;
  /** (m) */
  reward: Float64Array;
  /** (m) π(x): the action of the evaluation policy. */
  evaluation: Float64Array;
  /** (m) q̂(x, π(x)): what a model expects of the evaluation policy's action. */
  predicted?: Float64Array;
}

export interface KernelOptions {
  kernel?: KernelName;
  /** h > 0, in the action's unit. */
  bandwidth: number;
}

/** As `Estimator`, on other evidence: columns that add up, and a smooth function of their sums. */
export interface KernelEstimator extends Pick<Estimator, 'name' | 'columns' | 'value'> {
  needs: readonly 'model'[];
  contributions(evidence: ContinuousEvidence, out: Float64Array): void;
}

/** E_m[K r / (h f_b)]. */
export function kernelIps(options: KernelOptions): KernelEstimator {
  const weigh = weigher(options);
  return {
    name: 'kernel-ips',
    needs: [],
    columns: 1,
    contributions(evidence, out) {
      for (let i = 0; i < evidence.action.length; i++) out[i] = weigh(evidence, i) * evidence.reward[i];
    },
    value: (sums, m) => sums[0] / m,
  };
}

/** Σ K r / f_b divided by Σ K / f_b. Undefined (NaN) where no row is near. */
export function kernelSnips(options: KernelOptions): KernelEstimator {
  const weigh = weigher(options);
  return {
    name: 'kernel-snips',
    needs: [],
    columns: 2,
    contributions(evidence, out) {
      for (let i = 0; i < evidence.action.length; i++) {
        const weight = weigh(evidence, i);
        out[2 * i] = weight * evidence.reward[i];
        out[2 * i + 1] = weight;
      }
    },
    value: (sums) => sums[0] / sums[1],
  };
}

/** E_m[q̂(x, π(x)) + K (r − q̂(x, π(x))) / (h f_b)]: the model is asked at π(x) in both places. */
export function kernelDr(options: KernelOptions): KernelEstimator {
  const weigh = weigher(options);
  return {
    name: 'kernel-dr',
    needs: ['model'],
    columns: 1,
    contributions(evidence, out) {
      const { reward, predicted = reward } = evidence;
      for (let i = 0; i < reward.length; i++) out[i] = predicted[i] + weigh(evidence, i) * (reward[i] - predicted[i]);
    },
    value: (sums, m) => sums[0] / m,
  };
}

function weigher({ kernel = 'epanechnikov', bandwidth: h }: KernelOptions) {
  if (!(h > 0 && h < Infinity))
    throw new InputError(`bandwidth: ${h} is not a positive number; it has the action's unit.`);
  const shape = KERNELS[kernel];
  return ({ evaluation, action, density }: ContinuousEvidence, i: number): number =>
    shape((evaluation[i] - action[i]) / h) / (h * density[i]);
}

/**
 * Estimates in the order of `estimators`; the intervals hold the smoothed value, and know nothing of the bias of the
 * bandwidth. Throws `InputError` on bad evidence, naming the row.
 */
export function evaluateContinuous(
  evidence: ContinuousEvidence,
  estimators: readonly KernelEstimator[],
  { level = 0.95, rule = 'delta-normal' }: { level?: number; rule?: DeltaRule } = {},
): Omit<Estimate, 'effectiveSampleSize' | 'warnings'>[] {
  check(evidence, estimators);
  const m = evidence.action.length;
  return estimators.map((estimator) => {
    const out = matrix(m, estimator.columns);
    estimator.contributions(evidence, out.data);
    const sums = moments(estimator.columns);
    addRows(sums, out);
    const value = estimator.value(sums.sums, m);
    return { estimator: estimator.name, value, interval: deltaInterval(estimator, sums, level, rule), level, rule };
  });
}

function check(evidence: ContinuousEvidence, estimators: readonly KernelEstimator[]): void {
  const { action, predicted } = evidence;
  const m = action.length;
  if (m === 0) throw new InputError('The log is empty: there is nothing to evaluate a policy on.');
  for (const { name, needs } of estimators) {
    if (needs.includes('model') && !predicted) {
      throw new InputError(`${name} needs a reward model: give its predictions, or leave ${name} out.`);
    }
  }
  for (const [name, column] of Object.entries(evidence) as [string, Float64Array][]) {
    if (column.length !== m)
      throw new InputError(`The column ${name} has ${column.length} rows, the column action ${m}.`);
    for (let i = 0; i < m; i++) {
      const positive = name !== 'density' || column[i] > 0;
      if (!(Number.isFinite(column[i]) && positive)) {
        throw new InputError(
          `Row ${i + 1} of the log: ${name} ${column[i]} is not ${name === 'density' ? 'above 0' : 'a finite number'}.`,
        );
      }
    }
  }
}
