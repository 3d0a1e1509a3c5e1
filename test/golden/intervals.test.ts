/** Intervals against the peers' numbers, wherever the golden folder has them: bounds on one side, and its bootstrap. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Matrix } from '../../src/core/matrix.ts';
import { matrix } from '../../src/core/matrix.ts';
import { studentQuantile } from '../../src/core/quantiles.ts';
import { ips } from '../../src/ope/estimators/ips.ts';
import { bernsteinRadius, hoeffdingRadius } from '../../src/ope/intervals/bounded.ts';
import { percentileInterval, resampledEstimates } from '../../src/ope/intervals/bootstrap.ts';
import { addRows, moments } from '../../src/ope/moments.ts';
import { createEstimators, ESTIMATORS } from '../../src/ope/registry.ts';
import { goldenFolder } from '../folders.ts';
import { numpyIndices } from './numpy-random.ts';
import { findCases } from './ope-cases.ts';
import type { GoldenEstimate } from './ope-cases.ts';

interface Bounds {
  hoeffding_lower: number;
  bernstein_lower: number;
  student_t_lower: number;
}

interface Bootstrap {
  n_bootstrap: number;
  random_state: number;
  mean: number;
  lower95: number;
  upper95: number;
  lower90: number;
  upper90: number;
}

type Golden = Omit<GoldenEstimate, 'ci'> & { ci?: Record<string, Bounds>; bootstrap?: Bootstrap };

/** The bootstrap with its resamples written out. */
interface WrittenOut {
  seed: number;
  samples: number[];
  indices: number[][];
  alpha: number;
  expected: Record<string, number | number[] | Record<string, number>>;
}

/** (B×1) sums of one column over given indices, resample after resample. */
function given({ data, rows: m }: Matrix, indices: ArrayLike<number>): Matrix {
  const sums = matrix(indices.length / m, 1);
  for (let at = 0; at < indices.length; at++) sums.data[Math.floor(at / m)] += data[indices[at]];
  return sums;
}

const folder = goldenFolder();

/** Distance, relative above 1. */
function gap(actual: number, expected: number): number {
  return Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
}

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

/** The peer's lower bounds, of values whose greatest possible one is `most`. */
function lowerBounds(values: Matrix, delta: number, most: number): Bounds {
  const sums = moments(1);
  addRows(sums, values);
  const m = sums.count;
  const variance = sums.cross[0] / (m - 1);
  const centre = sums.sums[0] / m;
  return {
    hoeffding_lower: centre - hoeffdingRadius(m, most, delta),
    bernstein_lower: centre - bernsteinRadius(m, variance, most, delta),
    student_t_lower: centre - studentQuantile(1 - delta, m - 1) * Math.sqrt(variance / m),
  };
}

