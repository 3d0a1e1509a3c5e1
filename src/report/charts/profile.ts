/** Performance profiles: the share of seeds in which an agent earned more than a threshold, over all thresholds. */
import type { TopLevelSpec } from 'vega-lite';
import { performanceProfile } from '../../core/rliable.ts';
import { stepChart } from './steps.ts';
import { rounded } from './theme.ts';

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
    return thresholds.map((threshold, t) => ({ series, x: rounded(threshold), share: rounded(shares[t]) }));
  });
  const series = profiles.map((one) => one.series);
  return stepChart({ values, series, xTitle, xFormat: format, yTitle: 'share of seeds above' });
}
