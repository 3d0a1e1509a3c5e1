/** Negative control, needed rows and eligibility: silent on clean logs (α = 0.001), and they see planted faults. */
import { describe, expect, test } from 'vitest';
import type { Estimator, Evidence } from '../../../src/core/contracts.ts';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import type { Findings } from '../../../src/ope/diagnosis/check.ts';
import { eligibility } from '../../../src/ope/diagnosis/eligibility.ts';
import { neededRows, neededRowsFigures, worstCaseRows } from '../../../src/ope/diagnosis/needed-rows.ts';
import { negativeControl } from '../../../src/ope/diagnosis/negative-control.ts';
import { evaluate } from '../../../src/ope/evaluate.ts';
import { createEstimators } from '../../../src/ope/registry.ts';
import { alarmRate, drawLog, findingsOf, kindsOf, valueOf } from './drawn.ts';
import type { Design } from './drawn.ts';

const NAMES = ['a', 'b', 'c'];
const RATES = [0.1, 0.3, 0.6];
const CLEAN: Design = {
  n: 1000,
  behaviour: (x) => [0.2 + 0.4 * x, 0.3, 0.5 - 0.4 * x],
  evaluation: () => [0.3, 0.3, 0.4],
  rate: (_x, a) => RATES[a],
};

/** A log of the design and a reward model that is off by `bias`. */
function draw(design: Design, seed: number, bias = 0): Evidence & Required<Pick<Evidence, 'behaviour'>> {
  const evidence = drawLog(design, randomFrom('controls').stream(seed));
  const predicted = matrix(design.n, 3);
  for (let i = 0; i < design.n; i++) {
    predicted.data.set(
      RATES.map((q) => q + bias),
      i * 3,
    );
  }
  return { ...evidence, predicted };
}

describe('negative control', () => {
  const ALL = createEstimators(['ips', 'snips', 'dm', 'dr', 'sndr', { kind: 'dros', lambda: 5 }]);
  const findings = (evidence: Evidence, estimators: readonly Estimator[] = ALL): Findings =>
    findingsOf(negativeControl(estimators), evidence);

  test('clean logs: at most 6 alarms in 1,000', () => {
    expect(alarmRate(1000, 'negative-control', (seed) => findings(draw(CLEAN, seed)))).toBeLessThanOrEqual(0.006);
  });

  test('what only weighs rows is right trivially, and the figure says so', () => {
    const { figures } = findings(draw(CLEAN, 1));
    const trivial = figures.filter(({ note }) => note?.includes('no test')).map(({ name }) => name);
    expect(trivial).toEqual(['control-ips', 'control-snips']);
    expect(figures.map(({ name }) => name)).toContain('control-dr');
  });

  test('actions drawn by other odds than those logged are seen by DR', () => {
    const wrong: Design = { ...CLEAN, drawn: (x) => [0.1 + 0.4 * x, 0.3, 0.6 - 0.4 * x] };
    const dr = createEstimators(['ips', 'dr']);
    expect(alarmRate(50, 'negative-control', (seed) => findings(draw(wrong, seed), dr))).toBeGreaterThanOrEqual(0.95);
  });

  test('propensities of another policy than the logged distribution are seen by IPS', () => {
    const evidence = draw(CLEAN, 2);
    evidence.log.decisions.propensity.forEach((p, i, all) => (all[i] = Math.min(1, p * 1.5)));
    const { warnings } = findings(evidence, createEstimators(['ips']));
    expect(warnings[0].message).toContain('below the mean reward');
  });

  test('a biased model is seen by DM and not by DR', () => {
    const { warnings } = findings(draw(CLEAN, 3, 0.1));
    expect(warnings.map(({ message }) => message.split(' ')[0])).toEqual(['dm']);
  });

  test('the gap is that of evaluate on the behaviour policy', () => {
    const evidence = draw(CLEAN, 4);
    const mean = evidence.log.outcomes.reward.reduce((a, b) => a + b, 0) / CLEAN.n;
    const estimates = evaluate({ ...evidence, evaluation: evidence.behaviour }, ALL);
    const { figures } = findings(evidence);
    estimates.forEach(({ value }, e) => expect(figures[e].value).toBeCloseTo(value - mean, 12));
  });

  test('without the whole policy there is no control; without a model its estimators are left out', () => {
    const { log, evaluation, behaviour } = draw(CLEAN, 5);
    expect(valueOf(findings({ log, evaluation }), 'negative-control')).toBeNull();
    expect(findings({ log, evaluation, behaviour }).figures.map(({ name }) => name)).toEqual([
      'control-ips',
      'control-snips',
    ]);
  });
});

describe('needed rows', () => {
  test('a quarter of the width takes sixteen times the rows; Hoeffding by hand', () => {
    expect(neededRows(1000, 0.04, 0.01)).toBeCloseTo(16_000, 6);
    // b √(ln(2/α) / 2n) = target
    const n = worstCaseRows(5, 0.1, 0.95);
    expect(5 * Math.sqrt(Math.log(2 / 0.05) / (2 * n))).toBeCloseTo(0.1, 12);
  });

  test('so many rows do give about that half-width', () => {
    const target = 0.02;
    const found = findingsOf(neededRowsFigures({ level: 0.95, target, rewardRange: [0, 1] }), draw(CLEAN, 1));
    const needed = valueOf(found, 'needed-rows') ?? 0;
    const [{ interval }] = evaluate(draw({ ...CLEAN, n: needed }, 2), createEstimators(['snips']));
    expect((interval[1] - interval[0]) / 2).toBeGreaterThan(0.9 * target);
    expect((interval[1] - interval[0]) / 2).toBeLessThan(1.1 * target);
    expect(valueOf(found, 'needed-rows-worst-case')).toBeGreaterThan(needed);
  });

  test('rewards that never vary need nothing, and the figure says so', () => {
    const found = findingsOf(neededRowsFigures({ level: 0.95 }), draw({ ...CLEAN, rate: () => 0 }, 1));
    expect(found.figures[0]).toMatchObject({ value: null, note: 'the rewards do not vary' });
  });
});

describe('eligibility', () => {
  test('where everything may be taken there is nothing to tell', () => {
    expect(findingsOf(eligibility(NAMES, true), draw(CLEAN, 1))).toEqual({ figures: [], warnings: [] });
  });

  test('a policy and a log that keep to it raise nothing; those that do not are named', () => {
    const odds = (x: number): number[] => (x < 0.5 ? [0.5, 0.5, 0] : [0.3, 0.3, 0.4]);
    const kept = (design: Design): Evidence => {
      const evidence = draw(design, 2);
      const { eligible, context } = evidence.log.requests;
      for (let i = 0; i < CLEAN.n; i++) eligible[3 * i + 2] = context.data[i] < 0.5 ? 0 : 1;
      return evidence;
    };
    const found = (evidence: Evidence, whole = true): Findings => findingsOf(eligibility(NAMES, whole), evidence);
    const good = found(kept({ ...CLEAN, behaviour: odds, evaluation: odds }));
    expect(kindsOf(good)).toEqual([]);
    expect(valueOf(good, 'eligible-actions')).toBeGreaterThan(2.4);
    expect(valueOf(good, 'eligible-actions')).toBeLessThan(2.6);
    expect(kindsOf(found(kept({ ...CLEAN, behaviour: odds })))).toEqual(['ineligible-policy']);
    expect(kindsOf(found(kept({ ...CLEAN, behaviour: odds }), false))).toEqual([]);
    expect(kindsOf(found(kept({ ...CLEAN, evaluation: odds })))).toEqual(['ineligible-logged']);
  });
});
