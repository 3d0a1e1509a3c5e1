/** Why a model says of a row what it says, as a report: the same content in a terminal and on a page. */
import type { ColumnShare, RowExplanation } from '../../runner/explain/one-row.ts';
import type { Report } from '../document.ts';
import { counted, listed, percent } from '../format.ts';
import { added, sharesBlocks } from './shares.ts';

/** Same explanation, same report. */
export function rowReport(told: RowExplanation): Report {
  const happened = told.observed === null ? '' : `; what happened: ${told.observed}`;
  return {
    title: `${told.model} on row ${told.row} of ${told.data}`,
    question: `Why does the model say this of ${told.label}?`,
    answer: `${percent(told.predicted)} for ${told.label} = ${told.class}${happened}.`,
    grounds: [sentence(told)],
    warnings: [],
    signature: `adsim explain, model ${told.digest}`,
    sections: [
      {
        id: 'shares',
        title: 'What each column adds',
        blocks: sharesBlocks(told, {
          caption: HOW[told.method](told),
          nothing: '(nothing known)',
          unit: `adds to the ${told.scale}`,
        }),
      },
    ],
  };
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

/** `Of a row of which nothing is known it says about 15.5 %. Pushed up: PageValues = 32 (+1.900) and Month = Nov (+0.400); …` */
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
