/**
 * What the best policy that sees only the context could know: an approximation of E[truth | context, action].
 *
 * The truth of a log is free of luck but depends on hidden state; regressing it on the context leaves the part that
 * can be seen. The regression is ridge least squares on the nested expansions of `expansion.ts`, of the truth itself or
 * of its log-odds (averaged back over normal residuals); expansion, scale and penalty are those that explain the most
 * on users held out. It is an approximation *from below*: what the context tells beyond the expansion is missed, so
 * the greedy policy on it earns at most what the best observable policy earns, and usually a little less. A learning
 * agent may therefore beat it by that little.
 */
import type { FitReport, ImpressionLog, Random, TrainableModel } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { matrix, rowRange } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import { expansion } from './expansion.ts';
import type { Expansion } from './expansion.ts';
import { standardisationOf } from './features.ts';
import { BLOCK, addBlock, gram, mergeGrams } from './gram.ts';
import type { Gram } from './gram.ts';
import { checkLog } from './labels.ts';
import type { ModelSetup } from './labels.ts';
import { applyFit, candidatesOf, fitCandidate } from './observable-fit.ts';
import type { Fit, Targets } from './observable-fit.ts';
import { splitRows } from './split.ts';

/** Columns that are squared and multiplied. */
const TELLING = 16;
const HINGES = 64;
/** Below this many users rows are held out instead. */
const USERS_NEEDED = 20;

export interface ObservableReport extends FitReport {
  /** Share of the truth's variance (within actions) explained on users held out: 1 − SSE / SST. */
  heldOutR2: number;
}

export interface ObservableModel extends TrainableModel {
  /** Throws `InputError` on a log without truth. */
  fit(log: ImpressionLog, random: Random): Promise<ObservableReport>;
}

/** E[truth | context] of every action, approximately. Predictions are in the unit of the log's truth. */
export function observable(setup: ModelSetup): ObservableModel {
  let fitted: { wide: Expansion; fit: Fit; row: Float64Array } | undefined;
  return {
    name: 'observable',
    async fit(log, random) {
      const targets = targetsOf(log, setup);
      const [train, held] = splitRows(groupsOf(log), log.size, [0.8, 0.2], random);
      const wide = expansionOf(log, targets, train, random);
      const parts = [train, held].map((rows) => gramOf(log, rows, wide, targets));
      const candidates = candidatesOf(wide, targets);
      const fits = candidates.map((candidate) => fitCandidate(candidate, parts[0], targets));
      const missed = missedShares(log, held, wide, targets, fits);
      const best = missed.indexOf(Math.min(...missed));
      const fit = fitCandidate(candidates[best], mergeGrams(parts[0], parts[1]), targets);
      fitted = { wide, fit, row: new Float64Array(wide.size) };
      return {
        model: 'observable',
        rows: log.size,
        steps: fits.length,
        loss: [],
        validationLoss: missed,
        warnings: [],
        heldOutR2: 1 - missed[best],
      };
    },
    predict(requests, out) {
      if (!fitted) throw new Error('observable: predict before fit');
      const { wide, fit, row } = fitted;
      const d = requests.context.columns;
      const k = out.columns;
      for (let i = 0; i < requests.size; i++) {
        wide.fill(requests.context.data, i * d, row, 0);
        applyFit(fit, row, out.data, i * k, k);
      }
    },
  };
}

/** The truth, checked, and its log-odds where all of it lies strictly between 0 and 1. */
function targetsOf(log: ImpressionLog, setup: ModelSetup): Targets {
  checkLog(log, setup);
  if (!log.truth) throw new InputError('log: the observable model needs the truth column; collect the log with truth');
  const k = setup.actions.size;
  const truth = rowRange(log.truth, 0, log.size);
  let odds = true;
  truth.data.forEach((value, c) => {
    if (!Number.isFinite(value)) throw new InputError(`log row ${Math.floor(c / k)}: its truth is ${value}`);
    odds &&= value > 0 && value < 1;
  });
  return { k, truth, columns: odds ? 2 * k : k };
}

/** Users, because rows of one user share hidden state; rows where there are few users. */
function groupsOf(log: ImpressionLog): Int32Array {
  const users = log.requests.user.subarray(0, log.size);
  return new Set(users).size >= USERS_NEEDED ? users : Int32Array.from({ length: log.size }, (_, i) => i);
}

/** Ranks columns by how much of the truth a linear fit ascribes to them, and expands the foremost. */
function expansionOf(log: ImpressionLog, targets: Targets, rows: Int32Array, random: Random): Expansion {
  const { context } = log.requests;
  const d = context.columns;
  const scale = standardisationOf({ rows: log.size, columns: d, data: context.data });
  const linear = expansion(scale, [], 0, random);
  const { weights } = fitCandidate(
    { size: linear.size, l2: 1, odds: false },
    gramOf(log, rows, linear, targets),
    targets,
  );
  const k = targets.k;
  const telling = Array.from({ length: d }, (_, j) => j)
    .filter((j) => scale.inverseScale[j] > 0)
    .map((j) => ({
      j,
      share: weights.subarray((1 + j) * k, (2 + j) * k).reduce((sum, weight) => sum + weight * weight, 0),
    }))
    .sort((a, b) => b.share - a.share || a.j - b.j)
    .slice(0, TELLING)
    .map(({ j }) => j);
  return expansion(scale, telling, HINGES, random.stream('hinges'));
}

function gramOf(log: ImpressionLog, rows: Int32Array, wide: Expansion, targets: Targets): Gram {
  const { context } = log.requests;
  const { k, truth, columns: q } = targets;
  const p = wide.size;
  const sums = gram(p, q);
  const x = new Float64Array(BLOCK * p);
  const y = new Float64Array(BLOCK * q);
  for (let from = 0; from < rows.length; from += BLOCK) {
    const count = Math.min(BLOCK, rows.length - from);
    for (let r = 0; r < count; r++) {
      const i = rows[from + r];
      wide.fill(context.data, i * context.columns, x, r * p);
      for (let a = 0; a < k; a++) {
        const value = truth.data[i * k + a];
        y[r * q + a] = value;
        if (q > k) y[r * q + k + a] = Math.log(value / (1 - value));
      }
    }
    addBlock(sums, x, y, count, p, q);
  }
  return sums;
}

/** 1 − R² of each fit on these rows, about each action's mean over them. */
function missedShares(
  log: ImpressionLog,
  rows: Int32Array,
  wide: Expansion,
  targets: Targets,
  fits: readonly Fit[],
): number[] {
  const { context } = log.requests;
  const { k, truth } = targets;
  const mean = new Float64Array(k);
  for (const i of rows) for (let a = 0; a < k; a++) mean[a] += truth.data[i * k + a] / rows.length;
  const row = new Float64Array(wide.size);
  const predicted: Matrix = matrix(1, k);
  const errors = fits.map(() => 0);
  let total = 0;
  for (const i of rows) {
    wide.fill(context.data, i * context.columns, row, 0);
    for (let a = 0; a < k; a++) total += (truth.data[i * k + a] - mean[a]) ** 2;
    fits.forEach((fit, f) => {
      applyFit(fit, row, predicted.data, 0, k);
      for (let a = 0; a < k; a++) errors[f] += (predicted.data[a] - truth.data[i * k + a]) ** 2;
    });
  }
  return errors.map((error) => (total > 0 ? error / total : 0));
}
