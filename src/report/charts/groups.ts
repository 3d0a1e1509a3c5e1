/** Rates by group, an agent a colour: dots and whiskers side by side, or lines where the groups are hours. */
import type { TopLevelSpec } from 'vega-lite';
import { CONFIG, LEGEND_COLUMNS, WIDE, rounded, seriesColour } from './theme.ts';

export interface GroupPoint {
  series: string;
  group: string;
  value: number | null;
  interval: readonly [number, number] | null;
}

/** Dots with whiskers, groups along x in the order given, series beside each other. */
export function splitChart(points: readonly GroupPoint[], yTitle: string, format = '.2~r'): TopLevelSpec {
  const { values, series, color } = coloured(points);
  const x = {
    field: 'group',
    type: 'nominal' as const,
    sort: null,
    title: null,
    axis: { labelAngle: 0, labelLimit: 140 },
  };
  const xOffset = { field: 'series', sort: series };
  const y = { field: 'value', type: 'quantitative' as const, title: yTitle, axis: { format, tickCount: 6 } };
  const tooltip = [
    { field: 'series', title: 'agent' },
    { field: 'group', title: 'group' },
    { field: 'value', title: yTitle, format },
  ];
  return {
    config: CONFIG,
    width: WIDE,
    height: 240,
    autosize: { type: 'fit-x', contains: 'padding' },
    data: { values },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 2 },
        encoding: { x, xOffset, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
      },
      { mark: { type: 'point', filled: true, size: 60, opacity: 1 }, encoding: { x, xOffset, y, color, tooltip } },
    ],
  };
}

/** Lines over the hours of the day, with bands. */
export function hourChart(points: readonly GroupPoint[], yTitle: string, format = '.2~r'): TopLevelSpec {
  const { values, color } = coloured(points);
  const x = {
    field: 'hour',
    type: 'quantitative' as const,
    title: 'hour of the day',
    axis: { tickCount: 8 },
    scale: { domain: [0, 23] },
  };
  const y = { field: 'value', type: 'quantitative' as const, title: yTitle, axis: { format, tickCount: 6 } };
  return {
    config: CONFIG,
    width: WIDE,
    height: 220,
    autosize: { type: 'fit-x', contains: 'padding' },
    data: { values: values.map((one) => ({ ...one, hour: Number(one.group) })) },
    layer: [
      {
        mark: { type: 'area', opacity: 0.15 },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
      },
      { mark: { type: 'line', strokeWidth: 2 }, encoding: { x, y, color } },
    ],
  };
}

function coloured(points: readonly GroupPoint[]) {
  const series = [...new Set(points.map((point) => point.series))];
  const values = points.map((point) => ({
    series: point.series,
    group: point.group,
    value: rounded(point.value),
    low: rounded(point.interval?.[0]),
    high: rounded(point.interval?.[1]),
  }));
  const color = {
    field: 'series',
    type: 'nominal' as const,
    title: null,
    scale: { domain: series, range: series.map((_, i) => seriesColour(i)) },
    legend: { orient: 'top' as const, columns: LEGEND_COLUMNS },
  };
  return { series, values, color };
}