describe.skipIf(folder === undefined)('golden intervals', () => {
  const { cases, others } = folder === undefined ? { cases: [], others: [] } : findCases(folder);
  const written = others
    .map((file) => JSON.parse(readFileSync(join(folder as string, file), 'utf8')) as Partial<WrittenOut>)
    .filter((json): json is WrittenOut => Array.isArray(json.samples) && Array.isArray(json.indices));

  test.each(written.map((json) => [json.seed, json] as const))('a bootstrap written out, seed %d', (seed, json) => {
    const { samples, indices, alpha, expected } = json;
    const m = samples.length;
    const values = matrix(m, 1, Float64Array.from(samples));
    expect([...numpyIndices(seed, m, m * indices.length)]).toEqual(indices.flat());
    const sums = given(values, indices.flat());
    const means = sums.data.map((sum) => sum / m);
    (expected['first_boot_means'] as number[]).forEach((x, b) => expect(gap(means[b], x)).toBeLessThanOrEqual(1e-9));
    expect(gap(mean(means), expected['mean'] as number)).toBeLessThanOrEqual(1e-9);
    const [low, high] = percentileInterval(resampledEstimates(ips(), sums, m), 1 - alpha);
    expect(gap(low, expected['lower95'] as number)).toBeLessThanOrEqual(1e-9);
    expect(gap(high, expected['upper95'] as number)).toBeLessThanOrEqual(1e-9);
    const largest = Math.max(...samples);
    for (const [delta, bound] of Object.entries(expected['hoeffding'] as Record<string, number>)) {
      const found = lowerBounds(values, Number(delta), largest);
      expect(gap(found.hoeffding_lower, bound)).toBeLessThanOrEqual(1e-9);
      const bernstein = (expected['bernstein'] as Record<string, number>)[delta];
      expect(gap(found.bernstein_lower, bernstein)).toBeLessThanOrEqual(1e-9);
      // scipy's t is good to 4e-9: see ope.test.ts.
      const student = (expected['student_t'] as Record<string, number>)[delta];
      expect(gap(found.student_t_lower, student)).toBeLessThanOrEqual(1e-8);
    }
    for (const [key, bound] of Object.entries(expected)) {
      const known = /^(hoeffding|bernstein)_xmax(\d+)$/.exec(key);
      if (!known) continue;
      const found = lowerBounds(values, alpha, Number(known[2]))[`${known[1]}_lower` as keyof Bounds];
      expect(gap(found, bound as number)).toBeLessThanOrEqual(1e-9);
    }
  });

  /** One column a row, as golden per-row values are, and ours. */
  const asked = ({ estimator, params, obp_defect: defect }: Golden) => {
    const entry = ESTIMATORS.find((e) => e.name === estimator);
    const [value] = Object.values(params);
    if (!entry || defect !== undefined || (value !== undefined && !entry.parameter)) return undefined;
    const [found] = createEstimators([
      entry.parameter && value !== undefined
        ? { kind: estimator, [entry.parameter.key]: value === 'inf' ? Infinity : Number(value) }
        : estimator,
    ]);
    return found.columns === 1 ? found : undefined;
  };
  const streams = new Map<string, Int32Array>();
  const compared = { bounds: 0, bootstraps: 0 };

  test.each(cases.map((c) => [c.name, c] as const))('%s', (_, { evidence, expected }) => {
    const data = evidence();
    const m = data.log.size;
    for (const golden of expected as readonly Golden[]) {
      const estimator = asked(golden);
      if (!estimator || !(golden.ci || golden.bootstrap)) continue;
      const values = matrix(m, 1);
      estimator.contributions(data, values);
      const largest = values.data.reduce((most, x) => Math.max(most, x), -Infinity);
      for (const [delta, bounds] of Object.entries(golden.ci ?? {})) {
        const found = lowerBounds(values, Number(delta.replace('delta=', '')), largest);
        expect(gap(found.hoeffding_lower, bounds.hoeffding_lower)).toBeLessThanOrEqual(1e-9);
        expect(gap(found.bernstein_lower, bounds.bernstein_lower)).toBeLessThanOrEqual(1e-9);
        expect(gap(found.student_t_lower, bounds.student_t_lower)).toBeLessThanOrEqual(1e-8);
        compared.bounds += 3;
      }
      const { bootstrap } = golden;
      if (!bootstrap) continue;
      const { n_bootstrap: resamples, random_state: seed } = bootstrap;
      const key = `${seed} ${m} ${resamples}`;
      const indices = streams.get(key) ?? numpyIndices(seed, m, m * resamples);
      streams.set(key, indices);
      const sums = given(values, indices);
      const sorted = resampledEstimates(estimator, sums, m);
      const found = [mean(sorted), ...percentileInterval(sorted, 0.95), ...percentileInterval(sorted, 0.9)];
      const { mean: centre, lower95, upper95, lower90, upper90 } = bootstrap;
      [centre, lower95, upper95, lower90, upper90].forEach((x, j) => {
        expect(gap(found[j], x), `${estimator.name} ${j}`).toBeLessThanOrEqual(1e-9);
      });
      compared.bootstraps++;
    }
  });

  test('some numbers were compared', () => {
    console.info(`golden intervals: ${compared.bounds} bounds on one side, ${compared.bootstraps} bootstraps`);
    expect(written.length + compared.bounds).toBeGreaterThan(0);
  });
});
