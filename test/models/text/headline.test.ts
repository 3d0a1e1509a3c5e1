import { describe, expect, it } from 'vitest';
import { CATEGORY_NAMES, HEADLINE_NAMES } from '../../../src/core/contracts.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { headlineFeatures, headlineFor } from '../../../src/models/text/headline.ts';

const T_SHIRT = 0;
const SHIRT = 6;
const SNEAKER = 7;
const BAG = 8;

describe('headlineFeatures', () => {
  it.each([
    ['Last hours: 40 % off trainers!', SNEAKER, [0.5, 0, 1, 1, 0, 1, 1]],
    ['Would you wear a bag?', SNEAKER, [0.5, 1, 0, 0, 1, 0, 0]],
    ['Would you wear a bag?', BAG, [0.5, 1, 0, 0, 1, 0, 1]],
    ['Comfort in each step', SNEAKER, [0.4, 0, 0, 0, 0, 0, 0.5]],
    ['The T-shirt', T_SHIRT, [0.2, 0, 0, 0, 0, 0, 1]],
    ['The T-shirt', SHIRT, [0.2, 0, 0, 0, 0, 0, 0]],
    ['', SHIRT, [0, 0, 0, 0, 0, 0, 0]],
  ])('%j for category %i', (text, category, expected) => {
    expect([...headlineFeatures(text, category)]).toEqual(expected);
  });

  it('refuses a category that is none', () => {
    expect(() => headlineFeatures('x', 10)).toThrow('10 is no category');
    expect(() => headlineFor(-1, 0, randomFrom('a'))).toThrow('-1 is no category');
  });
});

describe('headlineFor', () => {
  const all = CATEGORY_NAMES.flatMap((_, category) =>
    Array.from({ length: 20 }, (__, variant) => ({
      category,
      variant,
      text: headlineFor(category, variant, randomFrom('headlines')),
    })),
  );
  const [NUMBER, URGENCY, DISCOUNT, TOPIC] = ['number', 'urgency', 'discount', 'topical-match'].map((name) =>
    HEADLINE_NAMES.indexOf(name as (typeof HEADLINE_NAMES)[number]),
  );

  it('presses with urgency, discount and numbers exactly where variant + category is odd', () => {
    for (const { category, variant, text } of all) {
      const features = headlineFeatures(text, category);
      const pushy = (variant + category) % 2;
      expect([text, features[NUMBER], features[URGENCY], features[DISCOUNT]]).toEqual([text, pushy, pushy, pushy]);
    }
  });

  it('mostly names its own category, and every feature takes more than one value', () => {
    const rows = all.map(({ category, text }) => headlineFeatures(text, category));
    const topic = rows.map((row) => row[TOPIC]);
    expect(topic.filter((match) => match === 1).length).toBeGreaterThan(0.6 * topic.length);
    const constant = HEADLINE_NAMES.filter((_, i) => new Set(rows.map((row) => row[i])).size === 1);
    expect(constant).toEqual([]);
  });

  it('is a pure function of category, variant and seed, and varies with each', () => {
    const random = randomFrom('headlines');
    for (const { category, variant, text } of all) expect(headlineFor(category, variant, random)).toBe(text);
    expect(new Set(all.map(({ text }) => text)).size).toBeGreaterThan(100);
    expect(all.some(({ category, variant, text }) => headlineFor(category, variant, randomFrom('b')) !== text)).toBe(
      true,
    );
  });
});
