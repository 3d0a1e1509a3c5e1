/**
 * The gradients of every kernel of ours, of the layers and of the losses, against finite differences, on every back end
 * that loads here: plain JavaScript and wasm always, TensorFlow's own kernels where `adsim native build` has made them.
 */
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src/core/random.ts';
import { networkLoss } from '../../src/models/ctr/mlp-loss.ts';
import { dense, doubling, halving, normalising, weights, writeWeights } from '../../src/models/gan/layers.ts';
import type { Weights } from '../../src/models/gan/layers.ts';
import { discriminator, generator } from '../../src/models/gan/networks.ts';
import { binaryCrossEntropy } from '../../src/models/gan/objective.ts';
import { affine, categoryEntropy, openTensorGate } from '../../src/models/tensor.ts';
import type { Scalar, Tensor, Tensor2D, TensorGate, Tf } from '../../src/models/tensor.ts';
import { awayFromZero, checkGradients } from '../support/gradients.ts';

interface Case {
  name: string;
  shapes: number[][];
  of: (tf: Tf, ...inputs: Tensor[]) => Tensor;
}

const convolution = (
  name: string,
  image: number[],
  filter: number[],
  stride: number,
  pad: 'same' | 'valid' | number,
): Case => ({
  name: `conv2d, ${name}`,
  shapes: [image, filter],
  of: (tf, x, w) =>
    tf.conv2d(x as never, w as never, stride, pad, 'NHWC', 1, typeof pad === 'number' ? 'floor' : undefined),
});

const transposed = (image: number[], filter: number[], out: number[], stride: number): Case => ({
  name: `conv2dTranspose, stride ${stride}, ${filter.join('×')} to ${out.join('×')}`,
  shapes: [image, filter],
  of: (tf, x, w) => tf.conv2dTranspose(x as never, w as never, out as never, stride, 'same'),
});

/** Every number of pixels that is left over at the edges. */
const toOneChannel = [
  transposed([2, 3, 3, 5], [4, 4, 1, 5], [2, 6, 6, 1], 2),
  transposed([2, 3, 2, 5], [4, 4, 1, 5], [2, 5, 3, 1], 2),
  transposed([1, 4, 3, 2], [4, 4, 1, 2], [1, 4, 3, 1], 1),
  transposed([1, 2, 2, 3], [4, 4, 1, 3], [1, 6, 5, 1], 3),
];

const products = [false, true].flatMap((turnA) =>
  [false, true].map((turnB) => ({
    name: `matMul${turnA ? ' of a transpose' : ''}${turnB ? ' by a transpose' : ''}`,
    shapes: [turnA ? [2, 4, 3] : [2, 3, 4], turnB ? [2, 5, 4] : [2, 4, 5]],
    of: (tf: Tf, a: Tensor, b: Tensor) => tf.matMul(a, b, turnA, turnB),
  })),
);

const fused = (activation: 'linear' | 'relu'): Case => ({
  name: `fused matMul with bias, ${activation}`,
  shapes: [[5, 4], [4, 3], [3]], // prettier-ignore
  of: (tf, a, b, bias) => tf.fused.matMul({ a: a as Tensor2D, b: b as Tensor2D, bias, activation }),
});

const affineOf: Case = {
  name: 'affine',
  shapes: [[5, 4], [4, 3], [3]], // prettier-ignore
  of: (tf, x, w, b) => affine(tf, x, w, b),
};

const targets = (tf: Tf, rows: number): Tensor => tf.oneHot(tf.tensor1d([...Array(rows).keys()], 'int32'), 10);

