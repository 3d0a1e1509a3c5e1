/** What a model leans on, as a report: the same content in a terminal and on a page. */
import type { ModelExplanation } from '../../runner/explain/whole-model.ts';
import { whiskerChart } from '../charts/whiskers.ts';
import { WIDE } from '../charts/theme.ts';
import type { Block, Report, Table } from '../document.ts';
import { confidence, counted, decimal, interval, listed, percent, PERCENT, rateWithInterval } from '../format.ts';
import { metricCell, metricText } from '../model/metric-words.ts';

const TOLD = 12;

/** Same explanation, same report. */
export function modelReport(told: ModelExplanation): Report {
  const { importances, dependence, surrogate, label, repeats, folds } = told;
  const most = importances.filter(({ logLoss }) => (logLoss.interval?.[0] ?? 0) > 0).slice(0, 3);
  return {
    title: `${told.model} (${told.kind}) on ${told.data}`,
    question: `What does the model of ${label} lean on?`,
    answer:
      most.length === 0
        ? 'No column surely matters to it.'
        : `It leans most on ${listed(most.map(({ name, logLoss }) => `${name} (log loss rises by ${metricText(logLoss)})`))}.`,
    grounds: [
      `${counted(told.rows, 'row')}, ${label} = ${told.class}.`,
      folds > 0
        ? `Columns are judged on ${folds} models like it, each on a part of the rows that it did not see.`
        : 'Columns are judged on the model itself, on rows that it did not learn from.',
    ],
    warnings: [],
    signature: `adsim explain, model ${told.digest}`,
    sections: [
      { id: 'importance', title: 'What it leans on', blocks: importance(told) },
      ...(dependence.length > 0
        ? [{ id: 'dependence', title: 'How it answers', blocks: dependence.map(dependenceBlock) }]
        : []),
      { id: 'rules', title: 'In rules', blocks: rules(told) },
      {
        id: 'limits',
        title: 'What this cannot tell',
        blocks: [
          {
            kind: 'list',
            items: [
              'Shuffling and setting columns says what the model reacts to, not what would happen if somebody changed them.',
              `Intervals count the chance of the rows and of ${counted(repeats, 'shuffle')}, and not that of other training rows.`,
              ...(folds > 0 && surrogate.rules.length > 0
                ? [
                    'The model itself learned from the rows of the rules, so what happened flatters it; --data brings others.',
                  ]
                : []),
            ],
          },
        ],
      },
    ],
  };
}

function importance({ importances, level, repeats }: ModelExplanation): Block[] {
  const told = importances.slice(0, TOLD);
  const rest = importances.length - told.length;
  const table: Table = {
    caption: `How much worse it predicts when a column is shuffled (${counted(repeats, 'shuffle')}); ${confidence(level)} intervals${rest > 0 ? `; ${rest} more columns matter less` : ''}.`,
    columns: ['column', 'log loss rises by [nats]', 'AUC falls by'].map((title, c) => ({ title, numeric: c > 0 })),
    rows: told.map(({ name, logLoss, auc }) => ({ cells: [{ text: name }, metricCell(logLoss), metricCell(auc)] })),
  };
  const rows = told.map(({ name, logLoss: { value, interval: bounds } }) => ({
    name,
    value,
    interval: bounds,
    tone: 'plain' as const,
    label: metricText({ value, interval: bounds }),
  }));
  const title = 'log loss rises by [nats]';
  return [
    { kind: 'table', table },
    {
      kind: 'charts',
      charts: [
        {
          id: 'chart-importance',
          title,
          caption: `Dots and ${confidence(level)} intervals; at 0 the column does not matter.`,
          alternative: rows.map(({ name, label }) => `${name}: ${label}`).join(', '),
          spec: whiskerChart(rows, title, '.3~f', 'column'),
          width: WIDE,
        },
      ],
    },
  ];
}

function dependenceBlock({ name, points }: ModelExplanation['dependence'][number]): Block {
  return {
    kind: 'table',
    table: {
      caption: `What it says where ${name} is set in every row, the rest as it is (mean).`,
      columns: [name, 'it says', 'rows'].map((title, c) => ({ title, numeric: c > 0 })),
      rows: points.map(({ at, rows, mean }) => ({
        cells: [
          { text: typeof at === 'number' ? String(Number(at.toPrecision(4))) : at },
          { text: rateWithInterval(mean.value, mean.interval) },
          { text: decimal(rows) },
        ],
      })),
    },
  };
}

function rules({ surrogate, level, label, class: named }: ModelExplanation): Block[] {
  const { fidelity, agreement, heldOut } = surrogate;
  const text =
    `A small tree that mimics it, judged on ${counted(heldOut, 'row')} that it did not grow on. It has ${percent(fidelity.value)} of the variance of ` +
    `what the model says (R², ${confidence(level)} ${fidelity.interval ? interval(fidelity.interval, PERCENT) : 'unknown'}) and is on the ` +
    `same side of the mean in ${rateWithInterval(agreement.value, agreement.interval)} of the rows.`;
  const items = surrogate.rules.map(
    ({ where, rows, observed, predicted }) =>
      `${where === '' ? 'Everywhere' : `Where ${where}`}: ${rateWithInterval(observed.value, observed.interval)} of ` +
      `${counted(rows, 'row')} have ${label} = ${named} (the model says ${percent(predicted)})`,
  );
  return [
    { kind: 'text', text },
    { kind: 'list', items },
  ];
}
