/** The small network: its gradient against differences and against the tensor gate's, and that Adam finds a minimum. */
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { adamOptimiser } from '../../../src/models/nets/adam.ts';
import { denseNet } from '../../../src/models/nets/dense-net.ts';
import { multiplyAdd } from '../../../src/models/nets/multiply-add.ts';
import { openTensorGate } from '../../../src/models/tensor.ts';

const luck = randomFrom('net').sequence();
const numbers = (count: number): Float64Array => Float64Array.from({ length: count }, () => luck.normal());

describe('multiplyAdd', () => {
  it.each([
    [1, 1, 1],
    [2, 3, 4],
    [3, 5, 7],
    [5, 2, 9],
    [8, 8, 8],
  ])('adds the product of %d×%d and ×%d, plain or with its left side turned', (m, p, n) => {
    const [left, right, before] = [numbers(m * p), numbers(p * n + 2), numbers(m * n + 3)];
    const expected = before.slice();
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        for (let q = 0; q < p; q++) expected[3 + i * n + j] += left[i * p + q] * right[2 + q * n + j];
      }
    }
    const out = before.slice();
    multiplyAdd(left, p, 1, right, 2, out, 3, m, p, n);
    out.forEach((value, c) => expect(value).toBeCloseTo(expected[c], 12));
    const turned = Float64Array.from(left, (_, c) => left[(c % m) * p + Math.floor(c / m)]);
    const again = before.slice();
    multiplyAdd(turned, 1, m, right, 2, again, 3, m, p, n);
    again.forEach((value, c) => expect(value).toBeCloseTo(expected[c], 12));
  });
});

describe.each(['relu', 'tanh'] as const)('a %s net', (activation) => {
  const sizes = [3, 5, 4, 2];
  const n = 7;

  it('has the gradient that differences show, also where a batch follows a larger one', () => {
    const net = denseNet(sizes, randomFrom('weights'), { activation });
    const [inputs, slope] = [numbers(n * 3), numbers(n * 2)];
    const loss = (): number =>
      net.forward(inputs, n).reduce((sum, value, c) => sum + (c < n * 2 ? value * slope[c] : 0), 0);
    net.forward(numbers(20 * 3), 20);
    loss();
    net.backward(slope, n);
    const found = net.gradient.slice();
    net.parameters.forEach((value, p) => {
      const h = 1e-6;
      net.parameters[p] = value + h;
      const above = loss();
      net.parameters[p] = value - h;
      const below = loss();
      net.parameters[p] = value;
      expect(found[p]).toBeCloseTo((above - below) / (2 * h), 5);
    });
  });

  it('has the gradient of the tensor gate', async () => {
    const net = denseNet(sizes, randomFrom('weights'), { activation });
    const [inputs, slope] = [numbers(n * 3), numbers(n * 2)];
    net.forward(inputs, n);
    net.backward(slope, n);
    const { tf } = await openTensorGate(['wasm', 'cpu']);
    const weights = sizes.slice(1).flatMap((outputs, l) => [[sizes[l], outputs], [outputs]]);
    let at = 0;
    const tensors = weights.map((shape) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const values = Float32Array.from(net.parameters.subarray(at, (at += size)));
      return tf.tensor(values, shape);
    });
    const gradients = tf.grads((...all) => {
      let x = tf.tensor2d(Float32Array.from(inputs), [n, 3]);
      for (let l = 0; l < sizes.length - 1; l++) {
        x = tf.add(tf.matMul(x, all[2 * l] as typeof x), all[2 * l + 1]);
        if (l < sizes.length - 2) x = activation === 'relu' ? tf.relu(x) : tf.tanh(x);
      }
      return tf.sum(tf.mul(x, tf.tensor2d(Float32Array.from(slope), [n, 2])));
    })(tensors);
    const theirs = await Promise.all(gradients.map((gradient) => gradient.data()));
    const flat = theirs.flatMap((values) => [...values]);
    flat.forEach((value, p) => expect(net.gradient[p]).toBeCloseTo(value, 3));
    expect(flat).toHaveLength(net.gradient.length);
  });

  it('with Adam fits what it is shown, and a copy of it does not', () => {
    const net = denseNet([1, 16, 1], randomFrom('fit'), { activation });
    const copy = net.clone();
    const adam = adamOptimiser(net.parameters.length, { learningRate: 0.01 });
    const inputs = Float64Array.from({ length: 21 }, (_, i) => (i - 10) / 10);
    const error = (of: typeof net): number => {
      const out = of.forward(inputs, 21);
      return inputs.reduce((sum, x, i) => sum + (out[i] - Math.sin(3 * x)) ** 2, 0) / 21;
    };
    for (let step = 0; step < 2000; step++) {
      const out = net.forward(inputs, 21);
      net.backward(
        Float64Array.from(inputs, (x, i) => (2 * (out[i] - Math.sin(3 * x))) / 21),
        21,
      );
      adam.step(net.parameters, net.gradient);
    }
    expect(error(net)).toBeLessThan(0.01);
    expect(error(copy)).toBeGreaterThan(0.1);
  });
});
