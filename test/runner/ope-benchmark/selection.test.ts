/** Choosing among policies by estimates: cases by hand. */
import { describe, expect, it } from 'vitest';
import { rankCorrelation, regretAt, sharpeRatioAt } from '../../../src/runner/ope-benchmark/selection.ts';

describe('rank correlation', () => {
  it('is 1 for the same order, −1 for the reverse, whatever the distances', () => {
    expect(rankCorrelation([1, 2, 50], [0.1, 7, 8])).toBe(1);
    expect(rankCorrelation([1, 2, 50], [8, 7, 0.1])).toBe(-1);
  });

  it('gives ties their mean rank', () => {
    // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: Pearson's correlation of these.
    expect(rankCorrelation([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
  });

  it('is undefined where an estimate is, or where all are equal', () => {
    expect(rankCorrelation([1, Number.NaN], [1, 2])).toBeNaN();
    expect(rankCorrelation([1, 1], [1, 2])).toBeNaN();
  });
});

describe('the k that look best', () => {
  const truths = [0.5, 0.4, 0.3, 0.2];
  it('regret is what the best of them falls short', () => {
    expect(regretAt(1, [1, 2, 3, 4], truths)).toBeCloseTo(0.3, 12);
    expect(regretAt(3, [1, 2, 3, 4], truths)).toBeCloseTo(0.1, 12);
    expect(regretAt(4, [1, 2, 3, 4], truths)).toBe(0);
  });

  it('an undefined estimate is never chosen first', () => {
    expect(regretAt(1, [Number.NaN, 2, 1, 0], truths)).toBeCloseTo(0.1, 12);
  });

  it('Sharpe ratio: best above the policy in place, over the spread of those tried', () => {
    expect(sharpeRatioAt(2, [4, 3, 2, 1], truths, 0.3)).toBeCloseTo(0.2 / Math.sqrt(0.005), 12);
    expect(sharpeRatioAt(1, [4, 3, 2, 1], truths, 0.3)).toBeNaN();
  });
});
