/** The report of `adsim train`: which model was kept, how well it predicts, and what to doubt. */
import type { CandidateResult, MetricValue, TrainingResults } from '../../runner/supervised/training-results.ts';
import { reliabilityChart } from '../charts/reliability.ts';
import { rocChart } from '../charts/roc.ts';
import { HALF } from '../charts/theme.ts';
import type { Block, Report, Section, Table, TableRow } from '../document.ts';
import { confidence, counted, decimal, percent, quantity } from '../format.ts';
import { metricCell, metricText } from './metric-words.ts';

/** The report as data. Same results, same report. `digest` is the model's. */
export function buildTrainingReport(results: TrainingResults, digest: string): Report {
  const { label, kept, validation, data } = results;
  return {
    title: `Model of ${label.name}`,
    question: `How well can ${label.name} be predicted from ${data.path}?`,
    answer: answerOf(results),
    grounds: [
      `${counted(validation.rows, 'row')} tested in ${validation.rule}; every row by a model that never saw it.`,
      `Kept: ${kept.name} (${kept.why}), trained on all ${decimal(data.rows)} rows.`,
      ...(results.rounding ? [roundingText(results.rounding)] : []),
      `Intervals hold at ${confidence(results.level)}; they count the chance of the rows tested${results.groups === null ? '' : ', group by group'}, and not that of other training rows.`,
    ],
    warnings: results.warnings,
    signature: `adsim train, version ${results.adsim}, seed ${results.seed}, data sha256 ${data.sha256}, model ${digest}`,
    sections: [
      ...warnings(results),
      models(results),
      ...progress(results),
      curves(results),
      features(results),
      method(results),
    ],
  };
}

/** The answer in a sentence. */
export function answerOf({ validation, kept, label }: TrainingResults): string {
  const model = keptResult({ validation, kept });
  const gain = model.overBaseRate.find(({ metric }) => metric === 'logLoss');
  const better = gain?.interval && gain.interval[1] < 0;
  const auc = metricText(named(model, 'auc'));
  const loss = metricText(named(model, 'logLoss'));
  const base = decimal(validation.baseRate.find(({ name }) => name === 'logLoss')?.value, 4);
  const verdict = better
    ? `predicts ${label.name} better than its base rate does`
    : `does not surely predict ${label.name} better than its base rate does`;
  return `${kept.name} ${verdict}: AUC ${auc}, log loss ${loss} where the base rate has ${base}.`;
}

/** The cross-validation of the model that was kept. Throws Error where it is not among the models. */
export function keptResult({ validation, kept }: Pick<TrainingResults, 'validation' | 'kept'>): CandidateResult {
  const model = validation.models.find(({ name }) => name === kept.name);
  if (!model) throw new Error(`training: no model "${kept.name}"`);
  return model;
}

/** What float16 saves and costs. */
export function roundingText({ bytes, before, logLoss, largest }: NonNullable<TrainingResults['rounding']>): string {
  return (
    `Weights on disk: float16, ${decimal(bytes)} bytes instead of ${decimal(before)}. On the rows it learned from this moves log loss by ` +
    `${metricText(logLoss)} and no probability by more than ${quantity(largest)}; all other numbers here are of the weights before rounding.`
  );
}

/** How many rows repeat others, where that was looked for. */
export function duplicatesText({ duplicates, deduplicated }: TrainingResults['data']): string {
  return duplicates === null ? 'not looked for' : `${decimal(duplicates)}, ${deduplicated ? 'left out' : 'kept'}`;
}

function named({ metrics }: CandidateResult, name: string): MetricValue {
  return metrics.find((one) => one.name === name) as MetricValue;
}

function warnings({ warnings: all }: TrainingResults): Section[] {
  if (all.length === 0) return [];
  return [{ id: 'warnings', title: 'Warnings', blocks: [{ kind: 'warnings', warnings: all }] }];
}

function models({ validation, kept, stream }: TrainingResults): Section {
  const titles = validation.models[0].metrics.map(({ title }) => title);
  const rows = validation.models.map((model): TableRow => ({
    cells: [{ text: model.name }, ...model.metrics.map(metricCell)],
    ...(model.name === kept.name && { tone: 'best' as const }),
  }));
  const base: TableRow = {
    cells: [{ text: 'base rate' }, ...validation.baseRate.map(metricCell)],
    tone: 'reference',
  };
  const table: Table = {
    caption:
      `${stream ? 'Before each row was learned from.' : 'Out of fold: each metric within folds, averaged by rows.'} The base rate predicts every class by its share. Log loss and ` +
      'Brier score: less is better; normalised entropy below 1 means that the columns help. ' +
      `By chance alone a calibrated ${kept.name} would show a calibration error of about ${decimal(keptResult({ validation, kept }).calibrationChance, 4)}.`,
    columns: ['model', ...titles].map((title, c) => ({ title, numeric: c > 0 })),
    rows: [...rows, base],
  };
  const blocks: Block[] = [{ kind: 'table', table }, ...pairs(validation)];
  return { id: 'models', title: 'How well it predicts', blocks };
}

