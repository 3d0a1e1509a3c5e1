import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { delayDistribution } from '../../../src/models/cvr/delay-distribution.ts';
import { delayedLoss, entireSpaceLoss, labelLoss } from '../../../src/models/cvr/losses.ts';
import type { ConversionLoss } from '../../../src/models/cvr/losses.ts';
import { openTensorGate } from '../../../src/models/tensor.ts';
import type { Tensor2D } from '../../../src/models/tensor.ts';
import { checkGradients } from '../../support/gradients.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const LINES = {
  click: Uint8Array.of(0, 1, 1, 1, 0, 1),
  converted: Uint8Array.of(0, 1, 0, 0, 0, 1),
  open: Uint8Array.of(0, 0, 1, 0, 0, 0),
  delay: Float64Array.of(0, 12, 0, 0, 0, 3),
  age: Float64Array.of(50, 40, 30, 200, 20, 10),
};
const LOGITS = [
  [-1.2, 0.4, 0.3, -0.8, -2.1, 1.4],
  [0.7, -0.5, 0.2, -1.3, 0.1, -0.4],
];
const ROWS = Uint32Array.of(0, 1, 2, 3, 4, 5);

/** What each says of line i, from its definition. */
const BY_DEFINITION: Record<string, { loss: ConversionLoss; line: (a: number, b: number, i: number) => number }> = {
  'labels beyond 1': {
    loss: labelLoss([0, 1.5, 0, 0, 0, 4]),
    line: (a, _, i) => {
      const y = [0, 1.5, 0, 0, 0, 4][i];
      return -y * Math.log(sigmoid(a)) - (1 - y) * Math.log(1 - sigmoid(a));
    },
  },
  'the entire space': {
    loss: entireSpaceLoss(LINES),
    line: (a, b, i) => {
      const [p, both] = [sigmoid(a), sigmoid(a) * sigmoid(b)];
      return -Math.log(LINES.click[i] ? p : 1 - p) - Math.log(LINES.converted[i] ? both : 1 - both);
    },
  },
  'delayed feedback': {
    loss: delayedLoss(LINES, 10),
    line: (z, w, i) => {
      const [p, rate] = [sigmoid(z), Math.exp(w) / 10];
      // The density is per 10 hours: the unit of λ.
      if (LINES.converted[i]) return -Math.log(p * 10 * rate * Math.exp(-rate * LINES.delay[i]));
      return -Math.log(LINES.open[i] ? 1 - p + p * Math.exp(-rate * LINES.age[i]) : 1 - p);
    },
  },
};

describe.each(Object.keys(BY_DEFINITION))('the loss of %s', (name) => {
  const { loss, line } = BY_DEFINITION[name];

  it('is its definition', () => {
    ROWS.forEach((i) => {
      expect(loss.plain([LOGITS[0][i], LOGITS[1][i]], i)).toBeCloseTo(line(LOGITS[0][i], LOGITS[1][i], i), 10);
    });
  });

  it.each(['wasm', 'cpu'])('is the same as tensors, with the gradient of differences, on %s', async (id) => {
    const gate = await openTensorGate([id]);
    const { tf } = gate;
    const points = LOGITS.slice(0, loss.towers).map((one) => Float32Array.from(one));
    const shapes = points.map(() => [6, 1]);
    await checkGradients(gate, (...logits) => loss.tensor(gate, logits as Tensor2D[], ROWS), shapes, { points });
    const value = tf.tidy(() => loss.tensor(gate, points.map((one) => tf.tensor2d(one, [6, 1])), ROWS)); // prettier-ignore
    const mean = ROWS.reduce((sum, i) => sum + loss.plain([LOGITS[0][i], LOGITS[1][i]], i), 0) / 6;
    expect((await value.data())[0]).toBeCloseTo(mean, 5);
    value.dispose();
  });
});

describe('delays seen so far', () => {
  it('are the product-limit estimate by hand', () => {
    // At 5: delays 1, 2, 5 are up to 5, ages 6, 9 and 8 reach it: 3 at risk. At 2: 1, 2 with ages 6, 9: 2. At 1: 1.
    const found = delayDistribution([1, 2, 5], [6, 9, 8]);
    expect([0.5, 1, 1.9, 2, 4.9, 5, 99].map((t) => found.at(t))).toEqual([
      0,
      ...[(2 / 3) * (1 / 2), (2 / 3) * (1 / 2), 2 / 3, 2 / 3].map((p) => expect.closeTo(p, 12)),
      1,
      1,
    ]);
  });

  it('tell the distribution of all delays, though long ones are seldom seen', () => {
    const draw = randomFrom('delays').sequence();
    const [delay, age]: [number[], number[]] = [[], []];
    let naive = 0;
    while (delay.length < 4000) {
      const [wait, old] = [-24 * Math.log(1 - draw.uniform()), 200 * draw.uniform()];
      if (wait > old) continue;
      delay.push(wait);
      age.push(old);
      if (wait <= 24) naive++;
    }
    const found = delayDistribution(delay, age);
    // 4,000 delays: three standard errors are about 0.03.
    for (const t of [6, 24, 72]) expect(Math.abs(found.at(t) - (1 - Math.exp(-t / 24)))).toBeLessThan(0.03);
    expect(naive / 4000).toBeGreaterThan(1 - Math.exp(-1) + 0.03);
  });
});
