/** Whether a few rows carry the estimate: the largest weight, and the share of Σ w|r| that the top 1 % of rows brings. */
import type { Warning } from '../../core/warnings.ts';
import type { Check } from './check.ts';
import { percent } from './check.ts';
import { largestValues } from './largest-values.ts';

const TOP = 0.01;
const LARGE_SHARE = 0.05;

/** `rows`: how many will come. */
export function heavyRows(rows: number): Check {
  const kept = largestValues(Math.ceil(TOP * rows));
  let seen = 0;
  let rewarded = 0;
  let weightSum = 0;
  let total = 0;
  let largest = 0;
  let at = -1;
  return {
    add({ evidence, weight }) {
      const { reward } = evidence.log.outcomes;
      for (let i = 0; i < weight.length; i++) {
        const w = weight[i];
        const brought = w * Math.abs(reward[i]);
        weightSum += w;
        if (w > largest) {
          largest = w;
          at = seen + i;
        }
        if (brought === 0) continue;
        total += brought;
        rewarded++;
        kept.add(brought);
      }
      seen += weight.length;
    },
    report() {
      const share = weightSum > 0 ? largest / weightSum : 0;
      const top = kept.sorted(Math.ceil(TOP * seen)).reduce((sum, x) => sum + x, 0);
      const warnings: Warning[] = [];
      if (share > LARGE_SHARE) {
        warnings.push({
          kind: 'dominant-weight',
          message: `row ${at + 1} carries ${percent(share)} of all weight (weight ${largest.toPrecision(3)})`,
          advice:
            'the estimate hangs on it: look whether its propensity is right, prefer DR or SNIPS, or collect more rows',
        });
      }
      return {
        figures: [
          { name: 'largest-weight', label: 'Largest weight', value: largest, unit: '' },
          { name: 'largest-weight-share', label: 'Share of all weight in one row', value: 100 * share, unit: '%' },
          {
            name: 'top-rows-share',
            label: 'Share of Σ w|r| in the top 1 % of rows',
            value: total > 0 ? (100 * top) / total : null,
            unit: '%',
            note: `${rewarded} of ${seen} rows have a weight and a reward other than 0`,
          },
        ],
        warnings,
      };
    },
  };
}
