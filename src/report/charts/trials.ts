/** A value for each number of something that was tried, as a line with dots and whiskers; a rule marks the one taken. */
import type { TopLevelSpec } from 'vega-lite';
import { CONFIG, HALF, MUTED, rounded, seriesColour } from './theme.ts';

export interface TrialPoint {
  k: number;
  value: number;
  interval?: readonly [number, number] | null;
}

/** `taken` is a number that was tried. */
export function trialsChart(
  points: readonly TrialPoint[],
  taken: number,
  { xTitle, yTitle, format }: { xTitle: string; yTitle: string; format: string },
): TopLevelSpec {
  const values = points.map(({ k, value, interval }) => ({
    k,
    value: rounded(value),
    low: rounded(interval?.[0]),
    high: rounded(interval?.[1]),
  }));
  const x = {
    field: 'k',
    type: 'quantitative' as const,
    title: xTitle,
    axis: { values: points.map(({ k }) => k), format: 'd' },
    scale: { zero: false },
  };
  const y = {
    field: 'value',
    type: 'quantitative' as const,
    title: yTitle,
    axis: { format, tickCount: 5 },
    scale: { zero: false },
  };
  const color = { value: seriesColour(0) };
  return {
    config: CONFIG,
    width: HALF,
    height: 220,
    autosize: { type: 'fit-x', contains: 'padding' },
    data: { values },
    layer: [
      {
        data: { values: [{ k: taken }] },
        mark: { type: 'rule', strokeWidth: 1, strokeDash: [4, 4], color: MUTED },
        encoding: { x },
      },
      {
        mark: { type: 'rule', strokeWidth: 2 },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
      },
      { mark: { type: 'line', strokeWidth: 2 }, encoding: { x, y, color } },
      { mark: { type: 'point', filled: true, size: 60, opacity: 1 }, encoding: { x, y, color } },
    ],
  };
}
