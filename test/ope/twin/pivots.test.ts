import { expect, test } from 'vitest';
import type { RuleCoverage } from '../../../src/ope/twin/hits.ts';
import { chooseRule } from '../../../src/ope/twin/choose-rule.ts';
import { pivot, pivotBounds, twinInterval } from '../../../src/ope/twin/pivots.ts';

test('a pivot is a distance in standard errors; without spread it is right or endless', () => {
  expect([pivot(3, 2, 1), pivot(1, 0, 1), pivot(0, 0, 1), pivot(2, 0, 1)]).toEqual([1, 0, -Infinity, Infinity]);
});

test('bounds cut off at most the share that the level leaves', () => {
  const pivots = Float64Array.from({ length: 399 }, (_, i) => 200 - i);
  expect(pivotBounds(pivots, 0.95)).toEqual([-189, 191]); // the 10th of 399 from either end: 0.025 · 400
  expect(pivotBounds(pivots, 0.999)).toEqual([-Infinity, Infinity]);
});

test('the long side of the pivots becomes the other side of the interval', () => {
  expect(twinInterval(1, 0.5, [-4, 1])).toEqual([0.5, 3]);
  expect(twinInterval(1, 0.5, [-4, 1], [0, 2])).toEqual([0.5, 2]);
  expect(twinInterval(0, 0, [-Infinity, 1], [0, 1])).toEqual([0, 1]);
  expect(twinInterval(0, 0, [-Infinity, 1])).toEqual([0, Infinity]);
});

test('the simplest rule that holds is chosen; where none does, the one that comes nearest', () => {
  const rule = (name: string, low: number, high: number): RuleCoverage => ({
    rule: name,
    coverage: (low + high) / 2,
    interval: [low, high],
    tooHigh: 0,
    tooLow: 0,
    width: 1,
  });
  const short = rule('simple', 0.7, 0.8);
  const fine = rule('better', 0.92, 0.96);
  expect(chooseRule([short, fine, rule('wide', 0.99, 1)], 0.95, 'usual')).toEqual({
    rule: 'better',
    found: fine,
    holds: true,
  });
  expect(chooseRule([short, rule('worse', 0.5, 0.6)], 0.95, 'usual')).toEqual({
    rule: 'simple',
    found: short,
    holds: false,
  });
  expect(chooseRule([], 0.95, 'usual')).toEqual({ rule: 'usual', holds: true });
});
