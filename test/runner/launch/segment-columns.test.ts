/** Columns become segments; a log's own hours say how much traffic there is. */
import { describe, expect, test } from 'vitest';
import { banditLog } from '../../../src/ope/bandit-log.ts';
import { rowsPerDayOf } from '../../../src/runner/launch/launch.ts';
import { segmentsOf } from '../../../src/runner/launch/segment-columns.ts';

describe('segments', () => {
  test('texts are taken as they are', () => {
    const found = segmentsOf('device', ['tv', 'phone', 'tv']);
    expect(found).toEqual({ column: 'device', names: ['tv', 'phone'], index: Int32Array.of(0, 1, 0) });
  });

  test('few numbers are values, and NaN is none of them', () => {
    const { names, index } = segmentsOf('position', Float64Array.of(2, NaN, 1, 2));
    expect([names, [...index]]).toEqual([
      ['2', '1'],
      [0, -1, 1, 0],
    ]);
  });

  test('many numbers become quarters', () => {
    const cells = Float64Array.from({ length: 400 }, (_, i) => (i === 7 ? NaN : i));
    const { names, index } = segmentsOf('age', cells);
    expect(names).toHaveLength(4);
    expect(names[0]).toMatch(/^up to /);
    expect(index[7]).toBe(-1);
    const counts = names.map((_, s) => index.filter((at) => at === s).length);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(99);
    expect(index[0]).toBe(0);
    expect(index[399]).toBe(3);
  });
});

test('rows a day come from the hours of a log; without hours nobody knows', () => {
  const log = banditLog({ actions: 1, action: [0, 0, 0], propensity: [1, 1, 1], reward: [0, 1, 0] });
  expect(rowsPerDayOf(log)).toBeNull();
  log.requests.hour.set([5, 17, 29]);
  expect(rowsPerDayOf(log)).toBe(3);
});
