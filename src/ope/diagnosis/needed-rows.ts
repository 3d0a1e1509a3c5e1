/**
 * How many rows like these an interval of a wanted half-width takes: n (half-width / target)² as intervals shrink with √n,
 * and, where rewards and weights are known to be bounded, b² ln(2/α) / (2 target²) by Hoeffding's inequality, in the worst case.
 */
import { normalQuantile } from '../../core/quantiles.ts';
import { snips } from '../estimators/snips.ts';
import { standardError } from '../intervals/delta.ts';
import { addRows, moments } from '../moments.ts';
import { matrix } from '../../core/matrix.ts';
import type { Check, Figure } from './check.ts';

/** Rows for a half-width of `target`, from an interval of `halfWidth` on `rows` rows. */
export function neededRows(rows: number, halfWidth: number, target: number): number {
  return rows * (halfWidth / target) * (halfWidth / target);
}

/** The same whatever the distribution, for the mean of w·r within an interval `range` long, at `level`. */
export function worstCaseRows(range: number, target: number, level: number): number {
  return ((range / target) * (range / target) * Math.log(2 / (1 - level))) / 2;
}

export interface NeededRowsSetup {
  /** Nominal level of the interval, in (0, 1). */
  level: number;
  /** Half-width wanted, in the unit of the reward; a tenth of the mean reward where it is left out. */
  target?: number | undefined;
  /** Known bounds of the reward. */
  rewardRange?: readonly [number, number] | undefined;
}

export function neededRowsFigures({ level, target, rewardRange }: NeededRowsSetup): Check {
  const estimator = snips();
  const found = moments(estimator.columns);
  let rewards = 0;
  let largest = 0;
  return {
    add({ evidence: { log }, weight }) {
      const columns = matrix(log.size, 2);
      for (let i = 0; i < log.size; i++) {
        const w = weight[i];
        columns.data[2 * i] = w * log.outcomes.reward[i];
        columns.data[2 * i + 1] = w;
        rewards += log.outcomes.reward[i];
        if (w > largest) largest = w;
      }
      addRows(found, columns);
    },
    report() {
      const n = found.count;
      const wanted = target ?? 0.1 * Math.abs(rewards / n);
      const half = normalQuantile(0.5 + level / 2) * standardError(estimator, found);
      const said = `for ±${wanted.toPrecision(3)}${target === undefined ? ', a tenth of the mean reward' : ''}`;
      const label = `Rows needed by SNIPS at ${100 * level} %`;
      if (!(wanted > 0 && half > 0)) {
        const note = 'the rewards do not vary';
        return { figures: [{ name: 'needed-rows', label, value: null, unit: 'rows', note }], warnings: [] };
      }
      const figures: Figure[] = [
        {
          name: 'needed-rows',
          label,
          value: Math.ceil(neededRows(n, half, wanted)),
          unit: 'rows',
          note: `${said}; these ${n} give ±${half.toPrecision(3)}`,
        },
      ];
      if (rewardRange) {
        const range = largest * (Math.max(0, rewardRange[1]) - Math.min(0, rewardRange[0])); // w may be 0
        figures.push({
          name: 'needed-rows-worst-case',
          label: 'The same by IPS, in the worst case (Hoeffding)',
          value: Math.ceil(worstCaseRows(range, wanted, level)),
          unit: 'rows',
          note: `${said}, if no weight exceeds the largest seen, ${largest.toPrecision(4)}`,
        });
      }
      return { figures, warnings: [] };
    },
  };
}
