import { describe, expect, it } from 'vitest';
import { labelCodes, labelFor } from '../../../../src/models/supervised/preparation/label.ts';
import { planColumns } from '../../../../src/models/supervised/preparation/plan.ts';
import {
  learnPreparation,
  prepare,
  prepareLabelled,
  textsOf,
} from '../../../../src/models/supervised/preparation/preparation.ts';
import type { Preparation } from '../../../../src/models/supervised/preparation/preparation.ts';
import { columnRoles } from '../../../../src/models/supervised/preparation/roles.ts';
import type { ColumnRoles } from '../../../../src/models/supervised/preparation/roles.ts';
import { selectTable } from '../../../../src/models/supervised/preparation/rows.ts';
import type { TableRows } from '../../../../src/models/supervised/preparation/rows.ts';
import { tableOf, texts } from './tables.ts';

const N = 24;
const of = <T>(cell: (i: number) => T): T[] => Array.from({ length: N }, (_, i) => cell(i));

const table = tableOf({
  y: of((i) => (i === 5 ? '' : i % 2 === 0 ? 'no' : 'yes')),
  age: of((i) => (i % 6 === 0 ? '' : 20 + (i % 7))),
  city: of((i) => (i < 10 ? 'Rome' : i < 20 ? 'Oslo' : i < 22 ? 'Lima' : i === 22 ? 'Bern' : '')),
  headline: of((i) => (i === 0 ? '' : `is ${i} cheap lamps enough?`)),
  who: of((i) => `u${i % 4}`),
});

function learned(rows: TableRows, given: Partial<ColumnRoles> = {}): Preparation {
  const roles = columnRoles.parse({ label: 'y', ...given });
  const label = labelFor(textsOf(rows, 'y'), roles.positive);
  return learnPreparation(rows, { plan: planColumns(rows, roles), roles, label });
}

