/**
 * A log that several behaviour policies collected. Balanced: every row is weighed against the mixture of all of them, as if
 * one policy had drawn the logger too; seldom worse and often far better than each row's own propensity. Weighted: one
 * estimate per logger, put together by their precision. Agarwal, Basu, Schnabel & Joachims 2017.
 */
import type { Evidence, Matrix } from '../core/contracts.ts';
import type { Estimator } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import { selectRows } from '../core/log.ts';
import { matrix, row } from '../core/matrix.ts';
import { normalQuantile } from '../core/quantiles.ts';
import { tally } from './evaluate.ts';
import { standardError } from './intervals/delta.ts';

/**
 * The same rows with propensity Σ_j (m_j/m) π_j(action) and that mixture as the behaviour policy, for any estimator.
 * `logger` (m) says who collected each row; `policies` [(m×k)] what each of them would have done in every row. Throws
 * `InputError` where a row's logger is none of them.
 */
export function balancedEvidence(evidence: Evidence, logger: ArrayLike<number>, policies: readonly Matrix[]): Evidence {
  const { log } = evidence;
  const k = evidence.evaluation.columns;
  const counts = countRows(log.size, logger, policies.length);
  const mixture = matrix(log.size, k);
  policies.forEach((policy, j) => {
    if (policy.rows !== log.size || policy.columns !== k) {
      throw new InputError(
        `Logger ${j} has odds of ${policy.rows} rows × ${policy.columns} actions, the log ${log.size} × ${k}.`,
      );
    }
    const share = counts[j] / log.size;
    for (let at = 0; at < log.size * k; at++) mixture.data[at] += share * policy.data[at];
  });
  const propensity = Float64Array.from({ length: log.size }, (_, i) => row(mixture, i)[log.decisions.action[i]]);
  return { ...evidence, log: { ...log, decisions: { ...log.decisions, propensity } }, behaviour: mixture };
}

/** One logger's estimate. */
export interface LoggerEstimate {
  rows: number;
  value: number;
  standardError: number;
  /** Of the whole, in [0, 1]. */
  share: number;
}

export interface WeightedEstimate {
  value: number;
  interval: readonly [number, number];
  loggers: readonly LoggerEstimate[];
}

/**
 * Σ_j λ_j V̂_j, λ_j ∝ 1/se_j² of each logger's own rows; by rows where one tells no spread. With few rewards a logger that
 * had bad luck looks certain: then prefer `balancedEvidence`.
 */
export function weightedLoggers(
  evidence: Evidence,
  logger: ArrayLike<number>,
  loggers: number,
  estimator: Estimator,
  level = 0.95,
): WeightedEstimate {
  const m = evidence.log.size;
  countRows(m, logger, loggers);
  const parts = Array.from({ length: loggers }, (_, j) => {
    const rows: number[] = [];
    for (let i = 0; i < m; i++) if (logger[i] === j) rows.push(i);
    const { moments } = tally(pick(evidence, rows), [estimator]);
    return {
      rows: rows.length,
      value: estimator.value(moments[0].sums, rows.length),
      error: standardError(estimator, moments[0]),
    };
  });
  const plain = parts.some(({ error }) => !(error > 0));
  const weights = parts.map(({ rows, error }) => (plain ? rows : 1 / (error * error)));
  const total = weights.reduce((a, b) => a + b, 0);
  const found = parts.map(({ rows, value, error }, j) => ({
    rows,
    value,
    standardError: error,
    share: weights[j] / total,
  }));
  const value = found.reduce((sum, part) => sum + part.share * part.value, 0);
  const variance = found.reduce((sum, part) => sum + (part.share * part.standardError) ** 2, 0);
  const half = normalQuantile(0.5 + level / 2) * Math.sqrt(variance);
  // One row tells nothing of the spread.
  return { value, interval: variance >= 0 ? [value - half, value + half] : [-Infinity, Infinity], loggers: found };
}

function countRows(m: number, logger: ArrayLike<number>, loggers: number): Float64Array {
  if (logger.length !== m)
    throw new InputError(`The column logger has ${logger.length} rows, the log ${m}: equal them first.`);
  const counts = new Float64Array(loggers);
  for (let i = 0; i < m; i++) {
    if (!(logger[i] >= 0 && logger[i] < loggers)) {
      throw new InputError(`Row ${i + 1} of the log: logger ${logger[i]} is none of 0 to ${loggers - 1}.`);
    }
    counts[logger[i]]++;
  }
  const empty = counts.indexOf(0);
  if (empty >= 0) throw new InputError(`Logger ${empty} has no row in the log: leave it out.`);
  return counts;
}

/** A copy of these rows of the evidence. */
function pick({ log, evaluation, behaviour, predicted }: Evidence, rows: readonly number[]): Evidence {
  const take = (from: Matrix): Matrix => {
    const to = matrix(rows.length, from.columns);
    rows.forEach((i, at) => row(to, at).set(row(from, i)));
    return to;
  };
  return {
    log: selectRows(log, rows),
    evaluation: take(evaluation),
    ...(behaviour && { behaviour: take(behaviour) }),
    ...(predicted && { predicted: take(predicted) }),
  };
}
