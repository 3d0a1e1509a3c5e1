import { expect, it } from 'vitest';
import { minimise } from '../../src/core/lbfgs.ts';

it('finds the bottom of a long valley', () => {
  // Σ c_j (x_j − j)², curvatures from 1 to 10,000.
  const n = 20;
  const c = Array.from({ length: n }, (_, j) => Math.exp((j / (n - 1)) * Math.log(1e4)));
  const x = new Float64Array(n);
  const steps = minimise(
    (at, gradient) => {
      let value = 0;
      for (let j = 0; j < n; j++) {
        value += c[j] * (at[j] - j) ** 2;
        gradient[j] = 2 * c[j] * (at[j] - j);
      }
      return value;
    },
    x,
    { tolerance: 1e-8, maxSteps: 2000 },
  );
  expect(steps).toBeLessThan(1000);
  x.forEach((found, j) => expect(found).toBeCloseTo(j, 7));
});

it('finds the bottom of something that is no parabola', () => {
  // log(eˣ + e^−x) + log(e^(y−1) + e^(1−y)) + (x + y)²/2, whose gradient vanishes where tanh x = tanh(y − 1) = −(x + y).
  const x = Float64Array.of(3, -4);
  minimise(
    (at, gradient) => {
      const [a, b] = at;
      gradient[0] = Math.tanh(a) + a + b;
      gradient[1] = Math.tanh(b - 1) + a + b;
      return Math.log(2 * Math.cosh(a)) + Math.log(2 * Math.cosh(b - 1)) + (a + b) ** 2 / 2;
    },
    x,
    { tolerance: 1e-10 },
  );
  expect(x[1] - 1).toBeCloseTo(x[0], 9);
  expect(Math.tanh(x[0])).toBeCloseTo(-(x[0] + x[1]), 9);
});

it('goes nowhere from where it is best', () => {
  const x = Float64Array.of(0);
  const steps = minimise((at, gradient) => ((gradient[0] = 2 * at[0]), at[0] ** 2), x, { tolerance: 1e-12 }); // prettier-ignore
  expect([steps, x[0]]).toEqual([0, 0]);
});
