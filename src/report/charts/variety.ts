/** Regret against the share of kinds of images that are made: what a collapsed generator costs. */
import type { TopLevelSpec } from 'vega-lite';
import { CONFIG, HALF, INK, LEGEND_COLUMNS, rounded, seriesColour, seriesDash } from './theme.ts';

export interface VarietyPoint {
  series: string;
  distinct: number;
  /** Of a generator that was stopped after so many steps: stands beside the line. */
  earlySteps?: number;
  /** [0, 1] */
  coverage: number;
  regret: number;
  /** Null for one seed. */
  interval: readonly [number, number] | null;
}

/** A line per series, with its interval at each point; points say how many distinct images there are. */
export function varietyChart(points: readonly VarietyPoint[], series: readonly string[], unit: string): TopLevelSpec {
  const values = points.map(({ interval, ...point }) => ({
    ...point,
    label: point.earlySteps === undefined ? `${point.distinct}` : `stopped after ${point.earlySteps} steps`,
    coverage: rounded(point.coverage),
    regret: rounded(point.regret),
    low: rounded(interval?.[0]),
    high: rounded(interval?.[1]),
  }));
  const domain = [...series];
  const x = {
    field: 'coverage',
    type: 'quantitative' as const,
    title: 'groups of real images that are made',
    axis: { format: '.0%', tickCount: 5 },
    scale: { zero: false },
  };
  const title = `regret per request${unit === '' ? '' : ` [${unit}]`}`;
  const y = { field: 'regret', type: 'quantitative' as const, title, axis: { tickCount: 5, format: '.2~g' } };
  const colour = {
    field: 'series',
    type: 'nominal' as const,
    title: null,
    scale: { domain, range: domain.map((_, i) => seriesColour(i)) },
    legend: { columns: LEGEND_COLUMNS, symbolType: 'stroke' as const, symbolSize: 300 },
  };
  const dash = {
    field: 'series',
    type: 'nominal' as const,
    scale: { domain, range: domain.map((_, i) => seriesDash(i * 7)) },
    legend: {},
  };
  return {
    config: CONFIG,
    width: HALF,
    height: 260,
    autosize: { type: 'fit-x', contains: 'padding' },
    data: { values },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 1.5 },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color: colour },
      },
      {
        transform: [{ filter: '!isValid(datum.earlySteps)' }],
        mark: { type: 'line', strokeWidth: 1.5 },
        encoding: { x, y, color: colour, strokeDash: dash },
      },
      {
        mark: { type: 'point', filled: true, size: 45 },
        encoding: {
          x,
          y,
          color: colour,
          tooltip: [
            { field: 'series' },
            { field: 'distinct', title: 'distinct images' },
            { field: 'label', title: 'images' },
            { field: 'coverage', format: '.0%' },
            { field: 'regret', format: '.3~g' },
          ],
        },
      },
      {
        mark: { type: 'text', dy: -10, align: 'left', dx: 4, color: INK },
        encoding: { x, y, text: { field: 'label' } },
      },
    ],
  };
}
