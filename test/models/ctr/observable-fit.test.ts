import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { BLOCK, addBlock, gram } from '../../../src/models/ctr/gram.ts';
import { applyFit, fitCandidate } from '../../../src/models/ctr/observable-fit.ts';
import type { Fit } from '../../../src/models/ctr/observable-fit.ts';

describe('fitCandidate', () => {
  it('recovers a planted plane and its residual spread, in a number of rows that fills no last block', () => {
    const rows = 1001;
    const draw = randomFrom('plane').sequence();
    const sums = gram(3, 2);
    const x = new Float64Array(3 * BLOCK);
    const y = new Float64Array(2 * BLOCK);
    for (let from = 0; from < rows; from += BLOCK) {
      const count = Math.min(BLOCK, rows - from);
      for (let r = 0; r < count; r++) {
        const [a, b] = [draw.normal(), draw.normal()];
        x.set([1, a, b], 3 * r);
        y.set([2 - a + 3 * b, 5 + 0.5 * draw.normal()], 2 * r);
      }
      addBlock(sums, x, y, count, 3, 2);
    }
    expect(sums.rows).toBe(rows);
    const { weights, residual } = fitCandidate({ size: 3, l2: 1e-9, odds: false }, sums, {
      k: 2,
      truth: matrix(0, 2),
      columns: 2,
    });
    [2, -1, 3].forEach((w, i) => expect(weights[2 * i]).toBeCloseTo(w, 8));
    expect(residual[0]).toBeLessThan(1e-5);
    // Standard error of a standard deviation over 1001 rows: 0.011; 4 of them.
    expect(Math.abs(residual[1] - 0.5)).toBeLessThan(0.045);
  });
});

describe('applyFit', () => {
  it.each([
    [-3.5, 0.8],
    [-1, 2],
    [0.5, 0.1],
    [-4, 0],
  ])('on log-odds averages over normal residuals: score %d, spread %d', (score, spread) => {
    const fit: Fit = {
      size: 1,
      l2: 1,
      odds: true,
      weights: Float64Array.of(score, 0),
      residual: Float64Array.of(spread, 0),
    };
    const out = new Float64Array(3);
    applyFit(fit, Float64Array.of(1), out, 1, 2);
    let mean = 0;
    let mass = 0;
    for (let t = -8; t <= 8; t += 0.01) {
      mean += Math.exp(-0.5 * t * t) / (1 + Math.exp(-(score + spread * t)));
      mass += Math.exp(-0.5 * t * t);
    }
    // Five nodes are off by thousandths at a spread of 2, which no market here has.
    expect(Math.abs(out[1] - mean / mass)).toBeLessThan(spread > 1 ? 6e-3 : 1e-4);
    expect(out[0]).toBe(0);
    expect(out[2]).toBeCloseTo(0.5, 14);
  });
});
