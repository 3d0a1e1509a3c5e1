/** Receiver operating characteristics: of models, test rows of all seeds pooled, or of classes against the rest. */
import type { TopLevelSpec } from 'vega-lite';
import type { ModelResult } from '../../runner/results.ts';
import { CONFIG, HALF, LEGEND_COLUMNS, MUTED, rounded, seriesColour } from './theme.ts';

/** True against false positive rate, with the diagonal of a model that knows nothing. */
export function rocChart(models: readonly Pick<ModelResult, 'name' | 'roc'>[]): TopLevelSpec {
  const values = models.flatMap((model) =>
    model.roc.falsePositiveRate.map((x, i) => ({
      name: model.name,
      x: rounded(x),
      y: rounded(model.roc.truePositiveRate[i]),
      order: i,
    })),
  );
  const axis = { format: '.0%', tickCount: 5 };
  const scale = { domain: [0, 1] };
  const names = models.map((model) => model.name);
  return {
    config: CONFIG,
    width: HALF,
    height: 340,
    autosize: { type: 'fit-x', contains: 'padding' },
    layer: [
      {
        data: { values },
        params: [{ name: 'picked', select: { type: 'point', fields: ['name'] }, bind: 'legend' }],
        mark: { type: 'line', strokeWidth: 2 },
        encoding: {
          x: { field: 'x', type: 'quantitative', scale, axis, title: 'false positive rate' },
          y: { field: 'y', type: 'quantitative', scale, axis, title: 'true positive rate' },
          order: { field: 'order' },
          color: {
            field: 'name',
            type: 'nominal',
            scale: { domain: names, range: names.map((_, i) => seriesColour(i)) },
            legend: { columns: LEGEND_COLUMNS, symbolType: 'stroke', symbolSize: 300 },
          },
          opacity: { condition: { param: 'picked', value: 1 }, value: 0.12 },
        },
      },
      {
        data: {
          values: [
            { x: 0, y: 0 },
            { x: 1, y: 1 },
          ],
        },
        mark: { type: 'line', strokeWidth: 1, strokeDash: [4, 4], color: MUTED },
        encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
      },
    ],
  };
}
