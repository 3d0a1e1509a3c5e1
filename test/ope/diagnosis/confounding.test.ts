/** Bounds for unobserved confounding against every corner of the box of weights, which holds the extremes of a ratio. */
import { expect, test } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import type { Evidence } from '../../../src/core/contracts.ts';
import { banditLog } from '../../../src/ope/bandit-log.ts';
import { confounding } from '../../../src/ope/diagnosis/confounding.ts';
import { evaluate } from '../../../src/ope/evaluate.ts';
import { snips } from '../../../src/ope/estimators/snips.ts';
import { findingsOf, kindsOf, valueOf } from './drawn.ts';

/** n rows of three actions; rewards of `levels` different sizes (any number where 0), some below 0. */
function small(seed: number, n: number, levels: number): Evidence {
  const u = randomFrom('confounding').stream(seed).sequence();
  const evaluation = matrix(n, 3);
  const reward = Float64Array.from({ length: n }, () => {
    const r = 3 * u.uniform() - 1;
    return levels > 0 ? Math.floor(levels * r) / levels : r;
  });
  const action = Int32Array.from({ length: n }, () => u.integer(3));
  const propensity = Float64Array.from({ length: n }, () => 0.05 + 0.95 * u.uniform());
  for (let i = 0; i < n; i++) {
    const z = [u.uniform(), u.uniform(), u.uniform()];
    evaluation.data.set(
      z.map((x) => x / (z[0] + z[1] + z[2])),
      i * 3,
    );
  }
  return { log: banditLog({ actions: 3, action, propensity, reward }), evaluation };
}

/** Least and largest ratio over all 2^n corners: 1/p* = 1 + z (1/p − 1), z = Γ or 1/Γ. */
function corners({ log, evaluation }: Evidence, factor: number): [number, number] {
  const n = log.size;
  let low = Infinity;
  let high = -Infinity;
  for (let corner = 0; corner < 1 << n; corner++) {
    let sum = 0;
    let mass = 0;
    for (let i = 0; i < n; i++) {
      const z = (corner >> i) & 1 ? factor : 1 / factor;
      const w = evaluation.data[3 * i + log.decisions.action[i]] * (1 + z * (1 / log.decisions.propensity[i] - 1));
      sum += w * log.outcomes.reward[i];
      mass += w;
    }
    low = Math.min(low, sum / mass);
    high = Math.max(high, sum / mass);
  }
  return [low, high];
}

test.each([
  [1, 2],
  [2, 4],
  [3, 0],
  [4, 0],
])('seed %i, %i levels: the bounds are the extremes over all corners', (seed, levels) => {
  const evidence = small(seed, 10, levels);
  const check = confounding(false);
  findingsOf(check, evidence, { block: 3 });
  for (const factor of [1, 1.1, 1.5, 2, 10]) {
    const [low, high] = check.bounds(factor);
    const [least, most] = corners(evidence, factor);
    expect(low).toBeCloseTo(least, 12);
    expect(high).toBeCloseTo(most, 12);
  }
});

test('no confounding is SNIPS; more of it only widens', () => {
  const evidence = small(7, 400, 0);
  const check = confounding(false);
  findingsOf(check, evidence);
  const [{ value }] = evaluate(evidence, [snips()]);
  expect(check.bounds(1)[0]).toBeCloseTo(value, 12);
  expect(check.bounds(1)[1]).toBeCloseTo(value, 12);
  let last: readonly [number, number] = [value, value];
  for (let factor = 1; factor < 4; factor += 0.1) {
    const now = check.bounds(factor);
    expect(now[0]).toBeLessThanOrEqual(last[0] + 1e-12);
    expect(now[1]).toBeGreaterThanOrEqual(last[1] - 1e-12);
    last = now;
  }
});

test('the Γ that undoes the conclusion does so, and a little less does not', () => {
  const evidence = small(8, 400, 2);
  const check = confounding(true);
  const findings = findingsOf(check, evidence);
  const baseline = evidence.log.outcomes.reward.reduce((a, b) => a + b, 0) / 400;
  const flip = valueOf(findings, 'confounding-flip') ?? 0;
  const side = check.bounds(1)[0] > baseline ? 0 : 1;
  const beyond = (factor: number): boolean =>
    side === 0 ? check.bounds(factor)[0] <= baseline : check.bounds(factor)[1] >= baseline;
  expect([beyond(flip), beyond(flip * 0.999)]).toEqual([true, false]);
  expect(kindsOf(findings)).toEqual(flip < 1.25 ? ['fragile-to-confounding'] : []);
});

test('guessed propensities and a thin lead are a warning; logged ones, or a lead that nothing hides, are none', () => {
  const n = 1000;
  const evaluation = matrix(n, 2);
  for (let i = 0; i < n; i++) evaluation.data.set([0.2, 0.8], i * 2);
  const made = (rate: number): Evidence => ({
    evaluation,
    log: banditLog({
      actions: 2,
      action: Int32Array.from({ length: n }, (_, i) => i % 2),
      propensity: new Float64Array(n).fill(0.5),
      // Half of the rows of action 0 have a reward, and the share `rate` of action 1.
      reward: Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? Number(i % 4 === 0) : Number(i < rate * n))),
    }),
  });
  const kinds = (estimated: boolean, rate: number): string[] => kindsOf(findingsOf(confounding(estimated), made(rate)));
  expect(kinds(true, 0.55)).toEqual(['fragile-to-confounding']);
  expect(kinds(false, 0.55)).toEqual([]);
  expect(kinds(true, 0.95)).toEqual([]);
});
