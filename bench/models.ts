/**
 * Models beside scikit-learn's on the same rows and folds of two real tables: CPU time of training, and AUC and log loss in
 * five-fold cross-validation. `ADSIM_PYTHON` names a Python with scikit-learn; without one nothing is compared.
 */
import { performance } from 'node:perf_hooks';
import { pairedDifference } from '../src/core/paired.ts';
import { matrix } from '../src/core/matrix.ts';
import type { Matrix } from '../src/core/matrix.ts';
import { randomFrom } from '../src/core/random.ts';
import { kMeans } from '../src/models/audience/k-means.ts';
import { areaUnderCurve, logLoss } from '../src/models/ctr/metrics.ts';
import { trainNetwork } from '../src/models/ctr/mlp-training.ts';
import { networkOutputs } from '../src/models/ctr/network.ts';
import type { Classifier } from '../src/models/supervised/classifier.ts';
import { designFor, designMatrix } from '../src/models/supervised/design.ts';
import { selectExamples } from '../src/models/supervised/examples.ts';
import type { LabelledExamples } from '../src/models/supervised/examples.ts';
import { createClassifier } from '../src/models/supervised/registry.ts';
import { askScikitLearn } from './models/peer.ts';
import type { Answer } from './models/peer.ts';
import { TABLES, readTable } from './models/tables.ts';
import type { Table } from './models/tables.ts';
import type { Difference, Figure } from './main.ts';

const FOLDS = 5;
const ROUNDS = 100;
const EPOCHS = 15;
const CLUSTERS = 8;
/** HistGradientBoostingClassifier's own defaults. */
const BOOSTING = { kind: 'gbdt', rounds: ROUNDS, l2: 0, patience: 0 };

/** Learns from rows and says the odds of others; returns CPU seconds of the learning alone. */
type Trial = (train: LabelledExamples, test: LabelledExamples) => Promise<{ seconds: number; odds: Float64Array }>;

function ofClassifier(make: () => Classifier): Trial {
  return async (train, test) => {
    const model = make();
    const seconds = await cpuSeconds(() => model.fit(train, randomFrom('bench')));
    const out = matrix(test.size, 1);
    model.predict(test, out);
    return { seconds, odds: out.data };
  };
}

/** The network 128-64-1 as the click models train it, for a set number of epochs. */
const network: Trial = async (train, test) => {
  const config = {
    hidden: [128, 64],
    learningRate: 0.002,
    batch: 512,
    epochs: EPOCHS,
    patience: EPOCHS,
    weightDecay: 0,
  };
  const labels = Uint8Array.from(train.label);
  let layers: Awaited<ReturnType<typeof trainNetwork>>['layers'] = [];
  const seconds = await cpuSeconds(async () => {
    const learn = trainNetwork(config, train.numeric, labels, randomFrom('bench'), { validate: () => undefined });
    ({ layers } = await learn);
  });
  return { seconds, odds: networkOutputs(layers, test.numeric) };
};

async function cpuSeconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

interface Subject {
  name: string;
  /** The peer's name for it. */
  peer: string;
  trial: Trial;
  rows: LabelledExamples;
}

/** Rows whose columns are all numbers. */
function asNumbers(rows: LabelledExamples, numeric: Matrix): LabelledExamples {
  const numericNames = Array.from({ length: numeric.columns }, (_, j) => `x${j}`);
  return { ...rows, numeric, numericNames, fields: [] };
}

function rawOf({ size, numeric, fields }: LabelledExamples): Matrix {
  const d = numeric.columns;
  const out = matrix(size, d + fields.length);
  for (let i = 0; i < size; i++) {
    out.data.set(numeric.data.subarray(i * d, (i + 1) * d), i * out.columns);
    fields.forEach(({ codes }, f) => (out.data[i * out.columns + d + f] = codes[i]));
  }
  return out;
}

