/** The least point of the simplex, beside going through every support. */
import { expect, test } from 'vitest';
import { simplexMinimum } from '../../../src/ope/sequential/simplex-minimum.ts';
import { solveLinear } from '../../../src/ope/sequential/solve-linear.ts';
import { lcg } from '../lcg.ts';

/** A = BBᵀ of rank `rank`, the points of B shifted so that the minimum is on an edge, a corner or inside. */
function gram(size: number, rank: number, shift: number, u: () => number): Float64Array {
  const points = Array.from({ length: size }, () => Array.from({ length: rank }, () => u() - 0.5 + shift));
  return Float64Array.from({ length: size * size }, (_, cell) => {
    const [p, q] = [points[Math.floor(cell / size)], points[cell % size]];
    return p.reduce((sum, x, r) => sum + x * q[r], 0);
  });
}

const form = (a: Float64Array, x: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) for (let j = 0; j < x.length; j++) sum += a[i * x.length + j] * x[i] * x[j];
  return sum;
};

/** The least value over all supports on which the Lagrangian has a solution that is not negative. */
function byEnumeration(a: Float64Array, size: number): number {
  let least = Infinity;
  for (let mask = 1; mask < 1 << size; mask++) {
    const support = Array.from({ length: size }, (_, j) => j).filter((j) => (mask >> j) & 1);
    const s = support.length;
    const system = new Float64Array((s + 1) * (s + 1));
    support.forEach((i, p) => {
      support.forEach((j, q) => (system[p * (s + 1) + q] = a[i * size + j]));
      system[p * (s + 1) + s] = system[s * (s + 1) + p] = 1;
    });
    const solved = solveLinear(system, new Float64Array(s + 1).with(s, 1));
    if (!solved || solved.subarray(0, s).some((x) => x < 0)) continue;
    const x = new Float64Array(size);
    support.forEach((j, p) => (x[j] = solved[p]));
    least = Math.min(least, form(a, x));
  }
  return least;
}

test.each([0, 0.2, 0.6])('shift %d', (shift) => {
  const u = lcg(11);
  for (let trial = 0; trial < 60; trial++) {
    const size = 2 + (trial % 7);
    const rank = 1 + (trial % 5); // often below the size: singular
    const a = gram(size, rank, shift, u);
    const x = simplexMinimum(a, size);
    expect(Math.min(...x)).toBeGreaterThanOrEqual(0);
    expect(x.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 12);
    expect(Math.abs(form(a, x) - byEnumeration(a, size))).toBeLessThan(1e-11);
  }
});

test('many candidates keep the conditions of a minimum', () => {
  const size = 60;
  const a = gram(size, 80, 0.1, lcg(5));
  const x = simplexMinimum(a, size);
  const value = form(a, x);
  for (let i = 0; i < size; i++) {
    const slope = x.reduce((sum, w, j) => sum + w * a[i * size + j], 0);
    expect(slope).toBeGreaterThan(value - 1e-10);
    expect(x[i] * (slope - value)).toBeLessThan(1e-10);
  }
});

test('a system: solved, or seen to be singular', () => {
  const solved = solveLinear(Float64Array.of(0, 2, 1, 1), Float64Array.of(4, 5));
  expect([...(solved ?? [])]).toEqual([3, 2]);
  expect(solveLinear(Float64Array.of(1, 2, 2, 4), Float64Array.of(1, 2))).toBeUndefined();
});
