/** Lines over requests with their bands over seeds: learning curves and cumulative regret. */
import type { TopLevelSpec } from 'vega-lite';
import type { Band } from '../../runner/results.ts';
import { CONFIG, LEGEND_COLUMNS, MUTED, WIDE, rounded, seriesColour, seriesDash } from './theme.ts';

/** One line: its points, its band, and whether it is a reference (drawn in grey). */
export interface BandSeries {
  name: string;
  reference: boolean;
  /** (points) requests seen. */
  requests: readonly number[];
  band: Band;
}

/** Lines with bands; `format` is d3-format of the y axis. Clicking the legend sets one line off. */
export function bandChart(series: readonly BandSeries[], yTitle: string, format: string): TopLevelSpec {
  const values = series.flatMap((one) =>
    one.requests.map((requests, i) => ({
      name: one.name,
      requests,
      mean: rounded(one.band.mean[i]),
      low: rounded(one.band.low[i]),
      high: rounded(one.band.high[i]),
    })),
  );
  const { colours, dashes } = stylesOf(series);
  const scale = { domain: series.map((one) => one.name) };
  const colour = { field: 'name', type: 'nominal' as const, scale: { ...scale, range: colours } };
  const x = {
    field: 'requests',
    type: 'quantitative' as const,
    title: 'requests seen',
    axis: { format: '~s', tickCount: { expr: 'width < 460 ? 4 : 8' } },
    scale: { nice: false },
  };
  const y = { field: 'mean', type: 'quantitative' as const, title: yTitle, axis: { format, tickCount: 6 } };
  const shown = { condition: { param: 'picked', value: 1 }, value: 0.12 };
  return {
    config: CONFIG,
    width: WIDE,
    height: 320,
    autosize: { type: 'fit-x', contains: 'padding' },
    data: { values },
    layer: [
      {
        // The legend's parameter must sit in the first layer: in a later one Vega-Lite binds nothing.
        params: [{ name: 'picked', select: { type: 'point', fields: ['name'] }, bind: 'legend' }],
        mark: { type: 'line', strokeWidth: 2, strokeJoin: 'round' },
        encoding: {
          x,
          y: { ...y, scale: { zero: false } },
          color: { ...colour, legend: { columns: LEGEND_COLUMNS, symbolType: 'stroke', symbolSize: 300 } },
          strokeDash: { field: 'name', type: 'nominal', scale: { ...scale, range: dashes }, legend: {} },
          opacity: shown,
        },
      },
      {
        mark: { type: 'area' },
        encoding: {
          x,
          y: { field: 'low', type: 'quantitative', title: yTitle },
          y2: { field: 'high' },
          color: colour,
          opacity: { condition: { param: 'picked', value: 0.15 }, value: 0.02 },
        },
      },
      {
        name: 'hover',
        mark: { type: 'point', size: 160, filled: true },
        encoding: {
          x,
          y,
          color: colour,
          opacity: { value: 0 },
          tooltip: [
            { field: 'name', title: 'agent' },
            { field: 'requests', title: 'requests', format: ',' },
            { field: 'mean', title: yTitle, format: '.4~g' },
            { field: 'low', title: 'low', format: '.4~g' },
            { field: 'high', title: 'high', format: '.4~g' },
          ],
        },
      },
    ],
  };
}

/** Learners take the palette in order; references are grey, dashed, and so never taken for a learner. */
function stylesOf(series: readonly BandSeries[]): { colours: string[]; dashes: number[][] } {
  let learner = 0;
  let reference = 0;
  const colours: string[] = [];
  const dashes: number[][] = [];
  for (const one of series) {
    colours.push(one.reference ? MUTED : seriesColour(learner));
    dashes.push(one.reference ? (reference++ % 2 === 0 ? [7, 4] : [2, 3]) : seriesDash(learner++));
  }
  return { colours, dashes };
}
