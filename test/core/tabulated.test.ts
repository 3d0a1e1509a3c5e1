import { describe, expect, it } from 'vitest';
import { tabulated } from '../../src/core/tabulated.ts';

describe('tabulated', () => {
  it('is off by no more than its bound, and exact at nodes and outside', () => {
    for (const cells of [8, 32, 128]) {
      const sine = tabulated(Math.sin, 0, Math.PI, cells);
      const h = Math.PI / cells;
      let worst = 0;
      for (let i = 0; i <= 1000; i++) {
        const x = (Math.PI * i) / 1000;
        worst = Math.max(worst, Math.abs(sine(x) - Math.sin(x)));
      }
      expect(worst).toBeLessThan((1.1 * h ** 4) / 384);
      expect(worst).toBeGreaterThan((0.5 * h ** 4) / 384);
      expect(sine(h)).toBeCloseTo(Math.sin(h), 15);
      expect(sine(-0.3)).toBe(Math.sin(-0.3));
      expect(sine(4)).toBe(Math.sin(4));
    }
  });

  it('asks the function itself about NaN', () => {
    expect(tabulated((x) => x * x, 0, 1, 4)(Number.NaN)).toBeNaN();
  });
});
