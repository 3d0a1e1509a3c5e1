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

export interface BandChart {
  spec: TopLevelSpec;
  /** True where bands reach beyond the chart. */
  cut: boolean;
}

/**
 * Lines with bands; `format` is d3-format of the y axis. Clicking the legend sets one line off. With two or three seeds
 * bands can be many times wider than all lines lie apart; they are cut there so that the lines can be read.
 */
export function bandChart(series: readonly BandSeries[], yTitle: string, format: string): BandChart {
  const values = series.flatMap((one) =>
    one.requests.map((requests, i) => ({
      name: one.name,
      requests,
      mean: rounded(one.band.mean[i]),
      low: rounded(one.band.low[i]),
      high: rounded(one.band.high[i]),
    })),
  );
  const { domain, cut } = limits(series.map((one) => one.band));
  const { colours, dashes } = stylesOf(series);
  const scale = { domain: series.map((one) => one.name) };
  const colour = { field: 'name', type: 'nominal' as const, scale: { ...scale, range: colours } };
  const x = {
    field: 'requests',
    type: 'quantitative' as const,
    title: 'requests seen',
    axis: { format: '.3~s', tickCount: { expr: 'width < 460 ? 4 : 8' } },
    scale: { nice: false },
  };
  const y = { field: 'mean', type: 'quantitative' as const, title: yTitle, axis: { format, tickCount: 6 } };
  const spec: TopLevelSpec = {
    config: CONFIG,
    width: WIDE,
    height: 320,
    autosize: { type: 'fit-x', contains: 'padding' },
    data: { values },
    layer: [
      {
        // The legend's parameter must sit in the first layer: in a later one Vega-Lite binds nothing.
        params: [{ name: 'picked', select: { type: 'point', fields: ['name'] }, bind: 'legend' }],
        mark: { type: 'area', clip: true },
        encoding: {
          x,
          y: { field: 'low', type: 'quantitative', title: yTitle },
          y2: { field: 'high' },
          color: { ...colour, legend: { columns: LEGEND_COLUMNS, symbolType: 'stroke', symbolSize: 300 } },
          opacity: { condition: { param: 'picked', value: cut ? 0.06 : 0.15 }, value: 0.01 },
        },
      },
      {
        mark: { type: 'line', strokeWidth: 2, strokeJoin: 'round' },
        encoding: {
          x,
          y: { ...y, scale: { domain, zero: false, nice: !cut } },
          color: colour,
          strokeDash: { field: 'name', type: 'nominal', scale: { ...scale, range: dashes }, legend: {} },
          opacity: { condition: { param: 'picked', value: 1 }, value: 0.12 },
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
  return { spec, cut };
}

/** All lines, and as much of the bands as lies within half the lines' spread beyond them. */
function limits(bands: readonly Band[]): { domain: [low: number, high: number]; cut: boolean } {
  const means = bands.flatMap((band) => band.mean.filter(Number.isFinite));
  if (means.length === 0) return { domain: [0, 1], cut: false };
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const room = 0.5 * (high - low) || Math.abs(high) || 1;
  const known = (edge: number | null): edge is number => edge !== null && Number.isFinite(edge);
  const lowest = Math.min(low, ...bands.flatMap((band) => band.low.filter(known)));
  const highest = Math.max(high, ...bands.flatMap((band) => band.high.filter(known)));
  const domain: [number, number] = [Math.max(lowest, low - room), Math.min(highest, high + room)];
  if (domain[0] === domain[1]) domain[1] += room;
  return {
    domain: [rounded(domain[0]) ?? 0, rounded(domain[1]) ?? 1],
    cut: lowest < low - room || highest > high + room,
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
