import { describe, expect, it } from 'vitest';
import { distinctRows } from '../../../../src/models/supervised/preparation/duplicates.ts';
import { asNumbers, asTexts, isMissing, selectTable } from '../../../../src/models/supervised/preparation/rows.ts';
import { tableOf, texts } from './tables.ts';

describe('cells', () => {
  it.each(['', ' ', 'NA', 'n/a', ' NaN', 'null', '?'])('%j is missing', (cell) => expect(isMissing(cell)).toBe(true));
  it.each(['none', '0', '-', 'a'])('%j is not', (cell) => expect(isMissing(cell)).toBe(false));

  it('are trimmed, coded once, and 3.0 is 3', () => {
    const { codes, texts: levels } = texts('x', ['a ', ' a', '3.0', '3', '?', 'A', '1.50']);
    expect([...codes]).toEqual([1, 1, 2, 2, 0, 3, 4]);
    expect(levels).toEqual(['', 'a', '3', 'A', '1.50']);
  });

  it('become numbers: what says nothing is missing, what says something else is counted', () => {
    const { values, odd } = asNumbers(texts('x', ['1', 'NA', 'TRUE', 'false', 'old', ' 2e3 ']));
    expect([...values]).toEqual([1, Number.NaN, 1, 0, Number.NaN, 2000]);
    expect(odd).toBe(1);
    expect(asTexts({ kind: 'number', name: 'x', values, odd }).texts).toEqual(['', '1', '0', '2000']);
  });
});

describe('distinctRows', () => {
  it('keeps the first of equal rows; missing equals missing, and −0 is 0', () => {
    const table = tableOf({ x: [1, 2, 1, 'NA', 'NA', 0, '-0'], y: ['a', 'a', 'a', 'b', 'b', 'c', 'c'] });
    expect([...distinctRows(table)]).toEqual([0, 1, 3, 5]);
  });

  it('compares cells, not hashes: 40,000 unlike rows are all kept', () => {
    const n = 40_000;
    const table = tableOf({
      x: Array.from({ length: n }, (_, i) => i / 7),
      y: Array.from({ length: n }, (_, i) => i % 3),
    });
    expect(distinctRows(table).length).toBe(n);
    const twice = selectTable(table, [...Array(n).keys(), ...Array(n).keys()]);
    expect(distinctRows(twice).length).toBe(n);
  });
});
