/** Multinomial logistic regression: the optimum, by another road, and what it must not do. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { newtonLogistic } from '../../src/models/ctr/newton.ts';
import { classOdds, softmaxInto, softmaxRegression } from '../../src/models/softmax-regression.ts';

const N = 300;
const D = 3;
const draw = randomFrom('softmax').sequence();
const rows = matrix(N, D);
for (let at = 0; at < N * D; at++) rows.data[at] = draw.normal();
const label = Int32Array.from({ length: N }, (_, i) => (rows.data[i * D] + draw.normal() > 0.3 ? 1 : 0));
const rowWeights = Float64Array.from({ length: N }, () => 3 * draw.uniform());

describe('softmax regression', () => {
  it('of two classes is logistic regression with half the penalty', () => {
    const { weights, converged } = softmaxRegression(rows, label, { classes: 2, l2: 1, rowWeights, tolerance: 1e-10 });
    const index = Int32Array.from({ length: N * D }, (_, at) => at % D);
    const design = { rows: N, columns: D, width: D, index, value: rows.data };
    const logistic = newtonLogistic(design, label, { l2: 0.5, rowWeights });
    expect(converged).toBe(true);
    logistic.weights.forEach((w, j) => expect(weights[D + 1 + j] - weights[j]).toBeCloseTo(w, 6));
  });

  it('of one column of ones is the share of each class, a row counting as often as its weight says', () => {
    const ones = matrix(4, 0);
    const fit = softmaxRegression(ones, [0, 1, 2, 2], {
      classes: 3,
      l2: 1,
      rowWeights: [1, 2, 3, 4],
      tolerance: 1e-10,
    });
    const odds = matrix(4, 3);
    classOdds(fit, ones, odds);
    expect([...odds.data.subarray(0, 3)]).toEqual([0.1, 0.2, 0.7].map((p) => expect.closeTo(p, 8)));
  });

  it('knows separable classes apart without losing its numbers', () => {
    const x = matrix(6, 1);
    x.data.set([-3000, -2000, -1000, 1000, 2000, 3000]);
    const fit = softmaxRegression(x, [0, 0, 0, 1, 1, 1], { classes: 2, l2: 1e-9 });
    const odds = matrix(6, 2);
    classOdds(fit, x, odds);
    expect(Array.from({ length: 6 }, (_, i) => Math.round(odds.data[2 * i + 1]))).toEqual([0, 0, 0, 1, 1, 1]);
  });

  it('a softmax of large scores is finite, and a negative temperature turns it round', () => {
    const out = new Float64Array(4);
    softmaxInto(Float64Array.of(1000, 999), 1, out, 0);
    softmaxInto(Float64Array.of(1000, 999), -1, out, 2);
    expect(out[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
    expect(out[2]).toBeCloseTo(1 - out[0], 12);
  });
});
