/** Performance profiles: the share of seeds in which an agent earned more than a threshold, over all thresholds. */
import type { TopLevelSpec } from 'vega-lite';
import { performanceProfile } from '../../core/rliable.ts';
import { CONFIG, LEGEND_COLUMNS, WIDE, rounded, seriesColour, seriesDash } from './theme.ts';

export interface Profile {
  series: string;
  /** One per seed. */
  scores: readonly number[];
}

/** A step line per agent; one that lies above another is better at every threshold. */
export function profileChart(profiles: readonly Profile[], xTitle: string, format: string): TopLevelSpec {
  const thresholds = [...new Set(profiles.flatMap(({ scores }) => scores))].sort((a, b) => a - b);
  const values = profiles.flatMap(({ series, scores }) => {
    const shares = performanceProfile([scores], thresholds);
    return thresholds.map((threshold, t) => ({ series, threshold: rounded(threshold), share: rounded(shares[t]) }));
  });
  const series = profiles.map((one) => one.series);
  return {
    config: CONFIG,
    width: WIDE,
    height: 220,
    autosize: { type: 'fit-x', contains: 'padding' },
    data: { values },
    mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2 },
    encoding: {
      x: {
        field: 'threshold',
        type: 'quantitative',
        title: xTitle,
        axis: { tickCount: 8, format },
        scale: { zero: false },
      },
      y: { field: 'share', type: 'quantitative', title: 'share of seeds above', axis: { format: '.0%', tickCount: 5 } },
      color: {
        field: 'series',
        type: 'nominal',
        title: null,
        scale: { domain: series, range: series.map((_, i) => seriesColour(i)) },
        legend: { orient: 'top', columns: LEGEND_COLUMNS },
      },
      strokeDash: {
        field: 'series',
        type: 'nominal',
        title: null,
        scale: { domain: series, range: series.map((_, i) => seriesDash(i)) },
        legend: { orient: 'top', columns: LEGEND_COLUMNS },
      },
    },
  };
}
