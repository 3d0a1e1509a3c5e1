import { describe, expect, it } from 'vitest';
import { adam, blend, networkEntropy, openTensorGate } from '../../src/models/tensor.ts';
import type { Scalar, TensorGate } from '../../src/models/tensor.ts';

const CANDIDATES = ['node-gpu', 'node', 'webgpu', 'wasm', 'cpu'];
const gates = new Map<string, TensorGate>();
for (const id of CANDIDATES) {
  // oxlint-disable-next-line no-await-in-loop -- one after the other: TensorFlow.js has one active back end
  const gate = await openTensorGate([id]).catch((error: Error) => error);
  if (!(gate instanceof Error)) gates.set(id, gate);
}

describe.each([...gates.keys()])('Adam on %s', (id) => {
  it('takes the steps of the published algorithm', async () => {
    const gate = await openTensorGate([id]);
    const { tf } = gate;
    const before = tf.memory().numTensors;
    const start = [1, -2, 0.5];
    const variable = tf.tidy(() => tf.variable(tf.tensor1d(start)));
    const unused = tf.tidy(() => tf.variable(tf.tensor1d([7])));
    const optimiser = adam(gate, { learningRate: 0.1, beta1: 0.8, beta2: 0.9, epsilon: 1e-3 });
    const x = [...start];
    const m = [0, 0, 0];
    const v = [0, 0, 0];
    for (let t = 1; t <= 5; t++) {
      const loss = optimiser.minimize(
        () => tf.sum(tf.mul(tf.square(variable), tf.tensor1d([1, 2, 3]))) as Scalar,
        [variable, unused],
      );
      const expected = x.reduce((sum, value, i) => sum + (i + 1) * value * value, 0);
      expect((await loss.data())[0]).toBeCloseTo(expected, 4);
      loss.dispose();
      x.forEach((value, i) => {
        const g = 2 * (i + 1) * value;
        m[i] = 0.8 * m[i] + 0.2 * g;
        v[i] = 0.9 * v[i] + 0.1 * g * g;
        x[i] = value - (0.1 * (m[i] / (1 - 0.8 ** t))) / (Math.sqrt(v[i] / (1 - 0.9 ** t)) + 1e-3);
      });
    }
    const reached = await variable.data();
    x.forEach((value, i) => expect(reached[i]).toBeCloseTo(value, 5));
    expect([...(await unused.data())]).toEqual([7]);
    optimiser.dispose();
    variable.dispose();
    unused.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

it.each([...gates.keys()])('blends on %s', async (id) => {
  const { tf } = await openTensorGate([id]);
  const [from, to] = [tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[5, 0], [-1, 4]])]; // prettier-ignore
  const mixed = blend(tf, from, to, 0.75);
  expect(mixed.shape).toEqual([2, 2]);
  expect([...(await mixed.data())]).toEqual([2, 1.5, 2, 4]);
  tf.dispose([from, to, mixed]);
});

// TensorFlow.js's rectifier on wasm makes 0 of NaN.
it.each([...gates.keys()].filter((id) => id !== 'wasm'))(
  'a network whose first weights are lost loses NaN on %s',
  async (id) => {
    const { tf } = await openTensorGate([id]);
    const layer = (inputs: number, outputs: number, value: number) => ({
      weights: tf.mul(tf.ones([inputs, outputs]), value),
      bias: tf.zeros([outputs]),
    });
    const loss = tf.tidy(() =>
      networkEntropy(tf, [layer(2, 3, NaN), layer(3, 1, 1)], tf.ones([4, 2]), tf.zeros([4, 1])),
    );
    expect([...(await loss.data())]).toEqual([NaN]);
    loss.dispose();
  },
);

describe('the gate', () => {
  it('always has wasm and plain JavaScript', () =>
    expect([...gates.keys()]).toEqual(expect.arrayContaining(['wasm', 'cpu'])));

  it('is opened once per order, and says why earlier candidates were not taken', async () => {
    const first = await openTensorGate(['webgpu', 'wasm']);
    expect(await openTensorGate(['webgpu', 'wasm'])).toBe(first);
    for (const attempt of first.tried) {
      expect(attempt.why.length).toBeGreaterThan(0);
      expect(attempt.next).toMatch(/^(npm|install) /);
    }
  });

  it('leaves no process listener of Emscripten behind', async () => {
    await openTensorGate(['wasm']);
    const names = process.listeners('uncaughtException').map(String).join();
    expect(names).not.toMatch(/ExitStatus/);
  });

  it('names the known back ends where one is misspelt', async () => {
    await expect(openTensorGate(['wsam'])).rejects.toThrow(
      /'wsam' is unknown; use one of node-gpu, node, webgpu, wasm, cpu/,
    );
    await expect(openTensorGate([])).rejects.toThrow(/No back end is named/);
  });
});
