/** FID-like distances to held-out real images: the generator's samples beside noise, silhouettes and real images. */
import type { TopLevelSpec } from 'vega-lite';
import { CONFIG, HALF, INK, MUTED, rounded, seriesColour } from './theme.ts';

/** A bar for each kind of image; shorter is closer to real ones. */
export function distancesChart(distances: readonly { of: string; distance: number }[]): TopLevelSpec {
  const values = distances.map((one) => ({ of: one.of, distance: rounded(one.distance), samples: isSamples(one.of) }));
  const y = { field: 'of', type: 'nominal' as const, sort: null, title: null, axis: { labelColor: INK } };
  const x = { field: 'distance', type: 'quantitative' as const, title: 'distance to held-out real images' };
  return {
    config: CONFIG,
    width: HALF,
    height: Math.max(values.length * 34, 68),
    autosize: { type: 'fit-x', contains: 'padding' },
    data: { values },
    layer: [
      {
        mark: { type: 'bar', height: 16 },
        encoding: {
          y,
          x: { ...x, axis: { tickCount: 5, format: '.3~g' } },
          color: {
            field: 'samples',
            type: 'nominal',
            scale: { domain: [true, false], range: [seriesColour(0), MUTED] },
            legend: null,
          },
          tooltip: [{ field: 'of' }, { field: 'distance', format: '.4~g' }],
        },
      },
      {
        mark: { type: 'text', align: 'left', dx: 5 },
        encoding: { y, x, text: { field: 'distance', format: '.3~r' } },
      },
    ],
  };
}

function isSamples(of: string): boolean {
  return /sample|generat|gan/i.test(of);
}