const kernels: Case[] = [
  ...products,
  fused('linear'),
  fused('relu'),
  affineOf,
  convolution('stride 1 same', [2, 5, 4, 3], [3, 3, 3, 2], 1, 'same'),
  convolution('stride 2 same', [2, 6, 6, 1], [4, 4, 1, 3], 2, 'same'),
  convolution('stride 2 same, odd', [2, 7, 5, 2], [3, 4, 2, 3], 2, 'same'),
  convolution('stride 3 valid', [2, 8, 7, 2], [3, 2, 2, 2], 3, 'valid'),
  convolution('stride 2 padded by 2', [1, 6, 5, 2], [5, 5, 2, 2], 2, 2),
  ...toOneChannel,
  transposed([2, 3, 3, 4], [4, 4, 2, 4], [2, 6, 6, 2], 2),
  transposed([2, 4, 3, 2], [3, 3, 3, 2], [2, 4, 3, 3], 1),
  {
    name: 'gather (embedding): segment sum with repeated and missing rows',
    shapes: [[6, 3]],
    of: (tf, x) => tf.square(tf.gather(x, tf.tensor1d([5, 0, 0, 3, 5, 5], 'int32'))),
  },
  { name: 'identity, shared by two uses', shapes: [[4, 3]], of: (tf, x) => tf.mul(tf.clone(x), tf.tanh(x)) },
  { name: 'relu', shapes: [[12]], of: (tf, x) => tf.relu(x) },
  {
    name: 'gradient of the gradient of a leaky rectifier',
    shapes: [[12], [12]], // prettier-ignore
    of: (tf, x, y) => tf.grad((z) => tf.sum(tf.square(tf.mul(y, tf.leakyRelu(tf.mul(z, y), 0.2)))))(x),
  },
  { name: 'leakyRelu', shapes: [[12]], of: (tf, x) => tf.leakyRelu(x, 0.2) },
  { name: 'softplus', shapes: [[12]], of: (tf, x) => tf.softplus(tf.mul(x, 4)) },
  { name: 'sigmoid and tanh', shapes: [[7], [7]], of: (tf, x, y) => tf.mul(tf.sigmoid(x), tf.tanh(y)) },
  { name: 'logSoftmax', shapes: [[4, 5]], of: (tf, x) => tf.logSoftmax(x) },
  { name: 'softmax', shapes: [[4, 5]], of: (tf, x) => tf.softmax(x) },
  {
    name: 'split and concat',
    shapes: [[4, 6]],
    of: (tf, x) => tf.concat(tf.split(tf.square(x), [1, 3, 2], 1).toReversed(), 1),
  },
  { name: 'avgPool', shapes: [[2, 4, 4, 2]], of: (tf, x) => tf.avgPool(x as never, 2, 2, 'same') },
  {
    name: 'batch normalisation, the long way',
    shapes: [[4, 3, 3, 2], [2], [2]], // prettier-ignore
    of: (tf, x, offset, gain) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return tf.batchNorm(x as never, mean as never, variance as never, offset as never, gain as never, 1e-3);
    },
  },
  {
    name: 'separable convolution (through the slow path of wasm)',
    shapes: [[1, 5, 5, 2], [3, 3, 2, 2]], // prettier-ignore
    of: (tf, x, w) => tf.depthwiseConv2d(x as never, w as never, 1, 'same'),
  },
  { name: 'binary cross-entropy', shapes: [[8]], of: (tf, x) => binaryCrossEntropy(tf, x, 0.9) },
  { name: 'cross-entropy', shapes: [[5, 10]], of: (tf, x) => categoryEntropy(tf, x, targets(tf, 5)) },
];

interface Layered {
  name: string;
  shapes: number[][];
  /** A network over `list`, which it fills. */
  of: (tf: Tf, list: Weights) => (...inputs: Tensor[]) => Tensor;
}

const ignoringTheRest = (layer: (x: Tensor) => Tensor) => (x: Tensor) => layer(x);

const layers: Layered[] = [
  { name: 'dense', shapes: [[5, 4]], of: (tf, list) => dense(tf, list, 4, 3) },
  { name: 'halving', shapes: [[2, 6, 6, 2]], of: (tf, list) => halving(tf, list, 2, 3) },
  { name: 'halving, odd sides', shapes: [[1, 7, 5, 2]], of: (tf, list) => halving(tf, list, 2, 3) },
  { name: 'doubling', shapes: [[2, 3, 3, 4]], of: (tf, list) => doubling(tf, list, 4, 2) },
  { name: 'normalising', shapes: [[3, 4, 4, 3]], of: (tf, list) => ignoringTheRest(normalising(tf, list, 3)) },
  {
    name: 'normalising by fixed statistics',
    shapes: [[3, 2, 2, 2]],
    of: (tf, list) => {
      const layer = normalising(tf, list, 2);
      return (x) => layer(x, { mean: tf.tensor1d([0.2, -0.1]), variance: tf.tensor1d([0.5, 2]) });
    },
  },
  {
    name: 'dense, doubling, normalising and halving, one upon another',
    shapes: [[3, 4]],
    of: (tf, list) => {
      const [first, up, norm, down] = [
        dense(tf, list, 4, 2 * 2 * 3),
        doubling(tf, list, 3, 2),
        normalising(tf, list, 2),
        halving(tf, list, 2, 2),
      ];
      return (x) => down(tf.tanh(norm(up(tf.reshape(first(x), [-1, 2, 2, 3])))));
    },
  },
];

