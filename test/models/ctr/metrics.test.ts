import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import {
  areaUnderCurve,
  calibrationBins,
  calibrationError,
  logLoss,
  rocCurve,
} from '../../../src/models/ctr/metrics.ts';

/** Predictions on a grid (many ties) and labels that follow them. */
function sample(rows: number, grid: number, name = 'metrics'): { predicted: number[]; observed: number[] } {
  const draw = randomFrom(name).sequence();
  const predicted = Array.from({ length: rows }, () => draw.integer(grid) / grid);
  return { predicted, observed: predicted.map((p) => (draw.uniform() < p ? 1 : 0)) };
}

/** Every pair counted. */
function aucByPairs(predicted: number[], observed: number[]): number {
  let wins = 0;
  let pairs = 0;
  predicted.forEach((p, i) => {
    if (observed[i] === 0) return;
    predicted.forEach((q, j) => {
      if (observed[j] === 1) return;
      pairs++;
      wins += p > q ? 1 : p === q ? 0.5 : 0;
    });
  });
  return wins / pairs;
}

function areaUnder({ falsePositiveRate: x, truePositiveRate: y }: ReturnType<typeof rocCurve>): number {
  return x.slice(1).reduce((sum, right, i) => sum + ((right - x[i]) * (y[i + 1] + y[i])) / 2, 0);
}

