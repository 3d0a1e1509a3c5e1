/** What is measured of one run, tick by tick. */
import type { TabularAgent } from '../../agents/sequential/tabular-agent.ts';
import type { Agent } from '../../core/contracts.ts';
import { GOES_ON } from '../../core/contracts.ts';
import type { Tick } from '../episode.ts';
import type { CheckConfig } from './paper.ts';

/** A measure under way. Its value is a number, or a curve over sessions that is averaged over runs first. */
export interface Measure {
  tick(tick: Tick): void;
  value(): number | Float64Array;
}

/** The measure of a check. `requests` is how many the run will hold. */
export function measureOf(check: CheckConfig, agent: Agent, requests: number): Measure {
  switch (check.measure) {
    case 'regret':
      return regret(0);
    case 'slope': {
      const early = regret(requests / 10);
      return { tick: early.tick, value: () => early.value() / Math.log(10) };
    }
    case 'reward':
      return overRequests(check, ({ outcomes }, i) => outcomes.reward[i]);
    case 'best':
      return overRequests(check, (tick, i) => (gapOf(tick, i) <= 0 ? 1 : 0));
    case 'return':
      return overSessions(check.from ?? 1, check.to ?? Infinity);
    case 'final-return':
      return finalReturn(check.last);
    case 'sessions':
      return sessions();
    case 'first-action':
      return firstAction(check.action, check.from ?? 1, check.to ?? Infinity, check.peak);
    case 'value-error':
      return valueError(agent as TabularAgent, check.after, check.truth);
    case 'greedy-return':
      throw new RangeError('greedy-return is measured after the run');
  }
  throw new RangeError('measureOf: no such measure');
}

/** Best less chosen expected reward of row i. */
function gapOf({ truth, requests, decisions }: Tick, i: number): number {
  if (!truth) throw new RangeError('gapOf: the tick carries no truth');
  const k = truth.columns;
  let best = -Infinity;
  for (let a = 0; a < k; a++) {
    if (requests.eligible[i * k + a] === 1) best = Math.max(best, truth.data[i * k + a]);
  }
  return best - truth.data[i * k + decisions.action[i]];
}

/** Regret of the requests after the first `skipped`. */
function regret(skipped: number): { tick: Measure['tick']; value: () => number } {
  let seen = 0;
  let sum = 0;
  return {
    tick(tick) {
      for (let i = 0; i < tick.requests.size; i++) if (seen++ >= skipped) sum += gapOf(tick, i);
    },
    value: () => sum,
  };
}

function overRequests(
  { from = 1, to = Infinity }: { from?: number | undefined; to?: number | undefined },
  of: (tick: Tick, i: number) => number,
): Measure {
  let seen = 0;
  let sum = 0;
  let count = 0;
  return {
    tick(tick) {
      for (let i = 0; i < tick.requests.size; i++) {
        seen++;
        if (seen < from || seen > to) continue;
        sum += of(tick, i);
        count++;
      }
    },
    value: () => sum / count,
  };
}

/** Calls `ended` with each session's return, in the order in which they end. */
function onReturns(ended: (sum: number) => void): (tick: Tick) => void {
  const running = new Map<number, number>();
  return ({ requests, outcomes }) => {
    for (let i = 0; i < requests.size; i++) {
      const session = requests.session[i];
      const sum = (running.get(session) ?? 0) + outcomes.reward[i];
      if (outcomes.ended[i] === GOES_ON) running.set(session, sum);
      else {
        running.delete(session);
        ended(sum);
      }
    }
  };
}

function overSessions(from: number, to: number): Measure {
  let done = 0;
  let sum = 0;
  let count = 0;
  const tick = onReturns((one) => {
    done++;
    if (done < from || done > to) return;
    sum += one;
    count++;
  });
  return { tick, value: () => sum / count };
}

function finalReturn(last: number): Measure {
  const returns: number[] = [];
  return {
    tick: onReturns((one) => {
      returns.push(one);
      if (returns.length > last) returns.shift();
    }),
    value: () => returns.reduce((sum, one) => sum + one, 0) / returns.length,
  };
}

function sessions(): Measure {
  let done = 0;
  return { tick: onReturns(() => void done++), value: () => done };
}

function firstAction(action: number, from: number, to: number, peak: boolean): Measure {
  const began: number[] = [];
  let last = -1;
  return {
    tick({ requests, decisions }) {
      for (let i = 0; i < requests.size; i++) {
        if (requests.session[i] === last) continue;
        last = requests.session[i];
        began.push(decisions.action[i] === action ? 1 : 0);
      }
    },
    value() {
      const range = began.slice(from - 1, Math.min(to, began.length));
      return peak ? Float64Array.from(range) : range.reduce((sum, one) => sum + one, 0) / range.length;
    },
  };
}

/** Of a table with one action a state. The table after n sessions is the one that the next request meets. */
function valueError(agent: TabularAgent, after: number, truth: readonly number[]): Measure {
  let done = 0;
  let error = Number.NaN;
  return {
    tick({ requests, outcomes }) {
      if (done === after && Number.isNaN(error)) {
        error = Math.sqrt(truth.reduce((sum, value, s) => sum + (agent.values[s] - value) ** 2, 0) / truth.length);
      }
      for (let i = 0; i < requests.size; i++) if (outcomes.ended[i] !== GOES_ON) done++;
    },
    value: () => error,
  };
}
