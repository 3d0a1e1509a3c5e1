import { expect, it } from 'vitest';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { arrivalsOf } from '../../src/env/arrivals.ts';
import { behaviourOf, EVENT_WEIGHTS } from '../../src/env/behaviour.ts';
import { drawCatalogue } from '../../src/env/catalogue.ts';
import { resolveWorld } from '../../src/env/config.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';
import { drawUsers, segmentMeansOf, usersOf } from '../../src/env/users.ts';

const config = resolveWorld({ users: 10_000 });
const random = randomFrom('users');
const catalogue = drawCatalogue(config, syntheticCreatives(10, random), random);
const users = usersOf(config);
const means = new Float64Array(4 * 8);
segmentMeansOf(config, catalogue, random)(0, means);
drawUsers(config, means, random, users);

it('draws latent interests of unit length', () => {
  for (let u = 0; u < 50; u++) {
    const z = users.latent.subarray(u * 8, u * 8 + 8);
    expect(z.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(1, 5);
  }
});

it('draws activity from Gamma(shape) with mean 1, for small and large shapes', () => {
  // Mean 1, variance 1/shape; error of the mean √(1/shape/n), of the variance √((2/shape² + 6/shape³)/n). |z| < 4.5.
  for (const shape of [0.3, 0.8, 4]) {
    const shaped = resolveWorld({ users: 20_000, population: { activityShape: shape } });
    const drawn = usersOf(shaped);
    drawUsers(shaped, means, random, drawn);
    const n = drawn.activity.length;
    const mean = drawn.activity.reduce((a, b) => a + b, 0) / n;
    const variance = drawn.activity.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
    expect(drawn.activity.every((x) => x >= 0)).toBe(true);
    expect(Math.abs(mean - 1) / Math.sqrt(1 / shape / n)).toBeLessThan(4.5);
    const error = Math.sqrt((2 / shape ** 2 + 6 / shape ** 3) / n);
    expect(Math.abs(variance - 1 / shape) / error).toBeLessThan(4.5);
  }
});

it('lets every lane choose among its own users, by activity', () => {
  // χ² per lane over its users; 7 lanes of 20 or 21 users, 19 or 20 degrees of freedom, 66 is exceeded with p < 1e-6.
  const activity = users.activity.slice(0, 143);
  const arrivals = arrivalsOf(143, 7).draw(activity, random);
  for (let lane = 0; lane < 7; lane++) {
    const counts = new Map<number, number>();
    const visits = Int32Array.from({ length: 20_000 }, (_, visit) => visit);
    const comers = new Int32Array(20_000);
    arrivals.visitors(20_000, new Int32Array(20_000).fill(lane), visits, undefined, comers);
    for (const user of comers) counts.set(user, (counts.get(user) ?? 0) + 1);
    expect([...counts.keys()].every((u) => u % 7 === lane && u < 143)).toBe(true);
    const own = activity.filter((_, u) => u % 7 === lane).reduce((a, b) => a + b, 0);
    let chiSquare = 0;
    for (let u = lane; u < 143; u += 7) {
      expect(arrivals.share(u)).toBeCloseTo(activity[u] / own, 6);
      const expected = (20_000 * activity[u]) / own;
      if (expected > 0.5) chiSquare += ((counts.get(u) ?? 0) - expected) ** 2 / expected;
    }
    expect(chiSquare).toBeLessThan(66);
  }
});

it('lets interest be inferred from behaviour, though noisily', () => {
  const behaviour = behaviourOf(config);
  behaviour.begin(catalogue, users, random);
  const seen = matrix(1, 12);
  let found = 0;
  for (let u = 0; u < 2000; u++) {
    behaviour.visit(u, 0);
    behaviour.features(u, 0, seen.data, 0);
    const matches = Array.from({ length: 10 }, (_, c) => {
      let sum = 0;
      for (let j = 0; j < 8; j++) sum += users.latent[u * 8 + j] * catalogue.categories[c * 8 + j];
      return sum;
    });
    const affinities = [...seen.data.subarray(0, 10)];
    if (affinities.indexOf(Math.max(...affinities)) === matches.indexOf(Math.max(...matches))) found++;
  }
  expect(found / 2000).toBeGreaterThan(0.7);
  expect(found / 2000).toBeLessThan(0.999);
});

it('lets each user browse one category alone where the temperature is all but 0', () => {
  // Users of this world have a match above 0.71 with some category: e^(match/τ) would overflow.
  const cold = resolveWorld({ users: 10_000, behaviour: { temperature: 0.001, eventsPerUser: 0 } });
  const behaviour = behaviourOf(cold);
  behaviour.begin({ ...catalogue, temperature: 0.001 }, users, random);
  const seen = new Float64Array(12);
  for (let u = 0; u < 200; u++) {
    const matches = Array.from({ length: 10 }, (_, c) => {
      let sum = 0;
      for (let j = 0; j < 8; j++) sum += users.latent[u * 8 + j] * catalogue.categories[c * 8 + j];
      return sum;
    });
    const [first, second] = matches.toSorted((a, b) => b - a);
    if (first - second < 0.05) continue; // e^−50 is never drawn
    behaviour.visit(u, 0);
    behaviour.features(u, 0, seen, 0);
    expect(seen.indexOf(Math.max(...seen.subarray(0, 10)))).toBe(matches.indexOf(first));
  }
});

it('halves what is remembered over the half-life, and counts events by their kind', () => {
  const empty = resolveWorld({ users: 256, behaviour: { eventsPerUser: 0, halfLifeHours: 10 } });
  const behaviour = behaviourOf(empty);
  behaviour.begin(catalogue, users, random);
  const seen = new Float64Array(12);
  behaviour.visit(5, 0);
  behaviour.features(5, 0, seen, 0);
  // One event in one category, of weight w: 10·(1 + w)/(10 + w) − 1 there, 10/(10 + w) − 1 elsewhere.
  const browsed = seen.subarray(0, 10).indexOf(Math.max(...seen.subarray(0, 10)));
  const other = (browsed + 1) % 10;
  const w = Math.expm1(5 * seen[11]);
  expect(Object.values(EVENT_WEIGHTS).some((weight) => Math.abs(weight - w) < 1e-5)).toBe(true);
  expect(seen[browsed]).toBeCloseTo((10 * (1 + w)) / (10 + w) - 1, 6);
  expect(seen[other]).toBeCloseTo(10 / (10 + w) - 1, 6);
  behaviour.record(5, other, 'purchase', 20);
  behaviour.features(5, 20, seen, 0);
  expect(seen[other]).toBeCloseTo((10 * (4 + 1)) / (4 + w / 4 + 10) - 1, 6);
  behaviour.features(5, 30, seen, 0);
  expect(seen[other]).toBeCloseTo((10 * (2 + 1)) / (2 + w / 8 + 10) - 1, 6);
  expect(seen[browsed]).toBeCloseTo((10 * (1 + w / 8)) / (2 + w / 8 + 10) - 1, 6);
  expect(seen[11]).toBeCloseTo(Math.log1p(2 + w / 8) / 5, 6);
});

it('numbers the visits of a user and tells how long ago the last one was', () => {
  const behaviour = behaviourOf(config);
  behaviour.begin(catalogue, users, random);
  const seen = new Float64Array(12);
  for (const [user, hour, number] of [
    [9, 1, 0],
    [9, 49, 1],
    [8, 49, 0],
  ]) {
    expect(behaviour.visits(user)).toBe(number);
    expect(behaviour.visit(user, hour)).toBeLessThan(10);
  }
  behaviour.features(9, 49, seen, 0);
  expect(seen[10]).toBeCloseTo(1 / (1 + 48 / 24), 6);
});
