import { expect, test } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { sliceEvidence } from '../../../src/ope/evidence.ts';
import { logDiagnosis } from '../../../src/ope/diagnosis/log-diagnosis.ts';
import type { DiagnosisSetup, LogDiagnosis } from '../../../src/ope/diagnosis/log-diagnosis.ts';
import type { Evidence } from '../../../src/core/contracts.ts';
import { matrix } from '../../../src/core/matrix.ts';
import { createEstimators } from '../../../src/ope/registry.ts';
import { drawLog } from './drawn.ts';
import type { Design } from './drawn.ts';

const N = 3000;
const DESIGN: Design = {
  n: N,
  behaviour: (x) => [0.2 + 0.3 * x, 0.5 - 0.3 * x, 0.3],
  evaluation: () => [0.3, 0.3, 0.4],
};
const evidence = drawLog(DESIGN, randomFrom('diagnosis'));
const segments = new Map([['half', Array.from({ length: N }, (_, i) => (i % 2 === 0 ? 'even' : 'odd'))]]);

function diagnosed(data: Evidence, block: number, more: Partial<DiagnosisSetup> = {}): LogDiagnosis {
  const diagnosis = logDiagnosis({ rows: N, actions: data.log.spec.actions, ...more });
  for (let from = 0; from < N; from += block) {
    const to = Math.min(from + block, N);
    diagnosis.add({
      evidence: sliceEvidence(data, from, to),
      segments: new Map([...segments].map(([name, cells]) => [name, cells.slice(from, to)])),
    });
  }
  return diagnosis.report();
}

// A dozen tests of α = 0.001 each: at most 1.2 % of clean logs raise anything, so 6 of 100 would come with a chance of 0.002.
test('of 100 clean logs fewer than 6 raise anything, all checks and a model included', () => {
  const estimators = createEstimators(['ips', 'snips', 'dm', 'dr', 'sndr']);
  let alarms = 0;
  for (let seed = 0; seed < 100; seed++) {
    const data = drawLog(DESIGN, randomFrom('clean').stream(seed));
    const predicted = matrix(N, 3);
    predicted.data.fill(0.3);
    alarms += diagnosed({ ...data, predicted }, 1024, { estimators, rewardRange: [0, 1] }).warnings.length > 0 ? 1 : 0;
  }
  expect(alarms).toBeLessThan(6);
});

const near = (a: number | null, b: number | null): boolean =>
  a === null || b === null ? a === b : Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));

test('how rows are cut into blocks does not matter', () => {
  const whole = diagnosed(evidence, N);
  for (const block of [1, 17, 1024]) {
    const parts = diagnosed(evidence, block);
    expect(parts.figures.map(({ name }) => name)).toEqual(whole.figures.map(({ name }) => name));
    const apart = parts.figures.filter(({ value }, f) => !near(value, whole.figures[f].value));
    expect(apart).toEqual([]);
    expect(parts.warnings).toEqual(whole.warnings);
  }
});

test('names of figures are kebab-case and there once', () => {
  const names = diagnosed(evidence, N).figures.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/u);
});

test('more rows than were announced are refused', () => {
  const diagnosis = logDiagnosis({ rows: 10, actions: evidence.log.spec.actions });
  expect(() => diagnosis.add({ evidence })).toThrow('row 3000 of a log of 10 rows');
});

test('by action: counts, shares, mean rewards and weights add up', () => {
  const { byAction } = diagnosed(evidence, 100);
  expect(byAction.map(({ action }) => action)).toEqual(evidence.log.spec.actions);
  expect(byAction.reduce((sum, a) => sum + a.rows, 0)).toBe(N);
  expect(byAction.reduce((sum, a) => sum + a.evaluatedShare, 0)).toBeCloseTo(1, 12);
  expect(byAction.reduce((sum, a) => sum + (a.meanReward ?? 0) * a.rows, 0)).toBeCloseTo(
    evidence.log.outcomes.reward.reduce((a, b) => a + b, 0),
    9,
  );
});
