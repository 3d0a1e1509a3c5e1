/** What a model leans on, in a few lines of a terminal. */
import type { ModelExplanation } from '../../runner/explain/whole-model.ts';
import { confidence, counted, percent, rateWithInterval } from '../format.ts';

interface Measured {
  value: number;
  interval: readonly [number, number] | null;
}

const TOLD = 12;

/** `table` sets columns of text. */
export function modelText(told: ModelExplanation, table: (rows: readonly (readonly string[])[]) => string): string {
  const { importances, dependence, surrogate, level, label } = told;
  const judged =
    told.folds > 0
      ? `${told.folds} models like it, each judged on a part of the rows that it did not see`
      : 'the model itself, on rows that it did not learn from';
  return [
    `${told.model} (${told.kind}) on ${told.data}: ${counted(told.rows, 'row')}, ${label} = ${told.class}`,
    '',
    `What it leans on: how much worse it predicts when a column is shuffled (${told.repeats} shuffles; ${judged})`,
    '',
    table([
      ['column', `log loss rises by [nats] (${confidence(level)})`, `AUC falls by (${confidence(level)})`],
      ...importances.slice(0, TOLD).map(({ name, logLoss, auc }) => [name, figure(logLoss), figure(auc)]),
    ]),
    ...(importances.length > TOLD ? [`and ${importances.length - TOLD} more that matter less`] : []),
    ...dependence.flatMap(({ name, points }) => [
      '',
      `What it says where ${name} is set in every row, the rest as it is (mean)`,
      '',
      table(
        points.map(({ at, rows, mean }) => [
          `  ${typeof at === 'number' ? String(Number(at.toPrecision(4))) : at}`,
          rateWithInterval(mean.value, mean.interval),
          counted(rows, 'row'),
        ]),
      ),
    ]),
    '',
    `In rules: a small tree that mimics it, judged on ${counted(surrogate.heldOut, 'row')} that it did not grow on. It has ` +
      `${percent(surrogate.fidelity.value)} of the variance of what the model says (R², ${confidence(level)} ${shares(surrogate.fidelity)}) and is on the ` +
      `same side of the mean in ${rateWithInterval(surrogate.agreement.value, surrogate.agreement.interval)} of the rows.` +
      (told.folds > 0
        ? ' The model itself learned from these rows, so what happened flatters it; --data brings others.'
        : ''),
    '',
    ...surrogate.rules.map(
      ({ where, rows, observed, predicted }) =>
        `- ${where === '' ? 'Everywhere' : `Where ${where}`}: ${rateWithInterval(observed.value, observed.interval)} of ` +
        `${counted(rows, 'row')} have ${label} = ${told.class} (the model says ${percent(predicted)})`,
    ),
    '',
    'Shuffling and setting columns says what the model reacts to, not what would happen if somebody changed them.',
  ].join('\n');
}

function figure({ value, interval }: Measured): string {
  const said = (one: number): string => one.toFixed(4).replace('-', '−');
  return interval ? `${said(value)} [${said(interval[0])}, ${said(interval[1])}]` : said(value);
}

function shares({ interval }: Measured): string {
  return interval ? `[${interval.map((one) => (100 * one).toFixed(1).replace('-', '−')).join(', ')}]` : 'unknown';
}
