/**
 * Checks of propensities: each stays silent on clean logs and sees its planted fault. α = 0.001 for each test, so at most 6
 * alarms in 1,000 clean logs (had the seeds been drawn anew, more would come with a chance below 10⁻⁴).
 */
import { describe, expect, test } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import type { Evidence } from '../../../src/core/contracts.ts';
import { bennett } from '../../../src/ope/diagnosis/bennett.ts';
import type { Findings } from '../../../src/ope/diagnosis/check.ts';
import { overlapShare } from '../../../src/ope/diagnosis/overlap-share.ts';
import { propensityCalibration } from '../../../src/ope/diagnosis/propensity-calibration.ts';
import { propensitySource } from '../../../src/ope/diagnosis/propensity-source.ts';
import { sampleRatio } from '../../../src/ope/diagnosis/sample-ratio.ts';
import { segmentSupport } from '../../../src/ope/diagnosis/segment-support.ts';
import { alarmRate, drawLog, findingsOf, kindsOf, valueOf } from './drawn.ts';
import type { Design } from './drawn.ts';

const NAMES = ['a', 'b', 'c', 'd'];
const EVEN = [0.25, 0.25, 0.25, 0.25];

/** Odds that change with the context, with a rare action. */
const odds = (x: number): number[] => [0.6 - 0.4 * x, 0.01, 0.14, 0.25 + 0.4 * x];
const CLEAN: Design = { n: 1000, behaviour: odds, evaluation: () => EVEN };

function without(evidence: Evidence): Evidence {
  const { log, evaluation } = evidence;
  return { log, evaluation };
}

const draw = (design: Design, seed: number): Evidence & Required<Pick<Evidence, 'behaviour'>> =>
  drawLog(design, randomFrom('propensities').stream(seed));

test('Bennett bounds a binomial tail from above, and not by much', () => {
  // P(|X − 10| ≥ 12) of Poisson-like Binomial(1000, 0.01), by summing exact terms.
  let term = Math.exp(1000 * Math.log(0.99));
  let tail = 0;
  for (let x = 0; x <= 1000; x++) {
    if (Math.abs(x - 10) >= 12) tail += term;
    term *= ((1000 - x) / (x + 1)) * (0.01 / 0.99);
  }
  const bound = bennett(12, 1000 * 0.01 * 0.99, 1);
  expect(bound).toBeGreaterThan(tail);
  expect(bound).toBeLessThan(20 * tail);
  expect([bennett(0, 0, 1), bennett(1, 0, 1), bennett(1e-12, 0, 1)]).toEqual([1, 0, 1]);
});

