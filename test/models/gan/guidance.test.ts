import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { syntheticCreatives } from '../../../src/env/synthetic-creatives.ts';
import { appealOf, bestOfEach, fitAppeal, guidanceSchema } from '../../../src/models/gan/guidance.ts';

const creatives = syntheticCreatives({ categories: 10, perCategory: 20 }, randomFrom('guidance'));
const TRUE = [0.5, -0.3, 0, 0.2, 0];
const RECOGNISABILITY = 0.8;

/** Totals of an even choice where the odds are linear, and categories differ. */
function totals(each: number): { impressions: Float64Array; clicks: Float64Array } {
  const luck = randomFrom('guidance-luck');
  const impressions = new Float64Array(creatives.size).fill(each);
  const clicks = new Float64Array(creatives.size);
  for (let a = 0; a < creatives.size; a++) {
    let logit = -3 + 0.2 * creatives.category[a];
    logit += RECOGNISABILITY * (creatives.recognisability[a] - creatives.referenceRecognisability);
    TRUE.forEach((weight, j) => (logit += weight * creatives.style.data[a * 5 + j]));
    const p = 1 / (1 + Math.exp(-logit));
    for (let i = 0; i < each; i++) if (luck.uniform(a, i) < p) clicks[a]++;
  }
  return { impressions, clicks };
}

describe('fitAppeal', () => {
  it('finds what was clicked for, categories apart', () => {
    const { impressions, clicks } = totals(2000);
    const { style, recognisability } = fitAppeal(creatives, impressions, clicks);
    // About 30,000 clicks on 200 images: standard errors of 0.01 (style) and 0.07 (recognisability spreads over 0.3 nats).
    TRUE.forEach((weight, j) => expect(Math.abs(style[j] - weight)).toBeLessThan(0.05));
    expect(Math.abs(recognisability - RECOGNISABILITY)).toBeLessThan(0.35);
  });

  it('says next to nothing where nobody chose, and refuses a log without clicks', () => {
    const { impressions, clicks } = totals(2000);
    const even = clicks.map(() => 40);
    const { style } = fitAppeal(creatives, impressions, even);
    expect(Math.max(...style.map(Math.abs))).toBeLessThan(1e-3);
    expect(() =>
      fitAppeal(
        creatives,
        impressions,
        clicks.map(() => 0),
      ),
    ).toThrow(RangeError);
  });
});

describe('bestOfEach', () => {
  it('takes the highest of each category, first come first served', () => {
    const scores = appealOf({ style: Float64Array.from(TRUE), recognisability: 1 }, creatives);
    const best = bestOfEach(creatives, scores, 2);
    expect(Array.from(best, (a) => creatives.category[a])).toEqual(Array.from({ length: 20 }, (_, i) => i >> 1));
    const third = [...scores].filter((_, a) => creatives.category[a] === 3).sort((x, y) => y - x);
    expect([scores[best[6]], scores[best[7]]]).toEqual(third.slice(0, 2));
    expect([...bestOfEach(creatives, new Float64Array(200), 1)]).toEqual(Array.from({ length: 10 }, (_, c) => 20 * c));
  });
});

describe('guidanceSchema', () => {
  it('has defaults, and bounds', () => {
    expect(guidanceSchema.parse({})).toEqual({ shown: 10, candidates: 100, requests: 40_000 });
    expect(guidanceSchema.safeParse({ shown: 1 }).success).toBe(false);
    expect(guidanceSchema.safeParse({ temperature: 1 }).success).toBe(false);
  });
});
