/** A world of a fitted population realises what was fitted. α = 7e-6 for each number (4.5 standard errors). */
import { expect, it } from 'vitest';
import { PAGE, SEGMENT } from '../../src/env/hidden.ts';
import { InputError } from '../../src/core/errors.ts';
import { resolveWorld } from '../../src/env/config.ts';
import { populationSchema } from '../../src/env/population.ts';
import { anyAction, play, worldOf } from './play.ts';

const FITTED = {
  schemaVersion: 1 as const,
  categories: ['mugs', 'bags', 'lights', 'cards'],
  segments: [
    { name: 'mostly mugs', share: 0.7, affinity: [0.7, 0.1, 0.15, 0.05], activity: 1.2 },
    { name: 'anything', share: 0.3, affinity: [0.1, 0.2, 0.3, 0.4], activity: 0.5 },
  ],
  activityShape: 2,
  dailyProfile: Array.from({ length: 24 }, (_, h) => (h >= 8 && h < 20 ? 2 : 0)),
  weeklyProfile: [1.4, 1.4, 1.4, 1.4, 1.4, 0, 0],
  visitsPerUserPerDay: 0.3,
  users: 900,
};

it('has the segments’ shares, affinities, activity, and hours', () => {
  const world = worldOf({
    users: 8000,
    lanes: 64,
    categories: 4,
    requestsPerHour: 1000,
    population: { fitted: FITTED, noise: 0 },
  });
  const users = new Map<number, number>();
  const sessions = new Set<number>();
  const pages = [new Float64Array(4), new Float64Array(4)];
  const hours = new Set<number>();
  play(world, anyAction, 200_000, ({ requests, i }) => {
    const at = i * requests.hidden.columns;
    const segment = requests.hidden.data[at + SEGMENT];
    users.set(requests.user[i], segment);
    hours.add(Math.floor(requests.hour[i]) % 168);
    if (sessions.has(requests.session[i])) return;
    sessions.add(requests.session[i]);
    pages[segment][requests.hidden.data[at + PAGE]]++;
  });
  const within = (hits: number, of: number, p: number): boolean =>
    Math.abs(hits - of * p) < 4.5 * Math.sqrt(of * p * (1 - p));
  FITTED.segments.forEach(({ affinity }, s) => {
    const visits = pages[s].reduce((a, b) => a + b, 0);
    affinity.forEach((p, c) => {
      expect(within(pages[s][c], visits, p)).toBe(true);
      expect(within(pages[s][c], visits, p + 0.05)).toBe(false); // a mutant
    });
  });
  // Visits come by share × activity; users differ, so the binomial error is widened by their own spread.
  const visits = pages.map((counts) => counts.reduce((a, b) => a + b, 0));
  const expected = (0.7 * 1.2) / (0.7 * 1.2 + 0.3 * 0.5);
  expect(Math.abs(visits[0] / (visits[0] + visits[1]) - expected)).toBeLessThan(0.02);
  expect([...hours].every((hour) => hour % 24 >= 8 && hour % 24 < 20 && hour < 120)).toBe(true);
});

it.each([
  [{ ...FITTED, segments: FITTED.segments.slice(1) }, /shares of the segments must add up to 1/],
  [{ ...FITTED, categories: ['one'] }, /one affinity for each category/],
  [{ ...FITTED, dailyProfile: Array.from({ length: 24 }, () => 0) }, /all rates of a profile are 0/],
  [{ ...FITTED, activityShape: Number.NaN }, /NaN/],
])('refuses a population that cannot be', (bad, message) => {
  const { error } = populationSchema.safeParse(bad);
  expect(error?.issues[0].message).toMatch(message);
});

it('wants as many categories as were fitted', () => {
  expect(() => resolveWorld({ population: { fitted: FITTED } })).toThrow(InputError);
  expect(() => resolveWorld({ population: { fitted: FITTED } })).toThrow(
    /fitted on 4 categories, but world.categories is 10/,
  );
});

it('wants room for as many tastes', () => {
  const narrow = { categories: 4, population: { fitted: FITTED, latentDimensions: 3 } };
  expect(() => resolveWorld(narrow)).toThrow(/latentDimensions: 3 dimensions cannot hold .* at least 4/);
});
