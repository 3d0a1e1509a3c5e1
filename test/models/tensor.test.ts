import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src/core/random.ts';
import { adam, openTensorGate } from '../../src/models/tensor.ts';
import type { Scalar, Tensor, TensorGate, Tf } from '../../src/models/tensor.ts';

/** Numbers in (−1, 1), away from 0 so that rectifiers have a slope. */
function numbers(size: number, name: string): Float32Array {
  const draws = randomFrom('tensor-test').stream(name).sequence();
  return Float32Array.from({ length: size }, () => {
    const u = draws.uniform() * 1.8 - 0.9;
    return u + Math.sign(u) * 0.1;
  });
}

interface Case {
  name: string;
  shape: number[];
  /** A scalar of x; other inputs are constants. */
  of: (tf: Tf, x: Tensor) => Scalar;
}

const constant = (tf: Tf, shape: number[], name: string): Tensor =>
  tf.tensor(
    numbers(
      shape.reduce((a, b) => a * b, 1),
      name,
    ),
    shape,
  );
const energy = (tf: Tf, y: Tensor): Scalar => tf.sum(tf.mul(tf.square(y), constant(tf, y.shape, 'weights'))) as Scalar;

function convolution(
  name: string,
  image: number[],
  filter: number[],
  stride: number,
  pad: 'same' | 'valid' | number,
): Case[] {
  const conv = (tf: Tf, x: Tensor, w: Tensor): Scalar =>
    energy(
      tf,
      tf.conv2d(
        x as never,
        w as never,
        stride,
        pad,
        'NHWC',
        1,
        pad === 'same' || pad === 'valid' ? undefined : 'floor',
      ),
    );
  return [
    { name: `conv2d by image, ${name}`, shape: image, of: (tf, x) => conv(tf, x, constant(tf, filter, 'w')) },
    { name: `conv2d by filter, ${name}`, shape: filter, of: (tf, w) => conv(tf, constant(tf, image, 'x'), w) },
  ];
}

function transposed(image: number[], filter: number[], out: number[], stride: number): Case[] {
  const conv = (tf: Tf, x: Tensor, w: Tensor): Scalar =>
    energy(tf, tf.conv2dTranspose(x as never, w as never, out as never, stride, 'same'));
  const name = `stride ${stride}, ${filter.join('×')}`;
  return [
    { name: `conv2dTranspose by image, ${name}`, shape: image, of: (tf, x) => conv(tf, x, constant(tf, filter, 'w')) },
    { name: `conv2dTranspose by filter, ${name}`, shape: filter, of: (tf, w) => conv(tf, constant(tf, image, 'x'), w) },
  ];
}

const products: Case[] = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
].flatMap(([turnA, turnB]) => {
  const a = turnA ? [2, 4, 3] : [2, 3, 4];
  const b = turnB ? [2, 5, 4] : [2, 4, 5];
  const of = (tf: Tf, x: Tensor, y: Tensor): Scalar => energy(tf, tf.matMul(x, y, turnA, turnB));
  return [
    {
      name: `matMul ${String(turnA)} ${String(turnB)} by a`,
      shape: a,
      of: (tf: Tf, x: Tensor) => of(tf, x, constant(tf, b, 'b')),
    },
    {
      name: `matMul ${String(turnA)} ${String(turnB)} by b`,
      shape: b,
      of: (tf: Tf, y: Tensor) => of(tf, constant(tf, a, 'a'), y),
    },
  ];
});

