/**
 * How heavy the tail of the weights is. Pareto k̂ by a generalised Pareto fit to the largest min(n/5, 3√n) weights: above 0.7
 * means and intervals converge too slowly to be relied on (Vehtari et al. 2024). Hill's index α by the largest 5 %: the
 * variance is finite where α > 2 (Hill 1975).
 */
import type { Warning } from '../../core/warnings.ts';
import type { Check, Figure } from './check.ts';
import { generalisedPareto } from './generalised-pareto.ts';
import { largestValues } from './largest-values.ts';

const UNRELIABLE = 0.7;
const HILL_SHARE = 0.05;
/** Fewer different weights in the tail tell no shape. */
const LEAST_TAIL = 5;

/** `rows`: how many will come. */
export function weightTail(rows: number): Check {
  const kept = largestValues(Math.max(tailSize(rows), Math.ceil(HILL_SHARE * rows)) + 1);
  let seen = 0;
  return {
    add({ weight }) {
      for (const w of weight) kept.add(w);
      seen += weight.length;
    },
    report() {
      const shape = paretoShape(kept.sorted(tailSize(seen) + 1));
      const index = hillIndex(kept.sorted(Math.ceil(HILL_SHARE * seen) + 1));
      const equal = 'the largest weights are equal: they have no tail';
      const figure = (name: string, label: string, value: number | null): Figure => ({
        name,
        label,
        value,
        unit: '',
        ...(value === null ? { note: equal } : {}),
      });
      const warnings: Warning[] = [];
      if (shape !== null && shape > UNRELIABLE) {
        const hill = index === null ? '' : ` (Hill's tail index ${index.toFixed(2)}; below 2 the variance is infinite)`;
        warnings.push({
          kind: 'heavy-tail',
          message: `the tail of the weights has Pareto k ${shape.toFixed(2)}, above ${UNRELIABLE}${hill}`,
          advice:
            'rows with still larger weights are yet to come, and intervals do not know it: explore more when logging, value a policy closer to the logged one, or set estimators that shrink weights beside DR',
        });
      }
      return {
        figures: [
          figure('pareto-shape', 'Pareto k of the largest weights', shape),
          figure('hill-index', "Hill's tail index of the largest 5 %", index),
        ],
        warnings,
      };
    },
  };
}

function tailSize(rows: number): number {
  return Math.ceil(Math.min(rows / 5, 3 * Math.sqrt(rows)));
}

/** From the largest values, rising; the first is where the tail begins. */
function paretoShape(values: Float64Array): number | null {
  const [start] = values;
  const above = values.filter((w) => w > start).map((w) => w - start);
  if (above.length < LEAST_TAIL || above[0] === above[above.length - 1]) return null;
  return generalisedPareto(above);
}

function hillIndex(values: Float64Array): number | null {
  const [start] = values;
  if (!(start > 0) || values.length < 2) return null;
  const sum = values.reduce((total, w) => total + Math.log(w / start), 0);
  return sum > 0 ? (values.length - 1) / sum : null;
}
