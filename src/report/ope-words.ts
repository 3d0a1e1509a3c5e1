/** What `adsim ope` found, in a sentence: the estimate it stands on, and no more than the intervals allow. */
import type { Estimate } from '../core/contracts.ts';
import type { LogValue } from '../runner/ope/results.ts';
import { confidence, estimatorName, PERCENT, quantity, rateWithInterval, rewardName, rewardUnit } from './format.ts';
import type { Unit } from './format.ts';

/** What stands for an interval without ends. */
export const NONE = 'none';

/** Click rates read as percentages; of episodes and pages clicks are counted. */
export function unitOf({ rewardUnit: name, groups }: LogValue['log']): Unit {
  return name === 'click' && !groups ? PERCENT : rewardUnit(name);
}

/** What a value is of: a row, an episode, a slate. */
export function nounOf({ groups }: LogValue['log']): string {
  return groups?.kind ?? 'row';
}

/** Self-normalised and doubly robust estimators first. */
const LEADS = ['wdr', 'dr', 'snips', 'ips', 'wpdis', 'cascade-dr', 'snrips'];

/** The estimate that the answer quotes: doubly robust where there is a model, else self-normalised. */
export function leadOf(estimates: readonly Estimate[]): Estimate {
  const known = LEADS.map((name) => estimates.find(({ estimator }) => estimator === name));
  return known.find((one) => one !== undefined) ?? estimates[0];
}

/** Doubts under which neither a lead nor a lag is worth the name. */
const GRAVE = [
  'coverage-falls-short',
  'no-support',
  'few-rewards',
  'no-rewards',
  'constant-reward',
  // The weights themselves are wrong:
  'mean-weight',
  'sample-ratio-mismatch',
  'propensity-mismatch',
  'propensities-miscalibrated',
  'propensity-calibration',
  'negative-control',
  'zero-propensity',
];

/** One sentence: the value beside the logged policy's, and what stands against believing it. */
export function answerOf(found: LogValue, lead: Estimate, unit: Unit): string {
  const { policy, log, logged, level, diagnostics } = found;
  const kinds = new Set([...diagnostics.warnings, ...lead.warnings].map(({ kind }) => kind));
  if (kinds.has('no-overlap') || !Number.isFinite(lead.value)) {
    const why = kinds.has('no-overlap')
      ? 'it never takes a logged action'
      : `${estimatorName(lead.estimator)} has no value on it`;
    return `This log cannot tell what ${policy.name} is worth: ${why}.`;
  }
  const clicks = unit === PERCENT;
  const noun = nounOf(log);
  const bare = clicks ? unit : { ...unit, suffix: '' };
  const per = clicks ? '' : unit.prefix === '' ? ` ${rewardName(log.rewardUnit)} per ${noun}` : ` per ${noun}`;
  const value =
    `${policy.name} would have ${clicks ? 'had a click rate of' : 'brought'} ` +
    `${rateWithInterval(lead.value, lead.interval, bare)}${per} (${estimatorName(lead.estimator)}, ${confidence(level)}), ` +
    `the logged policy ${clicks ? 'had' : 'brought'} ${quantity(logged.value, bare)}`;
  const grave = GRAVE.filter((kind) => kinds.has(kind));
  if (grave.length > 0)
    return `${value}; but this log tells little of it: see the ${kinds.size === 1 ? 'doubt' : 'doubts'} below.`;
  return `${value}; ${comparison(found, lead)}.`;
}

/** Which of both is better, as far as two intervals may say. */
function comparison({ policy, logged, measured }: LogValue, { interval: [low, high], coverage }: Estimate): string {
  if (![low, high, ...logged.interval].every(Number.isFinite)) {
    return 'without intervals for both, the log does not say which is better';
  }
  const rounding = 1e-9 * Math.max(...[low, high, ...logged.interval].map(Math.abs));
  const above = low > logged.interval[1] + rounding;
  const below = high < logged.interval[0] - rounding;
  if (!above && !below) return 'the intervals overlap, so they do not say which is better';
  if (coverage === undefined) {
    const why = measured ? 'is not measurable for this estimator' : 'was not measured (--coverage quick)';
    return `the intervals do not overlap, but how often this one holds ${why}`;
  }
  return `the intervals do not overlap, so on this log ${policy.name} looks ${above ? 'better' : 'worse'}`;
}
