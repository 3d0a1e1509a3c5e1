/**
 * What an A/B test says, and whether the launch decision that led to it was right. The split comes first: where it is
 * not the planned one, nothing is concluded.
 */
import { InputError } from '../../core/errors.ts';
import type { CandidateDecision, LaunchDecision, Verdict } from '../launch/decision.ts';
import { grouped, liftText } from '../launch/reasons.ts';
import { criticalValue } from './always-valid.ts';
import type { AbPlan } from './plan.ts';
import { SRM_RISK, sampleRatioP } from './sample-ratio.ts';

/** One arm, as its sums. */
export interface AbArm {
  rows: number;
  /** Of the rewards: conversions where rewards are 0 or 1. */
  sum: number;
  /** Of the squared rewards; left out where rewards are 0 or 1. */
  squares?: number;
}

export interface AbResult {
  control: AbArm;
  treatment: AbArm;
}

/** What the log had promised, beside what came. */
export interface Promised {
  candidate: string;
  verdict: Verdict;
  lift: number;
  interval: readonly [number, number] | null;
  /** True where the measured lift lies in the promised interval. */
  inside: boolean | null;
  /** Standard errors of the difference between promised and measured lift. */
  distance: number;
  /** False beyond 3.3 of them (1 in 1,000): log and test did not measure the same thing. */
  agrees: boolean;
}

export interface AbCheck {
  kind: 'ab-check';
  schemaVersion: 1;
  verdict: Verdict;
  reasons: readonly string[];
  sampleRatio: { expected: number; observed: number; p: number; mismatch: boolean };
  control: { rows: number; value: number };
  treatment: { rows: number; value: number };
  /** Relative; null where the split or the sums allow none. */
  lift: number | null;
  standardError: number | null;
  /** Each bound one-sided at the plan's risk. */
  interval: readonly [number, number] | null;
  rule: string;
  planned: number;
  promised: Promised | null;
}

/** Rewards below which the normal approximation is not used. */
const ENOUGH = 20;
const DISAGREEMENT = 3.3;

/** What of a plan a check goes by. */
export type AbTerms = Pick<AbPlan, 'minLift' | 'risk' | 'sides' | 'allocation' | 'looks' | 'rows'>;

/** What of a launch decision is held against the result. */
export interface DecisionToCheck extends Pick<LaunchDecision, 'verdict' | 'candidate' | 'measure'> {
  baseline: Pick<LaunchDecision['baseline'], 'value'>;
  candidates: readonly Pick<CandidateDecision, 'name' | 'lift' | 'interval' | 'standardError'>[];
}

/** Throws `InputError` where the result is no result: no rows, more conversions than rows. */
export function abCheck(plan: AbTerms, { control, treatment }: AbResult, decision?: DecisionToCheck): AbCheck {
  const binary = control.squares === undefined || treatment.squares === undefined;
  for (const [name, arm] of Object.entries({ control, treatment })) checkArm(name, arm, binary);
  const rows = control.rows + treatment.rows;
  const planned = plan.rows.total;
  const p = sampleRatioP(control.rows, treatment.rows, plan.allocation);
  const check: AbCheck = {
    kind: 'ab-check',
    schemaVersion: 1,
    verdict: 'cannot-tell',
    reasons: [],
    sampleRatio: { expected: plan.allocation, observed: treatment.rows / rows, p, mismatch: p < SRM_RISK },
    control: { rows: control.rows, value: control.sum / control.rows },
    treatment: { rows: treatment.rows, value: treatment.sum / treatment.rows },
    lift: null,
    standardError: null,
    interval: null,
    rule: `${binary ? 'log ratio of two proportions' : 'delta, ratio of two means'}, ${plan.looks === 'once' ? 'one look' : 'normal mixture, any day'}`,
    planned,
    promised: null,
  };
  if (check.sampleRatio.mismatch) {
    const said = `the treatment had ${share(check.sampleRatio.observed)} of the rows, not ${share(plan.allocation)}`;
    return {
      ...check,
      reasons: [
        `The split is not the planned one: ${said} (p = ${p.toPrecision(2)}). Find out why; these numbers say nothing.`,
      ],
    };
  }
  const few = binary && control.sum + treatment.sum < ENOUGH;
  if (few || !(control.sum > 0)) {
    const reason = few
      ? `There are ${control.sum + treatment.sum} conversions in both arms together; below ${ENOUGH} no interval is given.`
      : 'The control earned nothing: there is no lift relative to that.';
    return { ...check, verdict: few && rows < planned ? 'hold' : 'cannot-tell', reasons: [reason] };
  }
  const critical = criticalValue(plan.looks, rows, planned, plan.risk / plan.sides);
  const { lift, error, interval } = binary
    ? ratioOfRates(control, treatment, critical)
    : ratioOfMeans(control, treatment, critical);
  const promised = decision ? promisedOf(decision, lift, error) : null;
  const { verdict, reason } = verdictOf(plan, rows, lift, interval);
  const reasons = [reason, ...(promised ? [promiseText(promised)] : [])];
  return { ...check, verdict, reasons, lift, standardError: error, interval, promised };
}

interface Measured {
  lift: number;
  error: number;
  interval: readonly [number, number];
}