describe('sample ratio', () => {
  const whole = (design: Design, seed: number): Findings => findingsOf(sampleRatio(NAMES), draw(design, seed));
  const logged = (design: Design, seed: number): Findings =>
    findingsOf(sampleRatio(NAMES), without(draw(design, seed)));

  test.each([
    ['whole', whole],
    ['of the logged action alone', logged],
  ])('clean logs, propensities %s', (_, findings) => {
    expect(alarmRate(1000, 'sample-ratio-mismatch', (seed) => findings(CLEAN, seed))).toBeLessThanOrEqual(0.006);
  });

  const tilted: Design = {
    ...CLEAN,
    drawn: (x) => odds(x).map((p, a) => (a === 2 ? 0.14 + 0.08 : a === 0 ? p - 0.08 : p)),
  };

  test.each([
    ['whole', whole],
    ['of the logged action alone', logged],
  ])('an action drawn eight points too often is seen, propensities %s', (_, findings) => {
    expect(alarmRate(50, 'sample-ratio-mismatch', (seed) => findings(tilted, seed))).toBeGreaterThanOrEqual(0.95);
    expect(findings(tilted, 0).warnings[0].message).toContain('c ');
  });

  test('a fifth of an action’s rows lost is seen', () => {
    const evidence = draw({ ...CLEAN, n: 20_000, behaviour: () => EVEN }, 1);
    const { action } = evidence.log.decisions;
    // Lost rows of action 0 are turned into rows of action 1, with the propensity of action 1: the count is wrong all the same.
    for (let i = 0; i < 20_000; i += 5) if (action[i] === 0) action[i] = 1;
    expect(kindsOf(findingsOf(sampleRatio(NAMES), evidence))).toEqual(['sample-ratio-mismatch']);
    expect(kindsOf(findingsOf(sampleRatio(NAMES), without(evidence)))).toEqual(['sample-ratio-mismatch']);
  });

  test('an action that may not be taken everywhere is no mismatch where eligibility says so', () => {
    const evidence = draw({ ...CLEAN, behaviour: (x) => (x < 0.5 ? [0.5, 0.2, 0.3, 0] : EVEN) }, 2);
    const unknown = findingsOf(sampleRatio(NAMES), without(evidence));
    const { eligible, context } = evidence.log.requests;
    for (let i = 0; i < 1000; i++) eligible[i * 4 + 3] = context.data[i] < 0.5 ? 0 : 1;
    const known = findingsOf(sampleRatio(NAMES), without(evidence));
    expect([kindsOf(unknown), kindsOf(known)]).toEqual([['sample-ratio-mismatch'], []]);
  });
});

describe('propensity calibration', () => {
  const findings = (design: Design, seed: number): Findings =>
    findingsOf(propensityCalibration(NAMES), draw(design, seed));

  test('clean logs', () => {
    expect(alarmRate(1000, 'propensities-miscalibrated', (seed) => findings(CLEAN, seed))).toBeLessThanOrEqual(0.006);
  });

  test('a policy flatter than its propensities is seen, though its counts are right', () => {
    // Mean odds are those of the design, so that counts by action hold, but for the chance of contexts: only the bins tell.
    const flat: Design = { ...CLEAN, n: 4000, drawn: () => odds(0.5) };
    expect(alarmRate(50, 'propensities-miscalibrated', (seed) => findings(flat, seed))).toBe(1);
    expect(
      alarmRate(50, 'sample-ratio-mismatch', (seed) => findingsOf(sampleRatio(NAMES), draw(flat, seed))),
    ).toBeLessThan(0.1);
  });

  test('bins hold every row once, and need the whole policy', () => {
    const check = propensityCalibration(NAMES);
    findingsOf(check, draw(CLEAN, 3));
    expect(check.reliability().reduce((sum, bin) => sum + bin.observed, 0)).toBe(1000);
    expect(check.reliability().reduce((sum, bin) => sum + bin.expected, 0)).toBeCloseTo(1000, 8);
    const blind = propensityCalibration(NAMES);
    expect(valueOf(findingsOf(blind, without(draw(CLEAN, 3))), 'propensity-calibration')).toBeNull();
    expect(blind.reliability()).toEqual([]);
  });
});

describe('where propensities come from', () => {
  const found = (evidence: Evidence, estimated = false): string[] =>
    kindsOf(findingsOf(propensitySource(estimated), evidence));
  const smooth: Design = {
    ...CLEAN,
    behaviour: (x) => [0.9 - 0.6 * x, 0.02 + 0.1 * x, 0.04 + 0.25 * x, 0.04 + 0.25 * x],
  };

  test('exact ones raise nothing, be they many or few and round', () => {
    expect(found(draw(smooth, 1))).toEqual([]);
    expect(found(draw({ ...CLEAN, behaviour: () => [0.05, 0.05, 0.05, 0.85] }, 1))).toEqual([]);
  });

  test('two decimals are seen, with the error that they leave', () => {
    const evidence = without(draw(smooth, 1));
    const { propensity } = evidence.log.decisions;
    propensity.forEach((p, i) => (propensity[i] = Math.round(100 * p) / 100));
    const findings = findingsOf(propensitySource(false), evidence);
    expect(kindsOf(findings)).toEqual(['rounded-propensities']);
    expect(findings.warnings[0].message).toContain('rounded to 2 decimals: the smallest, 0.02, may be off by 25.0 %');
    expect(valueOf(findings, 'propensity-decimals')).toBe(2);
  });

  test('estimated ones are named; a distribution that is not the propensity’s is, with its first row', () => {
    expect(found(without(draw(smooth, 1)), true)).toEqual(['estimated-propensities']);
    const evidence = draw(smooth, 1);
    evidence.log.decisions.propensity[717] *= 0.5;
    const { warnings } = findingsOf(propensitySource(false), evidence);
    expect(warnings[0].message).toContain('in 1 of 1000 rows (first row 718)');
  });
});

