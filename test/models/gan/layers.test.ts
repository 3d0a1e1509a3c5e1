import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { epochs } from '../../../src/models/gan/batches.ts';
import { normalising, readWeights, weights, writeWeights } from '../../../src/models/gan/layers.ts';
import { binaryCrossEntropy } from '../../../src/models/gan/objective.ts';
import type { Tensor } from '../../../src/models/tensor.ts';
import { categoryEntropy, openTensorGate } from '../../../src/models/tensor.ts';

const { tf } = await openTensorGate(['wasm']);
const numbers = (size: number, name: string): Float32Array => {
  const draws = randomFrom('layers-test').stream(name).sequence();
  return Float32Array.from({ length: size }, () => draws.normal());
};

describe('batch normalisation', () => {
  it('has the gradients that TensorFlow.js finds the long way round', async () => {
    const list = weights(tf, randomFrom('norm'));
    const layer = normalising(tf, list, 3);
    const [gain, offset] = list.variables;
    writeWeights(tf, list, [Float32Array.of(1.5, -0.5, 2), Float32Array.of(0.1, 0.2, -0.3)]);
    const x = tf.tensor4d(numbers(2 * 4 * 4 * 3, 'x'), [2, 4, 4, 3]);
    const towards = tf.tensor4d(numbers(96, 'towards'), [2, 4, 4, 3]);
    const longWay = (input: Tensor, scale: Tensor, shift: Tensor): Tensor => {
      const { mean, variance } = tf.moments(input, [0, 1, 2]);
      const standard = tf.div(tf.sub(input, mean), tf.sqrt(tf.add(variance, 1e-5)));
      return tf.add(tf.mul(standard, scale), shift);
    };
    const energy = (y: Tensor): Tensor => tf.sum(tf.mul(tf.square(y), towards));
    const inputs: Tensor[] = [x, gain, offset];
    const ours = tf.grads((...[input]) => energy(layer(input)) as never)([x]);
    const theirs = tf.grads((...[a, b, c]) => energy(longWay(a, b, c)) as never)(inputs);
    const expectEqual = async (actual: Tensor, expected: Tensor): Promise<void> => {
      const values = (await expected.data()) as Float32Array;
      ((await actual.data()) as Float32Array).forEach((value, i) => expect(value).toBeCloseTo(values[i], 3));
    };
    await expectEqual(layer(x), longWay(x, gain, offset));
    await expectEqual(ours[0], theirs[0]);
    const { grads } = tf.variableGrads(() => energy(layer(x)) as never, list.variables);
    await expectEqual(grads[gain.name], theirs[1]);
    await expectEqual(grads[offset.name], theirs[2]);
  });
});

describe('weights', () => {
  it('are drawn from the random source, and go out and in again', async () => {
    const make = (seed: string): ReturnType<typeof weights> => {
      const list = weights(tf, randomFrom(seed));
      list.normal([40, 50], 8);
      list.constant([3], 7);
      return list;
    };
    const values = await readWeights(make('a'));
    expect(await readWeights(make('a'))).toEqual(values);
    expect((await readWeights(make('b')))[0]).not.toEqual(values[0]);
    // 2,000 normals of standard deviation ½: α = 1e-6 for ± 8 %.
    const deviation = Math.sqrt(values[0].reduce((sum, v) => sum + v * v, 0) / 2000);
    expect(Math.abs(deviation - 0.5)).toBeLessThan(0.04);
    const other = make('b');
    writeWeights(tf, other, values);
    expect(await readWeights(other)).toEqual(values);
    expect(() => writeWeights(tf, other, values.slice(1))).toThrow(RangeError);
    expect(() => writeWeights(tf, other, values.toReversed())).toThrow(RangeError);
  });
});

describe('losses', () => {
  it('are the mean cross-entropies', async () => {
    const logits = [2, -1, 0];
    const binary = binaryCrossEntropy(tf, tf.tensor1d(logits), 0.9);
    const expected = logits.map((z) => -0.9 * Math.log(1 / (1 + Math.exp(-z))) - 0.1 * Math.log(1 / (1 + Math.exp(z))));
    expect((await binary.data())[0]).toBeCloseTo((expected[0] + expected[1] + expected[2]) / 3, 5);
    const many = categoryEntropy(
      tf,
      tf.tensor2d([logits, [0, 0, 0]]),
      tf.tensor2d([
        [0, 1, 0],
        [0.5, 0.5, 0],
      ]),
    );
    const total = logits.reduce((sum, z) => sum + Math.exp(z), 0);
    expect((await many.data())[0]).toBeCloseTo((Math.log(total) + 1 + Math.log(3)) / 2, 5);
  });
});

describe('epochs', () => {
  it('shows every image once before any a second time', () => {
    const batches = epochs(Int32Array.of(5, 6, 7, 8, 9), 3, randomFrom('epochs'));
    const shown = Array.from({ length: 10 }, () => [...batches.next().value]).flat();
    for (let e = 0; e < 6; e++)
      expect(shown.slice(5 * e, 5 * e + 5).toSorted((a, b) => a - b)).toEqual([5, 6, 7, 8, 9]);
    expect(shown.slice(0, 5)).not.toEqual(shown.slice(5, 10));
  });
});
