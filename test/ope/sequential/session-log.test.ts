/** Sessions as episodes: rows that interleave, endings of both kinds, and sessions that the log's end cuts. */
import { expect, test } from 'vitest';
import { TERMINATED, TRUNCATED } from '../../../src/core/contracts.ts';
import { banditLog } from '../../../src/ope/bandit-log.ts';
import { checkEpisodes } from '../../../src/ope/sequential/episodes.ts';
import { sessionEpisodes } from '../../../src/ope/sequential/session-log.ts';

function log(): ReturnType<typeof banditLog> {
  const m = 8;
  const made = banditLog({
    actions: 2,
    action: Array.from({ length: m }, (_, i) => i % 2),
    propensity: Array.from({ length: m }, (_, i) => 0.1 + i / 10),
    reward: Array.from({ length: m }, (_, i) => i),
  });
  // Session 5: rows 0, 2, 4 (terminated), then 7 as a new visit; session 9: rows 1, 3 (truncated); session 2: rows 5, 6, open.
  made.requests.session.set([5, 9, 5, 9, 5, 2, 2, 5]);
  made.outcomes.ended[4] = TERMINATED;
  made.outcomes.ended[3] = TRUNCATED;
  made.outcomes.ended[7] = TERMINATED;
  return made;
}

const evaluation = Float64Array.from({ length: 8 }, (_, i) => 1 - i / 10);

test('rows of a session stay in order; an ending begins a new episode', () => {
  const found = sessionEpisodes(log(), { evaluation, expected: evaluation, discount: 0.5 });
  expect([...found.row]).toEqual([0, 2, 4, 1, 3, 5, 6, 7]);
  expect([...found.offset]).toEqual([0, 3, 5, 7, 8]);
  expect([...found.reward]).toEqual([0, 2, 4, 1, 3, 5, 6, 7]);
  expect(found.propensity[1]).toBeCloseTo(0.3, 12);
  expect(found.evaluation[2]).toBeCloseTo(0.6, 12);
  expect(found.expected).toEqual(found.evaluation);
  expect(found.discount).toBe(0.5);
  expect(found.cut).toBe(2);
  expect(() => checkEpisodes(found, [])).not.toThrow();
});

test('sessions that were cut can be left out', () => {
  const found = sessionEpisodes(log(), { evaluation, cut: 'drop' });
  expect([...found.row]).toEqual([0, 2, 4, 7]);
  expect([...found.offset]).toEqual([0, 3, 4]);
  expect(found.cut).toBe(2);
  const open = log();
  open.outcomes.ended.fill(0);
  expect(() => sessionEpisodes(open, { evaluation, cut: 'drop' })).toThrow('None of the log');
  expect(() => sessionEpisodes(open, { evaluation: evaluation.subarray(1) })).toThrow('evaluation has 7 rows');
});

test('a page is one action: its odds are those of all its slots', () => {
  const pages = log();
  const half = { ...pages, size: 4, spec: { ...pages.spec, slots: 2 } };
  const found = sessionEpisodes(half, { evaluation: evaluation.subarray(0, 4) });
  expect(found.propensity[0]).toBeCloseTo(0.1 * 0.2, 12);
  expect(found.propensity[1]).toBeCloseTo(0.5 * 0.6, 12); // row 2 of the log
});
