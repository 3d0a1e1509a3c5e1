/**
 * Learning steps per second of deep Q-learning: our network in plain loops, against the same step through the tensor gate on
 * each back end of this machine. Adam, a target network; once at the size that the agents default to, once larger.
 */
import { performance } from 'node:perf_hooks';
import { qStep } from '../src/agents/sequential/deep/q-step.ts';
import { replay } from '../src/agents/sequential/deep/replay.ts';
import type { Batch, Replay } from '../src/agents/sequential/deep/replay.ts';
import { valueNet } from '../src/agents/sequential/deep/value-net.ts';
import { randomFrom } from '../src/core/random.ts';
import { adamOptimiser } from '../src/models/nets/adam.ts';
import { adam, inspectBackends, openTensorGate } from '../src/models/tensor.ts';
import type { Tensor2D, TensorGate, Variable } from '../src/models/tensor.ts';
import type { Figure } from './main.ts';

interface Size {
  d: number;
  hidden: readonly number[];
  batch: number;
}

const SIZES: readonly Size[] = [
  { d: 12, hidden: [32], batch: 32 },
  { d: 32, hidden: [64, 64], batch: 64 },
];
const K = 8;
const DISCOUNT = 0.95;
const LEARNING_RATE = 1e-3;

/** A memory of made-up transitions. */
function memory({ d, batch }: Size): Replay {
  const luck = randomFrom('bench').sequence();
  const full = replay(d, K, randomFrom('replay'), { capacity: 4096, batch, priority: 0, correction: 0 });
  const row = (): Float64Array => Float64Array.from({ length: d }, () => luck.uniform());
  for (let t = 0; t < 4096; t++) {
    full.add({
      context: row(),
      at: 0,
      action: luck.integer(K),
      reward: luck.uniform() < 0.05 ? 1 : 0,
      next: row(),
      nextAt: 0,
      eligible: new Uint8Array(K),
      eligibleAt: -1,
      goesOn: luck.uniform() < 0.8,
    });
  }
  return full;
}

/** Steps per second after a warm-up. */
async function rate(step: (s: number) => Promise<void>, seconds = 3): Promise<number> {
  for (let s = 0; s < 20; s++) await step(s); // oxlint-disable-line no-await-in-loop
  const start = performance.now();
  let steps = 0;
  for (; performance.now() - start < 1000 * seconds; steps++) await step(20 + steps); // oxlint-disable-line no-await-in-loop
  return (1000 * steps) / (performance.now() - start);
}

function plainLoops(size: Size): Promise<number> {
  const full = memory(size);
  const online = valueNet(size.d, K, size.hidden, false, randomFrom('weights'));
  const target = online.clone();
  const optimiser = adamOptimiser(online.net.parameters.length, { learningRate: LEARNING_RATE, clip: 10 });
  const step = qStep({ k: K, discount: DISCOUNT, double: false });
  return rate((s) => {
    step(online, target, full.sample(s), optimiser);
    return Promise.resolve();
  });
}

/** The same step as tensors. */
function throughTheGate(gate: TensorGate, size: Size): Promise<number> {
  const { tf } = gate;
  const { d, hidden, batch: rows } = size;
  const full = memory(size);
  const { net } = valueNet(d, K, hidden, false, randomFrom('weights'));
  const sizes = [d, ...hidden, K];
  let at = 0;
  const variables = sizes.slice(1).flatMap((outputs, l) =>
    [[sizes[l], outputs], [outputs]].map((shape): Variable => {
      const count = shape.reduce((a, b) => a * b, 1);
      return tf.variable(tf.tensor(Float32Array.from(net.parameters.subarray(at, (at += count))), shape));
    }),
  );
  const target = variables.map((variable) => variable.clone());
  const forward = (x: Tensor2D, layers: readonly unknown[]): Tensor2D => {
    let out = x;
    for (let l = 0; l < sizes.length - 1; l++) {
      out = tf.add(tf.matMul(out, layers[2 * l] as Tensor2D), layers[2 * l + 1] as Tensor2D);
      if (l < sizes.length - 2) out = tf.relu(out);
    }
    return out;
  };
  const optimiser = adam(gate, { learningRate: LEARNING_RATE });
  const stepOn = (batch: Batch) =>
    tf.tidy(() => {
      const column = (values: ArrayLike<number>): Tensor2D => tf.tensor2d(Float32Array.from(values), [rows, 1]);
      const next = tf.tensor2d(Float32Array.from(batch.next), [rows, d]);
      const best = tf.max(forward(next, target), 1, true);
      const aim = tf.add(column(batch.reward), tf.mul(tf.mul(best, column(batch.goesOn)), DISCOUNT));
      const context = tf.tensor2d(Float32Array.from(batch.context), [rows, d]);
      const taken = tf.oneHot(tf.tensor1d(batch.action, 'int32'), K);
      return optimiser.minimize(() => {
        const value = tf.sum(tf.mul(forward(context, variables), taken), 1, true);
        return tf.mean(tf.square(tf.sub(aim, value)));
      }, variables);
    });
  return rate(async (s) => {
    const loss = stepOn(full.sample(s));
    if (s % 16 === 0) await loss.data();
    loss.dispose();
  });
}

async function* figures(size: Size): AsyncGenerator<Figure> {
  const loops = await plainLoops(size);
  const figure = (name: string, perSecond: number, baseline: string): Figure => ({
    name: `DQN step ${[size.d, ...size.hidden, K].join('-')}, batch ${size.batch}, ${name}`,
    unit: 'steps',
    perSecond,
    nsPerRow: 1e9 / perSecond,
    baseline,
    ratio: perSecond / loops,
  });
  yield figure('plain loops', loops, 'itself');
  for (const { id, works } of await inspectBackends()) {
    if (!works) continue;
    // oxlint-disable-next-line no-await-in-loop -- one back end at a time is active
    yield figure(`${id} back end`, await throughTheGate(await openTensorGate([id]), size), 'plain loops');
  }
}

export const parts: readonly (() => AsyncIterable<Figure>)[] = SIZES.map((size) => () => figures(size));
