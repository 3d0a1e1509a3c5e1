/** The interest model in the report: how well it tells what users want next, category by category. */
import { leastLoss, metricOf } from '../../runner/audience/interest.ts';
import type { Interest } from '../../runner/audience/interest.ts';
import { rocChart } from '../charts/roc.ts';
import { HALF } from '../charts/theme.ts';
import type { Cell, Chart, Section, Table } from '../document.ts';
import { confidence, counted, decimal, interval, percent, PERCENT } from '../format.ts';
import { metricCell } from '../model/metric-words.ts';

/** Models against frequencies, then the best one's categories. */
export function interestSection({ users, validation, categories: all }: Interest): Section {
  const { models, baseRate, rows: visits, folds } = validation;
  const best = leastLoss(models);
  const lossOver = (name: string): Cell => {
    const found = models.find((one) => one.name === name)?.overBaseRate.find(({ metric }) => metric === 'logLoss');
    return found ? { ...metricCell(found), doubtful: (found.interval?.[1] ?? 0) >= 0 } : { text: '–' };
  };
  const rows = [...models, { name: 'frequencies alone', metrics: baseRate }];
  const table: Table = {
    caption: `The category that a user takes most at the next visit, told by models that had not seen the user (${folds} folds); ${confidence(0.95)} intervals over users drawn whole.`,
    columns: ['model', 'right', 'log loss', 'against frequencies', 'mean AUC'].map((title, c) => ({
      title,
      numeric: c > 0,
    })),
    rows: rows.map(({ name, metrics }) => {
      const right = metricOf({ metrics }, 'accuracy');
      return {
        cells: [
          { text: name },
          { text: percent(right.value, 1), doubt: interval(right.interval, PERCENT) },
          metricCell(metricOf({ metrics }, 'logLoss')),
          lossOver(name),
          metricCell(metricOf({ metrics }, 'auc')),
        ],
        ...(metrics === baseRate && { tone: 'reference' as const }),
      };
    }),
  };
  const told = all.filter(({ auc }) => !Number.isNaN(auc.value));
  const categories: Table = {
    caption: `${best.name}, each category against the rest: chance that a visit that wants it is ranked above one that doesn’t.`,
    columns: ['category', 'visits', 'AUC'].map((title, c) => ({ title, numeric: c > 0 })),
    rows: told.map(({ name, share, auc }) => ({
      cells: [{ text: name }, { text: percent(share, 1) }, metricCell(auc)],
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
