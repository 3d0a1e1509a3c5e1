/** What an evaluation found, in a few lines of a terminal. */
import type { EvaluationResults } from '../../runner/supervised/evaluate.ts';
import { confidence, counted, percent } from '../format.ts';
import { metricText } from './metric-words.ts';

/** `table` sets columns of text. */
export function evaluationText(
  { model, data, rows, labelled, label, level, metrics, shares, warnings }: EvaluationResults,
  predictions: string | undefined,
  table: (rows: readonly (readonly string[])[]) => string,
): string {
  const measured = metrics
    ? [
        table([
          ['metric', `value (${confidence(level)} interval)`],
          ...metrics.map((one) => [one.title, metricText(one)]),
        ]),
        '',
        ...label.classes.slice(label.classes.length === 2 ? 1 : 0).map((name) => {
          const c = label.classes.indexOf(name);
          return `${name}: predicted ${percent(shares?.predicted[c])}, observed ${percent(shares?.observed[c])}`;
        }),
      ]
    : [`no row has a label ("${label.name}"): nothing to measure`];
  return [
    `${model} on ${data}: ${counted(rows, 'row')}, ${labelled === rows ? 'all of them' : String(labelled)} with a label`,
    '',
    ...measured,
    '',
    ...(warnings.length === 0 ? ['no drift to be seen'] : []),
    ...warnings.map(({ message, advice }) => `doubt: ${message}; ${advice}`),
    ...(predictions === undefined ? [] : ['', `predictions  ${predictions}`]),
  ].join('\n');
}
