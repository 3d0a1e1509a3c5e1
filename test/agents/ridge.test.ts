/** Ridge regressions and the symmetric algebra below them, against plain elimination. */
import { describe, expect, it } from 'vitest';
import { dotProducts, padded } from '../../src/agents/contextual/dot-products.ts';
import { ridge } from '../../src/agents/contextual/ridge.ts';
import { invert, packedSize } from '../../src/agents/contextual/symmetric.ts';
import { randomFrom } from '../../src/core/random.ts';

/** A⁻¹ by Gauss–Jordan with pivoting, from a packed symmetric A. */
function plainInverse(packed: Float64Array, at: number, d: number): number[][] {
  const rows = Array.from({ length: d }, () => new Float64Array(2 * d));
  for (let i = 0, p = at; i < d; i++) {
    rows[i][d + i] = 1;
    for (let j = i; j < d; j++, p++) {
      rows[i][j] = packed[p];
      rows[j][i] = packed[p];
    }
  }
  for (let c = 0; c < d; c++) {
    let pivot = c;
    for (let i = c; i < d; i++) if (Math.abs(rows[i][c]) > Math.abs(rows[pivot][c])) pivot = i;
    [rows[c], rows[pivot]] = [rows[pivot], rows[c]];
    rows[c] = rows[c].map((value) => value / rows[c][c]);
    for (let i = 0; i < d; i++) {
      const factor = rows[i][c];
      if (i !== c) rows[i] = rows[i].map((value, j) => value - factor * rows[c][j]);
    }
  }
  return rows.map((row) => [...row.subarray(d)]);
}

/** Largest difference of a packed inverse from the plain one, relative to the largest entry. */
function error(gram: Float64Array, inverse: Float64Array, at: number, d: number): number {
  const plain = plainInverse(gram, at, d);
  const scale = Math.max(...plain.flat().map(Math.abs));
  let worst = 0;
  for (let i = 0, p = at; i < d; i++) {
    for (let j = i; j < d; j++, p++) worst = Math.max(worst, Math.abs(inverse[p] - plain[i][j]) / scale);
  }
  return worst;
}

describe('ridge', () => {
  it.each([
    ['Sherman–Morrison', 1],
    ['both', 9],
    ['Cholesky', 500],
  ])('keeps the inverse by %s', (_how, rows) => {
    const [k, d] = [3, 7];
    const random = randomFrom('ridge').sequence();
    const model = ridge(k, d, 0.5);
    const design = new Float64Array(rows * d);
    const action = new Int32Array(rows);
    const reward = new Float64Array(rows);
    for (let t = 0; t * rows < 20_000; t++) {
      for (let i = 0; i < rows * d; i++) design[i] = random.normal();
      for (let i = 0; i < rows; i++) {
        // Columns that nearly depend on each other, and an action rarely seen.
        design[i * d + 1] = design[i * d] + 1e-3 * design[i * d + 1];
        action[i] = random.uniform() < 0.01 ? 2 : random.integer(3) - 1;
        reward[i] = random.uniform();
      }
      model.learn(rows, design, action, reward);
    }
    const size = packedSize(d);
    for (let a = 0; a < k; a++) {
      expect(error(model.gram, model.inverse, a * size, d)).toBeLessThan(1e-9);
      const plain = plainInverse(model.gram, a * size, d);
      plain.forEach((row, i) => {
        const theta = row.reduce((sum, value, j) => sum + value * model.moment[a * d + j], 0);
        expect(Math.abs(model.theta[a * d + i] - theta)).toBeLessThan(1e-9);
      });
    }
  });

  it('forgets nothing of a row: order within a tick does not matter', () => {
    const design = Float64Array.from([1, 2, 3, 4, 5, 6]);
    const one = ridge(2, 2, 1);
    one.learn(3, design, Int32Array.from([0, 1, 0]), Float64Array.from([1, 0, 2]));
    expect([...one.gram.subarray(0, 3)]).toEqual([1 + 1 + 25, 2 + 30, 1 + 4 + 36]);
    expect([...one.moment]).toEqual([1 + 10, 2 + 12, 0, 0]);
  });
});

describe('symmetric', () => {
  it('refuses a matrix that is not positive definite', () => {
    const singular = Float64Array.from([1, 2, 4]);
    expect(() => invert(singular, 0, 2, new Float64Array(3), 0, new Float64Array(8))).toThrow(RangeError);
  });
});

describe('dotProducts', () => {
  it('gives each pair of rows the sum in order, wherever the rows stand', () => {
    const random = randomFrom('dots').sequence();
    const [width, rows, columns] = [13, 6, 3];
    const left = Float64Array.from({ length: padded(rows, 4) * width }, () => random.normal());
    const right = Float64Array.from({ length: padded(columns, 4) * width }, () => random.normal());
    const out = new Float64Array(8 * 4);
    dotProducts(left, right, width, rows, 4, out);
    const first = new Float64Array(4);
    dotProducts(left, right, width, 1, 4, first);
    expect(first).toEqual(out.subarray(0, 4));
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let q = 0; q < width; q++) sum += left[i * width + q] * right[j * width + q];
        expect(out[i * 4 + j]).toBe(sum);
      }
    }
  });
});

it('the inverse stays accurate over ten million updates', () => {
  // A weak penalty and now and then a context a million times as long: each throws digits of the inverse away, and they add up.
  // One row a tick, so that every step is small. Without the periodic rebuild the error passes 1e-6.
  const d = 4;
  const model = ridge(1, d, 1e-6);
  const x = new Float64Array(d);
  const action = new Int32Array(1);
  const reward = new Float64Array(1);
  let word = 1;
  for (let t = 0; t < 1e7; t++) {
    for (let j = 0; j < d; j++) {
      word = (Math.imul(word, 1664525) + 1013904223) | 0;
      const u = word / 2 ** 31;
      if (t % 1000 === 0) x[j] = 1e5 * (j === 0 ? 1 : u);
      else x[j] = j === 0 ? 1e-3 * u : u;
    }
    model.learn(1, x, action, reward);
  }
  const exact = new Float64Array(packedSize(d));
  invert(model.gram, 0, d, exact, 0, new Float64Array(2 * d * d));
  exact.forEach((value, p) => expect(Math.abs(model.inverse[p] / value - 1)).toBeLessThan(1e-6));
}, 120_000);
