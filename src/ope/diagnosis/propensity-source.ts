/**
 * Where propensities come from, and what that does to 1/p: rounded ones are off by up to half their last digit, estimated ones
 * by their model's error, and ones that differ from the logged distribution belong to another policy.
 */
import type { Warning } from '../../core/warnings.ts';
import { percent } from './check.ts';
import type { Check, Figure } from './check.ts';

/** 10^d of d decimals; more are not looked for. */
const SCALES = [1, 10, 100, 1e3, 1e4, 1e5, 1e6] as const;
const MOST_DIGITS = SCALES.length - 1;
/** So few different propensities may well be exact: an exploration rate, a uniform draw, a vote. */
const FEW_DIFFERENT = 20;
/** Rounding that moves the smallest propensity by less is no trouble. */
const LARGE_ERROR = 0.01;
/** Room for float32. */
const SAME = 1e-6;

/** `estimated`: true where the propensities were fitted to the log. */
export function propensitySource(estimated: boolean): Check {
  const different = new Set<number>();
  let rows = 0;
  let digits = 0;
  let smallest = 1;
  let apart = 0;
  let first = -1;
  return {
    add({ evidence: { log, behaviour } }) {
      const { action, propensity } = log.decisions;
      for (let i = 0; i < log.size; i++) {
        const p = propensity[i];
        if (p < smallest) smallest = p;
        if (digits <= MOST_DIGITS) {
          while (digits <= MOST_DIGITS && !isMultiple(p, digits)) digits++;
          if (different.size <= FEW_DIFFERENT) different.add(p);
        }
        if (behaviour && Math.abs(behaviour.data[i * behaviour.columns + action[i]] - p) > SAME) {
          if (apart++ === 0) first = rows + i;
        }
      }
      rows += log.size;
    },
    report() {
      const coarse = digits <= MOST_DIGITS && different.size > FEW_DIFFERENT;
      const error = coarse ? 0.5 / SCALES[digits] / smallest : 0;
      const warnings: Warning[] = [];
      if (error > LARGE_ERROR) {
        warnings.push({
          kind: 'rounded-propensities',
          message: `propensities look rounded to ${digits} decimals: the smallest, ${smallest}, may be off by ${percent(error)}, and its weight with it`,
          advice: 'log propensities with all their digits; until then doubt the rows with large weights',
        });
      }
      if (estimated) {
        warnings.push({
          kind: 'estimated-propensities',
          message: 'propensities were estimated from the log, not logged',
          advice:
            'intervals know nothing of their error, and whatever moved both action and reward unseen stays in: log propensities, prefer DR, and look at the bounds for unobserved confounding',
        });
      }
      if (apart > 0) {
        warnings.push({
          kind: 'propensity-mismatch',
          message: `in ${apart} of ${rows} rows (first row ${first + 1}) the logged propensity is not what the logged distribution gives the action`,
          advice: 'one of the two belongs to another policy: weights use the propensity; find out which one drew',
        });
      }
      const figures: Figure[] = [
        { name: 'smallest-propensity', label: 'Smallest propensity', value: smallest, unit: '' },
        {
          name: 'propensity-decimals',
          label: 'Decimals of the propensities',
          value: digits <= MOST_DIGITS ? digits : null,
          unit: '',
          ...(digits <= MOST_DIGITS ? {} : { note: `more than ${MOST_DIGITS}: not rounded` }),
        },
      ];
      return { figures, warnings };
    },
  };
}

/** True where p has at most so many decimals. */
function isMultiple(p: number, digits: number): boolean {
  const scaled = p * SCALES[digits];
  return Math.abs(scaled - Math.round(scaled)) < 1e-9 * Math.max(1, scaled);
}
