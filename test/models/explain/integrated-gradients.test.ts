import { beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { integratedGradients } from '../../../src/models/explain/integrated-gradients.ts';
import { classifier, trainClassifier } from '../../../src/models/gan/classifier.ts';
import type { Classifier } from '../../../src/models/gan/classifier.ts';
import { imageAt } from '../../../src/models/images/images.ts';
import { silhouettes } from '../../../src/models/images/silhouettes.ts';
import { openTensorGate } from '../../../src/models/tensor.ts';
import type { Tensor, TensorGate } from '../../../src/models/tensor.ts';

let gate: TensorGate;
beforeAll(async () => {
  gate = await openTensorGate(['wasm']);
});

describe('integrated gradients', () => {
  it('are the values that calculus gives', async () => {
    const { tf } = gate;
    // f(x, y) = x²y along the way from (0, 0) to (3, 2): ∂f/∂x = 2xy adds 2/3 of f, ∂f/∂y = x² adds 1/3.
    const f = (p: Tensor): Tensor => {
      const [x, y] = tf.split(p, 2, 1);
      return tf.squeeze(tf.mul(tf.square(x), y), [1]);
    };
    const { values, difference, leftOver } = await integratedGradients(
      tf,
      f,
      Float32Array.of(3, 2),
      new Float32Array(2),
      [2],
    );
    expect(difference).toBeCloseTo(18, 4);
    expect(values[0]).toBeCloseTo(12, 2);
    expect(values[1]).toBeCloseTo(6, 2);
    expect(Math.abs(leftOver)).toBeLessThan(1e-2);
  });

  it('depend on the way, not on the gradient at its end alone', async () => {
    const { tf } = gate;
    // Saturated at the end: the gradient there is 0, yet x made all the difference.
    const saturated = (p: Tensor): Tensor => tf.squeeze(tf.minimum(p, 1), [1]);
    const { values } = await integratedGradients(tf, saturated, Float32Array.of(4), new Float32Array(1), [1]);
    expect(values[0]).toBeCloseTo(1, 5);
  });
});

describe('pixels of a creative', () => {
  const random = randomFrom('pixels');
  const images = silhouettes(20, random);
  let sees: Classifier;
  beforeAll(async () => {
    const indices = Int32Array.from(Array(images.count).keys());
    sees = classifier(gate, await trainClassifier(gate, images, indices, 30, random, () => undefined), random);
  });

  it('add up to how much better the image is recognised than a black one, within 2 %', async () => {
    for (const i of [0, 45, 90, 135]) {
      const { values, difference, leftOver } = await sees.attribute(imageAt(images.pixels, i), images.labels[i]);
      expect(values.some((value) => value !== 0)).toBe(true);
      expect(Math.abs(leftOver)).toBeLessThan(0.02 * Math.abs(difference) + 0.01);
    }
  });

  it('that are black add nothing, and without the strongest ones the image is worse recognised', async () => {
    const label = images.labels[45];
    const pixels = imageAt(images.pixels, 45).slice();
    const { values } = await sees.attribute(pixels, label);
    expect(values.filter((value, j) => pixels[j] === 0 && value !== 0)).toHaveLength(0);
    const strongest = [...values.keys()].toSorted((a, b) => values[b] - values[a]).slice(0, 60);
    const bare = pixels.slice();
    for (const j of strongest) bare[j] = 0;
    const seen = async (image: Uint8Array): Promise<number> => (await sees.perceive(image)).logProbability[label];
    expect(await seen(bare)).toBeLessThan(await seen(pixels));
  });
});
