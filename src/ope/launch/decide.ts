/**
 * Whether to launch: every candidate against the baseline on the same rows, one-sided at the stated risk, corrected for
 * how many candidates and how many looks there are. What no interval knows of comes first: a log that cannot say is
 * never read as yes or no.
 */
import type { Estimator, Evidence, Random } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { dr } from '../estimators/dr.ts';
import { ips } from '../estimators/ips.ts';
import { snips } from '../estimators/snips.ts';
import { standardError } from '../intervals/delta.ts';
import type { IntervalRule } from '../intervals/rule.ts';
import { chooseRule } from './bounds.ts';
import type { CoverageOf, RuleChoice } from './bounds.ts';
import type { CandidateDecision, LaunchDecision, Verdict } from './decision.ts';
import { DELTA_SKEW } from './delta-skew.ts';
import { holmByBounds } from './holm.ts';
import type { LiftMeasure } from './lift.ts';
import { safestMixture } from './mixture.ts';
import { moreRows } from './more-rows.ts';
import { reasonsFor, summaryOf } from './reasons.ts';
import { besideHeld } from '../held-doubts.ts';
import { judgeSegments } from './segments.ts';
import type { Segments } from './segments.ts';
import { study } from './study.ts';
import type { LaunchCandidate } from './study.ts';
import { trafficPlan } from './traffic.ts';

export interface LaunchInput {
  /** All on the same log. */
  candidates: readonly LaunchCandidate[];
  /** What they would replace. */
  baseline: 'behaviour' | { name: string; evidence: Evidence };
  /** What the lift must reach: 0.02 for 2 % more than the baseline, or in the reward's unit. */
  minLift: number;
  /** Chance of launching anything whose lift is below that, at most; in (0, 0.5). */
  risk: number;
  measure?: LiftMeasure;
  power?: number;
  tolerance?: number;
  looks?: number;
  /** The first decides, the second is held against it; default DR and SNIPS, without a model SNIPS and IPS. */
  estimators?: readonly [Estimator, Estimator];
  /** Of each candidate, by name, in order of preference. */
  rules?: (candidate: string) => readonly IntervalRule[];
  coverage?: CoverageOf;
  segments?: readonly Segments[];
  rowsPerDay?: number | null;
  random: Random;
}

/** Throws `InputError` on bad evidence and on numbers out of range. */
export async function decideLaunch(input: LaunchInput): Promise<LaunchDecision> {
  const { candidates, baseline, minLift, risk, random, segments = [] } = input;
  const { measure = 'relative', power = 0.8, tolerance = 0.01, looks = 1, rules = () => [DELTA_SKEW] } = input;
  checkInput(input);
  const { log, predicted } = candidates[0].evidence;
  const estimators = input.estimators ?? (predicted ? [dr(), snips()] : [snips(), ips()]);
  const other = baseline === 'behaviour' ? {} : { baseline: baseline.evidence };
  const family = risk / looks;
  const each = family / candidates.length;

  const studies = candidates.map((one) =>
    study(one, { ...other, measure, estimators, random: random.stream('bounds', one.name) }),
  );
  const choices: RuleChoice[] = [];
  for (const { name, estimator, sample } of studies) {
    const level = 1 - 2 * each;
    const asked = { candidate: name, estimator: estimator.name, level };
    // oxlint-disable-next-line no-await-in-loop -- in order: whoever measures may keep what was measured
    choices.push(await chooseRule(rules(name), sample, (rule) => input.coverage?.({ ...asked, rule })));
  }
  const sound = (i: number): boolean => studies[i].blocking.length === 0 && choices[i].chosen !== null;
  const known: Map<number, readonly [number, number]>[] = studies.map(() => new Map());
  const boundsAt = (i: number, at: number): readonly [number, number] => {
    const { chosen } = choices[i];
    const bounds = known[i].get(at) ?? chosen?.rule.interval(studies[i].sample, 1 - 2 * at) ?? [-Infinity, Infinity];
    known[i].set(at, bounds); // rules that resample are dear, and Holm asks twice
    return bounds;
  };
  const launched = holmByBounds(
    studies.length,
    family,
    (i, at) => sound(i) && choices[i].chosen?.lowerHolds === true && boundsAt(i, at)[0] >= minLift,
  );
  const refused = holmByBounds(
    studies.length,
    family,
    (i, at) => sound(i) && choices[i].chosen?.upperHolds === true && boundsAt(i, at)[1] < minLift,
  );

  const decided = studies.map((one, i): CandidateDecision => {
    const { sample } = one;
    const { chosen, left } = choices[i];
    const held = chosen?.coverage && chosen.lowerHolds && chosen.upperHolds ? chosen.coverage : undefined;
    const [blocking, doubts] = [one.blocking, one.doubts].map((some) =>
      held && chosen ? besideHeld(some, { rule: chosen.rule.name, coverage: held.actual, worlds: held.worlds }) : some,
    );
    const bounds = boundsAt(i, each);
    const finite = bounds.every(Number.isFinite);
    const value = sample.estimator.value(sample.moments.sums, log.size);
    const verdict = verdictOf(launched[i], refused[i], sound(i) && finite && chosen?.upperHolds === true);
    const trusted = sound(i) && finite && chosen !== null;
    const half = value >= minLift ? value - bounds[0] : bounds[1] - value;
    const decision: Omit<CandidateDecision, 'reasons'> = {
      name: one.name,
      verdict,
      harmful: refused[i] !== undefined && boundsAt(i, refused[i])[1] < 0,
      lift: numberOrNull(value),
      interval: finite ? bounds : null,
      standardError: numberOrNull(standardError(sample.estimator, sample.moments)),
      boundRisk: each,
      decidedRisk: launched[i] ?? refused[i] ?? each,
      estimator: one.estimator.name,
      rule: chosen?.rule.name ?? null,
      coverage: chosen?.coverage ?? null,
      value: numberOrNull(one.value),
      effectiveSampleSize: one.effectiveSampleSize,
      effectiveRewards: one.effectiveRewards,
      moreRows: verdict === 'hold' ? moreRows(log.size, value - minLift, half, each, power) : null,
      mixture: trusted ? safestMixture(one, { measure, rule: chosen.rule, risk: each, tolerance }) : null,
      segments: trusted
        ? judgeSegments(one, segments, {
            rule: chosen.rule,
            risk: family,
            reward: log.outcomes.reward,
            random: random.stream('segments', one.name),
          })
        : [],
      blocking,
      doubts,
    };
    return {
      ...decision,
      reasons: reasonsFor(decision, { minLift, measure, left, candidates: studies.length, looks, rows: log.size }),
    };
  });

  const about = chosenOf(decided);
  const rowsPerDay = input.rowsPerDay ?? null;
  const base = { value: numberOrNull(studies[0].baselineValue), ...spreadOf(log.outcomes.reward, log.size) };
  const most = about.verdict === 'launch' ? 1 : about.verdict === 'hold' ? (about.mixture?.share ?? 0) : 0;
  const harm = measure === 'relative' ? tolerance : tolerance / (base.value ?? NaN);
  return {
    kind: 'launch',
    schemaVersion: 1,
    verdict: about.verdict,
    candidate: about.name,
    reasons: [...summaryOf(decided, about), ...about.reasons],
    minLift,
    measure,
    risk,
    power,
    tolerance,
    looks,
    rows: log.size,
    rewardUnit: log.spec.rewardUnit,
    baseline: { name: baseline === 'behaviour' ? 'behaviour' : baseline.name, ...base },
    rowsPerDay,
    candidates: decided,
    traffic:
      most > 0 && harm > 0 && base.value !== null && base.value > 0
        ? trafficPlan({ ...base, value: base.value, harm, risk, power, rowsPerDay, most })
        : null,
  };
}

