import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { augmentation, augmented } from '../../../src/models/gan/augment.ts';
import { leaky } from '../../../src/models/gan/layers.ts';
import { discriminator } from '../../../src/models/gan/networks.ts';
import { discriminatorLoss, generatorLoss, gradientPenalty, slopePenalty } from '../../../src/models/gan/objective.ts';
import { PIXELS } from '../../../src/models/images/images.ts';
import type { Scalar, Tensor } from '../../../src/models/tensor.ts';
import { openTensorGate } from '../../../src/models/tensor.ts';

const { tf } = await openTensorGate(['wasm']);
const numbers = (size: number, name: string): Float32Array => {
  const draws = randomFrom('objective-test').stream(name).sequence();
  return Float32Array.from({ length: size }, () => draws.normal());
};
const valueOf = async (x: Tensor): Promise<number> => (await x.data())[0];

describe('losses', () => {
  const real = tf.tensor1d([2, 1]);
  const made = tf.tensor1d([-1, 0.5]);
  it('are the critic’s distance in wgan-gp', async () => {
    const settings = { objective: 'wgan-gp', labelSmoothing: 0.1, gradientPenalty: 10 } as const;
    expect(await valueOf(discriminatorLoss(tf, real, made, settings))).toBeCloseTo(-0.25 - 1.5, 6);
    expect(await valueOf(generatorLoss(tf, made, settings))).toBeCloseTo(0.25, 6);
  });
});

describe('slopePenalty', () => {
  it('is the squared slope at real images in gan-r1, and nothing in gan', async () => {
    const w = tf.variable(tf.tensor2d([3, 4], [2, 1]));
    const score = (x: Tensor): Tensor => tf.reshape(tf.matMul(x as never, w as never), [-1]);
    const points = tf.tensor2d(numbers(10, 'r'), [5, 2]);
    const mix = (): Tensor => tf.zeros([5, 1]);
    const settings = { objective: 'gan-r1', labelSmoothing: 0, gradientPenalty: 0.1 } as const;
    const loss = (): Scalar => slopePenalty(tf, score, points, points, mix, settings) as Scalar;
    const { value, grads } = tf.variableGrads(loss, [w]);
    expect(await valueOf(value)).toBeCloseTo(2.5, 5);
    expect((await grads[w.name].data())[0]).toBeCloseTo(0.6, 5);
    expect(slopePenalty(tf, score, points, points, mix, { ...settings, objective: 'gan' })).toBeUndefined();
  });
});

describe('gradientPenalty', () => {
  it('is exact where the critic is a line: (|w| − 1)², with gradient 2 (|w| − 1) w / |w|', async () => {
    const w = tf.variable(tf.tensor2d([3, 4], [2, 1]));
    const score = (x: Tensor): Tensor => tf.reshape(tf.matMul(x as never, w as never), [-1]);
    const mix = tf.tensor2d(numbers(5, 'm'), [5, 1]);
    const loss = (): Scalar =>
      gradientPenalty(
        tf,
        score,
        tf.tensor2d(numbers(10, 'r'), [5, 2]),
        tf.tensor2d(numbers(10, 'f'), [5, 2]),
        mix,
      ) as Scalar;
    const { value, grads } = tf.variableGrads(loss, [w]);
    expect(await valueOf(value)).toBeCloseTo(16, 4);
    const gradient = await grads[w.name].data();
    expect(gradient[0]).toBeCloseTo(2 * 4 * 0.6, 4);
    expect(gradient[1]).toBeCloseTo(2 * 4 * 0.8, 4);
  });

  it('of the convolutional critic has the gradient that finite differences find, in every variable', async () => {
    const d = discriminator(tf, { latentSize: 4, width: 4 }, randomFrom('critic'));
    const category = tf.cast(tf.oneHot(tf.tensor1d([3, 7, 1], 'int32'), 10), 'float32');
    // Far from every kink: with slopes that jump, finite differences would say nothing.
    for (const bias of d.weights.variables.filter(({ rank, size }) => rank === 1 && size < 10)) {
      bias.assign(tf.tensor1d(Array.from({ length: bias.size }, (_, i) => (i % 3 === 0 ? -60 : 60))));
    }
    const images = (name: string): Tensor => tf.tensor4d(numbers(3 * PIXELS, name), [3, 28, 28, 1]);
    const [real, made] = [images('real'), images('made')];
    const mix = tf.tensor4d(Float32Array.of(0.2, 0.5, 0.9), [3, 1, 1, 1]);
    const loss = (): Scalar => gradientPenalty(tf, (x) => d.forward(x, category).score, real, made, mix) as Scalar;
    const { grads } = tf.variableGrads(loss, d.weights.variables);
    let checked = 0;
    for (const variable of d.weights.variables) {
      const gradient = grads[variable.name];
      if (gradient === undefined || gradient === null) continue; // biases after the last rectifier don't count
      // oxlint-disable-next-line no-await-in-loop
      const values = (await gradient.data()) as Float32Array;
      const along = numbers(variable.size, variable.name);
      const step = 2e-3 / Math.sqrt(variable.size);
      const shifted = (by: number): Promise<number> =>
        valueOf(
          tf.tidy(() => {
            const old = tf.clone(variable);
            variable.assign(
              tf.add(
                variable,
                tf.tensor(
                  along.map((x) => by * x),
                  variable.shape,
                ),
              ),
            );
            const out = loss();
            variable.assign(old);
            return out;
          }),
        );
      // oxlint-disable-next-line no-await-in-loop
      const difference = ((await shifted(step)) - (await shifted(-step))) / (2 * step);
      const expected = values.reduce((sum, g, i) => sum + g * along[i], 0);
      const scale = Math.sqrt(values.reduce((sum, g) => sum + g * g, 0));
      expect(Math.abs(difference - expected)).toBeLessThan(0.01 * scale + 1e-3);
      if (scale > 0) checked++;
    }
    expect(checked).toBeGreaterThanOrEqual(3);
  });
});

