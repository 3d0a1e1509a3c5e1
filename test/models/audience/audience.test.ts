/** k-means and silhouettes on what can be seen by eye; a planted population comes back. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { kMeans } from '../../../src/models/audience/k-means.ts';
import { fitPopulation } from '../../../src/models/audience/population.ts';
import type { BehaviourRows } from '../../../src/models/audience/behaviour-rows.ts';
import { silhouette } from '../../../src/models/audience/silhouette.ts';

/** Three clouds of 50 around (0, 0), (10, 0), (0, 10). */
function clouds() {
  const luck = randomFrom('clouds').sequence();
  const points = matrix(150, 2);
  for (let i = 0; i < 150; i++) {
    points.data[2 * i] = (i % 3 === 1 ? 10 : 0) + luck.normal();
    points.data[2 * i + 1] = (i % 3 === 2 ? 10 : 0) + luck.normal();
  }
  return points;
}

describe('k-means', () => {
  it('finds clouds that stand apart, and says the same again', () => {
    const points = clouds();
    const found = kMeans(points, 3, randomFrom('k'));
    for (let i = 3; i < 150; i++) expect(found.assignment[i]).toBe(found.assignment[i - 3]);
    expect(new Set(found.assignment).size).toBe(3);
    expect(kMeans(points, 3, randomFrom('k'))).toEqual(found);
    // 150 points with a variance of 1 in each direction around three means: J is about χ² with 294 degrees of freedom.
    expect(Math.abs(found.objective - 294)).toBeLessThan(4.5 * Math.sqrt(2 * 294));
  });

  it('never has a larger J with more clusters, and none with one for each point', () => {
    const points = clouds();
    const js = [1, 2, 3, 4, 6, 9].map((k) => kMeans(points, k, randomFrom('k')).objective);
    js.slice(1).forEach((j, i) => expect(j).toBeLessThan(js[i]));
    expect(kMeans(points, 150, randomFrom('k')).objective).toBeCloseTo(0, 9);
    expect(() => kMeans(points, 151, randomFrom('k'))).toThrow(/151 clusters of 150/);
  });
});

describe('silhouette', () => {
  it('is what can be worked out by hand', () => {
    // 0, 1 against 10, 11: a = 1; b = 10.5 and 9.5 on each side.
    const points = matrix(4, 1, Float64Array.of(0, 1, 10, 11));
    const expected = (2 * (9.5 / 10.5) + 2 * (8.5 / 9.5)) / 4;
    expect(silhouette(points, Int32Array.of(0, 0, 1, 1), 2)).toBeCloseTo(expected, 12);
    expect(silhouette(points, Int32Array.of(0, 1, 0, 1), 2)).toBeLessThan(0);
  });

  it('is highest at the number of clouds', () => {
    const points = clouds();
    const of = (k: number): number => silhouette(points, kMeans(points, k, randomFrom('k')).assignment, k);
    for (const k of [2, 4, 5]) expect(of(3)).toBeGreaterThan(of(k));
  });
});

describe('a planted population', () => {
  const planted = [
    { share: 0.6, affinity: [0.8, 0.1, 0.1], rate: 10 },
    { share: 0.4, affinity: [0.1, 0.1, 0.8], rate: 25 },
  ];
  /** 800 users, Gamma(2) activity, weekdays from 9 to 17 h over 20 weeks, three events a visit. */
  function rows(): BehaviourRows {
    const luck = randomFrom('planted').sequence();
    const [user, category, hour]: number[][] = [[], [], []];
    for (let u = 0; u < 800; u++) {
      const { affinity, rate } = luck.uniform() < planted[0].share ? planted[0] : planted[1];
      const activity = -(Math.log(1 - luck.uniform()) + Math.log(1 - luck.uniform())) / 2;
      for (let t = -Math.log(1 - luck.uniform()); t < rate * activity; t -= Math.log(1 - luck.uniform())) {
        const at = 168 * luck.integer(20) + 24 * luck.integer(5) + 9 + luck.integer(8) + luck.uniform();
        for (let e = 0; e < 3; e++) {
          const x = luck.uniform();
          user.push(u);
          category.push(x < affinity[0] ? 0 : x < affinity[0] + affinity[1] ? 1 : 2);
          hour.push(at);
        }
      }
    }
    const seen = [...new Set(user)];
    const number = new Map(seen.map((u, i) => [u, i]));
    return {
      size: user.length,
      users: seen.length,
      categories: ['a', 'b', 'c'],
      user: Int32Array.from(user, (u) => number.get(u) as number),
      category: Int32Array.from(category),
      hour: Float64Array.from(hour),
    };
  }
  const fitted = fitPopulation(rows(), randomFrom('fit'));
  const segments = fitted.segments.toSorted((x, y) => y.affinity[0] - x.affinity[0]);

  it('comes back: segments, shares, affinities, activity', () => {
    expect(segments).toHaveLength(2);
    // Few of 800 are misjudged: within 0.06 of the share, 0.03 of an affinity; a mutant 0.1 off is told.
    expect(Math.abs(segments[0].share - 0.6)).toBeLessThan(0.06);
    planted.forEach(({ affinity }, s) => {
      affinity.forEach((p, c) => expect(Math.abs(segments[s].affinity[c] - p)).toBeLessThan(0.04));
    });
    expect(segments[1].activity / segments[0].activity).toBeGreaterThan(2.1);
    expect(segments[1].activity / segments[0].activity).toBeLessThan(2.9);
  });

  it('comes back: the shape of activity, the hours and the days', () => {
    expect(fitted.activityShape).toBeGreaterThan(1.6);
    expect(fitted.activityShape).toBeLessThan(2.6);
    fitted.dailyProfile.forEach((rate, h) => expect(Math.abs(rate - (h >= 9 && h < 17 ? 3 : 0))).toBeLessThan(0.25));
    fitted.weeklyProfile.forEach((rate, d) => expect(Math.abs(rate - (d < 5 ? 1.4 : 0))).toBeLessThan(0.1));
  });
});
