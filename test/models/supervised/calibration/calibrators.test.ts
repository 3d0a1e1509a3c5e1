import { array, assert, integer, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  inverseTemperature,
  isotonicAt,
  isotonicCurve,
  logitOf,
  plattCurve,
} from '../../../../src/models/supervised/calibration/calibrators.ts';
import { scikitLearn } from '../peer/scikit-learn.ts';

const { calibration: golden, two, three, weight } = scikitLearn;
const p = Float64Array.from(golden.p);
const NONE = new Float64Array(0);

describe("Platt's curve", () => {
  it("is scikit-learn's", () => {
    const { slope, offset } = plattCurve(p.map(logitOf), two);
    expect(slope).toBeCloseTo(golden.slope, 5);
    expect(offset).toBeCloseTo(golden.offset, 5);
  });

  it('has no slope in its loss: the targets are met on average, smoothed', () => {
    const { slope, offset } = plattCurve(p.map(logitOf), two);
    const ones = two.reduce((a, b) => a + b);
    const targets = two.map((label) => (label === 1 ? (ones + 1) / (ones + 2) : 1 / (two.length - ones + 2)));
    const errors = targets.map((target, i) => target - 1 / (1 + Math.exp(slope * logitOf(p[i]) + offset)));
    expect(errors.reduce((a, b) => a + b)).toBeCloseTo(0, 8);
    expect(errors.reduce((sum, error, i) => sum + error * logitOf(p[i]), 0)).toBeCloseTo(0, 8);
  });

  it('weights count as rows do, but for the smoothing', () => {
    const big = (times: number): Float64Array => new Float64Array(4 * times).map((_, i) => [1, 2, 3, 4][i % 4]);
    const label = Int32Array.from({ length: 4000 }, (_, i) => [0, 1, 0, 1][i % 4]);
    const rows = plattCurve(big(1000), label);
    const weighted = plattCurve(big(1), label.subarray(0, 4), new Float64Array(4).fill(1000));
    expect(weighted.slope).toBeCloseTo(rows.slope, 9);
    expect(weighted.offset).toBeCloseTo(rows.offset, 9);
  });

  it('of scores that are all alike is the smoothed rate', () => {
    const { slope, offset } = plattCurve(new Float64Array(4), [1, 0, 0, 0]);
    expect(slope).toBe(0);
    expect(1 / (1 + Math.exp(offset))).toBeCloseTo((2 / 3 + 3 / 5) / 4, 9);
  });
});

describe('the isotonic curve', () => {
  it("is scikit-learn's, with ties and weights", () => {
    const curve = isotonicCurve(p, two);
    golden.ask.forEach((x, i) => expect(isotonicAt(curve, x)).toBeCloseTo(golden.isotonic[i], 9));
    // numpy rounds halves to even: take its roundings for ties.
    const rounded = p.map((value) => Math.round(value * 10) / 10);
    const weighted = isotonicCurve(rounded, two, Float64Array.from(weight));
    golden.ask.forEach((x, i) => expect(isotonicAt(weighted, x)).toBeCloseTo(golden.roundedWeighted[i], 9));
  });

  it('never falls, keeps the mean, and no swap of neighbours pays', () => {
    assert(
      property(array(tuple(integer({ min: 0, max: 12 }), integer({ min: 0, max: 1 })), { minLength: 1 }), (rows) => {
        const x = Float64Array.from(rows, ([score]) => score);
        const curve = isotonicCurve(
          x,
          rows.map(([, label]) => label),
        );
        const fitted = [...x].map((score) => isotonicAt(curve, score));
        const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;
        expect(mean(fitted)).toBeCloseTo(mean(rows.map(([, label]) => label)), 9);
        for (let c = 1; c < curve.to.length; c++) expect(curve.to[c]).toBeGreaterThanOrEqual(curve.to[c - 1]);
        // First-order conditions: summed errors above any score are ≤ 0, or raising all above it would pay.
        for (let t = 0; t <= 12; t++) {
          const above = rows.reduce((sum, [score, label], i) => sum + (score >= t ? label - fitted[i] : 0), 0);
          expect(above).toBeLessThan(1e-9);
        }
      }),
    );
  });
});

describe('the inverse temperature', () => {
  it("is scikit-learn's, of two classes and of three", () => {
    const pair = Float64Array.from([...p].flatMap((one) => [Math.log(1 - one), Math.log(one)]));
    expect(inverseTemperature(pair, 2, two)).toBeCloseTo(golden.inverseTemperature, 6);
    const odds = Float64Array.from(golden.odds.flat(), (one) => Math.log(Math.max(one, 1e-12)));
    expect(inverseTemperature(odds, 3, three)).toBeCloseTo(golden.inverseTemperatureOfThree, 6);
  });
});

it('calibration of no rows is refused', () => {
  expect(() => plattCurve(NONE, [])).toThrow('no rows to calibrate on');
  expect(() => isotonicCurve(NONE, [])).toThrow('no rows to calibrate on');
  expect(() => inverseTemperature(NONE, 2, [])).toThrow('no rows to calibrate on');
});
