/** What a training found, in a few lines of a terminal. */
import type { TrainingResults } from '../../runner/supervised/training-results.ts';
import { counted, duration } from '../format.ts';
import { metricText } from './metric-words.ts';
import { answerOf, roundingText } from './training.ts';

/** Rows of a table (the first is its heading), and lines around it. */
export function trainingText(
  results: TrainingResults,
  { folder, digest, seconds }: { folder: string; digest: string; seconds: number },
  table: (rows: readonly (readonly string[])[]) => string,
): string {
  const { validation, data } = results;
  const names = ['auc', 'logLoss', 'averagePrecision', 'accuracy', 'calibrationError'];
  const shown = validation.models[0].metrics.filter(({ name }) => names.includes(name));
  const rows = validation.models.map(({ name, metrics }) => [
    name,
    ...shown.map((metric) => metricText(metrics.find((one) => one.name === metric.name) ?? metric)),
  ]);
  const base = [
    'base rate',
    ...shown.map(({ name }) =>
      metricText(validation.baseRate.find((one) => one.name === name) ?? { value: Number.NaN, interval: null }),
    ),
  ];
  return [
    answerOf(results),
    '',
    table([['model', ...shown.map(({ title }) => title)], ...rows, base]),
    `(${counted(data.rows, 'row')}; ${validation.rule}; 95 % intervals)`,
    ...(results.rounding ? [roundingText(results.rounding)] : []),
    '',
    ...results.warnings.map(({ message, advice }) => `doubt: ${message}; ${advice}`),
    ...(results.warnings.length > 0 ? [''] : []),
    `model      ${folder}`,
    `report     ${folder}/report.html`,
    `card       ${folder}/card.md`,
    `digest     ${digest}`,
    `took       ${duration(seconds)}`,
  ].join('\n');
}
