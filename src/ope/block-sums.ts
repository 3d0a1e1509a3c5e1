/**
 * The moments of estimators' rows, a block at a time and without the rows: a kernel takes each block in and adds it up. The
 * numbers are those of the rows, to the bit.
 */
import type { Estimator, Evidence } from '../core/contracts.ts';
import { blockKernel } from './block-kernel.ts';
import type { BlockKernel } from './block-kernel.ts';
import type { Diagnostics } from './diagnostics.ts';
import { formOf } from './estimators/form.ts';
import { clip, shrinkHarmonic, shrinkLarge, switchOff } from './estimators/shrunk.ts';
import type { Shrinkage } from './estimators/shrunk.ts';
import { SUM_TOLERANCE } from './evidence.ts';
import { centred, merge, moments } from './moments.ts';
import type { Moments } from './moments.ts';

/** Rows that are worked on together: few enough to stay in the processor's cache, many enough to hide the set-up. */
export const BLOCK_ROWS = 2048;

/** Adds the first n rows of the kernel's block. */
export type BlockSums = (n: number, into: Moments) => void;

/** As the kernel holds them. */
const DIAGNOSED = [
  'weightSum',
  'weightSquares',
  'rewardedRows',
  'rewardSum',
  'rewardSquares',
  'largestWeight',
  'smallestPropensity',
  'largestPropensity',
] as const satisfies readonly (keyof Diagnostics)[];

/** How to add up blocks of such evidence, by estimator; undefined where only the rows will do. */
export function blockSums(
  estimators: readonly Estimator[],
  { evaluation, weight }: Pick<Evidence, 'evaluation' | 'weight'>,
): BlockSums[] | undefined {
  const kernel = blockKernel();
  if (weight || evaluation.columns > kernel.actions) return undefined;
  const found = estimators.map((estimator) => sumsOf(kernel, estimator));
  return found.every((one) => one !== undefined) ? found : undefined;
}

/** Makes rows [from, to), `BLOCK_ROWS` at most, the kernel's block, and diagnoses them; false where one of them is bad. */
export function takeBlock(evidence: Evidence, from: number, to: number, into: Diagnostics): boolean {
  const { log, evaluation, predicted } = evidence;
  const kernel = blockKernel();
  const k = evaluation.columns;
  kernel.action.set(log.decisions.action.subarray(from, to));
  kernel.propensity.set(log.decisions.propensity.subarray(from, to));
  kernel.reward.set(log.outcomes.reward.subarray(from, to));
  kernel.evaluation.set(evaluation.data.subarray(from * k, to * k));
  if (predicted) kernel.predicted.set(predicted.data.subarray(from * k, to * k));
  const { diagnosed, evaluated, logged } = kernel;
  DIAGNOSED.forEach((name, at) => (diagnosed[at] = into[name]));
  evaluated.fill(0, 0, k);
  logged.fill(0, 0, k);
  const sound = kernel.terms(to - from, k, predicted ? 1 : 0, SUM_TOLERANCE) === 1;
  DIAGNOSED.forEach((name, at) => (into[name] = diagnosed[at]));
  into.rows += to - from;
  for (let a = 0; a < k; a++) {
    into.evaluated[a] += evaluated[a];
    into.logged[a] += logged[a];
  }
  return sound;
}

function sumsOf(kernel: BlockKernel, estimator: Estimator): BlockSums | undefined {
  const form = formOf(estimator);
  if (!form) return undefined;
  const { sums } = kernel;
  if (form.rows === 'snips') {
    return (n, into) => {
      kernel.addSnips(n);
      addTwo(n, sums, into);
    };
  }
  if (form.rows === 'sndr') {
    return (n, into) => {
      kernel.addSndr(n);
      addThree(n, sums, into);
    };
  }
  if (form.rows === 'dm') {
    return (n, into) => {
      kernel.addDm(n);
      addOne(n, sums, into);
    };
  }
  const rule = codeOf(kernel, form.shrinkage);
  const parameter = form.shrinkage?.parameter ?? 0;
  const ips = form.rows === 'ips';
  return (n, into) => {
    if (ips) kernel.addIps(n, rule, parameter);
    else kernel.addDr(n, rule, parameter);
    addOne(n, sums, into);
  };
}

function codeOf({ rules }: BlockKernel, shrinkage: Shrinkage | undefined): number {
  if (shrinkage?.rule === clip) return rules.clip;
  if (shrinkage?.rule === switchOff) return rules.switchOff;
  if (shrinkage?.rule === shrinkLarge) return rules.shrinkLarge;
  if (shrinkage?.rule === shrinkHarmonic) return rules.shrinkHarmonic;
  return rules.leave;
}

const ONE = moments(1);
const TWO = moments(2);
const THREE = moments(3);

function addOne(n: number, s: Float64Array, into: Moments): void {
  ONE.count = n;
  ONE.sums[0] = s[0];
  ONE.cross[0] = centred(s[2], s[1], n);
  merge(into, ONE);
}

function addTwo(n: number, s: Float64Array, into: Moments): void {
  TWO.count = n;
  for (let a = 0; a < 2; a++) {
    TWO.sums[a] = s[a];
    TWO.cross[3 * a] = centred(s[4 + a], s[2 + a], n);
  }
  TWO.cross[1] = TWO.cross[2] = s[6] - (s[2] * s[3]) / n;
  merge(into, TWO);
}

function addThree(n: number, s: Float64Array, into: Moments): void {
  THREE.count = n;
  for (let a = 0; a < 3; a++) {
    THREE.sums[a] = s[a];
    THREE.cross[4 * a] = centred(s[6 + a], s[3 + a], n);
  }
  const { cross } = THREE;
  cross[1] = cross[3] = s[9] - (s[3] * s[4]) / n;
  cross[2] = cross[6] = s[10] - (s[3] * s[5]) / n;
  cross[5] = cross[7] = s[11] - (s[4] * s[5]) / n;
  merge(into, THREE);
}
