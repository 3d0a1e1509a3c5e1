/** Some rows of a log, copied: folds for cross-fitting, samples for resampling. */
import { decisionsOf, outcomesOf, requestsOf } from '../core/batch.ts';
import type { ImpressionLog } from '../core/contracts.ts';
import { matrix } from '../core/matrix.ts';

type Column = Float64Array | Int32Array | Uint8Array;

/** A log of the rows with these indices, in this order; indices may repeat. */
export function pickRows(log: ImpressionLog, rows: ArrayLike<number>): ImpressionLog {
  const n = rows.length;
  const k = log.spec.actions.length;
  const { slots } = log.spec;
  const d = log.requests.context.columns;
  const shape = { rows: n, context: d, actions: k, slots };
  const whole = log.decisions.distribution;
  const picked: ImpressionLog = {
    size: n,
    spec: log.spec,
    requests: { ...requestsOf(shape), size: n },
    decisions: decisionsOf(shape, whole !== undefined),
    outcomes: outcomesOf({ ...shape, context: 0 }),
  };
  const { requests, decisions, outcomes } = picked;
  copy(log.requests.impression, requests.impression, 1);
  copy(log.requests.session, requests.session, 1);
  copy(log.requests.user, requests.user, 1);
  copy(log.requests.hour, requests.hour, 1);
  copy(log.requests.context.data, requests.context.data, d);
  copy(log.requests.eligible, requests.eligible, k);
  copy(log.decisions.action, decisions.action, slots);
  copy(log.decisions.propensity, decisions.propensity, slots);
  copy(log.decisions.bid, decisions.bid, 1);
  if (whole && decisions.distribution) copy(whole.data, decisions.distribution.data, k);
  copy(log.outcomes.won, outcomes.won, 1);
  copy(log.outcomes.cost, outcomes.cost, 1);
  copy(log.outcomes.click, outcomes.click, slots);
  copy(log.outcomes.conversion, outcomes.conversion, slots);
  copy(log.outcomes.revenue, outcomes.revenue, slots);
  copy(log.outcomes.reward, outcomes.reward, 1);
  copy(log.outcomes.ended, outcomes.ended, 1);
  if (log.truth) {
    picked.truth = matrix(n, k);
    copy(log.truth.data, picked.truth.data, k);
  }
  return picked;

  function copy(from: Column, to: Column, width: number): void {
    for (let j = 0; j < n; j++) {
      const source = rows[j] * width;
      for (let c = 0; c < width; c++) to[j * width + c] = from[source + c];
    }
  }
}
