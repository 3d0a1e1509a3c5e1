/**
 * How many rows drawn from the evaluation policy itself the log is worth, (Σw)² / Σw² (Kish 1965), and the Hellinger
 * affinity E[√w] = Σ_a √(π_e π_b), 1 where both policies are the same and 0 where they never meet.
 */
import type { Check } from './check.ts';
import { percent } from './check.ts';

/** Below this, the normal approximation of a weighted mean is a hope. */
const ENOUGH_ROWS = 100;

export function effectiveRows(): Check {
  let rows = 0;
  let sum = 0;
  let squares = 0;
  let roots = 0;
  return {
    add({ weight }) {
      rows += weight.length;
      for (const w of weight) {
        sum += w;
        squares += w * w;
        roots += Math.sqrt(w);
      }
    },
    report() {
      const size = squares > 0 ? (sum * sum) / squares : 0;
      return {
        figures: [
          { name: 'effective-sample-size', label: 'Effective sample size', value: size, unit: 'rows' },
          { name: 'effective-share', label: 'Effective share of rows', value: (100 * size) / rows, unit: '%' },
          { name: 'hellinger-affinity', label: 'Hellinger affinity of both policies', value: roots / rows, unit: '' },
        ],
        warnings:
          size < ENOUGH_ROWS
            ? [
                {
                  kind: 'low-effective-sample-size',
                  message: `the ${rows} rows are worth ${size.toFixed(1)} rows of the evaluation policy (${percent(size / rows)})`,
                  advice: `intervals rest on a normal approximation that needs about ${ENOUGH_ROWS}: collect more rows, explore more, or evaluate a policy closer to the logged one`,
                },
              ]
            : [],
      };
    },
  };
}
