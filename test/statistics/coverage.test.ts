/**
 * How often intervals hold the truth, against published.md B15 (3,000 repetitions of an independent program), and the
 * unbiasedness of DR. Seeded, so each test either always passes or always fails; α is that of 4 standard errors,
 * 6·10⁻⁵ a comparison, had the seed been drawn anew.
 */
import { describe, expect, test } from 'vitest';
import type { Estimate, Evidence } from '../../src/core/contracts.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import type { Random } from '../../src/core/random.ts';
import { banditLog } from '../../src/ope/bandit-log.ts';
import { actionMeans, crossFit } from '../../src/ope/cross-fit.ts';
import { evaluate } from '../../src/ope/evaluate.ts';
import { createEstimators } from '../../src/ope/registry.ts';
import { COVERAGE_SETTINGS, coverageChunk, mergeCoverage } from '../../src/runner/coverage.ts';
import type { CoverageChunk } from '../../src/runner/coverage.ts';

const LOGGED = [0.6, 0.2, 0.1, 0.07, 0.03];
const SKEWED = [0.03, 0.07, 0.1, 0.2, 0.6];
const BENIGN = [0.3, 0.25, 0.2, 0.15, 0.1];
const REPETITIONS = 1000;
const REFERENCE_REPETITIONS = 3000;

interface Design {
  base: number;
  n: number;
  evaluation: readonly number[];
}

/** Click rates of B15. */
function rates(base: number): number[] {
  return LOGGED.map((_, a) => Math.min(Math.max(base + 0.02 * (a - 2) * Math.min(1, 10 * base), 0), 1));
}

function truth({ base, evaluation }: Design): number {
  return rates(base).reduce((sum, q, a) => sum + q * evaluation[a], 0);
}

function draw({ base, n, evaluation }: Design, random: Random): Evidence {
  const q = rates(base);
  const k = q.length;
  const action = new Int32Array(n);
  const propensity = new Float64Array(n);
  const reward = new Float64Array(n);
  const policy = matrix(n, k);
  for (let i = 0; i < n; i++) {
    let u = random.uniform(i, 0);
    let a = 0;
    while (a < k - 1 && u >= LOGGED[a]) u -= LOGGED[a++];
    action[i] = a;
    propensity[i] = LOGGED[a];
    reward[i] = random.uniform(i, 1) < q[a] ? 1 : 0;
    policy.data.set(evaluation, i * k);
  }
  return { log: banditLog({ actions: k, action, propensity, reward }), evaluation: policy };
}

/** Shares of repetitions in which each estimator's interval holds the truth, and mean widths. */
function study(design: Design, names: readonly string[]): { coverage: number[]; width: number[] } {
  const v = truth(design);
  const estimators = createEstimators(names);
  const coverage = names.map(() => 0);
  const width = names.map(() => 0);
  for (let rep = 0; rep < REPETITIONS; rep++) {
    const random = randomFrom('B15').stream(design.base, design.n, rep);
    evaluate(draw(design, random), estimators).forEach(({ interval: [low, high] }: Estimate, e) => {
      if (low <= v && v <= high) coverage[e] += 1 / REPETITIONS;
      width[e] += (high - low) / REPETITIONS;
    });
  }
  return { coverage, width };
}

/** Distance in standard errors of both programs, the reference being printed to half a point. */
function standardErrors(share: number, reference: number): number {
  const variance = reference * (1 - reference) * (1 / REPETITIONS + 1 / REFERENCE_REPETITIONS);
  return Math.max(0, Math.abs(share - reference) - 0.005) / Math.sqrt(variance);
}

