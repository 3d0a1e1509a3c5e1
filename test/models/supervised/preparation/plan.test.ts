import { describe, expect, it } from 'vitest';
import { planColumns } from '../../../../src/models/supervised/preparation/plan.ts';
import { columnRoles } from '../../../../src/models/supervised/preparation/roles.ts';
import type { ColumnRoles } from '../../../../src/models/supervised/preparation/roles.ts';
import { tableOf } from './tables.ts';

const N = 30;
const of = <T>(cell: (i: number) => T): T[] => Array.from({ length: N }, (_, i) => cell(i));
const roles = (given: Partial<ColumnRoles> = {}): ColumnRoles => columnRoles.parse({ label: 'y', ...given });

const table = tableOf({
  y: of((i) => i % 2),
  age: of((i) => (i === 3 ? 'NA' : 20 + ((7 * i) % 13))),
  flag: of((i) => (i % 3 === 0 ? 'TRUE' : 'FALSE')),
  city: of((i) => ['Rome', 'Oslo', 'Lima'][i % 3]),
  headline: of((i) => `what ${i} things are worth`),
  row: of((i) => i),
  userId: of((i) => (i * 7919) % 10_007),
  price: of((i) => i * 1.5 + 0.25),
  hash: of((i) => `x${i}`),
  one: of(() => 5),
  empty: of(() => '?'),
  day: of((i) => `2024-01-${String(1 + (i % 9)).padStart(2, '0')}`),
});

describe('planColumns', () => {
  const plan = planColumns(table, roles());

  it('tells numbers, flags, categories and free text apart', () => {
    expect(plan.numbers).toEqual(['age', 'flag', 'price']);
    expect(plan.fields).toEqual(['city']);
    expect(plan.texts).toEqual(['headline']);
  });

  it('leaves out what names rows or never varies, and says so', () => {
    expect(plan.notices.map(({ message }) => message)).toEqual([
      'column "row" is another whole number in every row, so it names rows',
      'column "userId" is another whole number in every row, so it names rows',
      'column "hash" is another text in every row',
      'column "one" is 5 in every row',
      'column "empty" is missing in every row',
      'column "day" is a date',
    ]);
  });

  it('doesn’t take amounts with a slip among them for names, and says which cell it is', () => {
    const slip = tableOf({ y: of((i) => i % 2), pay: of((i) => (i === 4 ? 'inf' : i / 3)), age: of((i) => i % 7) });
    const { numbers, fields, notices } = planColumns(slip, roles());
    expect([numbers, fields]).toEqual([['age'], []]);
    expect(notices).toEqual([
      {
        kind: 'column-left-out',
        message: 'column "pay" holds numbers, and also "inf"',
        advice: 'mend those cells, or name it under numeric: what is no number is then missing',
      },
    ]);
    expect(planColumns(slip, roles({ numeric: ['pay'] })).numbers).toEqual(['pay', 'age']);
  });

  it('does as it is told', () => {
    const told = planColumns(
      table,
      roles({ categorical: ['age', 'hash'], numeric: ['row'], drop: ['city'], time: 'day' }),
    );
    expect([told.numbers, told.fields]).toEqual([
      ['flag', 'row', 'price'],
      ['age', 'hash'],
    ]);
    expect(told.notices.some(({ message }) => message.includes('day'))).toBe(false);
  });

  it('refuses a table with nothing to learn from', () => {
    expect(() => planColumns(tableOf({ y: of((i) => i % 2), one: of(() => 5) }), roles())).toThrow(
      'no column is left to learn from: column "one" is 5 in every row',
    );
  });
});
