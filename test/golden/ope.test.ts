/** Open Bandit Pipeline's numbers, wherever the golden folder has them, at 1e-9. */
import { describe, expect, test } from 'vitest';
import { evaluate, tally } from '../../src/ope/evaluate.ts';
import { createEstimators, ESTIMATORS } from '../../src/ope/registry.ts';
import { errorScores, leastError } from '../../src/ope/mse-bound.ts';
import { originalSlopePick, slopeCandidates, slopePick } from '../../src/ope/slope.ts';
import type { EstimatorInput } from '../../src/ope/registry.ts';
import { goldenFolder } from '../folders.ts';
import { findCases } from './ope-cases.ts';
import type { GoldenCase, GoldenEstimate } from './ope-cases.ts';

const folder = goldenFolder();

/** The estimator of a golden number, as a config would say it; undefined where we have none. */
function asked({ estimator, params }: GoldenEstimate): EstimatorInput | undefined {
  const entry = ESTIMATORS.find((e) => e.name === estimator);
  const values = Object.values(params);
  if (!entry || values.length > (entry.parameter ? 1 : 0)) return undefined;
  if (!entry.parameter || values.length === 0) return estimator;
  const [value] = values;
  return { kind: estimator, [entry.parameter.key]: value === 'inf' ? Infinity : Number(value) };
}

/** Distance, relative above 1. */
function gap(actual: number, golden: number | string): number {
  const expected = Number(golden);
  return Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
}

describe.skipIf(folder === undefined)('golden bandit estimators', () => {
  const { cases, others } = folder === undefined ? { cases: [], others: [] } : findCases(folder);
  const missing = new Map<string, number>();
  const ours = (e: GoldenEstimate): boolean => asked(e) !== undefined && e.obp_defect === undefined;

  test('there are cases', () => {
    for (const { expected } of cases) {
      for (const e of expected) if (!ours(e)) missing.set(e.estimator, (missing.get(e.estimator) ?? 0) + 1);
    }
    const todo = [...missing].map(([name, count]) => `${name} ${count}`).join(', ');
    console.info(`golden ope: ${cases.length} cases; numbers of estimators we don't have yet: ${todo || 'none'}`);
    console.info(`golden: no bandit estimators, read by other tests or by none yet: ${others.join(', ') || 'none'}`);
    expect(cases.length).toBeGreaterThan(0);
  });

  const tuned = cases.filter(({ tuning }) => tuning.length > 0);
  const counts: Record<string, number> = {};

  /** The tunings of one kind, and the candidates that each chose from. */
  function* tunings(of: GoldenCase, method: string) {
    // The peer's names of clipped IPS and DR.
    const names: Record<string, string> = { ips: 'clipped-ips', dr: 'clipped-dr' };
    for (const golden of of.tuning) {
      if (golden.method !== method || golden.obp_defect !== undefined) continue;
      const estimator = names[golden.estimator] ?? golden.estimator;
      const grid = golden.per_lambda?.map(({ lam }) => lam) ?? golden.scores?.map(([lam]) => lam) ?? [];
      const candidates = createEstimators(grid.map((lam) => asked({ estimator, params: { lam } } as never) ?? ''));
      counts[method] = (counts[method] ?? 0) + 1;
      yield { golden, candidates, unshrunk: createEstimators([candidates[0].needs.length > 0 ? 'dr' : 'ips'])[0] };
    }
  }

  test.each(tuned.map((c) => [c.name, c] as const))('SLOPE++ and SLOPE in %s', (_, one) => {
    const data = one.evidence();
    for (const { golden, candidates } of tunings(one, 'slope++')) {
      const found = slopeCandidates(candidates, data, golden.delta);
      found.forEach(({ value, width }, l) => {
        expect(gap(value, golden.per_lambda?.[l].theta ?? NaN)).toBeLessThanOrEqual(1e-9);
        expect(gap(width, golden.per_lambda?.[l].cnf ?? NaN)).toBeLessThanOrEqual(1e-8); // scipy's t: see below
      });
      expect(gap(found[slopePick(found)].value, golden.value)).toBeLessThanOrEqual(1e-9);
      const original = found[originalSlopePick(found)].value;
      expect(gap(original, golden.original_slope_ours?.value ?? original)).toBeLessThanOrEqual(1e-9);
    }
  });

  test.each(tuned.map((c) => [c.name, c] as const))('the estimated error in %s', (_, one) => {
    const data = one.evidence();
    for (const { golden, candidates, unshrunk } of tunings(one, 'mse')) {
      const { delta, use_bias_upper_bound: bounded = true } = golden;
      const scores = errorScores(candidates, unshrunk, data, { delta, bounded });
      scores.forEach((score, l) => expect(gap(score, golden.scores?.[l][1] ?? NaN)).toBeLessThanOrEqual(1e-9));
      const [{ value }] = evaluate(data, [candidates[leastError(scores)]]);
      expect(gap(value, golden.value)).toBeLessThanOrEqual(1e-9);
    }
  });

  test('some parameters were tuned', () => {
    console.info(`golden ope: tunings ${JSON.stringify(counts)}`);
    expect(counts['slope++']).toBeGreaterThan(0);
    expect(counts['mse']).toBeGreaterThan(0);
  });

  test('replay of deterministic policies', () => {
    const replayed = cases.filter(({ replay }) => replay !== undefined);
    for (const { evidence, replay = NaN } of replayed) {
      expect(gap(evaluate(evidence(), createEstimators(['replay']))[0].value, replay)).toBeLessThanOrEqual(1e-9);
    }
    console.info(`golden ope: ${replayed.length} replays`);
  });

  test.each(cases.map((c) => [c.name, c] as const))('%s', (_, { evidence, expected }) => {
    const data = evidence();
    const m = data.log.size;
    for (const golden of expected.filter(ours)) {
      const estimators = createEstimators([asked(golden) ?? '']);
      const [{ value }] = evaluate(data, estimators);
      expect(gap(value, golden.value), `${estimators[0].name}: ${value}, not ${golden.value}`).toBeLessThanOrEqual(
        1e-9,
      );
      if (estimators[0].columns > 1) continue;
      // One column is the per-row value: its spread and OBP's Student-t lower bound are golden too.
      const [{ cross }] = tally(data, estimators).moments;
      const variance = cross[0] / m;
      expect(gap(variance, golden.round_var_ddof0), `${golden.estimator} variance`).toBeLessThanOrEqual(1e-9);
      for (const [delta, { student_t_lower: lower }] of Object.entries(golden.ci ?? {})) {
        const level = 1 - 2 * Number(delta.replace('delta=', ''));
        const [{ interval }] = evaluate(data, estimators, { level, rule: 'delta-t' });
        // The scipy behind OBP's numbers inverted Student's t to 4e-9 only (few rows: its 1.6377443572 for three degrees
        // of freedom at 0.9 is 1.6377443537), so half-widths are compared at 1e-8.
        const apart = Math.abs(value - interval[0] - (value - lower)) / Math.max(1, Math.abs(value - lower));
        expect(apart, `${golden.estimator} lower bound, ${delta}`).toBeLessThanOrEqual(1e-8);
      }
    }
  });
});