function pairs({ comparisons }: TrainingResults['validation']): Block[] {
  if (comparisons.length === 0) return [];
  const shown = ['auc', 'logLoss'];
  const table: Table = {
    caption:
      'First minus second on the same rows, so the luck of the rows cancels. Each interval stands alone: of many pairs, some ' +
      'exclude 0 by chance.',
    columns: ['models', 'AUC', 'log loss'].map((title, c) => ({ title, numeric: c > 0 })),
    rows: comparisons.map(({ a, b, differences }) => ({
      cells: [
        { text: `${a} − ${b}` },
        ...shown.map((metric) => {
          const found = differences.find((one) => one.metric === metric);
          return found ? metricCell(found) : { text: '' };
        }),
      ],
    })),
  };
  return [{ kind: 'table', table }];
}

/** Of a stream: the losses from one doubling of the rows to the next. */
function progress({ stream, validation }: TrainingResults): Section[] {
  if (!stream) return [];
  const table: Table = {
    caption:
      'Mean log loss [nats] of the rows since the line above, each predicted before it was learned from; one pass, no intervals.',
    columns: ['rows up to', ...validation.models.map(({ name }) => name), 'base rate'].map((title) => ({
      title,
      numeric: true,
    })),
    rows: stream.map(({ rows, logLoss, baseRate }) => ({
      cells: [{ text: decimal(rows) }, ...[...logLoss, baseRate].map((loss) => ({ text: decimal(loss, 4) }))],
    })),
  };
  return [{ id: 'progress', title: 'As it learned', blocks: [{ kind: 'table', table }] }];
}

function curves({ curves: all, label, kept, stream }: TrainingResults): Section {
  const two = label.classes.length === 2;
  const what = two ? `share of ${label.classes[1]}` : 'share of the class';
  const whose = two ? 'each model' : `each class against the rest, by ${kept.name}`;
  const charts = [
    {
      id: 'chart-roc',
      title: 'ROC',
      caption: `${stream ? 'Rows not yet learned from' : 'Rows out of fold'}, ${whose}. The dashed line knows nothing.`,
      alternative: answerless(all.map(({ name }) => name)),
      width: HALF,
      spec: rocChart(all),
    },
    {
      id: 'chart-reliability',
      title: 'Calibration',
      caption: `Predicted against observed ${what}, in bins of equal size, with 95\u202f% intervals. On the dashed line a model means what it says.`,
      alternative: all
        .map(({ name, calibration }) => {
          const last = calibration[calibration.length - 1];
          return `${name}: highest bin predicted ${percent(last.predicted)}, observed ${percent(last.observed)}`;
        })
        .join('; '),
      width: HALF,
      spec: reliabilityChart(all, what),
    },
  ];
  return { id: 'curves', title: 'Ranking and calibration', blocks: [{ kind: 'charts', charts }] };
}

const answerless = (names: readonly string[]): string => `Curves of ${names.join(', ')}; AUC in the table above.`;

function features({ features: all, label, data, unlabelled, groups }: TrainingResults): Section {
  const table: Table = {
    caption: 'What the model reads, as the training rows have it.',
    columns: ['column', 'kind', 'missing', 'values'].map((title, c) => ({ title, numeric: c === 2 })),
    rows: all.map(({ name, kind, missing, summary }) => ({
      cells: [{ text: name }, { text: kind }, { text: percent(missing, 1) }, { text: summary }],
    })),
  };
  const facts: [string, string][] = [
    ['rows read', decimal(data.read)],
    ...(data.sampled === null ? [] : [['drawn of them', decimal(data.sampled)] as [string, string]]),
    ['rows used', decimal(data.rows)],
    ['torn, left out', decimal(data.torn)],
    ['without a label, left out', decimal(unlabelled)],
    ['not shown, left out', decimal(data.notShown)],
    ['equal to an earlier row', duplicatesText(data)],
    ['groups', groups === null ? 'none named' : decimal(groups)],
    ['classes', label.classes.map((name, c) => `${name} ${percent(label.shares[c], 1)}`).join(', ')],
    ['SHA-256 of the file', data.sha256],
  ];
  return {
    id: 'data',
    title: 'What it learned from',
    blocks: [
      { kind: 'facts', facts },
      { kind: 'table', table },
    ],
  };
}

function method({ validation, stream }: TrainingResults): Section {
  const items = [
    stream
      ? 'A stream (progressive validation: Blum, Kalai & Langford 1999): what is measured is the models as they learned, worse at first than the one that is kept. The first block of rows says which column is what; levels are hashed as they come, and numbers scaled by the rows so far.'
      : `Folds: ${validation.rule}. Levels, words, means and everything else that preparation learns comes from each fold’s training side.`,
    'AUC: DeLong’s interval within folds, pooled as in LeDell, Petersen and van der Laan (2015); all others by the delta method over rows, or over groups where there are groups.',
    'The model kept is chosen on the same folds: where several are close, its own numbers are a little too good.',
    'Where rows have weights, learning, every metric and the charts count them; of a bin’s rows the interval takes as many as would say as much alike, (Σw)²/Σw².',
  ];
  return { id: 'method', title: 'Method', blocks: [{ kind: 'list', items }] };
}
