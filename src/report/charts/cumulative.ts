/** Cumulative shares over ordered bins, a series a colour: where two lines are apart, the distributions are. */
import type { TopLevelSpec } from 'vega-lite';
import { CONFIG, LEGEND_COLUMNS, WIDE, rounded, seriesColour, seriesDash } from './theme.ts';

export interface Shares {
  series: string;
  /** Share of each bin, the first being 0; they add up to 1. */
  shares: ArrayLike<number>;
}

/** Bins beyond which nobody has more than this share are left out. */
const SHOWN = 0.995;

/** Steps from 0 up to where every series has nearly come to 1. */
export function cumulativeChart(all: readonly Shares[], xTitle: string, yTitle: string): TopLevelSpec {
  const lines = all.map(({ series, shares }) => {
    let sum = 0;
    return { series, upTo: Array.from(shares, (share) => (sum += share)) };
  });
  const most = Math.max(...lines.map(({ upTo }) => upTo.findIndex((sum) => sum >= SHOWN)));
  const values = lines.flatMap(({ series, upTo }) =>
    upTo.slice(0, most + 1).map((sum, bin) => ({ series, bin, share: rounded(sum) })),
  );
  const series = all.map((one) => one.series);
  const scale = { domain: series, range: series.map((_, i) => seriesColour(i)) };
  return {
    config: CONFIG,
    width: WIDE,
    height: 220,
    autosize: { type: 'fit-x', contains: 'padding' },
    data: { values },
    mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2 },
    encoding: {
      x: { field: 'bin', type: 'quantitative', title: xTitle, axis: { tickCount: 8, format: 'd' } },
      y: { field: 'share', type: 'quantitative', title: yTitle, axis: { format: '.0%', tickCount: 5 } },
      color: {
        field: 'series',
        type: 'nominal',
        title: null,
        scale,
        legend: { orient: 'top', columns: LEGEND_COLUMNS },
      },
      strokeDash: {
        field: 'series',
        type: 'nominal',
        scale: { domain: series, range: series.map((_, i) => seriesDash(7 * i)) },
        legend: null,
      },
    },
  };
}