const gates = new Map<string, TensorGate>();
for (const id of ['node-gpu', 'node', 'webgpu', 'wasm', 'cpu']) {
  // oxlint-disable-next-line no-await-in-loop -- one after the other: TensorFlow.js has one active back end
  const gate = await openTensorGate([id]).catch(() => undefined);
  if (gate) gates.set(id, gate);
}

/** TensorFlow's own kernels take no padding in numbers. */
const possibleOn = (id: string): Case[] =>
  kernels.filter(({ name }) => !(id.startsWith('node') && name.includes('padded')));

it('wasm and plain JavaScript load everywhere', () =>
  expect([...gates.keys()]).toEqual(expect.arrayContaining(['wasm', 'cpu'])));

describe.each([...gates.keys()])('gradients on %s', (id) => {
  it.each(possibleOn(id))('$name', async ({ shapes, of }) => {
    const gate = await openTensorGate([id]);
    const slopes = await checkGradients(gate, (...inputs) => of(gate.tf, ...inputs), shapes);
    expect(slopes).toHaveLength(3 * shapes.length);
  });

  it.each(layers)('layer: $name', async ({ shapes, of }) => {
    const gate = await openTensorGate([id]);
    const list = weights(gate.tf, randomFrom('layers'));
    const forward = of(gate.tf, list);
    const slopes = await checkGradients(gate, forward, shapes, { variables: list.variables });
    expect(slopes).toHaveLength(3 * (shapes.length + list.variables.length));
    list.dispose();
  });

  it('the generator through the discriminator, as both are trained', async () => {
    const gate = await openTensorGate([id]);
    const { tf } = gate;
    const shape = { latentSize: 3, width: 2 };
    const g = generator(tf, shape, randomFrom('generator'));
    const d = discriminator(tf, shape, randomFrom('discriminator'));
    const forward = (latent: Tensor): Tensor => {
      const wanted = targets(tf, 4);
      const { score, categories } = d.forward(g.forward(latent, wanted), wanted);
      return tf.add(binaryCrossEntropy(tf, score, 1), categoryEntropy(tf, categories, wanted));
    };
    // A generator starts from weights of 0.02 and biases of 0: grey images, on the kinks of all rectifiers. Move off them.
    for (const { weights: list } of [g, d]) {
      const values = list.variables.map(({ size }, i) => awayFromZero(size, `weight ${i}`).map((one) => 0.4 * one));
      writeWeights(tf, list, values);
    }
    const variables = [...g.weights.variables, ...d.weights.variables];
    // Thousands of rectifiers: some have their kink within even the shorter step.
    const slopes = await checkGradients(gate, forward, [[4, 3]], { variables, tolerance: 1e-2 });
    expect(slopes).toHaveLength(3 * (1 + 10 + 6));
    g.weights.dispose();
    d.weights.dispose();
  });

  it('the loss of the click network', async () => {
    const gate = await openTensorGate([id]);
    const { tf } = gate;
    const labels = Float32Array.of(1, 0, 0, 1, 0, 1);
    const shapes = [[6, 3], [3, 5], [5], [5, 1], [1]]; // prettier-ignore
    const forward = (x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor): Scalar => {
      const net = [
        { weights: w1, bias: b1 },
        { weights: w2, bias: b2 },
      ] as never;
      return networkLoss(gate, net, x as Tensor2D, tf.tensor2d(labels, [6, 1]), 0.1);
    };
    expect(await checkGradients(gate, forward as never, shapes)).toHaveLength(15);
  });
});

