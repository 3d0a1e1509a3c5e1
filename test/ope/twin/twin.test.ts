import { describe, expect, test } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { ips } from '../../../src/ope/estimators/ips.ts';
import { rowTerms } from '../../../src/ope/evidence.ts';
import { drawRows, twinOf } from '../../../src/ope/twin/twin.ts';
import type { Twin, TwinRows } from '../../../src/ope/twin/twin.ts';
import { logOfWorld, OVERLAPS } from './design.ts';

function drawn(twin: Twin, n: number, index = 0): TwinRows {
  const columns = (): Float64Array => new Float64Array(n);
  const rows = {
    weight: columns(),
    expected: columns(),
    error: columns(),
    logged: columns(),
    reward: columns(),
  };
  drawRows(twin, n, rows, randomFrom('drawn'), index);
  return rows;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

describe.each([true, false])('a twin, the behaviour policy known whole: %s', (whole) => {
  const evidence = logOfWorld(OVERLAPS['little'], 0.3, { n: 4000, world: 1, whole });
  evidence.predicted = matrix(
    4000,
    5,
    Float64Array.from({ length: 20_000 }, (_, c) => 0.2 + 0.05 * (c % 5)),
  );
  const twin = twinOf(evidence);
  const rows = drawn(twin, 400_000);

  test('its mean weight is 1, and its value is what weighted rewards average to', () => {
    // Standard errors: sd of w about 1.9, of w·r about 1.7, over √400,000: 0.003.
    expect(Math.abs(mean(rows.weight) - 1)).toBeLessThan(0.012);
    const weighted = rows.weight.map((w, i) => w * rows.reward[i]);
    expect(Math.abs(mean(weighted) - twin.truth)).toBeLessThan(0.011);
    expect(Math.abs(mean(rows.reward) - twin.loggedTruth)).toBeLessThan(0.003);
  });

  test('of all its cells together: mean weight 1, DR and IPS right, whatever the model says', () => {
    const { threshold, other } = twin.alias;
    const chance = threshold.map((keep) => keep / threshold.length);
    threshold.forEach((keep, c) => (chance[other[c]] += (1 - keep) / threshold.length));
    const over = (value: (cell: Float64Array) => number): number =>
      chance.reduce((sum, p, c) => sum + p * value(twin.cells.subarray(5 * c, 5 * c + 5)), 0);
    expect(over(([w]) => w)).toBeCloseTo(1, 9);
    expect(over(([w, , , q]) => w * q)).toBeCloseTo(twin.truth, 9);
    expect(over(([w, v, guess, q]) => v + w * (q - guess))).toBeCloseTo(twin.truth, 9);
    expect(over(([, , , q]) => q)).toBeCloseTo(twin.loggedTruth, 9);
  });

  test('DR is right in what is drawn from it', () => {
    const score = rows.expected.map((v, i) => v + rows.weight[i] * rows.error[i]);
    expect(Math.abs(mean(score) - twin.truth)).toBeLessThan(0.008);
  });

  test('it resembles the log: value and click rate lie within its doubt', () => {
    const out = matrix(4000, 1);
    ips().contributions(evidence, out);
    expect(Math.abs(twin.truth - mean(out.data))).toBeLessThan(0.06); // 2 standard errors of IPS on 4,000 rows
    expect(Math.abs(twin.loggedTruth - mean(evidence.log.outcomes.reward))).toBeLessThan(0.015);
  });

  test('a world is the same whatever was drawn before it', () => {
    const again = drawn(twin, 100, 7);
    drawn(twin, 100, 3);
    expect(drawn(twin, 100, 7)).toEqual(again);
    expect(drawn(twin, 100, 8)).not.toEqual(again);
  });
});

test('weight that is missing from the log sits beyond the largest that was seen', () => {
  const evidence = logOfWorld(OVERLAPS['little'], 0.3, { n: 300, world: 2, whole: false });
  // Rows of the rarest action removed: what they weighed is missing.
  const rare = evidence.log.decisions.propensity.map((p) => (p < 0.05 ? 1 : 0));
  rare.forEach((one, i) => {
    if (one === 1) {
      evidence.log.decisions.action[i] = 0;
      evidence.log.decisions.propensity[i] = 0.6;
    }
  });
  const seen = Math.max(...rowTerms(evidence).weight);
  const rows = drawn(twinOf(evidence), 200_000);
  expect(rows.weight.reduce((a, b) => Math.max(a, b))).toBeCloseTo(2 * seen, 12);
  expect(Math.abs(mean(rows.weight) - 1)).toBeLessThan(0.02);
});

test('rewards that are no clicks are drawn around their expectation', () => {
  const evidence = logOfWorld(OVERLAPS['much'], 0.3, { n: 2000, world: 3, whole: true });
  const { reward } = evidence.log.outcomes;
  const draw = randomFrom('noise').sequence();
  for (let i = 0; i < 2000; i++) reward[i] = 5 + evidence.log.decisions.action[i] + draw.normal();
  const twin = twinOf(evidence);
  const rows = drawn(twin, 200_000);
  const weighted = rows.weight.map((w, i) => w * rows.reward[i]);
  expect(Math.abs(mean(weighted) - twin.truth)).toBeLessThan(0.05);
  const centre = mean(rows.reward);
  const spread = rows.reward.map((r) => (r - centre) * (r - centre));
  // Var of 5 + action + noise under the logging policy: 1.24 + 1.
  expect(Math.abs(mean(spread) - 2.24)).toBeLessThan(0.2);
});
