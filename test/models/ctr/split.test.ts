import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { splitBySession, splitRows } from '../../../src/models/ctr/split.ts';
import { toyLog } from '../../support/toy-log.ts';

describe('splitBySession', () => {
  const { log } = toyLog({ rows: 1000 });
  const split = splitBySession(log, randomFrom('split'));
  const parts = [split.train, split.validation, split.test];

  it('gives every row to one part, in order, and no session to two', () => {
    const ids = parts.map((part) => [...part.requests.impression]);
    expect(ids.flat().sort((a, b) => a - b)).toEqual([...log.requests.impression]);
    for (const list of ids) expect(list).toEqual([...list].sort((a, b) => a - b));
    const sessions = parts.map((part) => new Set(part.requests.session));
    expect(new Set(sessions.flatMap((set) => [...set])).size).toBe(sessions.reduce((sum, set) => sum + set.size, 0));
  });

  it('takes every column along', () => {
    for (const part of parts) {
      for (let i = 0; i < part.size; i += 17) {
        const from = part.requests.impression[i];
        const k = 5;
        const d = log.requests.context.columns;
        expect([
          part.requests.session[i],
          part.requests.user[i],
          part.requests.hour[i],
          part.decisions.action[i],
          part.decisions.propensity[i],
          part.outcomes.click[i],
          part.outcomes.reward[i],
          part.outcomes.ended[i],
          ...part.requests.context.data.subarray(i * d, (i + 1) * d),
          ...(part.truth?.data.subarray(i * k, (i + 1) * k) ?? []),
          ...(part.decisions.distribution?.data.subarray(i * k, (i + 1) * k) ?? []),
        ]).toEqual([
          log.requests.session[from],
          log.requests.user[from],
          log.requests.hour[from],
          log.decisions.action[from],
          log.decisions.propensity[from],
          log.outcomes.click[from],
          log.outcomes.reward[from],
          log.outcomes.ended[from],
          ...log.requests.context.data.subarray(from * d, (from + 1) * d),
          ...(log.truth?.data.subarray(from * k, (from + 1) * k) ?? []),
          ...(log.decisions.distribution?.data.subarray(from * k, (from + 1) * k) ?? []),
        ]);
      }
    }
  });

  it('holds its fractions to within a session, is deterministic, and follows its seed', () => {
    expect(Math.abs(split.train.size - 600)).toBeLessThanOrEqual(3);
    expect(Math.abs(split.validation.size - 200)).toBeLessThanOrEqual(3);
    const again = splitBySession(log, randomFrom('split'));
    expect(again.test.requests.impression).toEqual(split.test.requests.impression);
    const other = splitBySession(log, randomFrom('other'));
    expect(other.test.requests.impression).not.toEqual(split.test.requests.impression);
  });
});

describe('splitRows', () => {
  it.each([3, 4, 5])('leaves no part empty with %i groups, one of them huge', (groups) => {
    const group = Int32Array.from({ length: 50 }, (_, i) => Math.min(i, groups - 1));
    for (let seed = 0; seed < 30; seed++) {
      const sizes = splitRows(group, 50, [0.6, 0.2, 0.2], randomFrom(String(seed))).map((rows) => rows.length);
      expect(Math.min(...sizes)).toBeGreaterThan(0);
      expect(sizes.reduce((sum, size) => sum + size)).toBe(50);
    }
  });

  it('refuses fewer groups than parts', () => {
    expect(() => splitRows(new Int32Array(9), 9, [0.5, 0.5], randomFrom('a'))).toThrow(
      '1 sessions in 9 rows cannot be split into 2 parts',
    );
  });
});
