/** How many more rows like these would bring a decision. */
import { normalQuantile } from '../../core/quantiles.ts';
import type { MoreRows } from './decision.ts';

const MOST = 1e9;

/**
 * n* − n with n* = n·((z_{1−risk} + z_power)·se / distance)²: so many rows that a bound at `risk` clears the bar with
 * chance `power`, if the lift is what the log says it is. `half` is the distance from the estimate to its bound at
 * `risk` on `rows` rows, so se = half / z_{1−risk}. At most 10⁹; `never` where the estimate is the bar, or nearer to it
 * than numbers tell apart.
 */
export function moreRows(rows: number, distance: number, half: number, risk: number, power: number): MoreRows {
  const z = normalQuantile(1 - risk);
  const factor = ((z + normalQuantile(power)) * half) / (z * Math.abs(distance));
  const more = rows * factor * factor - rows;
  if (!Number.isFinite(more)) return 'never';
  return Math.min(Math.max(Math.ceil(more), 1), MOST);
}