describe('leaky', () => {
  it('is the leaky rectifier', async () => {
    const x = tf.tensor1d([-2, -0.5, 0.5, 3]);
    expect([...(await leaky(tf, x).data())]).toEqual([...(await tf.leakyRelu(x, 0.2).data())]);
    const [ours, theirs] = [(v: Tensor) => leaky(tf, v), (v: Tensor) => tf.leakyRelu(v, 0.2)].map((f) =>
      tf.grad((v) => tf.sum(tf.square(f(v))))(x),
    );
    const wanted = await theirs.data();
    (await ours.data()).forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 6));
  });
});

describe('augmentation', () => {
  const n = 6;
  const images = tf.tensor4d(
    numbers(n * PIXELS, 'images').map((x) => Math.tanh(x)),
    [n, 28, 28, 1],
  );

  it('changes light, shifts and cuts, by the numbers drawn', async () => {
    const drawn = augmentation(n, randomFrom('light'));
    const before = (await images.data()) as Float32Array;
    const after = (await augmented(tf, images, drawn).data()) as Float32Array;
    const expected = Array.from(drawn.source, (from, p) => {
      const i = Math.floor(p / PIXELS);
      const mean = before.subarray(i * PIXELS, (i + 1) * PIXELS).reduce((sum, x) => sum + x, 0) / PIXELS;
      return from === n * PIXELS ? 0 : (before[from] - mean) * drawn.contrast[i] + mean + drawn.brightness[i];
    });
    expect(Math.max(...expected.map((value, p) => Math.abs(value - after[p])))).toBeLessThan(1e-5);
    const grey = drawn.source.reduce((sum, from) => sum + (from === n * PIXELS ? 1 : 0), 0);
    expect(grey / (n * PIXELS)).toBeGreaterThan(0.1);
    expect(grey / (n * PIXELS)).toBeLessThan(0.5);
  });

  it('cuts so that it shows on a black background: a made image with a hole is not a whole one that was cut', async () => {
    const many = 50;
    const drawn = augmentation(many, randomFrom('shows'));
    const after = (await augmented(tf, tf.neg(tf.ones([many, 28, 28, 1])), drawn).data()) as Float32Array;
    for (let i = 0; i < many; i++) {
      const at = (cut: boolean): number =>
        drawn.source.findIndex((from, p) => Math.floor(p / PIXELS) === i && (from === many * PIXELS) === cut);
      expect(Math.abs(after[at(true)] - after[at(false)])).toBeGreaterThanOrEqual(0.5);
    }
  });

  it('stays inside the image and within the paper’s ranges, and is a pure function of its source', () => {
    const { brightness, contrast, source } = augmentation(400, randomFrom('many'));
    const outside = source.filter(
      (from, p) => from !== 400 * PIXELS && Math.floor(from / PIXELS) !== Math.floor(p / PIXELS),
    );
    expect(outside.length).toBe(0);
    expect(Math.max(...brightness.map(Math.abs))).toBeLessThanOrEqual(0.5);
    expect(Math.min(...contrast)).toBeGreaterThanOrEqual(0.5);
    expect(Math.max(...contrast)).toBeLessThanOrEqual(1.5);
    expect(augmentation(5, randomFrom('many'))).toEqual(augmentation(5, randomFrom('many')));
  });

  it('has the gradient that finite differences find', async () => {
    const drawn = augmentation(n, randomFrom('light'));
    const towards = tf.tensor4d(numbers(n * PIXELS, 'towards'), [n, 28, 28, 1]);
    const energy = (x: Tensor): Tensor => tf.sum(tf.mul(tf.square(augmented(tf, x, drawn)), towards));
    const gradient = (await tf.grad(energy)(images).data()) as Float32Array;
    const along = numbers(n * PIXELS, 'along');
    const shifted = (by: number): Promise<number> =>
      valueOf(
        tf.tidy(() =>
          energy(
            tf.add(
              images,
              tf.tensor4d(
                along.map((x) => by * x),
                [n, 28, 28, 1],
              ),
            ),
          ),
        ),
      );
    const difference = ((await shifted(1e-3)) - (await shifted(-1e-3))) / 2e-3;
    const expected = gradient.reduce((sum, g, i) => sum + g * along[i], 0);
    expect(Math.abs(difference - expected)).toBeLessThan(0.01 * Math.abs(expected) + 0.5);
  });
});
