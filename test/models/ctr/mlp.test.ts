import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { featureMap, featuresOf, standardisationOf, standardise } from '../../../src/models/ctr/features.ts';
import { impressionsOf } from '../../../src/models/ctr/labels.ts';
import { initialLayers, networkLoss, variablesOf } from '../../../src/models/ctr/mlp-loss.ts';
import { networkOutputs, networkPredict } from '../../../src/models/ctr/network.ts';
import type { DenseLayer } from '../../../src/models/ctr/network.ts';
import { createModel } from '../../../src/models/ctr/registry.ts';
import { openTensorGate } from '../../../src/models/tensor.ts';
import type { Scalar, TensorGate } from '../../../src/models/tensor.ts';
import { toyLog } from '../../support/toy-log.ts';

const { log, ...setup } = toyLog({ rows: 600 });
const k = setup.actions.size;

/** Loss of the network in double precision: what the tensors compute in single precision. */
function plainLoss(layers: readonly DenseLayer[], x: number[][], y: number[], weightDecay: number): number {
  const inputs = matrix(x.length, x[0].length, Float64Array.from(x.flat()));
  const entropy = networkOutputs(layers, inputs).reduce(
    (sum, p, i) => sum - (y[i] === 1 ? Math.log(p) : Math.log1p(-p)),
    0,
  );
  const norm = layers.reduce((sum, layer) => sum + layer.weights.reduce((s, w) => s + w * w, 0), 0);
  return entropy / y.length + 0.5 * weightDecay * norm;
}

const gates = new Map<string, TensorGate>();
for (const id of ['wasm', 'cpu', 'node', 'node-gpu']) {
  // oxlint-disable-next-line no-await-in-loop
  const gate = await openTensorGate([id]).catch(() => undefined);
  if (gate) gates.set(id, gate);
}

describe('the loss and its gradient agree with finite differences in double precision', () => {
  it('on two back ends at least', () => expect([...gates.keys()]).toEqual(expect.arrayContaining(['wasm', 'cpu'])));

  it.each([...gates.keys()])('on %s', async (id) => {
    const gate = await openTensorGate([id]);
    const { tf } = gate;
    const random = randomFrom('gradient');
    const x = Array.from({ length: 6 }, (_, i) => Array.from({ length: 3 }, (__, j) => random.normal(i, j)));
    const y = [1, 0, 0, 1, 0, 1];
    const weightDecay = 0.1;
    const layers = initialLayers([3, 5, 4, 1], -0.5, random).map((layer) => ({
      ...layer,
      // Small biases keep every unit off its kink; single precision, so that both sides have the same weights.
      weights: layer.weights.map(Math.fround),
      bias: layer.bias.map((b, u) => Math.fround(b + 0.1 * u)),
    }));
    const variables = variablesOf(gate, layers);
    const flat = variables.flatMap(({ weights, bias }) => [weights, bias]);
    const { value, grads } = tf.tidy(() =>
      tf.variableGrads(
        (): Scalar => networkLoss(gate, variables, tf.tensor2d(x), tf.tensor2d(y, [6, 1]), weightDecay),
        flat,
      ),
    );
    expect((await value.data())[0]).toBeCloseTo(plainLoss(layers, x, y, weightDecay), 5);
    const step = 1e-5;
    for (const [l, layer] of layers.entries()) {
      for (const part of ['weights', 'bias'] as const) {
        // oxlint-disable-next-line no-await-in-loop
        const gradient = await grads[variables[l][part].name].data();
        layer[part].forEach((middle, c) => {
          const at = (value: number): number => {
            layer[part][c] = value;
            const loss = plainLoss(layers, x, y, weightDecay);
            layer[part][c] = middle;
            return loss;
          };
          const slope = (at(middle + step) - at(middle - step)) / (2 * step);
          expect(Math.abs(gradient[c] - slope)).toBeLessThan(1e-5 * (1 + Math.abs(slope)));
        });
      }
    }
    [value, ...Object.values(grads), ...flat].forEach((tensor) => tensor.dispose());
  });
});

describe('networkPredict', () => {
  it('says what the layers say of standardised features and one unit per action', () => {
    const map = featureMap(setup);
    const shown = impressionsOf(log, setup);
    const features = featuresOf(log.requests, shown, map, setup.actions.features);
    const scale = standardisationOf(features);
    standardise(features, scale);
    const inputs = matrix(log.size, map.size + k);
    for (let i = 0; i < log.size; i++) {
      inputs.data.set(features.data.subarray(i * map.size, (i + 1) * map.size), i * inputs.columns);
      inputs.data[i * inputs.columns + map.size + shown.action[i]] = 1;
    }
    // Widths that are no multiple of eight, and one that is.
    const layers = initialLayers([inputs.columns, 16, 13, 11, 1], -1, randomFrom('layers'));
    const expected = networkOutputs(layers, inputs);
    const out = matrix(log.size, k);
    networkPredict(layers, map, setup.actions, scale)(log.requests, out);
    expected.forEach((p, i) => expect(Math.abs(out.data[i * k + shown.action[i]] - p)).toBeLessThan(1e-12));
    expect(new Set(expected).size).toBeGreaterThan(500);
  });
});

describe('mlp', () => {
  it('stops early, keeps its best epoch, and leaves no tensor behind', async () => {
    const { tf } = await openTensorGate();
    const before = tf.memory().numTensors;
    const { train, validation } = { train: log, validation: toyLog({ rows: 400, seed: 'held' }).log };
    const model = createModel({ kind: 'mlp', batch: 64, epochs: 60, patience: 3, learningRate: 0.01 }, setup);
    const report = await model.fit(train, randomFrom('fit'), validation);
    expect(tf.memory().numTensors).toBe(before);
    const losses = report.validationLoss;
    const best = losses.indexOf(Math.min(...losses));
    expect(losses.length).toBe(best + 1 + 3);
    expect(report.steps).toBe(losses.length * Math.ceil(600 / 64));
    const out = matrix(validation.size, k);
    model.predict(validation.requests, out);
    const surprise = [...validation.outcomes.click.subarray(0, validation.size)].map((click, i) => {
      const p = out.data[i * k + validation.decisions.action[i]];
      return -Math.log(click === 1 ? p : 1 - p);
    });
    // Not exactly: prediction holds the context inside the range of the training rows.
    expect(surprise.reduce((sum, s) => sum + s, 0) / surprise.length).toBeCloseTo(losses[best], 2);
  });

  it('says so in one sentence where the learning rate is too large', async () => {
    const model = createModel({ kind: 'mlp', learningRate: 1, weightDecay: 1e39, epochs: 5 }, setup);
    await expect(model.fit(log, randomFrom('fit'))).rejects.toThrow('use a smaller learningRate');
  });
});
