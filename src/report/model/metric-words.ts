/** Metrics of a trained model as a reader meets them. */
import type { MetricValue } from '../../runner/supervised/training-results.ts';
import type { Cell } from '../document.ts';
import { doubtDecimals, interval, isPoint, isShown, MISSING, quantity } from '../format.ts';

type Shown = Pick<MetricValue, 'value' | 'interval'>;

/** `0.742 [0.731, 0.753]` */
export function metricText(metric: Shown): string {
  const { text, doubt } = metricCell(metric);
  return doubt === undefined ? text : `${text} ${doubt}`;
}

/** The value at the precision that its interval leaves, and the interval beside it. */
export function metricCell({ value, interval: bounds }: Shown): Cell {
  if (!isShown(value)) return { text: MISSING };
  if (bounds === null || isPoint(bounds)) return { text: quantity(value) };
  const decimals = doubtDecimals((bounds[1] - bounds[0]) / 2);
  return { text: quantity(value, undefined, decimals), doubt: interval(bounds) };
}