describe('coverage of nominal 95 % intervals is that of B15', () => {
  test.each([
    [
      { base: 0.02, n: 100, evaluation: SKEWED },
      { ips: 0.37, snips: 0.36 },
    ],
    [
      { base: 0.02, n: 500, evaluation: SKEWED },
      { ips: 0.51, snips: 0.53 },
    ],
    [
      { base: 0.02, n: 2000, evaluation: SKEWED },
      { ips: 0.82, snips: 0.82 },
    ],
    [{ base: 0.005, n: 500, evaluation: SKEWED }, { ips: 0.37 }],
    [{ base: 0.9, n: 500, evaluation: SKEWED }, { snips: 0.7 }],
    [{ base: 0.5, n: 500, evaluation: BENIGN }, { snips: 0.947 }],
  ])('%o', (design, reference) => {
    const names = Object.keys(reference);
    const { coverage } = study(design, names);
    Object.values(reference).forEach((share, e) => {
      expect(standardErrors(coverage[e], share), `${names[e]} ${coverage[e]}, B15 ${share}`).toBeLessThan(4);
    });
  });

  test('so is the width of SNIPS intervals', () => {
    const skewed = study({ base: 0.9, n: 500, evaluation: SKEWED }, ['snips']);
    const benign = study({ base: 0.5, n: 500, evaluation: BENIGN }, ['snips']);
    // Widths are printed to three digits; their standard errors over 1,000 repetitions are below 0.003 and 0.0003.
    expect(skewed.width[0]).toBeGreaterThan(0.115);
    expect(skewed.width[0]).toBeLessThan(0.137);
    expect(benign.width[0]).toBeGreaterThan(0.106);
    expect(benign.width[0]).toBeLessThan(0.11);
  });
});

describe('DR is unbiased', () => {
  test.each([
    ['with a cross-fitted model', true],
    ['with a model that is wrong', false],
  ])('%s', async (_, fitted) => {
    const design: Design = { base: 0.3, n: 200, evaluation: SKEWED };
    const [dr] = createEstimators(['dr']);
    const values: number[] = [];
    for (let rep = 0; rep < REPETITIONS; rep++) {
      const random = randomFrom('DR').stream(rep);
      const evidence = draw(design, random);
      const wrong = matrix(design.n, LOGGED.length);
      wrong.data.fill(0.9);
      // oxlint-disable-next-line no-await-in-loop
      evidence.predicted = fitted
        ? await crossFit(evidence.log, () => actionMeans(), 2, random.stream('folds'))
        : wrong;
      values.push(evaluate(evidence, [dr])[0].value);
    }
    const mean = values.reduce((a, b) => a + b, 0) / REPETITIONS;
    const variance = values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / (REPETITIONS - 1);
    expect(Math.abs(mean - truth(design)) / Math.sqrt(variance / REPETITIONS)).toBeLessThan(4);
  });
});

describe('the study of small worlds that every report prints', () => {
  const rows = 500;
  const level = 0.95;

  test('chunks of any size add up to the same result', async () => {
    const [setting] = COVERAGE_SETTINGS;
    const chunk = (from: number, to: number): Promise<CoverageChunk> =>
      coverageChunk({ kind: 'coverage', setting: setting.name, from, to, rows, level });
    const whole = mergeCoverage(setting, [await chunk(0, 12)], { rows, level });
    const parts = mergeCoverage(setting, await Promise.all([chunk(9, 12), chunk(0, 4), chunk(4, 9)]), { rows, level });
    expect(parts).toEqual({ ...whole, clickRate: parts.clickRate });
    expect(parts.clickRate).toBeCloseTo(whole.clickRate, 14);
  });

  test('intervals hold at a high click rate and fall short at an ad-like one', async () => {
    const [high, low] = await Promise.all(
      COVERAGE_SETTINGS.slice(0, 2).map(async (s) => {
        const chunk = await coverageChunk({ kind: 'coverage', setting: s.name, from: 0, to: 300, rows, level });
        return mergeCoverage(s, [chunk], { rows, level });
      }),
    );
    expect(high.clickRate).toBeGreaterThan(0.2);
    expect(low.clickRate).toBeLessThan(0.025);
    expect(high).toMatchObject({ worlds: 300, estimator: 'dr', rule: 'delta-normal' });
    expect(low.fallsShort).toBe(true);
    // Nominal 0.95, α = 6·10⁻⁵: 4 standard errors of 300 worlds are 0.05.
    expect(high.actual).toBeGreaterThan(0.9);
    expect(low.actual).toBeLessThan(0.9);
  });
});
