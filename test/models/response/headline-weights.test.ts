import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { fitHeadlineWeights } from '../../../src/models/response/headline-weights.ts';
import type { HeadlineArms } from '../../../src/models/response/headline-weights.ts';
import { strataLogistic } from '../../../src/models/response/strata-logistic.ts';
import { readHeadlineTests } from '../../../src/runner/upworthy-file.ts';
import { dataFolder } from '../../folders.ts';

/** Every mix of a question or none, a number or none, and two lengths. */
const TEXTS = ['it works', 'it works on a very long day'].flatMap((text) =>
  ['', ' 7'].flatMap((number) => ['', '?'].map((end) => `${text}${number}${end}`)),
);

/** T tests of 8 arms; questions are worth `question`, and arms vary by `spread` beyond binomial noise. */
function planted(T: number, question: number, spread: number): HeadlineArms {
  const draw = randomFrom('planted').sequence();
  const headline = Array.from({ length: 8 * T }, () => TEXTS[draw.integer(TEXTS.length)]);
  const level = Array.from({ length: T }, () => draw.normal());
  return {
    tests: T,
    test: Int32Array.from(headline, (_, i) => Math.floor(i / 8)),
    headline,
    image: Int32Array.from(headline, (_, i) => (i % 8 < 6 ? 0 : 1)),
    impressions: new Float64Array(8 * T).fill(4000),
    clicks: Float64Array.from(headline, (text, i) => {
      const asked = text.includes('?') ? question : 0;
      const z = -4 + 0.5 * level[Math.floor(i / 8)] + asked + spread * draw.normal();
      const p = 1 / (1 + Math.exp(-z));
      return Math.max(0, Math.round(4000 * p + Math.sqrt(4000 * p * (1 - p)) * draw.normal()));
    }),
  };
}

describe('headline weights', () => {
  // One interval at α = 1e-4 each: |z| < 3.9.
  it('recovers a planted weight and 0 for what has none, and predicts held-out tests', () => {
    const fit = fitHeadlineWeights(planted(300, 0.2, 0.1), randomFrom('a'));
    const { question, number } = fit.weights;
    expect(fit.constant).toEqual(['urgency', 'pronoun', 'discount']);
    expect(Math.abs(question.value - 0.2) / question.standardError).toBeLessThan(3.9);
    expect(Math.abs(number.value) / number.standardError).toBeLessThan(3.9);
    expect(question.standardError).toBeLessThan(0.02);
    expect(Math.abs(fit.heldOut.slope.value - 1) / fit.heldOut.slope.standardError).toBeLessThan(3.9);
    expect(fit.heldOut.accuracyInterval?.[0]).toBeGreaterThan(0.5);
  });

  it('catches a mutant: another planted weight lies outside its interval', () => {
    const { question } = fitHeadlineWeights(planted(300, 0.35, 0.1), randomFrom('a')).weights;
    expect(Math.abs(question.value - 0.2) / question.standardError).toBeGreaterThan(3.9);
  });

  it('has intervals that widen with what arms vary beyond binomial noise', () => {
    const calm = fitHeadlineWeights(planted(300, 0.2, 0), randomFrom('a')).weights['question'];
    const wild = fitHeadlineWeights(planted(300, 0.2, 0.4), randomFrom('a')).weights['question'];
    expect(wild.standardError).toBeGreaterThan(2 * calm.standardError);
  });

  it('is deterministic, and refuses too few tests', () => {
    const arms = planted(60, 0.2, 0.1);
    expect(fitHeadlineWeights(arms, randomFrom('b'))).toEqual(fitHeadlineWeights(arms, randomFrom('b')));
    expect(() => fitHeadlineWeights(planted(39, 0.2, 0.1), randomFrom('b'))).toThrow(/39 tests are too few/u);
  });

  it('agrees with the closed form of a 2×2 table: the log odds ratio', () => {
    const fit = strataLogistic({
      stratum: Int32Array.of(0, 0, 1, 1),
      cluster: Int32Array.of(0, 1),
      trials: Float64Array.of(100, 200, 100, 200),
      hits: Float64Array.of(10, 40, 10, 40),
      x: Float64Array.of(0, 1, 0, 1),
      columns: 1,
    });
    expect(fit.weights[0]).toBeCloseTo(Math.log(40 / 160) - Math.log(10 / 90), 8);
  });

  const data = dataFolder();
  it.skipIf(data === undefined)('finds something in the real archive that holds on held-out tests', () => {
    const arms = readHeadlineTests(path.join(data ?? '', 'upworthy/upworthy_exploratory_half.csv.gz'), {
      causal: true,
    });
    // One split may be unlucky: the mean accuracy of ten is to lie above 50 %, and most slopes are clear of 0.
    const checks = Array.from({ length: 10 }, (_, s) => fitHeadlineWeights(arms, randomFrom(`split-${s}`)).heldOut);
    expect(checks.filter(({ slope }) => slope.interval[0] > 0).length).toBeGreaterThan(7);
    expect(checks.reduce((sum, { accuracy }) => sum + accuracy, 0) / 10).toBeGreaterThan(0.52);
  });
});