describe('areaUnderCurve', () => {
  it.each([
    [[0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 0.75],
    [[0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1], 0.5],
    [[0, 1], [1, 0], 0],
    [[0, 1], [0, 1], 1],
    [[0.2, 0.2, 0.6], [0, 1, 1], 0.75],
  ])('of %j with labels %j is %d', (predicted, observed, expected) => {
    expect(areaUnderCurve(predicted, observed)).toBe(expected);
  });

  it.each([3, 10, 1000])('counts every pair, with %i distinct predictions', (grid) => {
    const { predicted, observed } = sample(400, grid);
    expect(areaUnderCurve(predicted, observed)).toBeCloseTo(aucByPairs(predicted, observed), 12);
  });

  it('is not a number with one class, and refuses unequal lengths and missing predictions', () => {
    expect(areaUnderCurve([0.1, 0.2], [1, 1])).toBeNaN();
    expect(() => areaUnderCurve([0.1], [1, 0])).toThrow('1 predictions for 2 labels');
    expect(() => areaUnderCurve([0.1, NaN], [1, 0])).toThrow('not a number');
  });
});

describe('rocCurve', () => {
  it('with room for every corner has the AUC as its area', () => {
    const { predicted, observed } = sample(300, 50);
    expect(areaUnder(rocCurve(predicted, observed, { points: 10_000 }))).toBeCloseTo(
      areaUnderCurve(predicted, observed),
      12,
    );
  });

  it.each([
    [5000, 4000],
    [200, 150],
    [50, 2],
    [100_000, 50_000],
  ])('thins %i rows to at most 200 points, ends exact, hardly any area lost', (rows, grid) => {
    const { predicted, observed } = sample(rows, grid);
    const roc = rocCurve(predicted, observed);
    const { falsePositiveRate: x, truePositiveRate: y } = roc;
    expect(x.length).toBeLessThanOrEqual(200);
    expect([x[0], y[0], x.at(-1), y.at(-1)]).toEqual([0, 0, 1, 1]);
    expect(x.every((value, i) => i === 0 || value >= x[i - 1])).toBe(true);
    expect(y.every((value, i) => i === 0 || value >= y[i - 1])).toBe(true);
    expect(Math.abs(areaUnder(roc) - areaUnderCurve(predicted, observed))).toBeLessThan(2e-4);
  });

  it('spreads its points evenly along the curve', () => {
    const { predicted, observed } = sample(100_000, 50_000);
    const { falsePositiveRate: x, truePositiveRate: y } = rocCurve(predicted, observed);
    const gaps = x.slice(1).map((value, i) => value - x[i] + y[i + 1] - y[i]);
    expect(x.length).toBeGreaterThan(190);
    expect(Math.max(...gaps)).toBeLessThan(0.012);
  });

  it('is the bare diagonal with one class', () => {
    expect(rocCurve([0.1, 0.2], [0, 0])).toEqual({ falsePositiveRate: [0, 1], truePositiveRate: [0, 1] });
  });
});

describe('weights', () => {
  const { predicted, observed } = sample(500, 60);
  const draw = randomFrom('times').sequence();
  const times = predicted.map(() => draw.integer(4));
  const repeated = (of: readonly number[]): number[] =>
    of.flatMap((one, i) => Array.from({ length: times[i] }, () => one));
  const close = (values: readonly number[]): number[] => values.map((value) => expect.closeTo(value, 12) as number);
  // In any unit.
  const weight = times.map((one) => one / 7);

  it('of whole numbers are rows repeated: the same ROC curve and the same bins', () => {
    const whole = rocCurve(repeated(predicted), repeated(observed), { points: 1000 });
    const weighted = rocCurve(predicted, observed, { points: 1000, weight });
    expect(weighted.falsePositiveRate).toEqual(close(whole.falsePositiveRate));
    expect(weighted.truePositiveRate).toEqual(close(whole.truePositiveRate));
    const bins = calibrationBins(predicted, observed, weight);
    const copies = calibrationBins(repeated(predicted), repeated(observed));
    expect(bins).toHaveLength(10);
    expect(bins.map((bin) => bin.predicted)).toEqual(close(copies.map((bin) => bin.predicted)));
    expect(bins.map((bin) => bin.observed)).toEqual(close(copies.map((bin) => bin.observed)));
    expect(bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(times.filter((one) => one > 0).length);
  });

  it('of 0 leave rows out, and make no bin surer than the rows that are left', () => {
    const kept = (of: readonly number[]): number[] => of.filter((_, i) => times[i] > 1);
    const bins = calibrationBins(
      predicted,
      observed,
      times.map((one) => (one > 1 ? 1 : 0)),
    );
    const alone = calibrationBins(kept(predicted), kept(observed));
    expect(bins.map(({ rows }) => rows)).toEqual(alone.map(({ rows }) => rows));
    bins.forEach(({ interval }, b) => expect(interval).toEqual(close(alone[b].interval)));
  });

  it('that are all alike change no digit', () => {
    const alike = predicted.map(() => 3);
    expect(rocCurve(predicted, observed, { weight: alike })).toEqual(rocCurve(predicted, observed));
    expect(calibrationBins(predicted, observed, alike)).toEqual(calibrationBins(predicted, observed));
  });
});

describe('logLoss', () => {
  it('is the mean surprise', () => {
    expect(logLoss([0.5, 0.5], [1, 0])).toBeCloseTo(Math.LN2, 15);
    expect(logLoss([0.9, 0.2], [1, 0])).toBeCloseTo(-(Math.log(0.9) + Math.log(0.8)) / 2, 15);
    expect(logLoss([0], [1])).toBe(Infinity);
    expect(logLoss([0], [0])).toBe(0);
  });
});

describe('calibration', () => {
  it('makes bins of equal size, lowest predictions first', () => {
    const predicted = Array.from({ length: 100 }, (_, i) => (99 - i) / 100);
    const observed = predicted.map((p) => (p >= 0.5 ? 1 : 0));
    const bins = calibrationBins(predicted, observed);
    expect(bins.map((bin) => bin.rows)).toEqual(Array.from({ length: 10 }, () => 10));
    expect(bins[0].predicted).toBeCloseTo(0.045, 12);
    expect(bins.map((bin) => bin.observed)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    expect(bins.every(({ observed: rate, interval: [low, high] }) => low <= rate && rate <= high)).toBe(true);
    // Mean |rate − prediction|: 0.045, 0.145 … 0.445, then 0.455 … 0.055.
    expect(calibrationError(predicted, observed)).toBeCloseTo(0.25, 12);
  });

  it.each([1, 2, 7, 12, 1000])('loses no row and splits no tie, with %i distinct predictions', (grid) => {
    const { predicted, observed } = sample(997, grid);
    const bins = calibrationBins(predicted, observed);
    expect(bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(997);
    expect(bins.length).toBe(Math.min(grid, 10));
    const backwards = calibrationBins(predicted.toReversed(), observed.toReversed());
    expect(backwards.map((bin) => bin.observed)).toEqual(bins.map((bin) => bin.observed));
  });

  it('is small for honest predictions: 20,000 rows, error below 0.012 (about 3 standard errors)', () => {
    const { predicted, observed } = sample(20_000, 10_000);
    expect(calibrationError(predicted, observed)).toBeLessThan(0.012);
    expect(
      calibrationError(
        predicted.map((p) => 0.9 * p),
        observed,
      ),
    ).toBeGreaterThan(0.04);
  });
});