async function* figures(table: Table): AsyncGenerator<Figure> {
  const rows = readTable(table, process.env['ADSIM_DATA'] ?? '../shared/data');
  const raw = rawOf(rows);
  const design = designMatrix(designFor(rows), rows);
  const dealt = randomFrom('folds')
    .sequence()
    .shuffle(Int32Array.from({ length: rows.size }, (_, i) => i));
  const fold = new Int32Array(rows.size);
  dealt.forEach((i, place) => (fold[i] = place % FOLDS));
  const question = { raw, design, numbers: rows.numeric.columns, label: rows.label, fold, folds: FOLDS };
  const answer = askScikitLearn({ ...question, rounds: ROUNDS, epochs: EPOCHS, clusters: CLUSTERS });
  if (!answer) {
    process.stderr.write(
      `models, ${table.name}: skipped, as no scikit-learn is at hand; set ADSIM_PYTHON to a Python that has it\n`,
    );
    return;
  }
  const designed = asNumbers(rows, design);
  const tree = { kind: 'tree', maxDepth: 8, pruning: 0, smoothing: 0 };
  const boosted = ofClassifier(() => createClassifier(BOOSTING));
  const subjects: Subject[] = [
    {
      name: 'logistic',
      peer: 'LogisticRegression',
      trial: ofClassifier(() => createClassifier({ kind: 'logistic' })),
      rows,
    },
    { name: 'tree', peer: 'DecisionTreeClassifier', trial: ofClassifier(() => createClassifier(tree)), rows: designed },
    { name: 'gbdt', peer: 'HistGradientBoostingClassifier', trial: boosted, rows },
    { name: 'gbdt of numbers', peer: 'HistGradientBoostingClassifier', trial: boosted, rows: asNumbers(rows, raw) },
    { name: 'mlp', peer: 'MLPClassifier', trial: network, rows: designed },
  ];
  for (const subject of subjects) yield await compared(table, subject, fold, answer); // oxlint-disable-line no-await-in-loop
  yield clustered(table, design, answer);
}

async function compared(
  table: Table,
  { name, peer, trial, rows }: Subject,
  fold: Int32Array,
  answer: Answer,
): Promise<Figure> {
  const odds = new Float64Array(rows.size);
  const all = Array.from(rows.label.keys());
  let seconds = 0;
  // The first fit warms up: on both sides it is not counted.
  for (const [turn, f] of [0, ...Array.from({ length: FOLDS }, (_, at) => at)].entries()) {
    const test = all.filter((i) => fold[i] === f);
    const train = all.filter((i) => fold[i] !== f);
    // oxlint-disable-next-line no-await-in-loop -- one after the other, or they would share the time
    const said = await trial(selectExamples(rows, train), selectExamples(rows, test));
    if (turn > 0) seconds += said.seconds;
    test.forEach((i, place) => (odds[i] = said.odds[place]));
  }
  const theirs = answer.seconds[name].reduce((a, b) => a + b);
  const trained = (FOLDS - 1) * rows.size;
  return {
    name: `${table.name}: ${name}`,
    unit: 'training rows',
    perSecond: trained / seconds,
    nsPerRow: (1e9 * seconds) / trained,
    baseline: `${peer} of scikit-learn ${answer.version}, one thread, CPU time`,
    ratio: theirs / seconds,
    differences: differences(rows.label, fold, odds, answer.odds[name]),
  };
}

/** Ours less theirs, fold by fold, and whether it lies within what chance does to theirs (95 % of its mean over folds). */
function differences(label: Int32Array, fold: Int32Array, ours: Float64Array, theirs: Float64Array): Difference[] {
  const measures = { AUC: areaUnderCurve, 'log loss': logLoss };
  return Object.entries(measures).map(([measure, of]) => {
    const byFold = (odds: Float64Array): number[] =>
      Array.from({ length: FOLDS }, (_, f) => {
        const own = Array.from(label.keys()).filter((i) => fold[i] === f);
        // A tree's leaf may be sure: so sure that one miss costs no more than 35 nats.
        const inside = own.map((i) => Math.min(Math.max(odds[i], 1e-15), 1 - 1e-15));
        return of(
          inside,
          own.map((i) => label[i]),
        );
      });
    const [mine, other] = [byFold(ours), byFold(theirs)];
    const difference = pairedDifference(mine, other);
    const spread = pairedDifference(
      other,
      other.map(() => 0),
    );
    if (!difference || !spread) throw new Error('fewer than two folds');
    const half = spread.interval[1] - spread.mean;
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;
    const { mean: by, interval } = difference;
    return { measure, ours: mean(mine), theirs: mean(other), by, interval, within: half, inside: Math.abs(by) <= half };
  });
}

function clustered(table: Table, design: Matrix, { kMeans: theirs, version }: Answer): Figure {
  kMeans(design, CLUSTERS, randomFrom('warm'));
  const before = process.cpuUsage();
  const start = performance.now();
  const { objective } = kMeans(design, CLUSTERS, randomFrom('bench'));
  const { user, system } = process.cpuUsage(before);
  const seconds = Math.min((user + system) / 1e6, (performance.now() - start) / 1e3);
  return {
    name: `${table.name}: k-means, k = ${CLUSTERS}, five starts; J ${(objective / theirs.objective).toFixed(4)} of theirs`,
    unit: 'rows',
    perSecond: design.rows / seconds,
    nsPerRow: (1e9 * seconds) / design.rows,
    baseline: `KMeans of scikit-learn ${version}, one thread, CPU time`,
    ratio: theirs.seconds / seconds,
  };
}

export const parts: readonly (() => AsyncIterable<Figure>)[] = TABLES.map((table) => () => figures(table));
