/**
 * Training steps per second of the click networks on each back end of this machine (256 rows of 20 numbers, 4 fields of
 * 100 levels and a sequence of 16 events; layers 128-64-1), and rows predicted per second by the plain loops.
 */
import { matrix } from '../src/core/matrix.ts';
import { randomFrom } from '../src/core/random.ts';
import type { LabelledExamples } from '../src/models/supervised/examples.ts';
import { NETWORK_KINDS } from '../src/models/supervised/networks/architectures.ts';
import type { NetworkKind } from '../src/models/supervised/networks/architectures.ts';
import { createClassifier } from '../src/models/supervised/registry.ts';
import { inspectBackends } from '../src/models/tensor.ts';
import type { Figure } from './main.ts';

const ROWS = 2560;
const BATCH = 256;
const LEVELS = 100;
const STEPS = 16;

function made(): LabelledExamples {
  const draw = randomFrom('bench').sequence();
  const codes = (n: number): Int32Array => Int32Array.from({ length: n }, () => 1 + draw.integer(LEVELS - 1));
  return {
    size: ROWS,
    numeric: matrix(
      ROWS,
      20,
      Float64Array.from({ length: 20 * ROWS }, () => draw.normal()),
    ),
    numericNames: Array.from({ length: 20 }, (_, j) => `x${j}`),
    fields: Array.from({ length: 4 }, (_, f) => ({ name: `f${f}`, levels: LEVELS, codes: codes(ROWS) })),
    sequences: [
      {
        name: 'events',
        levels: LEVELS,
        steps: STEPS,
        codes: codes(ROWS * STEPS),
        length: new Int32Array(ROWS).fill(STEPS),
        target: 'f0',
      },
    ],
    label: Int32Array.from({ length: ROWS }, () => (draw.uniform() < 0.2 ? 1 : 0)),
    classes: 2,
    classNames: ['no', 'yes'],
  };
}

/** Steps per second from the second epoch on and rows that plain loops predict per second, both of CPU time. */
async function speeds(kind: NetworkKind, backend: string, epochs: number): Promise<{ steps: number; rows: number }> {
  const rows = made();
  const ends: number[] = [];
  const seconds = (): number => process.cpuUsage().user / 1e6;
  const onEpoch = (): void => void ends.push(seconds());
  const model = createClassifier({ kind, batch: BATCH, epochs }, { backends: [backend], onEpoch });
  await model.fit(rows, randomFrom('fit'), { ...rows, label: new Int32Array(ROWS) });
  const steps = ((ends.length - 1) * ROWS) / BATCH / (ends[ends.length - 1] - ends[0]);
  const out = matrix(ROWS, 1);
  model.predict(rows, out);
  const start = seconds();
  for (let r = 0; r < 3; r++) model.predict(rows, out);
  return { steps, rows: (3 * ROWS) / (seconds() - start) };
}

async function* figures(kind: NetworkKind): AsyncGenerator<Figure> {
  let wasm = Number.NaN;
  for (const { id, works } of await inspectBackends()) {
    if (!works) continue;
    // oxlint-disable-next-line no-await-in-loop -- one back end at a time is active
    const { steps, rows } = await speeds(kind, id, id === 'cpu' ? 2 : 4);
    if (id === 'wasm') wasm = steps;
    const [name, baseline] = [`${kind} training step, batch ${BATCH}, ${id} back end`, 'wasm'];
    yield { name, unit: 'steps', perSecond: steps, nsPerRow: 1e9 / steps / BATCH, baseline, ratio: steps / wasm };
    if (id !== 'wasm') continue;
    const predicting = {
      name: `${kind} predicts, plain loops`,
      unit: 'rows',
      baseline: 'training, rows',
      perSecond: rows,
    };
    yield { ...predicting, nsPerRow: 1e9 / rows, ratio: rows / (steps * BATCH) };
  }
}

export const parts: readonly (() => AsyncIterable<Figure>)[] = NETWORK_KINDS.map((kind) => () => figures(kind));
