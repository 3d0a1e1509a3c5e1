/** The golden vectors of intervals, ope.md §5.13 and the rows on intervals of §5.10, rebuilt from their generator. */
import { expect, test } from 'vitest';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { ips } from '../../src/ope/estimators/ips.ts';
import { bettingInterval } from '../../src/ope/intervals/betting.ts';
import { bernsteinSequence, hoeffdingSequence } from '../../src/ope/intervals/confidence-sequence.ts';
import type { ConfidenceSequence } from '../../src/ope/intervals/confidence-sequence.ts';
import { intervalRule } from '../../src/ope/intervals/registry.ts';
import type { IntervalSample } from '../../src/ope/intervals/rule.ts';
import { addRows, moments } from '../../src/ope/moments.ts';
import { lcg } from '../ope/lcg.ts';

const ROWS = 400;
const ALPHA = 0.05;

function observations(): Float64Array {
  const u = lcg(777);
  return Float64Array.from({ length: ROWS }, () => (u() < 0.3 ? 1 : 0.5 * u()));
}

/** A log whose contributions these are. */
function sampleOf(values: Float64Array): IntervalSample {
  const rows = matrix(values.length, 1, values);
  const sums = moments(1);
  addRows(sums, rows);
  const binary = values.every((x) => x === 0 || x === 1);
  return { estimator: ips(), moments: sums, rows, range: [0, 1], binary, random: randomFrom('golden') };
}

/** Distance of the farther bound. */
function apart(found: readonly [number, number], expected: readonly [number, number]): number {
  return Math.max(Math.abs(found[0] - expected[0]), Math.abs(found[1] - expected[1]));
}

test('the observations are those that ope.md describes', () => {
  const { sums, cross } = sampleOf(observations()).moments;
  expect(sums[0] / ROWS).toBeCloseTo(0.45068848065, 10);
  expect(cross[0] / (ROWS - 1)).toBeCloseTo(0.12732643152, 10);
});

// ope.md prints ten digits of most, eight of the sequences', four of betting's: half a unit of the last one more.
test.each<[string, readonly [number, number], number]>([
  ['hoeffding', [0.3827834048, 0.5185935564], 1e-8],
  ['empirical-bernstein', [0.3722446133, 0.529132348], 1e-8],
  ['delta-t', [0.4156135565, 0.4857634048], 1e-8],
  ['bernstein-sequence', [0.3882155, 0.51372538], 1e-8],
  ['hoeffding-sequence', [0.3598604, 0.53466762], 1e-8],
  ['bernstein-plugin', [0.39253576, 0.51005006], 1e-8],
  ['betting', [0.3921, 0.5099], 1e-4],
])('%s', (name, expected, tolerance) => {
  const sample = sampleOf(observations());
  const rule = intervalRule(name);
  expect(rule.unsuited(sample)).toBeUndefined();
  expect(apart(rule.interval(sample, 1 - ALPHA), expected)).toBeLessThan(tolerance);
});

test.each<[string, ConfidenceSequence, readonly [number, number]]>([
  ['bernstein', bernsteinSequence(ALPHA), [0.33246719, 0.58045825]],
  ['hoeffding', hoeffdingSequence(ALPHA), [0.29573235, 0.59927547]],
])('the %s sequence after 100', (_, sequence, expected) => {
  observations()
    .subarray(0, 100)
    .forEach((x) => sequence.add(x));
  expect(apart(sequence.interval(), expected)).toBeLessThan(1e-8);
});

test('betting after 100', () => {
  expect(apart(bettingInterval(observations().subarray(0, 100), ALPHA), [0.3561, 0.5537])).toBeLessThan(1e-4);
});

test.each<[string, readonly [number, number]]>([
  ['clopper-pearson', [0.2270846959, 0.3163559991]],
  ['wilson', [0.2288327841, 0.3155428711]],
])('%s of 108 clicks in 400', (name, expected) => {
  const sample = sampleOf(Float64Array.from({ length: ROWS }, (_, i) => (i < 108 ? 1 : 0)));
  expect(apart(intervalRule(name).interval(sample, 1 - ALPHA), expected)).toBeLessThan(1e-8);
});