describe('overlap', () => {
  test('by hand: whole, and by the log’s shares', () => {
    const evidence = draw({ ...CLEAN, behaviour: () => [0.7, 0.01, 0.09, 0.2] }, 1);
    const share = (floor: number, data: Evidence, policy = true): number | null =>
      valueOf(findingsOf(overlapShare(4, floor, policy), data), 'overlap-share');
    expect([0.01, 0.05, 0.15].map((floor) => share(floor, evidence))).toEqual([100, 75, 50]);
    expect([0.05, 0.15].map((floor) => share(floor, without(evidence)))).toEqual([75, 50]);
    expect(share(0.05, evidence, false)).toBeNull();
    expect(kindsOf(findingsOf(overlapShare(4, 0.05, true), evidence))).toEqual(['low-overlap']);
    expect(kindsOf(findingsOf(overlapShare(4, 0.01, true), evidence))).toEqual([]);
  });
});

describe('support by segment', () => {
  const half = (evidence: Evidence): Map<string, string[]> =>
    new Map([
      ['half', Array.from(evidence.log.requests.context.data, (x) => (x < 0.5 ? 'low' : 'high'))],
      ['tenth', Array.from(evidence.log.requests.context.data, (x) => String(Math.floor(10 * x)))],
    ]);
  const findings = (design: Design, seed: number): Findings => {
    const evidence = draw(design, seed);
    return findingsOf(segmentSupport(NAMES, true), evidence, { segments: half(evidence) });
  };

  test('clean logs, though a rare action is missing from many a small segment', () => {
    let absent = 0;
    const rate = alarmRate(1000, 'no-support-in-segment', (seed) => {
      const evidence = draw(CLEAN, seed);
      const check = segmentSupport(NAMES, true);
      const found = findingsOf(check, evidence, { segments: half(evidence) });
      absent += check.bySegment().filter((s) => s.unsupportedShare > 0).length;
      return found;
    });
    expect(rate).toBeLessThanOrEqual(0.006);
    expect(absent).toBeGreaterThan(1000);
  });

  test('an action kept from a segment is seen there, and only there', () => {
    const kept: Design = { ...CLEAN, behaviour: (x) => (x < 0.5 ? [0.5, 0.2, 0.3, 0] : EVEN) };
    const rate = alarmRate(50, 'no-support-in-segment', (seed) => findings(kept, seed));
    expect(rate).toBe(1);
    const messages = findings(kept, 0).warnings.map(({ message }) => message);
    expect(messages[0]).toContain('where half is low');
    expect(messages[0]).toContain('25.0 % of its probability on actions never logged there: d');
    expect(messages.some((m) => m.includes('high'))).toBe(false);
  });

  test('a column of many values is not a map without end', () => {
    const evidence = draw(CLEAN, 1);
    const check = segmentSupport(NAMES, true);
    findingsOf(check, evidence, { segments: new Map([['id', Float64Array.from({ length: 1000 }, (_, i) => i)]]) });
    const found = check.bySegment();
    expect(found.length).toBe(201);
    expect(found.reduce((sum, s) => sum + s.rows, 0)).toBe(1000);
  });
});
