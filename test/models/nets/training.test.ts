import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { trainLoop } from '../../../src/models/nets/training.ts';
import type { EpochReport, Learner, LoopConfig } from '../../../src/models/nets/training.ts';
import { openTensorGate } from '../../../src/models/tensor.ts';
import type { Scalar, TensorGate } from '../../../src/models/tensor.ts';

const QUICK: LoopConfig = { learningRate: 0.05, batch: 4, epochs: 50, patience: 3 };

/** Learns the mean of 10 numbers; validates on another number. */
function mean(gate: TensorGate, aim: number): Learner & { batches: number[][]; reports: EpochReport[] } {
  const { tf } = gate;
  const numbers = Float32Array.from({ length: 10 }, (_, i) => 1 + 0.1 * i);
  const variable = tf.tidy(() => tf.variable(tf.tensor1d([0])));
  const batches: number[][] = [];
  const reports: EpochReport[] = [];
  return {
    name: 'mean',
    rows: 10,
    variables: [variable],
    batches,
    reports,
    lossOf(rows) {
      batches.push([...rows]);
      const y = tf.tensor1d(Float32Array.from(rows, (row) => numbers[row]));
      return () => tf.mean<Scalar>(tf.square(tf.sub(y, variable)));
    },
    validate: ([[value]]) => (value - aim) ** 2,
    onEpoch: (report) => reports.push(report),
  };
}

describe('the training loop', () => {
  it('shows every row once an epoch in another order, stops where validation is best, and keeps those weights', async () => {
    const gate = await openTensorGate(['wasm']);
    const tensors = gate.tf.memory().numTensors;
    const learner = mean(gate, 0.8);
    const { weights, steps, loss, validationLoss } = await trainLoop(gate, learner, QUICK, randomFrom('loop'));
    learner.variables[0].dispose();
    expect(gate.tf.memory().numTensors).toBe(tensors);
    const rows = Array.from({ length: 10 }, (_, i) => i);
    expect(learner.batches.slice(0, 3).map((batch) => batch.length)).toEqual([4, 4, 2]);
    for (const from of [0, 3]) {
      expect(
        learner.batches
          .slice(from, from + 3)
          .flat()
          .sort((a, b) => a - b),
      ).toEqual(rows);
    }
    expect(learner.batches.slice(0, 3)).not.toEqual(learner.batches.slice(3, 6));
    const best = validationLoss.indexOf(Math.min(...validationLoss));
    expect(validationLoss.length).toBe(best + 1 + QUICK.patience);
    expect((weights[0][0] - 0.8) ** 2).toBe(validationLoss[best]);
    expect(steps).toBe(3 * loss.length);
    expect(learner.reports.map(({ validationLoss: held }) => held)).toEqual(validationLoss);
    expect(learner.reports.at(-1)).toMatchObject({ epoch: loss.length, loss: loss.at(-1) });
  });

  it('without validation runs to the end and keeps the last weights', async () => {
    const gate = await openTensorGate(['wasm']);
    const { validate: _, ...learner } = mean(gate, 0);
    const { weights, loss } = await trainLoop(gate, learner, { ...QUICK, epochs: 5 }, randomFrom('loop'));
    expect(loss.length).toBe(5);
    expect([...weights[0]]).toEqual([...(await learner.variables[0].data())]);
    learner.variables[0].dispose();
  });
});
