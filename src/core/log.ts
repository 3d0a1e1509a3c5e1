/** The impression log: ticks appended to columns that grow. */
import { decisionsOf, outcomesOf, requestsOf } from './batch.ts';
import type { Shape } from './batch.ts';
import { CENSORED, CONVERTED, NO_CONVERSION } from './contracts.ts';
import type {
  Decisions,
  EventHistory,
  ImpressionLog,
  LateConversion,
  LogSpec,
  Outcomes,
  Requests,
} from './contracts.ts';
import { matrix, rowRange } from './matrix.ts';
import type { Matrix } from './matrix.ts';

export interface LogOptions {
  /** Rows to make room for at once. */
  capacity?: number;
  /** Keep the whole behaviour distribution (m×k). */
  distribution?: boolean;
  /** Keep the true expected reward of every action (m×k). */
  truth?: boolean;
}

/** A log that can be appended to. */
export interface WritableLog extends ImpressionLog {
  append(requests: Requests, decisions: Decisions, outcomes: Outcomes, truth?: Matrix): void;
  /**
   * Amends the log, once, at its end: conversions that came late are written into the rows they belong to, and ads that
   * were clicked so long before the last row that their window has closed without one are marked as censored.
   */
  close(): void;
}

/** An empty log. `finalContext` is not kept: it belongs to learning, not to the record. */
export function impressionLog(spec: LogSpec, options: LogOptions = {}): WritableLog {
  const shape: Shape = {
    rows: options.capacity ?? 1024,
    context: spec.contextNames.length,
    actions: spec.actions.length,
    slots: spec.slots,
    history: spec.history,
  };
  const k = shape.actions;
  const late: LateConversion[] = [];
  const log: WritableLog = {
    size: 0,
    spec,
    requests: requestsOf(shape),
    decisions: decisionsOf(shape, options.distribution ?? false),
    outcomes: { ...outcomesOf({ ...shape, context: 0 }) },
    append,
    close,
  };
  if (options.truth) log.truth = matrix(shape.rows, k);
  return log;

  function append(requests: Requests, decisions: Decisions, outcomes: Outcomes, truth?: Matrix): void {
    const n = requests.size;
    const at = log.size;
    if (at + n > shape.rows) grow(Math.max(2 * shape.rows, at + n));
    const { slots: L, context: d } = shape;
    const r = log.requests;
    r.impression.set(requests.impression.subarray(0, n), at);
    r.session.set(requests.session.subarray(0, n), at);
    r.user.set(requests.user.subarray(0, n), at);
    r.hour.set(requests.hour.subarray(0, n), at);
    r.context.data.set(requests.context.data.subarray(0, n * d), at * d);
    r.eligible.set(requests.eligible.subarray(0, n * k), at * k);
    if (r.history) {
      if (!requests.history) throw new TypeError('log: the requests carry no history to keep');
      const T = r.history.steps;
      r.history.codes.set(requests.history.codes.subarray(0, n * T), at * T);
      r.history.length.set(requests.history.length.subarray(0, n), at);
    }
    const x = log.decisions;
    x.action.set(decisions.action.subarray(0, n * L), at * L);
    x.propensity.set(decisions.propensity.subarray(0, n * L), at * L);
    x.bid.set(decisions.bid.subarray(0, n), at);
    if (x.distribution) {
      if (!decisions.distribution) throw new TypeError('log: the decisions carry no distribution to keep');
      x.distribution.data.set(decisions.distribution.data.subarray(0, n * k), at * k);
    }
    const o = log.outcomes;
    o.won.set(outcomes.won.subarray(0, n), at);
    o.slot.set(outcomes.slot.subarray(0, n * L), at * L);
    o.cost.set(outcomes.cost.subarray(0, n * L), at * L);
    o.click.set(outcomes.click.subarray(0, n * L), at * L);
    o.conversion.set(outcomes.conversion.subarray(0, n * L), at * L);
    o.revenue.set(outcomes.revenue.subarray(0, n * L), at * L);
    o.reward.set(outcomes.reward.subarray(0, n), at);
    if (L > 1) o.adReward.set(outcomes.adReward.subarray(0, n * L), at * L);
    o.ended.set(outcomes.ended.subarray(0, n), at);
    for (const one of outcomes.late) late.push(one);
    if (log.truth) {
      if (!truth) throw new TypeError('log: no truth was given to keep');
      log.truth.data.set(truth.data.subarray(0, n * k), at * k);
    }
    log.size = r.size = at + n;
  }

  function close(): void {
    const { requests: r, outcomes: o, size } = log;
    const L = shape.slots;
    const window = spec.conversionWindowHours;
    if (window !== undefined) o.delayHours = new Float64Array(size * L);
    for (const one of late.splice(0)) {
      const i = rowOf(r.impression, size, one.impression);
      if (i < 0) continue; // of a row that was not kept
      const cell = i * L + one.slot;
      o.conversion[cell] = CONVERTED;
      o.revenue[cell] += one.revenueUsd;
      if (o.delayHours) o.delayHours[cell] = one.delayHours;
      o.reward[i] += one.reward;
      if (L > 1) o.adReward[cell] += one.reward;
    }
    if (window === undefined || size === 0) return;
    const last = r.hour[size - 1];
    for (let cell = 0; cell < size * L; cell++) {
      const closed = last - r.hour[Math.floor(cell / L)] >= window;
      if (o.click[cell] === 1 && o.conversion[cell] === NO_CONVERSION && closed) o.conversion[cell] = CENSORED;
    }
  }

  function grow(rows: number): void {
    const before = slice(log, 0, log.size);
    shape.rows = rows;
    log.requests = requestsOf(shape);
    log.decisions = decisionsOf(shape, options.distribution ?? false);
    log.outcomes = outcomesOf({ ...shape, context: 0 });
    if (options.truth) log.truth = matrix(rows, k);
    log.size = 0;
    append(before.requests, before.decisions, before.outcomes, before.truth);
  }
}

