/** MAGIC on the vector of ope.md §5.11, row by row, at relative 1e-9; what a softened MAGIC would say must not come out. */
import { expect, test } from 'vitest';
import { normalQuantile } from '../../src/core/quantiles.ts';
import { magic } from '../../src/ope/sequential/magic.ts';
import type { Magic, MagicOptions } from '../../src/ope/sequential/magic.ts';
import { lcg } from '../ope/lcg.ts';
import { vector } from './episodes.ts';

const RETURNS = [1.987445225872, 1.739306350907, 1.726547123062, 1.723317267707, 1.586871662161];

function byAuthor(options: MagicOptions): Magic {
  const u = lcg(7);
  return magic(vector(), (n) => Math.floor(u() * n), options);
}

/** Relative above 1. */
function gap(actual: ArrayLike<number>, golden: readonly number[]): number {
  const each = golden.map((x, i) => Math.abs(actual[i] - x) / Math.max(1, Math.abs(x)));
  return actual.length === golden.length ? Math.max(...each) : Infinity;
}

test('the returns', () => expect(gap(byAuthor({}).returns, RETURNS)).toBeLessThanOrEqual(1e-9));

test.each([
  [0.1, 0, 1.810163862373, [1.344077886863, 1.857547838667]],
  [0.1, 1e-5, 1.810128694525, [1.344077886863, 1.857547838667]],
  [0.5, 0, 1.686962404801, [1.479904535145, 1.680394701475]],
  [0.5, 1e-5, 1.686972463103, [1.479904535145, 1.680394701475]],
  [1, 0, 1.643674322747, [1.57065992158, 1.586871662161]],
  [1, 1e-5, 1.643682352534, [1.57065992158, 1.586871662161]],
])('the author’s rule, δ = %d, ε = %d', (delta, epsilon, value, interval) => {
  const found = byAuthor({ delta, epsilon });
  expect(gap([found.value], [value])).toBeLessThanOrEqual(1e-9);
  expect(gap(found.interval, interval)).toBeLessThanOrEqual(1e-9);
});

test('its weights lie on the edge of the simplex', () => {
  expect(gap(byAuthor({ delta: 0.1 }).weights, [0.33024, 0.419228, 0, 0.198627, 0.051905])).toBeLessThan(5e-7);
});

test('a normal 90 % interval of WDR', () => {
  const { covariance } = byAuthor({});
  const half = normalQuantile(0.95) * Math.sqrt(covariance[24]);
  const found = byAuthor({ interval: [RETURNS[4] - half, RETURNS[4] + half] });
  expect(gap([found.value], [1.794323951903])).toBeLessThanOrEqual(1e-9);
  expect(gap(found.weights, [0.2621, 0.4618, 0, 0.235, 0.0411])).toBeLessThan(5e-5);
});

test('inverse variances are not MAGIC: the number they give is another', () => {
  const found = byAuthor({ delta: 0.1 });
  const inverse = RETURNS.map((_, j) => 1 / found.covariance[j * 6]);
  const wrong = RETURNS.reduce((sum, g, j) => sum + g * inverse[j], 0) / inverse.reduce((a, b) => a + b, 0);
  for (const delta of [0.1, 0.5, 1]) {
    const { value } = byAuthor({ delta });
    expect(Math.abs(value - wrong)).toBeGreaterThan(0.05);
    expect(Math.abs(value - 1.904540378885)).toBeGreaterThan(0.05); // what a peer's MAGIC says
  }
});
