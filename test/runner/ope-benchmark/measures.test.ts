/** Measures of an estimator over seeds, against numbers by hand. */
import { expect, it } from 'vitest';
import { wilson } from '../../../src/core/intervals.ts';
import type { JudgedSeed } from '../../../src/runner/ope-benchmark/judge.ts';
import { measuresOf } from '../../../src/runner/ope-benchmark/measures.ts';

const seed = (values: number[], half: number): JudgedSeed => ({
  rows: 100,
  behaviourTruth: 0.5,
  truths: [1, 2],
  effectiveSampleSizes: [50, 50],
  estimates: [values.map((value) => ({ value, interval: [value - half, value + half] as const }))],
});
const options = { top: [1], tolerance: 0.2 };

it('errors are relative, averaged over candidates and then over seeds', () => {
  const found = measuresOf('x', 0, [seed([1.1, 2], 0.05), seed([1, 1.6], 0.5)], options);
  expect(found.relativeError.mean).toBeCloseTo((0.05 + 0.1) / 2, 12);
  expect(found.relativeError.count).toBe(2);
  expect(found.bias.mean).toBeCloseTo((0.05 - 0.2) / 2, 12);
  expect(found.meanSquaredError.mean).toBeCloseTo((0.005 + 0.08) / 2, 12);
});

it('area: 1 without error, 0 where every error is beyond the tolerance', () => {
  expect(measuresOf('x', 0, [seed([1, 2], 0), seed([1, 2], 0)], options).areaUnderCurve).toBe(1);
  expect(measuresOf('x', 0, [seed([2, 4], 0), seed([2, 4], 0)], options).areaUnderCurve).toBe(0);
  // Squared relative error .01 of a limit of .04.
  expect(measuresOf('x', 0, [seed([1.1, 2.2], 0), seed([0.9, 1.8], 0)], options).areaUnderCurve).toBeCloseTo(0.75, 12);
});

it('the worst are the 30 % farthest off', () => {
  const seeds = [seed([1, 2], 0), seed([1, 2], 0), seed([1, 2], 0), seed([1, 2], 0), seed([2, 3], 0)];
  // Ten squared relative errors: eight of 0, .25 and 1; the worst three are 0, .25, 1.
  expect(measuresOf('x', 0, seeds, options).worstSquaredError).toBeCloseTo(1.25 / 3, 12);
});

it('coverage counts candidates, its interval seeds', () => {
  const found = measuresOf('x', 0, [seed([1.1, 2], 0.05), seed([1, 2], 0.05)], options);
  expect(found.coverage).toBe(0.75);
  expect(found.coverageInterval).toEqual(wilson(1.5, 2));
});

it('an undefined estimate is no error but a miss', () => {
  const found = measuresOf('x', 0, [seed([Number.NaN, 2], 0.1), seed([1, 2], 0.1)], options);
  expect([found.undefinedEstimates, found.coverage, found.relativeError.mean]).toEqual([1, 0.75, 0]);
  expect(measuresOf('x', 0, [seed([Number.NaN, Number.NaN], 0)], options).relativeError.mean).toBeNaN();
});
