/** Why a model says of a row what it says, in a few lines of a terminal. */
import type { ColumnShare, RowExplanation } from '../../runner/explain/one-row.ts';
import { counted, listed, percent } from '../format.ts';

const TOLD = 12;

/** `table` sets columns of text. */
export function rowText(told: RowExplanation, table: (rows: readonly (readonly string[])[]) => string): string {
  const { columns } = told;
  const shown = columns.slice(0, TOLD);
  const rest = columns.slice(TOLD).reduce((sum, { phi }) => sum + phi, 0);
  const drawn = columns.some(({ standardError }) => standardError !== null);
  return [
    `${told.model} on row ${told.row} of ${told.data}: ${percent(told.predicted)} for ${told.label} = ${told.class}` +
      (told.observed === null ? '' : `; what happened: ${told.observed}`),
    '',
    sentence(told),
    '',
    table([
      ['column', 'value', `adds to the ${told.scale}`, ...(drawn ? ['standard error'] : [])],
      ['(nothing known)', '', number(told.base)],
      ...shown.map(({ name, value, phi, standardError }) => [
        name,
        value,
        added(phi),
        ...(standardError === null ? [] : [standardError.toFixed(3)]),
      ]),
      ...(columns.length > TOLD ? [[`${columns.length - TOLD} more`, '', added(rest)]] : []),
      ['together', '', number(told.score)],
    ]),
    '',
    HOW[told.method](told),
  ].join('\n');
}

const HOW: Record<RowExplanation['method'], (told: RowExplanation) => string> = {
  linear: ({ background, scale }) =>
    `linear SHAP, exact, against the mean of ${counted(background ?? 0, 'row')}: shares add up to the ${scale}`,
  tree: () => 'tree SHAP, exact, path-dependent: what is not known is taken from the rows that the trees grew on',
  kernel: ({ background, columns }) =>
    `kernel SHAP against ${counted(background ?? 0, 'row')} drawn from the data` +
    (columns.every(({ standardError }) => standardError === null)
      ? ', every coalition of columns asked about: exact for these rows'
      : ', coalitions of columns drawn: see the standard errors'),
};

/** `Without knowing the row, 15.5 %. PageValues = 32 (+1.9) and Month = Nov (+0.4) push it up; …` */
function sentence({ base, scale, columns }: RowExplanation): string {
  const side = (sign: number): ColumnShare[] => columns.filter(({ phi }) => phi * sign > 0.005).slice(0, 3);
  const named = (some: readonly ColumnShare[]): string =>
    listed(some.map(({ name, value, phi }) => `${name} = ${value} (${added(phi)})`));
  const [up, down] = [side(1), side(-1)];
  const start =
    scale === 'log-odds'
      ? `Of a row of which nothing is known it says about ${percent(1 / (1 + Math.exp(-base)))}. `
      : '';
  const moved = [...(up.length > 0 ? [`up: ${named(up)}`] : []), ...(down.length > 0 ? [`down: ${named(down)}`] : [])];
  return `${start}${moved.length > 0 ? `Pushed ${moved.join('; ')}.` : 'No column moves it.'}`;
}

const number = (value: number): string => value.toFixed(3).replace('-', '−');
const added = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
