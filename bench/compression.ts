/**
 * The click network 128-64-1 in smaller forms, on real visits of a shop (../shared/data/online_shoppers; ADSIM_DATA): which
 * end in a purchase? Accuracy on a fifth of the visits that no form has seen, bytes on disk, time of a row.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Matrix } from '../src/core/contracts.ts';
import { matrix } from '../src/core/matrix.ts';
import { randomFrom } from '../src/core/random.ts';
import { distil } from '../src/models/compression/distilled.ts';
import { prune, sparseScorer } from '../src/models/compression/pruned.ts';
import { quantisedScorer } from '../src/models/compression/quantised.ts';
import { halfScorer, singleScorer } from '../src/models/compression/scorer.ts';
import { compressionTable } from '../src/models/compression/table.ts';
import type { CompressionRow } from '../src/models/compression/table.ts';
import { logLoss } from '../src/models/ctr/metrics.ts';
import { trainNetwork } from '../src/models/ctr/mlp-training.ts';
import { networkOutputs } from '../src/models/ctr/network.ts';
import type { Measured } from '../src/models/metrics/influence.ts';
import type { Figure } from './main.ts';

const DATA = process.env['ADSIM_DATA'] ?? fileURLToPath(new URL('../../shared/data', import.meta.url));
const FILE = `${DATA}/online_shoppers/online_shoppers_intention.csv`;
const NAMED = new Set(['Month', 'OperatingSystems', 'Browser', 'Region', 'TrafficType', 'VisitorType', 'Weekend']);

interface Visits {
  inputs: Matrix;
  bought: Uint8Array;
}

/** Numbers standardised by the first `train` rows, named values one column each; rows in an order of chance. */
function visits(train: number): Visits {
  const [head, ...lines] = readFileSync(FILE, 'utf8').trim().split(/\r?\n/u);
  const names = head.split(',').slice(0, -1);
  const order = Uint32Array.from(lines.keys());
  randomFrom('visits').stream('order').sequence().shuffle(order);
  const rows = Array.from(order, (line) => lines[line].split(','));
  const columns = names.flatMap((name, c): Float64Array[] => {
    const values = rows.map((row) => row[c]);
    if (NAMED.has(name)) {
      return [...new Set(values)].sort().map((one) => Float64Array.from(values, (value) => Number(value === one)));
    }
    const numbers = Float64Array.from(values, (value) => Math.log1p(Math.max(0, Number(value))));
    const known = numbers.subarray(0, train);
    const mean = known.reduce((sum, value) => sum + value, 0) / train;
    const spread = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / train) || 1;
    return [numbers.map((value) => (value - mean) / spread)];
  });
  const inputs = matrix(rows.length, columns.length);
  columns.forEach((column, c) => column.forEach((value, r) => (inputs.data[r * columns.length + c] = value)));
  return { inputs, bought: Uint8Array.from(rows, (row) => Number(row[names.length] === 'TRUE')) };
}

function part({ inputs: { columns, data }, bought }: Visits, from: number, to: number): Visits {
  return {
    inputs: matrix(to - from, columns, data.slice(from * columns, to * columns)),
    bought: bought.slice(from, to),
  };
}

/** The table, with times by `clock`. */
export async function shopTable(clock?: () => number): Promise<CompressionRow[]> {
  const [learn, check] = [7398, 9864]; // 60 %, 20 %, 20 %
  const all = visits(learn);
  const [train, held, test] = [part(all, 0, learn), part(all, learn, check), part(all, check, all.bought.length)];
  const random = randomFrom('compression');
  const config = { hidden: [128, 64], learningRate: 1e-3, batch: 256, epochs: 30, patience: 3, weightDecay: 1e-4 };
  const validate = (layers: Parameters<typeof networkOutputs>[0]): number =>
    logLoss(networkOutputs(layers, held.inputs), held.bought);
  const { layers } = await trainNetwork(config, train.inputs, train.bought, random, { backends: ['wasm'], validate });
  const taught = networkOutputs(layers, train.inputs);
  const options = { hidden: [16], epochs: 15 };
  const student = distil(train.inputs, taught, train.bought, options, random);
  const alone = distil(train.inputs, taught, train.bought, { ...options, share: 0 }, random);
  const scorers = [
    singleScorer(layers),
    halfScorer(layers),
    quantisedScorer(layers),
    ...[0.5, 0.8, 0.9].map((share) => sparseScorer(prune(layers, share), `pruned ${100 * share} %`)),
    singleScorer(student, 'student of 16 units'),
    quantisedScorer(student, 'student of 16 units, int8'),
    singleScorer(alone, '16 units from labels alone'),
  ];
  return compressionTable(scorers, test.inputs, test.bought, clock === undefined ? {} : { clock });
}

/** Of this process: others may share the cores. */
function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const around = ({ value, interval }: Measured, digits: number): string =>
  `${value.toFixed(digits)} [${(interval ?? [NaN, NaN]).map((end) => end.toFixed(digits)).join(', ')}]`;

export const parts: readonly (() => AsyncIterable<Figure>)[] = [figures];

async function* figures(): AsyncGenerator<Figure> {
  if (!existsSync(FILE)) {
    process.stderr.write(`skipped: ${FILE} is not there (ADSIM_DATA names the folder of data sets)\n`);
    return;
  }
  const rows = await shopTable(cpuMilliseconds);
  for (const row of rows) {
    const { name, bytes, auc, logLoss: loss, aucGain, logLossLost, microsecondsOfOne, microsecondsOfMany } = row;
    const accuracy = `AUC ${around(auc, 4)}, log loss ${around(loss, 4)}`;
    const lost = `AUC gained ${around(aucGain, 4)}, log loss lost ${around(logLossLost, 4)}`;
    for (const [batch, microseconds, base] of [
      [1, microsecondsOfOne, rows[0].microsecondsOfOne],
      [1024, microsecondsOfMany, rows[0].microsecondsOfMany],
    ] as const) {
      const nsPerRow = 1000 * (microseconds ?? NaN);
      yield {
        name: `${name}, batch ${batch}: ${bytes} bytes; ${accuracy}; ${lost}`,
        unit: 'rows',
        perSecond: 1e9 / nsPerRow,
        nsPerRow,
        baseline: 'float32, CPU time, median of 25 rounds',
        ratio: (base ?? NaN) / (microseconds ?? NaN),
      };
    }
  }
}
