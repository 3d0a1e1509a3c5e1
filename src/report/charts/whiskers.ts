/** Estimates with their intervals, a row each, best on top: the answer at a glance. */
import type { TopLevelSpec } from 'vega-lite';
import { CONFIG, INK, MUTED, WIDE, rounded, seriesColour } from './theme.ts';

export interface Whisker {
  name: string;
  value: number;
  interval: readonly [number, number] | null;
  /** `best` in colour, `reference` hollow and grey. */
  tone: 'best' | 'plain' | 'reference';
  /** How the value reads in the tooltip. */
  label: string;
}

/** Dot and whisker a row, in the order given; `what` is what a row is of. */
export function whiskerChart(rows: readonly Whisker[], xTitle: string, format: string, what = 'agent'): TopLevelSpec {
  const values = rows.map((row) => ({
    name: row.name,
    value: rounded(row.value),
    low: rounded(row.interval?.[0]),
    high: rounded(row.interval?.[1]),
    tone: row.tone,
    label: row.label,
  }));
  const y = { field: 'name', type: 'nominal' as const, sort: null, title: null, axis: { labelColor: INK, grid: true } };
  const scale = { domain: ['best', 'plain', 'reference'], range: [seriesColour(0), INK, MUTED] };
  const color = { field: 'tone', type: 'nominal' as const, scale, legend: null };
  const tooltip = [
    { field: 'name', title: what },
    { field: 'label', title: xTitle },
  ];
  return {
    config: CONFIG,
    width: WIDE,
    height: Math.max(rows.length * 28, 60),
    autosize: { type: 'fit-x', contains: 'padding' },
    data: { values },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 2 },
        encoding: {
          y,
          x: {
            field: 'low',
            type: 'quantitative',
            title: xTitle,
            axis: { format, tickCount: 6 },
            scale: { zero: false },
          },
          x2: { field: 'high' },
          color,
        },
      },
      {
        mark: { type: 'point', filled: true, size: 70, opacity: 1 },
        encoding: { y, x: { field: 'value', type: 'quantitative' }, color, tooltip },
      },
    ],
  };
}
