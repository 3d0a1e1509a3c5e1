/** Cumulative shares over ordered bins, a series a colour: where two lines are apart, the distributions are. */
import type { TopLevelSpec } from 'vega-lite';
import { stepChart } from './steps.ts';
import { rounded } from './theme.ts';

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
    upTo.slice(0, most + 1).map((sum, bin) => ({ series, x: bin, share: rounded(sum) })),
  );
  return stepChart({ values, series: all.map((one) => one.series), xTitle, xFormat: 'd', yTitle });
}
