/** A market resembles itself; where a log changes, it is told. */
import { expect, it } from 'vitest';
import { checkPopulation } from '../../../src/runner/fit/population-check.ts';
import { simulatedVisits } from '../../../src/runner/fit/simulated.ts';

const DAYS = 84;
const LAST = 24 * 63;
/** A log that comes from a market. */
const ROWS = simulatedVisits(
  {
    schemaVersion: 1,
    categories: ['mugs', 'bags', 'lights'],
    segments: [
      { name: 'mugs', share: 0.6, affinity: [0.8, 0.1, 0.1], activity: 1.2 },
      { name: 'lights', share: 0.4, affinity: [0.1, 0.2, 0.7], activity: 0.7 },
    ],
    activityShape: 1.5,
    dailyProfile: Array.from({ length: 24 }, (_, h) => (h >= 8 && h < 20 ? 2 : 0)),
    weeklyProfile: [1.2, 1.2, 1.2, 1.2, 1.2, 1, 0],
    visitsPerUserPerDay: 0.15,
    users: 1200,
  },
  1200,
  [0, 24 * DAYS],
  'log',
);

it('finds nothing amiss where the log is a market', () => {
  const check = checkPopulation(ROWS);
  expect(check?.days).toBe(20); // a quarter of 83: nobody comes on the last Sunday
  expect(check?.warnings).toEqual([]);
  const visits = check?.visits ?? { simulated: 0, heldOut: 1 };
  expect(Math.abs(visits.simulated / visits.heldOut - 1)).toBeLessThan(0.1);
});

it('says what the market has learnt from days unlike the last: a mutant of the log', () => {
  const rows = { ...ROWS, category: ROWS.category.map((c, i) => (ROWS.hour[i] < 24 * 43 ? 1 : c)) };
  const messages = (checkPopulation(rows)?.warnings ?? []).map(({ message }) => message);
  expect(messages).toHaveLength(1);
  expect(messages[0]).toMatch(/^In categories, the market is 0\.\d+ from the days held out/);
});

it('says where the days held out are of another level, and what to do', () => {
  // Half of the visits before are not in the log.
  const kept = Array.from(ROWS.hour.keys()).filter((i) => ROWS.hour[i] >= LAST || ROWS.hour[i] % 0.5 < 0.25);
  const of = <T extends Int32Array | Float64Array>(values: T): T => kept.map((i) => values[i]) as unknown as T;
  const [user, category] = [Int32Array.from(of(ROWS.user)), Int32Array.from(of(ROWS.category))];
  const check = checkPopulation({ ...ROWS, size: kept.length, user, category, hour: Float64Array.from(of(ROWS.hour)) });
  const warning = check?.warnings.find(({ kind }) => kind === 'other-level');
  expect(warning?.message).toMatch(
    /^The market makes [\d,]+ visits in the 20 days held out, where the log has [\d,]+;/,
  );
  expect(warning?.advice).toMatch(/requestsPerHour/);
});

it('gives the share that the most frequent make with an interval', () => {
  for (const { top, heldOut, simulated } of checkPopulation(ROWS)?.concentration ?? []) {
    for (const { value, interval } of [heldOut, simulated]) {
      expect(interval[0] < value && value < interval[1] && interval[1] - interval[0] < 0.1).toBe(true);
      expect(value).toBeGreaterThan(top);
    }
  }
});

it('does not blame the market where the days before are as far away', () => {
  const check = checkPopulation({ ...ROWS, hour: ROWS.hour.map((h) => (h >= LAST ? h + 3 : h)) });
  const [{ simulated, before }] = check?.traits.find(({ trait }) => trait === 'hour of the day')?.distances ?? [];
  for (const { interval, chance } of [simulated, before]) expect(interval[0]).toBeGreaterThan(2 * chance);
});

it('holds nothing back of a log of two weeks', () => {
  const early = Array.from(ROWS.hour.keys()).filter((i) => ROWS.hour[i] < 24 * 14);
  const of = <T extends Int32Array | Float64Array>(values: T): T => values.filter((_, i) => i < early.length) as T;
  const short = { ...ROWS, size: early.length, user: of(ROWS.user), category: of(ROWS.category), hour: of(ROWS.hour) };
  expect(checkPopulation(short)).toBeNull();
});
