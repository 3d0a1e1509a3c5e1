import { expect, it } from 'vitest';
import { exponential } from '../../src/core/exponential.ts';

it('agrees with Math.exp to 1e-15, from 0 down to where digits run out', () => {
  let worst = 0;
  for (const range of [1, 40, 690]) {
    for (let i = 0; i <= 100_000; i++) {
      const x = (-range * i) / 100_000;
      worst = Math.max(worst, Math.abs(exponential(x) / Math.exp(x) - 1));
    }
  }
  expect(worst).toBeLessThan(1e-15);
  expect(exponential(0)).toBe(1);
  expect(exponential(1e-13)).toBeCloseTo(1, 12);
  expect(exponential(-740)).toBeLessThan(1e-320);
  expect(exponential(-746)).toBe(0);
  expect(exponential(-Infinity)).toBe(0);
  expect(exponential(Number.NaN)).toBeNaN();
});
