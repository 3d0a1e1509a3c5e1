/** CTR models trained on the behaviour policy's log. */
import type { ModelResult } from '../../runner/results.ts';
import { reliabilityChart } from '../charts/reliability.ts';
import { rocChart } from '../charts/roc.ts';
import { HALF } from '../charts/theme.ts';
import type { Section } from '../document.ts';
import { PERCENT, decimal, percent, plusMinus } from '../format.ts';

/** How well each model ranks (AUC), predicts (log loss) and means what it says (calibration). */
export function modelsSection(models: readonly ModelResult[], behaviour: string): Section {
  const rows = models[0].rows;
  const onNew = models.every((model) => model.onNew !== undefined);
  const known = models.every(({ trueCalibrationError }) => trueCalibrationError !== undefined);
  return {
    id: 'models',
    title: 'How well clicks can be predicted',
    blocks: [
      {
        kind: 'table',
        table: {
          caption:
            `Trained on the log that ${behaviour} collected: ${decimal(rows.train)} rows to train, ${decimal(rows.validation)} to ` +
            `stop early, ${decimal(rows.test)} to judge, in each seed. AUC 0.5 knows nothing, 1 knows all. Log loss below the ` +
            'baseline (predicting the mean click rate for every row) means that the features help.' +
            (onNew
              ? ' New creatives are those that the log never showed; their log loss is of even shows of them.'
              : ''),
          columns: [
            { title: 'Model', numeric: false },
            { title: 'AUC', numeric: true },
            { title: 'Log loss', numeric: true },
            { title: 'Baseline log loss', numeric: true },
            ...(onNew
              ? [
                  { title: 'New creatives: log loss', numeric: true },
                  { title: 'below baseline', numeric: true },
                ]
              : []),
            { title: 'Calibration error', numeric: true },
            ...(known ? [{ title: 'Against true click rates', numeric: true }] : []),
          ],
          rows: models.map((model) => ({
            cells: [
              { text: model.name },
              { text: plusMinus(model.auc) },
              { text: plusMinus(model.logLoss) },
              { text: plusMinus(model.baselineLogLoss) },
              ...(model.onNew
                ? [{ text: plusMinus(model.onNew.logLoss) }, { text: plusMinus(model.onNew.gained) }]
                : []),
              { text: plusMinus(model.calibrationError, PERCENT) },
              ...(model.trueCalibrationError ? [{ text: plusMinus(model.trueCalibrationError, PERCENT) }] : []),
            ],
          })),
        },
      },
      {
        kind: 'charts',
        charts: [
          {
            id: 'chart-roc',
            title: 'ROC',
            caption: 'Test rows of all seeds pooled. The dashed line knows nothing.',
            alternative: models.map((model) => `${model.name}: AUC ${plusMinus(model.auc)}`).join('; '),
            width: HALF,
            spec: rocChart(models),
          },
          {
            id: 'chart-reliability',
            title: 'Calibration',
            caption:
              'Predicted against observed click rate, in bins of equal size, with 95\u202f% intervals. On the dashed line a ' +
              'model means what it says.',
            alternative: models
              .map((model) => `${model.name}: expected calibration error ${percent(model.calibrationError.mean)}`)
              .join('; '),
            width: HALF,
            spec: reliabilityChart(models),
          },
        ],
      },
    ],
  };
}
