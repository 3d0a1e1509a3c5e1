import { array, assert, double, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrix, matrixFrom } from '../../../../src/core/matrix.ts';
import { randomFrom } from '../../../../src/core/random.ts';
import type { Examples } from '../../../../src/models/supervised/examples.ts';
import { between, binned } from '../../../../src/models/supervised/trees/bins.ts';

function numbers(rows: readonly (readonly number[])[]): Examples {
  const numeric = matrixFrom(rows);
  return { size: rows.length, numeric, numericNames: rows[0].map((_, j) => `x${j}`), fields: [], sequences: [] };
}

describe('bins of numbers', () => {
  it('keep the order, hold what they say, and put missing numbers apart', () => {
    const draw = randomFrom('bins').sequence();
    const rows = Array.from({ length: 3000 }, (_, i) => [i % 7 === 0 ? NaN : draw.normal(), draw.integer(4)]);
    const { first, cells, bins, low, high } = binned(numbers(rows));
    expect(first[1] - first[0]).toBe(256);
    expect(first[2] - first[1]).toBe(5);
    const counts = new Int32Array(first[2]);
    rows.forEach((row, i) =>
      row.forEach((value, j) => {
        const cell = cells[2 * i + j];
        counts[cell]++;
        expect(bins[j * 3000 + i]).toBe(cell - first[j]);
        const inside = value >= low[cell] && value <= high[cell];
        expect(Number.isNaN(value) ? cell === first[j] : inside && cell > first[j]).toBe(true);
      }),
    );
    for (let cell = first[0] + 2; cell < first[1]; cell++) expect(high[cell - 1]).toBeLessThan(low[cell]);
    // Even shares of the 2,571 numbers that are there: ten each.
    for (let cell = first[0] + 1; cell < first[1]; cell++) expect(Math.abs(counts[cell] - 10)).toBeLessThanOrEqual(2);
  });

  it('are as many as it takes, where there are more than 16 bits number', () => {
    const draw = randomFrom('wide').sequence();
    const rows = Array.from({ length: 300 }, () => Array.from({ length: 260 }, () => draw.uniform()));
    const { first, cells, bins } = binned(numbers(rows));
    expect(first[260]).toBeGreaterThan(65_536);
    expect(cells[259]).toBe(first[259] + bins[259 * 300]);
  });

  it('of a column without numbers are none', () => {
    expect([...binned(numbers([[NaN], [NaN]])).first]).toEqual([0, 2]);
  });
});

describe('bins of codes', () => {
  it('go to the most frequent where there are too many; the rest is as if missing', () => {
    // Code c occurs c times: 1 … 300.
    const codes = Int32Array.from(
      Array.from({ length: 300 }, (_, c) => Array.from({ length: c + 1 }, () => c + 1)).flat(),
    );
    const field = { name: 'many', levels: 302, codes };
    const rows: Examples = {
      size: codes.length,
      numeric: matrix(codes.length, 0),
      numericNames: [],
      fields: [field],
      sequences: [],
    };
    const { binOf, first, cells } = binned(rows);
    expect(first[1]).toBe(256);
    binOf[0].forEach((bin, code) => expect(bin).toBe(code > 45 && code <= 300 ? code - 45 : 0));
    codes.forEach((code, i) => expect(cells[i]).toBe(binOf[0][code]));
  });
});

it('a number between two others is not the upper one', () => {
  const value = double({ noNaN: true, noDefaultInfinity: true });
  assert(
    property(array(value, { minLength: 2, maxLength: 2 }), (pair) => {
      const [a, b] = pair.sort((x, y) => x - y);
      const middle = between(a, b);
      expect(middle >= a && (middle < b || a === b)).toBe(true);
    }),
  );
  const next = 1 + Number.EPSILON;
  expect(between(1, next)).toBe(1);
  expect(between(Number.MIN_VALUE, Number.MIN_VALUE)).toBe(Number.MIN_VALUE);
});