/** Normal on the log scale, with half a conversion more in each arm (Walter 1975), so that none is no end of the scale. */
function ratioOfRates(control: AbArm, treatment: AbArm, critical: number): Measured {
  const ratio = (treatment.sum + 0.5) / (treatment.rows + 0.5) / ((control.sum + 0.5) / (control.rows + 0.5));
  const variance =
    1 / (treatment.sum + 0.5) - 1 / (treatment.rows + 0.5) + 1 / (control.sum + 0.5) - 1 / (control.rows + 0.5);
  const half = critical * Math.sqrt(variance);
  const lift = treatment.sum / treatment.rows / (control.sum / control.rows) - 1;
  return {
    lift,
    error: ratio * Math.sqrt(variance),
    interval: [ratio * Math.exp(-half) - 1, ratio * Math.exp(half) - 1],
  };
}

function ratioOfMeans(control: AbArm, treatment: AbArm, critical: number): Measured {
  const mean = ({ sum, rows }: AbArm): number => sum / rows;
  const variance = (arm: AbArm): number =>
    Math.max((arm.squares ?? 0) / arm.rows - mean(arm) * mean(arm), 0) / Math.max(arm.rows - 1, 1);
  const ratio = mean(treatment) / mean(control);
  const error = Math.sqrt(variance(treatment) + ratio * ratio * variance(control)) / mean(control);
  return { lift: ratio - 1, error, interval: [ratio - 1 - critical * error, ratio - 1 + critical * error] };
}

function verdictOf(
  plan: AbTerms,
  rows: number,
  lift: number,
  [low, high]: readonly [number, number],
): { verdict: Verdict; reason: string } {
  const say = (value: number): string => liftText(value, 'relative');
  const measured = `${say(lift)} (${say(low)} to ${say(high)})`;
  const ended = rows >= plan.rows.total;
  if (plan.looks === 'once' && !ended) {
    const left = plan.rows.total - rows;
    return {
      verdict: 'hold',
      reason: `The test was planned for one look at ${grouped(plan.rows.total)} rows and has ${grouped(rows)}: wait for ${grouped(left)} more. So far ${measured}; to stop now would spend the risk twice.`,
    };
  }
  if (high < 0) return { verdict: 'no-go', reason: `The treatment does harm: ${measured}.` };
  if (high < plan.minLift) {
    const real = low > 0 ? 'better than the control, and ' : '';
    return {
      verdict: 'no-go',
      reason: `The treatment is ${real}below the lift asked for, ${say(plan.minLift)}: ${measured}.`,
    };
  }
  if (low > 0) return { verdict: 'launch', reason: `The treatment is better than the control: ${measured}.` };
  if (!ended)
    return {
      verdict: 'hold',
      reason: `Not decided yet: ${measured}; ${grouped(plan.rows.total - rows)} rows are left.`,
    };
  return {
    verdict: 'cannot-tell',
    reason: `The test ended as planned without an answer: ${measured} holds both 0 and ${say(plan.minLift)}. Going on would spend the risk twice; plan another.`,
  };
}

function promisedOf(decision: DecisionToCheck, lift: number, error: number): Promised | null {
  const one = decision.candidates.find(({ name }) => name === decision.candidate);
  if (!one || one.lift === null || one.standardError === null) return null;
  const base = decision.measure === 'relative' ? 1 : (decision.baseline.value ?? NaN);
  const expected = one.lift / base;
  const interval = one.interval ? ([one.interval[0] / base, one.interval[1] / base] as const) : null;
  const distance = Math.abs(lift - expected) / Math.hypot(error, one.standardError / base);
  if (!Number.isFinite(distance)) return null;
  return {
    candidate: one.name,
    verdict: decision.verdict,
    lift: expected,
    interval,
    inside: interval && lift >= interval[0] && lift <= interval[1],
    distance,
    agrees: distance <= DISAGREEMENT,
  };
}

function promiseText({ candidate, verdict, interval, lift, inside, distance, agrees }: Promised): string {
  const say = (value: number): string => liftText(value, 'relative');
  const range = interval ? ` (${say(interval[0])} to ${say(interval[1])})` : '';
  const where =
    inside === null ? '' : inside ? 'The test lies inside that interval' : 'The test lies outside that interval';
  const apart = `${distance.toFixed(1)} standard errors away`;
  return `The log had promised ${say(lift)}${range} for ${candidate} (${verdict === 'cannot-tell' ? 'can’t tell' : verdict}). ${where}, ${apart}: ${
    agrees
      ? 'chance explains the difference.'
      : 'chance does not explain that; log and test did not measure the same thing.'
  }`;
}

function checkArm(name: string, { rows, sum, squares }: AbArm, binary: boolean): void {
  if (!(Number.isInteger(rows) && rows > 0))
    throw new InputError(`${name}: ${rows} rows; it must be a whole number above 0`);
  if (binary && !(Number.isInteger(sum) && sum >= 0 && sum <= rows)) {
    throw new InputError(`${name}: ${sum} conversions in ${rows} rows; it must be a whole number from 0 to ${rows}`);
  }
  if (!Number.isFinite(sum)) throw new InputError(`${name}: the sum of rewards is ${sum}, which is no number`);
  if (squares !== undefined && !(squares * rows >= sum * sum * (1 - 1e-9))) {
    throw new InputError(`${name}: squared rewards of ${squares} cannot be, with a sum of ${sum} over ${rows} rows`);
  }
}

function share(value: number): string {
  return `${Number((100 * value).toPrecision(4))} %`;
}
