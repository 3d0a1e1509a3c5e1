/** From what is known of nothing to what is said of a row: a bar for what each column adds, beginning where the one before ends. */
import type { TopLevelSpec } from 'vega-lite';
import { CONFIG, INK, WIDE, rounded, seriesColour } from './theme.ts';

export interface Step {
  name: string;
  adds: number;
}

/** Bars from `base` on, in the order given; those that add in one colour, those that take away in another. */
export function waterfallChart(base: number, steps: readonly Step[], xTitle: string): TopLevelSpec {
  let at = base;
  const values = steps.map(({ name, adds }) => {
    const from = at;
    at += adds;
    return { name, from: rounded(from), to: rounded(at), adds: rounded(adds), side: adds < 0 ? 'less' : 'more' };
  });
  return {
    config: CONFIG,
    width: WIDE,
    height: Math.max(steps.length * 24, 60),
    autosize: { type: 'fit-x', contains: 'padding' },
    data: { values },
    mark: { type: 'bar', height: 14 },
    encoding: {
      y: { field: 'name', type: 'nominal', sort: null, title: null, axis: { labelColor: INK, grid: true } },
      x: { field: 'from', type: 'quantitative', title: xTitle, axis: { tickCount: 6 }, scale: { zero: false } },
      x2: { field: 'to' },
      color: {
        field: 'side',
        type: 'nominal',
        scale: { domain: ['more', 'less'], range: [seriesColour(0), seriesColour(1)] },
        legend: null,
      },
      tooltip: [
        { field: 'name', title: 'column' },
        { field: 'adds', title: 'adds', format: '+.3f' },
      ],
    },
  };
}
