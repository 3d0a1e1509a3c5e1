/** Doubts about an estimate, each with its numbers and with what to do about it. Thresholds are chosen, not derived. */
import type { Warning } from '../core/warnings.ts';
import { effectiveRewards, effectiveSampleSize, meanWeightScore, unsupportedShare } from './diagnostics.ts';
import type { Diagnostics } from './diagnostics.ts';
import { meanWeightDoubt } from './mean-weight-doubt.ts';

/** Below this, the normal approximation of a weighted mean is a hope. */
const ENOUGH_ROWS = 100;
/** Below this many effective rewards, the usual interval covers less than it says (measured: 51 % at 0.9). */
const ENOUGH_REWARDS = 30;
const LARGE_SHARE = 0.05;
const SMALL_PROPENSITY = 1e-3;
const UNSUPPORTED = 1e-3;
const ODD_MEAN_WEIGHT = 4;

/** Estimators that use no weights: what the weights look like is not their trouble. */
const WEIGHTLESS: ReadonlySet<string> = new Set(['dm']);

/** Estimators that make weights smaller, and so are biased on purpose; after `slope` and `mse` the rows have been used twice. */
const SHRINKING = /^(?:clipped-|switch|dros|sg-)/u;
/** How far propensities may be apart, as a share, where they are called uniform. */
const UNIFORM = 1e-6;

/** The warnings that the log calls for, with this estimator. */
export function doubts(found: Diagnostics, estimator: string): Warning[] {
  const weighted = !WEIGHTLESS.has(estimator);
  const warnings: Warning[] = [];
  const warn = (kind: string, message: string, advice: string): void => void warnings.push({ kind, message, advice });
  const unsupported = unsupportedShare(found);
  if (unsupported > UNSUPPORTED) {
    warn(
      'no-support',
      `the evaluation policy spends ${percent(unsupported)} of its probability on actions that the log never shows`,
      weighted
        ? 'the log says nothing about them: the estimate leaves them out. Log those actions, or take them from the policy'
        : 'the model guesses there. Log those actions, or take them from the policy',
    );
  }
  if (found.rewardedRows === 0) {
    warn(
      'no-rewards',
      `none of the ${found.rows} rows has a reward`,
      'the estimate cannot tell a value of zero from a small one: collect more rows',
    );
  }
  if (!weighted) return warnings;
  if (found.weightSum === 0) {
    warn(
      'no-overlap',
      `the evaluation policy never takes an action that was logged: every one of ${found.rows} weights is 0`,
      'this log cannot tell its value: collect a log with more exploration',
    );
    return warnings;
  }
  if (SHRINKING.test(estimator)) {
    const twice = / (?:slope|mse)$/u.test(estimator) ? ', and its parameter was chosen on the same rows' : '';
    warn(
      'shrunk-weights',
      `weights (up to ${found.largestWeight.toPrecision(3)}) are made smaller, which biases the estimate by an amount that its interval knows nothing of${twice}`,
      'set it beside DR and SNIPS: where they are far apart, the interval does not hold the value',
    );
  }
  const { smallestPropensity, largestPropensity } = found;
  if (estimator === 'replay' && largestPropensity - smallestPropensity > UNIFORM * largestPropensity) {
    warn(
      'not-uniform',
      `replay takes the log for uniform, but its propensities go from ${smallestPropensity.toPrecision(3)} to ${largestPropensity.toPrecision(3)}`,
      'the estimate is pulled towards what the behaviour policy likes: use SNIPS, which divides by the propensities',
    );
  }
  const size = effectiveSampleSize(found);
  if (size < ENOUGH_ROWS) {
    warn(
      'low-effective-sample-size',
      `the ${found.rows} rows are worth ${size.toFixed(1)} rows of the evaluation policy`,
      `the interval rests on a normal approximation that needs about ${ENOUGH_ROWS}: collect more rows, explore more, or evaluate a policy closer to the logged one`,
    );
  }
  const share = found.largestWeight / found.weightSum;
  if (share > LARGE_SHARE) {
    warn(
      'dominant-weight',
      `one row carries ${percent(share)} of all weight (weight ${found.largestWeight.toPrecision(3)})`,
      'the estimate hangs on it: prefer DR or SNIPS, or collect more rows',
    );
  }
  if (found.smallestPropensity < SMALL_PROPENSITY) {
    warn(
      'small-propensity',
      `the smallest logged propensity is ${found.smallestPropensity.toPrecision(3)}`,
      'actions logged so rarely are hardly supported, and rare rows with huge weights may be missing: give each action a floor of probability when logging',
    );
  }
  const rewards = effectiveRewards(found);
  if (found.rewardedRows > 0 && rewards < ENOUGH_REWARDS) {
    warn(
      'few-rewards',
      `the estimate rests on ${found.rewardedRows} rewarded rows, worth ${rewards.toFixed(1)} of equal weight`,
      `with fewer than about ${ENOUGH_REWARDS}, as at ad-like click rates, the interval is likely too narrow: see how often such intervals hold, and collect more rows`,
    );
  }
  const score = meanWeightScore(found);
  if (Math.abs(score) > ODD_MEAN_WEIGHT) {
    warnings.push(meanWeightDoubt(found.weightSum / found.rows, score));
  }
  return warnings;
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(3)} %`;
}
