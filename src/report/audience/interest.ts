/** The interest model in the report: how well it tells what users want next, category by category. */
import type { Interest } from '../../runner/audience/interest.ts';
import { rocChart } from '../charts/roc.ts';
import { HALF } from '../charts/theme.ts';
import type { Chart, Section, Table } from '../document.ts';
import { confidence, counted, decimal, interval, percent, PERCENT, PLAIN } from '../format.ts';

/** Models against frequencies, then the best one's categories. */
export function interestSection(interest: Interest): Section {
  const { models, frequencies, visits, users, folds } = interest;
  const best = models.toSorted((a, b) => a.scores.logLoss.value - b.scores.logLoss.value)[0];
  const rows = [
    ...models.map(({ name, scores, difference }) => ({ name, scores, difference })),
    { name: 'frequencies alone', scores: frequencies, difference: null },
  ];
  const table: Table = {
    caption: `The category that a user takes most at the next visit, told by models that had not seen the user (${folds} folds); ${confidence(0.95)} intervals over users drawn whole.`,
    columns: ['model', 'right', 'log loss', 'against frequencies', 'mean AUC'].map((title, c) => ({
      title,
      numeric: c > 0,
    })),
    rows: rows.map(({ name, scores, difference }) => ({
      cells: [
        { text: name },
        { text: percent(scores.accuracy.value, 1), doubt: interval(scores.accuracy.interval, PERCENT) },
        { text: decimal(scores.logLoss.value, 3), doubt: interval(scores.logLoss.interval, PLAIN) },
        difference === null
          ? { text: '–' }
          : {
              text: decimal(difference.value, 3),
              doubt: interval(difference.interval, PLAIN),
              doubtful: (difference.interval?.[1] ?? 0) >= 0,
            },
        { text: decimal(scores.meanAuc, 3) },
      ],
      ...(difference === null && { tone: 'reference' as const }),
    })),
  };
  const told = best.scores.classes.filter(({ auc }) => !Number.isNaN(auc.value));
  const categories: Table = {
    caption: `${best.name}, each category against the rest: chance that a visit that wants it is ranked above one that doesn’t.`,
    columns: ['category', 'visits', 'AUC'].map((title, c) => ({ title, numeric: c > 0 })),
    rows: told.map(({ name, share, auc }) => ({
      cells: [
        { text: name },
        { text: percent(share, 1) },
        { text: decimal(auc.value, 3), doubt: interval(auc.interval, PLAIN) },
      ],
    })),
  };
  const chart: Chart = {
    id: 'interest-roc',
    title: 'ROC of each category against the rest',
    caption: `${best.name}, visits of users it had not seen.`,
    alternative: told.map(({ name, auc }) => `${name}: AUC ${decimal(auc.value, 3)}`).join(', '),
    spec: rocChart(told),
    width: HALF,
  };
  return {
    id: 'interest',
    title: 'What they will want next',
    blocks: [
      { kind: 'text', text: `${counted(visits, 'visit')} of ${counted(users, 'user')} who came more than once.` },
      { kind: 'table', table },
      { kind: 'table', table: categories },
      { kind: 'charts', charts: [chart] },
    ],
  };
}
