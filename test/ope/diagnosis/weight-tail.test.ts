/**
 * Shapes against an independent program: ArviZ 0.23.4's `_gpdfit` (Zhang & Stephens with the PSIS prior) on the weights
 * above the (⌈min(n/5, 3√n)⌉ + 1)-th largest, and Hill's index by numpy, on (1 − u)^−k of the golden generator.
 */
import { expect, test } from 'vitest';
import { weightTail } from '../../../src/ope/diagnosis/weight-tail.ts';
import { lcg } from '../lcg.ts';
import { alarmRate, kindsOf, rowsOf, valueOf } from './drawn.ts';
import { randomFrom } from '../../../src/core/random.ts';
import type { Findings } from '../../../src/ope/diagnosis/check.ts';

function found(weight: Float64Array): Findings {
  const check = weightTail(weight.length);
  // Three blocks: how rows are cut must not matter.
  for (const [from, to] of [
    [0, 7],
    [7, 90],
    [90, weight.length],
  ]) {
    check.add(rowsOf(weight.subarray(from, to)));
  }
  return check.report();
}

const pareto = (u: () => number, k: number, n: number): Float64Array =>
  Float64Array.from({ length: n }, () => Math.exp(-k * Math.log(1 - u())));

test.each([
  [1, 0.3, 2000, 0.39280438238161763, 2.7941519618720503],
  [2, 0.7, 2000, 0.8111070633697501, 1.413700388573027],
  [3, 1.1, 2000, 0.8338473889826465, 1.0425831266092425],
  [4, 0.5, 100, 0.43843367137929745, 3.8698103180871],
  [5, 0.9, 20000, 0.997590669959952, 1.0555106094649434],
])('seed %i, k = %d, n = %i', (seed, k, n, shape, hill) => {
  const findings = found(pareto(lcg(seed), k, n));
  expect(Math.abs((valueOf(findings, 'pareto-shape') ?? 0) - shape)).toBeLessThan(1e-10);
  expect(Math.abs((valueOf(findings, 'hill-index') ?? 0) - hill)).toBeLessThan(1e-10);
  expect(kindsOf(findings)).toEqual(shape > 0.7 ? ['heavy-tail'] : []);
});

test('bounded weights have a shape below 0', () => {
  const u = lcg(6);
  const findings = found(Float64Array.from({ length: 1000 }, u));
  expect(Math.abs((valueOf(findings, 'pareto-shape') ?? 0) - -0.6618636654783898)).toBeLessThan(1e-10);
});

test('weights of a few sizes have no tail, and the figure says so', () => {
  const { figures, warnings } = found(Float64Array.from({ length: 500 }, (_, i) => (i % 3 === 0 ? 2 : 0.5)));
  expect(figures.map(({ value }) => value)).toEqual([null, null]);
  expect(figures[0].note).toContain('equal');
  expect(warnings).toEqual([]);
});

// No test of level α: k̂ is an estimate, with a standard error of about (1 + k)/√425 = 0.065 at n = 20,000.
test('k = 0.4 raises nothing and k = 1 is seen, in at least 99 of 100 logs of 20,000 rows', () => {
  const rate = (k: number): number =>
    alarmRate(100, 'heavy-tail', (seed) => {
      const draw = randomFrom('tail').stream(seed).sequence();
      return found(pareto(() => draw.uniform(), k, 20_000));
    });
  expect(rate(0.4)).toBeLessThanOrEqual(0.01);
  expect(rate(1)).toBeGreaterThanOrEqual(0.99);
});