/** The row of an impression; ids grow from row to row. −1 where it is not there. */
function rowOf(impression: Float64Array, size: number, id: number): number {
  let low = 0;
  let high = size - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (impression[middle] < id) low = middle + 1;
    else high = middle;
  }
  return size > 0 && impression[low] === id ? low : -1;
}

/** A view on rows [from, to) of a log; nothing is copied. */
export function slice(log: ImpressionLog, from: number, to: number): ImpressionLog {
  const L = log.spec.slots;
  const k = log.spec.actions.length;
  const { requests: r, decisions: x, outcomes: o } = log;
  const view: ImpressionLog = {
    size: to - from,
    spec: log.spec,
    requests: {
      size: to - from,
      impression: r.impression.subarray(from, to),
      session: r.session.subarray(from, to),
      user: r.user.subarray(from, to),
      hour: r.hour.subarray(from, to),
      context: rowRange(r.context, from, to),
      eligible: r.eligible.subarray(from * k, to * k),
    },
    decisions: {
      action: x.action.subarray(from * L, to * L),
      propensity: x.propensity.subarray(from * L, to * L),
      bid: x.bid.subarray(from, to),
      estimate: x.estimate.subarray(from, to),
    },
    outcomes: {
      won: o.won.subarray(from, to),
      slot: o.slot.subarray(from * L, to * L),
      cost: o.cost.subarray(from * L, to * L),
      click: o.click.subarray(from * L, to * L),
      conversion: o.conversion.subarray(from * L, to * L),
      revenue: o.revenue.subarray(from * L, to * L),
      reward: o.reward.subarray(from, to),
      adReward: o.adReward.subarray(from * L, to * L),
      ended: o.ended.subarray(from, to),
      finalContext: matrix(0, 0),
      late: [],
    },
  };
  if (x.distribution) view.decisions.distribution = rowRange(x.distribution, from, to);
  if (o.delayHours) view.outcomes.delayHours = o.delayHours.subarray(from * L, to * L);
  if (r.history) {
    const { steps: T, codes, length } = r.history;
    const part = { codes: codes.subarray(from * T, to * T), length: length.subarray(from, to) };
    view.requests.history = { ...r.history, ...part };
  }
  if (log.truth) view.truth = rowRange(log.truth, from, to);
  return view;
}

function sizesOf({ steps, levels }: EventHistory): Pick<EventHistory, 'steps' | 'levels'> {
  return { steps, levels };
}

type Column = Float64Array | Int32Array | Int8Array | Uint8Array;

/** A copy of the rows with these indices, in this order; indices may repeat. */
export function selectRows(log: ImpressionLog, rows: ArrayLike<number>): ImpressionLog {
  const n = rows.length;
  const k = log.spec.actions.length;
  const { slots } = log.spec;
  const d = log.requests.context.columns;
  const { history } = log.requests;
  const shape = { rows: n, context: d, actions: k, slots, ...(history && { history: sizesOf(history) }) };
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
  if (history && requests.history) {
    copy(history.codes, requests.history.codes, history.steps);
    copy(history.length, requests.history.length, 1);
  }
  copy(log.decisions.action, decisions.action, slots);
  copy(log.decisions.propensity, decisions.propensity, slots);
  copy(log.decisions.bid, decisions.bid, 1);
  if (whole && decisions.distribution) copy(whole.data, decisions.distribution.data, k);
  copy(log.outcomes.won, outcomes.won, 1);
  copy(log.outcomes.slot, outcomes.slot, slots);
  copy(log.outcomes.cost, outcomes.cost, slots);
  copy(log.outcomes.click, outcomes.click, slots);
  copy(log.outcomes.conversion, outcomes.conversion, slots);
  copy(log.outcomes.revenue, outcomes.revenue, slots);
  if (log.outcomes.delayHours) {
    outcomes.delayHours = new Float64Array(n * slots);
    copy(log.outcomes.delayHours, outcomes.delayHours, slots);
  }
  copy(log.outcomes.reward, outcomes.reward, 1);
  if (slots > 1) copy(log.outcomes.adReward, outcomes.adReward, slots);
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
