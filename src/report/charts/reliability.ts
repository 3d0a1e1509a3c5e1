/** Predicted against observed rate, of clicks where nobody says otherwise, in bins of equal size, with the interval of what was observed. */
import type { TopLevelSpec } from 'vega-lite';
import type { ModelResult } from '../../runner/results.ts';
import { CONFIG, HALF, LEGEND_COLUMNS, MUTED, rounded, seriesColour, seriesShape } from './theme.ts';

/** A point a bin; on the diagonal where the model means what it says. */
export function reliabilityChart(
  models: readonly Pick<ModelResult, 'name' | 'calibration'>[],
  what: string = 'click rate',
): TopLevelSpec {
  const values = models.flatMap((model) =>
    model.calibration.map((bin) => ({
      name: model.name,
      predicted: rounded(bin.predicted),
      observed: rounded(bin.observed),
      low: rounded(bin.interval[0]),
      high: rounded(bin.interval[1]),
      rows: bin.rows,
    })),
  );
  const top = Math.max(0.001, ...values.flatMap((row) => [row.predicted ?? 0, row.high ?? 0]));
  const names = models.map((model) => model.name);
  const scale = { domain: [0, top], nice: false };
  const axis = { format: '.2~p', tickCount: 5 };
  const x = { field: 'predicted', type: 'quantitative' as const, scale, axis, title: `predicted ${what}` };
  const color = {
    field: 'name',
    type: 'nominal' as const,
    scale: { domain: names, range: names.map((_, i) => seriesColour(i)) },
  };
  const shown = { condition: { param: 'picked', value: 1 }, value: 0.1 };
  return {
    config: CONFIG,
    width: HALF,
    height: 340,
    autosize: { type: 'fit-x', contains: 'padding' },
    layer: [
      {
        data: { values },
        params: [{ name: 'picked', select: { type: 'point', fields: ['name'] }, bind: 'legend' }],
        mark: { type: 'point', filled: true, size: 55 },
        encoding: {
          x,
          y: { field: 'observed', type: 'quantitative', scale, axis, title: `observed ${what}` },
          color: { ...color, legend: { columns: LEGEND_COLUMNS } },
          shape: {
            field: 'name',
            type: 'nominal',
            scale: { domain: names, range: names.map((_, i) => seriesShape(i)) },
            legend: {},
          },
          opacity: shown,
          tooltip: [
            { field: 'name', title: 'model' },
            { field: 'predicted', format: '.3p' },
            { field: 'observed', format: '.3p' },
            { field: 'low', format: '.3p' },
            { field: 'high', format: '.3p' },
            { field: 'rows', format: ',' },
          ],
        },
      },
      {
        data: { values },
        mark: { type: 'rule', strokeWidth: 1.5 },
        encoding: {
          x,
          y: { field: 'low', type: 'quantitative' },
          y2: { field: 'high' },
          color: color,
          opacity: shown,
        },
      },
      {
        data: {
          values: [
            { x: 0, y: 0 },
            { x: top, y: top },
          ],
        },
        mark: { type: 'line', strokeWidth: 1, strokeDash: [4, 4], color: MUTED },
        encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
      },
    ],
  };
}
