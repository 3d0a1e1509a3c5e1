/** Whether what came out here is what the source says. */
import type { CheckConfig } from './paper.ts';

export type Verdict = 'same' | 'differs' | 'needs data' | 'not gated';

/** One line: what the source says, what came out here, and whether they agree. */
export interface PaperRow {
  paper: string;
  study: string;
  what: string;
  /** As said by the source; null where the row is a claim. */
  source: number | string | null;
  /** Its standard error; null where it gives none. */
  sourceError: number | null;
  ours: number | string | null;
  /** Standard error of ours; null where no chance is in it. */
  error: number | null;
  /** 95 %, normal; null where no chance is in it. */
  interval: readonly [number, number] | null;
  runs: number;
  /** How near they must come, or what must hold. */
  rule: string;
  verdict: Verdict;
  note: string;
}

type Expectation = Pick<
  CheckConfig,
  'expect' | 'error' | 'within' | 'share' | 'factor' | 'atLeast' | 'atMost' | 'note' | 'gate'
>;

/** Greatest number of combined standard errors between two estimates of one number: a right one fails 1 time in 16,000. */
const ERRORS = 4;
const EXACT = 1e-9;

/** A number with its standard error (null: none) held against an expectation. */
export function judged(
  { expect, error = 0, within, share, factor, atLeast, atMost, note = '', gate }: Expectation,
  ours: number,
  oursError: number | null,
): Pick<PaperRow, 'source' | 'sourceError' | 'ours' | 'error' | 'interval' | 'rule' | 'verdict' | 'note'> {
  const half = oursError === null ? null : 1.959963984540054 * oursError;
  const base = {
    source: expect ?? atLeast ?? atMost ?? null,
    sourceError: error === 0 ? null : error,
    ours,
    error: oursError,
    interval: half === null ? null : ([ours - half, ours + half] as const),
    note,
  };
  const say = (holds: boolean, rule: string) => ({
    ...base,
    rule,
    verdict: gate ? (holds ? ('same' as const) : ('differs' as const)) : ('not gated' as const),
  });
  if (expect === undefined && atMost !== undefined) return say(ours <= atMost, `at most ${atMost}`);
  if (expect === undefined) return say(ours >= (atLeast ?? Infinity), `at least ${atLeast ?? '?'}`);
  if (factor !== undefined) {
    return say(ours >= expect / factor && ours <= expect * factor, `within a factor of ${factor}`);
  }
  const distance = Math.abs(ours - expect);
  if (share !== undefined) return say(distance <= share * Math.abs(expect), `within ${100 * share} %`);
  if (oursError === null) {
    const tolerance = within ?? EXACT * Math.max(1, Math.abs(expect));
    return say(distance <= tolerance, within === undefined ? 'exact to 1e-9' : `within ${within}`);
  }
  const chance = ERRORS * Math.hypot(oursError, error);
  const rule = within === undefined ? '4 standard errors' : `within ${within}, and 4 standard errors of ours`;
  return say(distance <= chance + (within ?? 0), rule);
}

/** One row on whether means ascend in `order`, in words of what; none where one of them was not run. */
export function orderRows(
  place: Pick<PaperRow, 'paper' | 'study' | 'runs'>,
  order: readonly string[],
  means: ReadonlyMap<string, number>,
  what = '',
): PaperRow[] {
  if (!order.every((name) => means.has(name))) return [];
  const holds = order.every((name, i) => i === 0 || Number(means.get(order[i - 1])) < Number(means.get(name)));
  const nothing = { source: null, sourceError: null, ours: null, error: null, interval: null };
  const verdict = holds ? 'same' : 'differs';
  return [{ ...place, what: `${order.join(' < ')}${what}`, ...nothing, rule: 'means ascend', verdict, note: '' }];
}

/** Mean and standard error of runs. */
export function meanOf(values: readonly number[]): { mean: number; error: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { mean, error: n < 2 ? Number.NaN : Math.sqrt(squares / (n - 1) / n) };
}

/** The highest point of the mean of curves of shares, with the error of a share there. */
export function peakOf(curves: readonly Float64Array[]): { mean: number; error: number } {
  const n = curves.length;
  const length = Math.min(...curves.map((curve) => curve.length));
  let mean = 0;
  for (let p = 0; p < length; p++) mean = Math.max(mean, curves.reduce((sum, curve) => sum + curve[p], 0) / n);
  return { mean, error: Math.sqrt((mean * (1 - mean)) / n) };
}
