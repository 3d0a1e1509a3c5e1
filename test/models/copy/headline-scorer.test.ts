/** Headlines scored by what randomised tests have shown. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import {
  fitHeadlineScorer,
  HEADLINE_SCORER,
  headlineAccuracy,
  learnHeadlineScorer,
  studyHeadlines,
} from '../../../src/models/copy/headline-scorer.ts';
import type { HeadlineArms } from '../../../src/models/response/headline-weights.ts';
import { readHeadlineTests } from '../../../src/runner/upworthy-file.ts';
import { dataFolder } from '../../folders.ts';

const random = randomFrom('headlines-test');
const WORDS = 'dog cat sea hill moon rain song book stone lamp wind leaf'.split(' ');

/** Tests of four headlines of three words; `moon` brings `lift` log-odds, everything else chance. */
function made(tests: number, lift: number): HeadlineArms {
  const draw = random.stream('made', tests).sequence();
  const arms = Array.from({ length: 4 * tests }, (_, i) => {
    const headline = Array.from({ length: 3 }, () => WORDS[draw.integer(WORDS.length)]).join(' ');
    const odds = -4 + 0.3 * Math.sin(Math.floor(i / 4)) + (headline.includes('moon') ? lift : 0);
    const mean = 3000 / (1 + Math.exp(-odds));
    return { headline, clicks: Math.max(0, Math.round(mean + Math.sqrt(mean) * draw.normal())) };
  });
  return {
    tests,
    test: Int32Array.from(arms, (_, i) => Math.floor(i / 4)),
    headline: arms.map(({ headline }) => headline),
    image: new Int32Array(arms.length),
    impressions: new Float64Array(arms.length).fill(3000),
    clicks: Float64Array.from(arms, ({ clicks }) => clicks),
  };
}

describe('the scorer', () => {
  const arms = made(300, 0.6);
  const train = new Set(Array.from({ length: 200 }, (_, t) => t));
  const rest = new Set(Array.from({ length: 100 }, (_, t) => 200 + t));
  const quick = { ...HEADLINE_SCORER, buckets: 512, epochs: 60 };

  it('finds what a word is worth', () => {
    const scorer = fitHeadlineScorer(arms, train, { ...quick, ridge: 1, epochs: 200 });
    expect(scorer.score('moon dog') - scorer.score('cat dog')).toBeGreaterThan(0.4);
    expect(scorer.score('moon dog') - scorer.score('cat dog')).toBeLessThan(0.8);
  });

  it('names the better headline of tests it has not seen, above chance, and at chance where words are worth nothing', () => {
    const { scorer } = learnHeadlineScorer(arms, train, random, quick);
    const told = headlineAccuracy(scorer, arms, rest);
    expect(told.interval?.[0]).toBeGreaterThan(0.55);
    const nothing = made(301, 0);
    const { interval } = headlineAccuracy(fitHeadlineScorer(nothing, train, quick), nothing, rest);
    expect(interval?.[0]).toBeLessThan(0.5);
    expect(interval?.[1]).toBeGreaterThan(0.5);
  });

  it('without hashed words sees the seven features alone', () => {
    const scorer = fitHeadlineScorer(arms, train, { ...quick, buckets: 0 });
    expect(scorer.score('moon dog')).toBe(scorer.score('cat dog'));
    expect(headlineAccuracy({ score: () => 0 }, arms, rest).accuracy).toBe(0.5);
  });

  it('is the same again, and needs tests', () => {
    const [a, b] = [0, 1].map(() => studyHeadlines(made(60, 0.5), random, { folds: 2, settings: quick }));
    expect(a).toEqual(b);
    expect(() => studyHeadlines(made(30, 0), random)).toThrow('30 are too few');
    expect(() => fitHeadlineScorer(arms, new Set())).toThrow('none has two arms');
  });
});

const data = dataFolder();
const FULL = process.env['ADSIM_FULL'] === '1';
it.skipIf(data === undefined || !FULL)(
  'on Upworthy words beat chance and the seven features',
  { timeout: 900_000 },
  () => {
    const file = path.join(String(data), 'upworthy', 'upworthy_exploratory_half.csv.gz');
    const study = studyHeadlines(readHeadlineTests(file, { causal: true }), random);
    process.stderr.write(`${JSON.stringify(study)}\n`);
    expect(study.words.interval?.[0]).toBeGreaterThan(0.53);
    expect(study.difference.interval?.[0]).toBeGreaterThan(0);
  },
);
