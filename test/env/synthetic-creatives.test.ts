import { expect, it } from 'vitest';
import { HEADLINE_NAMES, STYLE_NAMES } from '../../src/core/contracts.ts';
import { InputError } from '../../src/core/errors.ts';
import { randomFrom } from '../../src/core/random.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';

const random = randomFrom('c');
const urgency = HEADLINE_NAMES.indexOf('urgency');

it('deals k creatives to the ten categories in turn, or as many to each', () => {
  expect([...syntheticCreatives(12, random).category]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
  expect([...syntheticCreatives({ categories: 3, perCategory: 2 }, random).category]).toEqual([0, 0, 1, 1, 2, 2]);
});

it('makes variants calm or pushy by turns, in other order in the next category', () => {
  const { headline, size } = syntheticCreatives({ categories: 2, perCategory: 4 }, random);
  const pushy = Array.from({ length: size }, (_, a) => headline.data[a * HEADLINE_NAMES.length + urgency]);
  expect(pushy).toEqual([0, 1, 0, 1, 1, 0, 1, 0]);
});

it('fills every column, under unique names', () => {
  const c = syntheticCreatives(25, random);
  expect(new Set(c.names).size).toBe(25);
  expect(c.headlines).toHaveLength(25);
  expect([c.style.rows, c.style.columns]).toEqual([25, STYLE_NAMES.length]);
  expect([c.headline.rows, c.headline.columns]).toEqual([25, HEADLINE_NAMES.length]);
  for (const column of [c.recognisability, c.style.data, c.headline.data]) {
    expect(column.every(Number.isFinite)).toBe(true);
  }
  expect(c.recognisability.every((r) => r <= 0)).toBe(true);
});

it('is the same for the same source and not for another', () => {
  expect(syntheticCreatives(10, randomFrom('c'))).toEqual(syntheticCreatives(10, random));
  expect(syntheticCreatives(10, randomFrom('d'))).not.toEqual(syntheticCreatives(10, random));
});

it('refuses what is no count', () => {
  for (const counts of [
    0,
    -1,
    1.5,
    Number.NaN,
    { categories: 11, perCategory: 1 },
    { categories: 2, perCategory: 0 },
  ]) {
    expect(() => syntheticCreatives(counts, random)).toThrow(InputError);
  }
});