function verdictOf(launched: number | undefined, refused: number | undefined, sound: boolean): Verdict {
  if (launched !== undefined) return 'launch';
  if (refused !== undefined) return 'no-go';
  return sound ? 'hold' : 'cannot-tell';
}

const ORDER: readonly Verdict[] = ['launch', 'hold', 'cannot-tell', 'no-go'];

/** The most hopeful verdict, and of those the candidate with the highest lower bound: who is picked by the estimate is flattered. */
function chosenOf(decided: readonly CandidateDecision[]): CandidateDecision {
  const lower = ({ interval }: CandidateDecision): number => interval?.[0] ?? -Infinity;
  const better = (a: CandidateDecision, b: CandidateDecision): number =>
    ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || (lower(b) > lower(a) ? 1 : -1);
  return decided.toSorted(better)[0];
}

function numberOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function spreadOf(reward: Float64Array, m: number): { variance: number; binary: boolean } {
  let sum = 0;
  let binary = true;
  for (let i = 0; i < m; i++) {
    sum += reward[i];
    if (reward[i] !== 0 && reward[i] !== 1) binary = false;
  }
  let squares = 0;
  for (let i = 0; i < m; i++) squares += (reward[i] - sum / m) * (reward[i] - sum / m);
  return { variance: squares / m, binary };
}

function checkInput(input: LaunchInput): void {
  const { candidates, minLift, risk, power = 0.8, tolerance = 0.01, looks = 1 } = input;
  const refuse = (what: string): never => {
    throw new InputError(what);
  };
  if (candidates.length === 0) refuse('There is no candidate to launch: give at least one policy.');
  if (!Number.isFinite(minLift)) refuse(`min-lift: ${minLift} is not a number; 0.02 asks for 2 % more.`);
  if (!(risk > 0 && risk < 0.5)) refuse(`risk: ${risk} is not in (0, 0.5); 0.05 is usual.`);
  if (!(power > 0 && power < 1)) refuse(`power: ${power} is not in (0, 1); 0.8 is usual.`);
  if (!(tolerance >= 0 && Number.isFinite(tolerance)))
    refuse(`tolerance: ${tolerance} is not a number of at least 0; 0.01 tolerates a loss of 1 %.`);
  if (!(Number.isInteger(looks) && looks >= 1)) refuse(`looks: ${looks} is not a whole number of at least 1.`);
  const names = new Set(candidates.map(({ name }) => name));
  if (names.size < candidates.length) refuse('Two candidates have the same name: name them apart.');
}