describe('a preparation', () => {
  const preparation = learned(table, { group: 'who' });

  it('codes levels, folds rare ones, and gives 0 to missing and unseen', () => {
    const [city] = preparation.fields;
    expect(city).toMatchObject({
      levels: ['missing', 'Oslo', 'Rome', 'other'],
      rare: ['Bern', 'Lima'],
      rows: [1, 10, 10, 3],
    });
    const fresh = tableOf({
      age: [1, 2, 3, 4],
      city: ['Rome', 'Bern', 'Paris', 'other'],
      headline: ['', 'x', 'cheap', 'y'],
    });
    expect([...prepare(preparation, fresh).fields[0].codes]).toEqual([2, 3, 0, 0]);
  });

  it('knows the words that occur often enough, and numbers of the texts', () => {
    const { sequences, numeric, numericNames } = prepare(preparation, selectTable(table, [0, 7]));
    expect(preparation.texts[0].words).toEqual(['', 'cheap', 'enough', 'is', 'lamps']);
    expect([...sequences[0].length]).toEqual([0, 4]);
    expect([...sequences[0].codes.subarray(sequences[0].steps, sequences[0].steps + 4)]).toEqual([3, 1, 4, 2]);
    expect(numericNames).toEqual(['age', 'headline: words', 'headline: has a number', 'headline: asks']);
    expect([...numeric.data.subarray(1, 4)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect([...numeric.data.subarray(4)]).toEqual([20, 5, 1, 1]);
  });

  it('learns from training rows alone', () => {
    const half = learned(selectTable(table, [...Array(12).keys()]));
    expect(half.numbers[0]).toMatchObject({ count: 10, missing: 2, least: 20, largest: 25 });
    expect(half.fields[0].levels).toEqual(['missing', 'Rome', 'other']);
    expect(half.fields[0].rare).toEqual(['Oslo']);
  });

  it('leaves out rows without a label, and keeps groups apart', () => {
    const { examples, left } = prepareLabelled(preparation, table);
    expect([examples.size, left, examples.classNames]).toEqual([N - 1, 1, ['no', 'yes']]);
    expect([...examples.label.subarray(0, 6)]).toEqual([0, 1, 0, 1, 0, 0]);
    expect(new Set(examples.group).size).toBe(4);
  });

  it('survives JSON', () => {
    expect(prepare(JSON.parse(JSON.stringify(preparation)) as Preparation, table)).toEqual(prepare(preparation, table));
  });

  it('hashes a field into buckets, the same bucket for the same text everywhere', () => {
    const hashed = learned(table, { hash: { who: 3 } });
    const who = prepare(hashed, table).fields.find(({ name }) => name === 'who');
    expect(who?.levels).toBe(9);
    expect(who?.labels).toBeUndefined();
    expect(new Set(who?.codes).size).toBeGreaterThan(1);
    expect(who?.codes[0]).toBe(who?.codes[4]);
    expect(Math.min(...(who?.codes ?? []))).toBeGreaterThan(0);
  });

  it('says what is missing, and where a weight is none', () => {
    expect(() => prepare(preparation, tableOf({ age: [1] }))).toThrow(
      'the rows have no column "headline"; they have age',
    );
    const weighted = learned(
      { ...table, columns: [...table.columns, ...tableOf({ w: of(() => 1) }).columns] },
      { weight: 'w' },
    );
    const bad = { ...table, columns: [...table.columns, ...tableOf({ w: of((i) => (i === 2 ? -1 : 1)) }).columns] };
    expect(() => prepareLabelled(weighted, bad)).toThrow('weight "w": row 3 says -1; use a finite number of 0 or more');
  });

  it('refuses a text column without a vocabulary', () => {
    const rows = tableOf({ y: of((i) => i % 2), note: of((i) => `a${i} b${i} c${i}`) });
    expect(() => learned(rows)).toThrow('text "note": its vocabulary is empty, no word occurs in 5 training rows');
  });
});

describe('labels', () => {
  it.each([
    [['1', '0', '1'], undefined, ['0', '1']],
    [['TRUE', 'FALSE'], undefined, ['FALSE', 'TRUE']],
    [['yes', 'no'], undefined, ['no', 'yes']],
    [['yes', 'no'], 'no', ['yes', 'no']],
    [['b', 'a', 'c'], undefined, ['a', 'b', 'c']],
    [['10', '9', '2'], undefined, ['2', '9', '10']],
    [['b', 'a', 'c'], 'B', ['not b', 'b']],
  ])('%j, positive %j: %j', (cells, positive, classes) => {
    expect(labelFor(texts('y', cells), positive).classes).toEqual(classes);
  });

  it('one against the rest', () => {
    const cells = texts('y', ['b', 'a', 'c', '?', 'd']);
    expect([...labelCodes(labelFor(cells, 'b'), cells)]).toEqual([1, 0, 0, -1, 0]);
  });

  it('differ by case alone between tables', () => {
    expect([...labelCodes(labelFor(texts('y', ['TRUE', 'FALSE'])), texts('y', ['true', 'false']))]).toEqual([1, 0]);
  });

  it.each([
    [['1', '1'], undefined, 'label "y": all labels are "1", nothing to tell apart; bring rows of both kinds'],
    [['?', ''], undefined, 'label "y": every cell is missing; name another column'],
    [['1', '0'], '2', 'label "y": no row says "2"; it has 0, 1'],
    [of(String).flatMap((a) => of((b) => a + String(b))), undefined, 'different values, and classes are at most 100'],
  ])('%j, positive %j is refused', (cells, positive, sentence) => {
    expect(() => labelFor(texts('y', cells), positive)).toThrow(sentence);
  });

  it('that training never met are refused', () => {
    const label = labelFor(texts('y', ['a', 'b']));
    expect(() => labelCodes(label, texts('y', ['a', 'z']))).toThrow(
      'label "y": row 2 says "z", which the model does not know; it knows a, b',
    );
  });
});