const cases: Case[] = [
  ...products,
  ...convolution('stride 1 same', [2, 5, 4, 3], [3, 3, 3, 2], 1, 'same'),
  ...convolution('stride 2 same', [2, 6, 6, 1], [4, 4, 1, 3], 2, 'same'),
  ...convolution('stride 2 same, odd', [2, 7, 5, 2], [3, 4, 2, 3], 2, 'same'),
  ...convolution('stride 3 valid', [2, 8, 7, 2], [3, 2, 2, 2], 3, 'valid'),
  ...convolution('stride 2 padded by 2', [1, 6, 5, 2], [5, 5, 2, 2], 2, 2),
  ...transposed([2, 3, 3, 4], [4, 4, 2, 4], [2, 6, 6, 2], 2),
  ...transposed([2, 4, 3, 2], [3, 3, 3, 2], [2, 4, 3, 3], 1),
  {
    name: 'gather (embedding)',
    shape: [6, 3],
    of: (tf, x) => energy(tf, tf.gather(x, tf.tensor1d([5, 0, 0, 3, 5, 5], 'int32'))),
  },
  {
    name: 'fused matMul with bias and relu',
    shape: [4, 3],
    of: (tf, x) =>
      energy(
        tf,
        tf.fused.matMul({
          a: constant(tf, [5, 4], 'a') as never,
          b: x as never,
          bias: constant(tf, [3], 'bias'),
          activation: 'relu',
        }),
      ),
  },
  { name: 'leakyRelu', shape: [12], of: (tf, x) => energy(tf, tf.leakyRelu(x, 0.2)) },
  {
    name: 'batch normalisation',
    shape: [4, 3, 3, 2],
    of: (tf, x) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return energy(
        tf,
        tf.batchNorm(x, mean as never, variance as never, tf.tensor1d([0.3, 0.1]), tf.tensor1d([1.5, -0.7]), 1e-3),
      );
    },
  },
  { name: 'logSoftmax', shape: [4, 5], of: (tf, x) => energy(tf, tf.logSoftmax(x)) },
  { name: 'binary cross-entropy', shape: [8], of: (tf, x) => tf.mean(tf.softplus(x)) as Scalar },
  { name: 'avgPool', shape: [2, 4, 4, 2], of: (tf, x) => energy(tf, tf.avgPool(x as never, 2, 2, 'same')) },
  {
    name: 'separable convolution (through the slow path)',
    shape: [1, 5, 5, 2],
    of: (tf, x) => energy(tf, tf.depthwiseConv2d(x as never, constant(tf, [3, 3, 2, 2], 'w') as never, 1, 'same')),
  },
];

/** Directional derivative along a random direction, by finite differences and by the gradient: both as [number, number]. */
async function slopes(tf: Tf, { shape, of }: Case): Promise<[number, number]> {
  const size = shape.reduce((a, b) => a * b, 1);
  const x = numbers(size, 'point');
  const direction = numbers(size, 'direction');
  const at = async (h: number): Promise<number> => {
    const value = tf.tidy(() =>
      of(
        tf,
        tf.tensor(
          x.map((v, i) => v + h * direction[i]),
          shape,
        ),
      ),
    );
    const [number] = await value.data();
    value.dispose();
    return number;
  };
  const h = 1 / 128;
  // Fourth-order central difference: its error is far below that of float32 arithmetic.
  const numeric = (8 * ((await at(h)) - (await at(-h))) - ((await at(2 * h)) - (await at(-2 * h)))) / (12 * h);
  const gradient = tf.tidy(() => tf.grad((t) => of(tf, t))(tf.tensor(x, shape)));
  const values = (await gradient.data()) as Float32Array;
  gradient.dispose();
  return [numeric, values.reduce((sum, g, i) => sum + g * direction[i], 0)];
}

async function gradientOf(tf: Tf, { shape, of }: Case): Promise<Float32Array> {
  const gradient = tf.tidy(() =>
    tf.grad((t) => of(tf, t))(
      tf.tensor(
        numbers(
          shape.reduce((a, b) => a * b, 1),
          'point',
        ),
        shape,
      ),
    ),
  );
  const values = (await gradient.data()) as Float32Array;
  gradient.dispose();
  return values;
}

const CANDIDATES = ['node-gpu', 'node', 'webgpu', 'wasm', 'cpu'];
const gates = new Map<string, TensorGate>();
for (const id of CANDIDATES) {
  // oxlint-disable-next-line no-await-in-loop -- one after the other: TensorFlow.js has one active back end
  const gate = await openTensorGate([id]).catch((error: Error) => error);
  if (!(gate instanceof Error)) gates.set(id, gate);
}

describe.each([...gates.keys()])('gradients on %s', (id) => {
  // TensorFlow's own kernels take no padding in numbers.
  const possible = cases.filter(({ name }) => !(id.startsWith('node') && name.includes('padded')));
  it.each(possible)('$name', async (example) => {
    const { tf } = await openTensorGate([id]);
    const before = tf.memory().numTensors;
    const [numeric, analytic] = await slopes(tf, example);
    expect(Math.abs(numeric), 'the case has a slope to be wrong about').toBeGreaterThan(1e-3);
    expect(Math.abs(analytic - numeric) / (1 + Math.abs(numeric))).toBeLessThan(3e-3);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('wasm against plain JavaScript', () => {
  it.each(cases)('$name', async (example) => {
    const expected = await gradientOf((await openTensorGate(['cpu'])).tf, example);
    const actual = await gradientOf((await openTensorGate(['wasm'])).tf, example);
    expect(actual.length).toBe(expected.length);
    const scale = expected.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    for (let i = 0; i < expected.length; i++)
      expect(Math.abs(actual[i] - expected[i])).toBeLessThan(1e-5 * (1 + scale));
  });
});

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