describe('a wrong gradient is seen', () => {
  const wrong = (tf: Tf, factor: (dy: Tensor, x: Tensor) => Tensor) =>
    tf.customGrad((...args) => {
      const [x, save] = args as unknown as [Tensor, (kept: Tensor[]) => void];
      save([x]);
      const gradFunc = (dy: Tensor, [kept]: Tensor[]): Tensor => factor(dy, kept);
      return { value: tf.square(x), gradFunc: gradFunc as never };
    });

  it.each<[string, (tf: Tf, dy: Tensor, x: Tensor) => Tensor]>([
    ['by a factor of 1.01', (tf, dy, x) => tf.mul(tf.mul(dy, 2.02), x)],
    ['of the other sign', (tf, dy, x) => tf.mul(tf.mul(dy, -2), x)],
    [
      'of 0 in one row of eight',
      (tf, dy, x) => tf.mul(tf.mul(dy, tf.concat([tf.zeros([1, 3]), tf.mul(2, tf.ones([7, 3]))])), x),
    ],
    ['of nothing', (tf, dy) => tf.zerosLike(dy)],
  ])('%s', async (_, gradient) => {
    const gate = await openTensorGate(['wasm']);
    const { tf } = gate;
    const square = wrong(tf, (dy, x) => gradient(tf, dy, x));
    await expect(checkGradients(gate, (x) => square(x), [[8, 3]])).rejects.toThrow(/gradient of input 0 \(8×3\) says/);
  });

  it('and of one weight of a layer', async () => {
    const gate = await openTensorGate(['wasm']);
    const { tf } = gate;
    const list = weights(tf, randomFrom('wrong'));
    const layer = dense(tf, list, 4, 3);
    const [, bias] = list.variables;
    const forward = (x: Tensor): Tensor => tf.add(layer(x), tf.mul(bias, 1));
    const detached = tf.customGrad((...args) => {
      const [b] = args as unknown as [Tensor];
      return { value: tf.mul(b, 2), gradFunc: (dy: Tensor) => dy as never };
    });
    await checkGradients(gate, forward, [[5, 4]], { variables: list.variables });
    const broken = (x: Tensor): Tensor => tf.add(layer(x), detached(bias));
    await expect(checkGradients(gate, broken, [[5, 4]], { variables: list.variables })).rejects.toThrow(
      /gradient of variable 1 \(3\) says/,
    );
    list.dispose();
  });

  it('and what has no slope at all proves nothing', async () => {
    const gate = await openTensorGate(['wasm']);
    const flat = (): Promise<unknown> => checkGradients(gate, (x) => gate.tf.mul(x, 0), [[3]]);
    await expect(flat()).rejects.toThrow(/flat everywhere/);
  });
});

describe('wasm and TensorFlow’s own kernels against plain JavaScript', () => {
  const others = [...gates.keys()].filter((id) => id !== 'cpu' && id !== 'webgpu');
  it.each(others.flatMap((id) => possibleOn(id).map((example) => [id, example.name, example] as const)))(
    '%s: %s',
    async (id, _, { shapes, of }) => {
      const gradients = async (name: string): Promise<Float32Array[]> => {
        const { tf } = await openTensorGate([name]);
        const inputs = shapes.map(
          (shape, i) =>
          tf.tensor(awayFromZero(shape.reduce((a, b) => a * b), `input ${i}`), shape), // prettier-ignore
        );
        const all = tf.tidy(() => tf.grads((...xs: Tensor[]) => tf.sum(tf.square(of(tf, ...xs))))(inputs));
        const read = await Promise.all(all.map(async (gradient) => (await gradient.data()) as Float32Array));
        [...all, ...inputs].forEach((tensor) => tensor.dispose());
        return read;
      };
      const expected = await gradients('cpu');
      const actual = await gradients(id);
      expected.forEach((values, i) => {
        const scale = values.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
        values.forEach((value, j) => expect(Math.abs(actual[i][j] - value)).toBeLessThan(1e-5 * (1 + scale)));
      });
    },
  );
});
