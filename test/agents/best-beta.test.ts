/** P(best) among Beta variables, against closed forms and symmetries. */
import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betaContest } from '../../src/agents/context-free/best-beta.ts';
import { panelRule } from '../../src/agents/context-free/panel-rule.ts';
import { logGamma } from '../../src/core/quantiles.ts';
import { randomFrom } from '../../src/core/random.ts';

function best(alpha: readonly number[], beta: readonly number[]): number[] {
  const out = new Float64Array(alpha.length);
  betaContest()(alpha, beta, out);
  return [...out];
}

/** P(X > Y) for X ~ Beta(a, b), Y ~ Beta(c, d), whole a: Σ_{i<a} B(c+i, b+d) / ((b+i) B(1+i, b) B(c, d)), (Miller 2014). */
function beats(a: number, b: number, c: number, d: number): number {
  const logBeta = (x: number, y: number): number => logGamma(x) + logGamma(y) - logGamma(x + y);
  let sum = 0;
  for (let i = 0; i < a; i++) {
    sum += Math.exp(logBeta(c + i, b + d) - Math.log(b + i) - logBeta(1 + i, b) - logBeta(c, d));
  }
  return sum;
}

describe('betaContest', () => {
  it('matches the closed form of two', () => {
    const count = integer({ min: 1, max: 400 });
    assert(
      property(count, count, count, count, (a, b, c, d) => {
        const [p, q] = best([a, c], [b, d]);
        expect(Math.abs(p - beats(a, b, c, d))).toBeLessThan(1e-10);
        expect(Math.abs(p + q - 1)).toBeLessThan(1e-12);
      }),
      { seed: 7, numRuns: 150 },
    );
  });

  it('matches the normal limit where posteriors are narrow', () => {
    // Φ(z) = 0.6914624612740131 at z = ½; the normal limit is good to about 1/√n.
    const n = 1e12;
    const sd = Math.sqrt(2 * 0.25 * n);
    const [p] = best([n / 2 + sd / 4, n / 2 - sd / 4], [n / 2 - sd / 4, n / 2 + sd / 4]);
    expect(Math.abs(p - 0.6914624612740131)).toBeLessThan(1e-6);
  });

  it('shares evenly among equals, however many and however narrow', () => {
    for (const k of [1, 2, 7, 50]) {
      for (const scale of [0.1, 1, 30, 1e5, 1e9]) {
        for (const p of best(Array(k).fill(scale), Array(k).fill(20 * scale)))
          expect(Math.abs(p - 1 / k)).toBeLessThan(1e-11);
      }
    }
  });

  it('does not depend on the order, nor on who can never win', () => {
    const alpha = [3, 50, 700, 8, 9000];
    const beta = [40, 900, 9000, 100, 120_000];
    const odds = best(alpha, beta);
    const reversed = best([...alpha].toReversed(), [...beta].toReversed()).toReversed();
    odds.forEach((p, j) => expect(Math.abs(p - reversed[j])).toBeLessThan(1e-12));
    const joined = best([...alpha, 10], [...beta, 1e7]);
    expect(joined[5]).toBe(0);
    odds.forEach((p, j) => expect(Math.abs(p - joined[j])).toBeLessThan(1e-12));
  });

  it('gives no odds below 0, however far apart the posteriors lie', () => {
    const luck = randomFrom('apart').sequence();
    let least = 0;
    for (let t = 0; t < 3000; t++) {
      const k = 2 + luck.integer(9);
      const counts = Array.from({ length: k }, () => Math.exp(12 * luck.uniform()));
      const rates = counts.map(() => 0.02 + 0.3 * luck.uniform());
      const odds = best(
        counts.map((n, j) => 1 + n * rates[j]),
        counts.map((n, j) => 1 + n * (1 - rates[j])),
      );
      least = Math.min(least, ...odds);
      expect(Math.abs(odds.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-12);
    }
    expect(least).toBe(0);
  });

  it('refuses parameters that are no Beta’s', () => {
    expect(() => best([1, NaN], [1, 1])).toThrow(RangeError);
    expect(() => best([1, 1], [0, 1])).toThrow(RangeError);
  });
});

describe('panelRule', () => {
  it('integrates polynomials exactly, up to each node too', () => {
    const m = 12;
    const { nodes, weights, cumulative } = panelRule(m);
    for (let degree = 0; degree < m; degree++) {
      const power = (x: number): number => Array.from({ length: degree }, () => x).reduce((p, factor) => p * factor, 1);
      const integral = (x: number): number => (power(x) * x - power(-1) * -1) / (degree + 1);
      const whole = nodes.reduce((sum, x, j) => sum + weights[j] * power(x), 0);
      expect(Math.abs(whole - integral(1))).toBeLessThan(1e-14);
      nodes.forEach((x, i) => {
        const part = nodes.reduce((sum, y, j) => sum + cumulative[i * m + j] * power(y), 0);
        expect(Math.abs(part - integral(x))).toBeLessThan(1e-14);
      });
    }
  });
});
