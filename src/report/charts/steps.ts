/** Step lines of shares, a series a colour and a dash. */
import type { TopLevelSpec } from 'vega-lite';
import { CONFIG, LEGEND_COLUMNS, WIDE, seriesColour, seriesDash } from './theme.ts';

export interface StepLines {
  /** A point per row: `series`, `x`, and `share` in [0, 1]. */
  values: readonly { series: string; x: number | null; share: number | null }[];
  /** In the order of their colours. */
  series: readonly string[];
  xTitle: string;
  xFormat: string;
  yTitle: string;
}

/** One line per series that keeps each share until the next point. */
export function stepChart({ values, series, xTitle, xFormat, yTitle }: StepLines): TopLevelSpec {
  const domain = [...series];
  const legend = { orient: 'top' as const, columns: LEGEND_COLUMNS };
  const by = { field: 'series', type: 'nominal' as const, title: null, legend };
  return {
    config: CONFIG,
    width: WIDE,
    height: 220,
    autosize: { type: 'fit-x', contains: 'padding' },
    data: { values: [...values] },
    mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2 },
    encoding: {
      x: {
        field: 'x',
        type: 'quantitative',
        title: xTitle,
        axis: { tickCount: 8, format: xFormat },
        scale: { zero: false },
      },
      y: { field: 'share', type: 'quantitative', title: yTitle, axis: { format: '.0%', tickCount: 5 } },
      color: { ...by, scale: { domain, range: domain.map((_, i) => seriesColour(i)) } },
      strokeDash: { ...by, scale: { domain, range: domain.map((_, i) => seriesDash(i)) } },
    },
  };
}
