import { expect, it } from 'vitest';
import { crossed, elementColumns, elementNames } from '../../src/core/elements.ts';
import { randomFrom } from '../../src/core/random.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';

const plain = syntheticCreatives({ categories: 2, perCategory: 1 }, randomFrom('elements'));
const factors = [
  { name: 'template', levels: ['full', 'inset'] },
  { name: 'badge', levels: ['none', 'disc', 'ribbon'] },
];
const all = crossed(plain, factors);
const NONE = { factors: [], level: new Int32Array(), product: new Int32Array() };

it('crosses every creative with every combination of levels, under unique names', () => {
  expect(all.size).toBe(12);
  expect(new Set(all.names).size).toBe(12);
  expect(all.names.slice(5, 7)).toEqual(['t-shirt-1_inset_ribbon', 'trouser-1_full_none']);
  expect([...all.category]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
  expect(all.headlines[7]).toBe(plain.headlines[1]);
  expect([...all.style.data.subarray(35, 40)]).toEqual([...plain.style.data.subarray(5, 10)]);
});

it('says of each creative which element it has, one of each factor', () => {
  expect(elementNames(factors)).toEqual([
    'template:full',
    'template:inset',
    'badge:none',
    'badge:disc',
    'badge:ribbon',
  ]);
  const { data, rows } = elementColumns(all.elements ?? NONE);
  expect(rows).toBe(12);
  expect([...data.subarray(7 * 5, 8 * 5)]).toEqual([1, 0, 0, 1, 0]); // trouser-1_full_disc
});
