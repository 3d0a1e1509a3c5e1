/**
 * Intervals for a click rate, where the evaluation is one: rewards 0 or 1, and every weight 1, as when the policy that
 * collected the log is itself evaluated. With other weights the contributions are no trials and these rules do not hold.
 */
import { clopperPearson as exact, wilson as score } from '../../core/intervals.ts';
import type { IntervalRule, IntervalSample } from './rule.ts';

/** Clicks among the rows; undefined where some row is neither a click nor none, or weighs more than another. */
function hits({ estimator, moments: { sums, cross, count }, rows, binary }: IntervalSample): number | undefined {
  if (!binary) return undefined;
  const c = estimator.columns;
  // (w·r, w): all weights 1 leave the second column without spread.
  const even = c === 1 || (c === 2 && cross[3] === 0 && sums[1] === count);
  if (!even || Math.abs(estimator.value(sums, count) * count - sums[0]) > 1e-9 * count) return undefined;
  if (rows) {
    for (let at = 0; at < count * c; at += c) if (rows.data[at] !== 0 && rows.data[at] !== 1) return undefined;
    return sums[0];
  }
  // Of 0s and 1s alone Σx² = Σx; a whole number of clicks as well.
  const gap = cross[0] + (sums[0] * sums[0]) / count - sums[0];
  return Number.isInteger(sums[0]) && sums[0] >= 0 && Math.abs(gap) <= 1e-9 * (1 + sums[0]) ? sums[0] : undefined;
}

function rule(name: string, summary: string, reference: string, interval: typeof exact): IntervalRule {
  return {
    name,
    summary,
    reference,
    unsuited: (sample) =>
      hits(sample) === undefined
        ? 'rewards are not all 0 or 1 with a weight of 1, as on the policy that collected the log'
        : undefined,
    interval: (sample, level) => interval(hits(sample) as number, sample.moments.count, level),
  };
}

export const clopperPearson: IntervalRule = rule(
  'clopper-pearson',
  'Exact for a click rate on the policy that collected the log; never too narrow, often too wide.',
  'Clopper & Pearson 1934',
  exact,
);

export const wilson: IntervalRule = rule(
  'wilson',
  'For a click rate on the policy that collected the log; close to its nominal coverage on average.',
  'Wilson 1927',
  score,
);
