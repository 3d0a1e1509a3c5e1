/** Losses of generator and discriminator over training steps. */
import type { TopLevelSpec } from 'vega-lite';
import type { CreativesResult } from '../../runner/results.ts';
import { CONFIG, HALF, LEGEND_COLUMNS, rounded, seriesColour } from './theme.ts';

const NAMES = ['generator', 'discriminator'];

/** Two lines; neither falls to zero in a healthy training, since each learns against the other. */
export function trainingChart(training: CreativesResult['training']): TopLevelSpec {
  const losses = [training.generatorLoss, training.discriminatorLoss];
  const values = NAMES.flatMap((name, which) =>
    training.step.map((step, i) => ({ name, step, loss: rounded(losses[which][i]) })),
  );
  const scale = { domain: NAMES, range: [seriesColour(0), seriesColour(1)] };
  return {
    config: CONFIG,
    width: HALF,
    height: 220,
    autosize: { type: 'fit-x', contains: 'padding' },
    data: { values },
    mark: { type: 'line', strokeWidth: 1.5 },
    encoding: {
      x: { field: 'step', type: 'quantitative', title: 'training step', axis: { format: ',d', tickCount: 5 } },
      y: { field: 'loss', type: 'quantitative', title: 'loss', axis: { tickCount: 5 } },
      color: {
        field: 'name',
        type: 'nominal',
        scale,
        legend: { columns: LEGEND_COLUMNS, symbolType: 'stroke', symbolSize: 300 },
      },
      strokeDash: {
        field: 'name',
        type: 'nominal',
        scale: {
          domain: NAMES,
          range: [
            [1, 0],
            [5, 3],
          ],
        },
        legend: {},
      },
    },
  };
}
