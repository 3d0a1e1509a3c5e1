/** k-means by batches, silhouettes by sample, mixtures and the number of clusters; beside scikit-learn 1.9.1. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import type { Matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import type { Sequence } from '../../../src/core/random.ts';
import { fillMemberships, gaussianMixture } from '../../../src/models/audience/gaussian-mixture.ts';
import { howMany } from '../../../src/models/audience/how-many.ts';
import { assign, kMeans } from '../../../src/models/audience/k-means.ts';
import type { Clusters } from '../../../src/models/audience/k-means.ts';
import { clustersOf, miniBatchKMeans } from '../../../src/models/audience/mini-batch.ts';
import { distance } from '../../../src/models/audience/pair-distances.ts';
import { sampledSilhouette, silhouette, silhouettes } from '../../../src/models/audience/silhouette.ts';

/** 120 points of three overlapping groups that a formula gives, so that Python has the same. */
const N = 120;
const POINTS = matrix(N, 3);
for (let i = 0; i < N; i++) {
  const c = i % 3;
  POINTS.data[3 * i] = 1.5 * Math.cos(2.1 * c) + Math.sin(1.7 * i + 0.3) + 0.5 * Math.sin(0.37 * i);
  POINTS.data[3 * i + 1] = 1.5 * Math.sin(2.1 * c) + Math.sin(2.9 * i + 1.1);
  POINTS.data[3 * i + 2] = 0.6 * Math.sin(1.7 * i + 0.3) + Math.cos(0.83 * i) * (1 + 0.5 * c);
}
const START = Int32Array.from({ length: N }, (_, i) => (i % 7 === 0 ? (i + 1) % 3 : i % 3));

/** `size` points around k centres that lie 10 apart, with a spread of 1. */
function clouds(size: number, k: number, d: number): Matrix {
  const draw = randomFrom('clouds').stream(size, k).sequence();
  const points = matrix(size, d);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < d; j++) points.data[i * d + j] = (i % k === j ? 10 : 0) + draw.normal();
  }
  return points;
}

describe('Gaussian mixture', () => {
  // weights_init, means_init and precisions_init of sklearn are the M step of START.
  it.each([
    {
      covariance: 'full',
      tolerance: 1e-3,
      mostSteps: 100,
      steps: 16,
      score: -4.424104098730741,
      bic: 1200.6222442360572,
    },
    {
      covariance: 'full',
      tolerance: 1e-12,
      mostSteps: 7,
      steps: 7,
      score: -4.439479933550401,
      bic: 1204.3124445927756,
    },
    {
      covariance: 'diagonal',
      tolerance: 1e-3,
      mostSteps: 100,
      steps: 7,
      score: -4.7065725803472676,
      bic: 1225.3272541389852,
    },
  ] as const)(
    '$covariance, tolerance $tolerance: the likelihood of scikit-learn',
    ({ steps, score, bic, ...settings }) => {
      const mixture = gaussianMixture(POINTS, 3, START, settings);
      expect(mixture.steps).toBe(steps);
      expect(mixture.converged).toBe(settings.tolerance === 1e-3);
      expect(mixture.logLikelihood).toBeCloseTo(score, 10);
      expect(mixture.bic).toBeCloseTo(bic, 7);
    },
  );

  it('has the weights, means and covariances of scikit-learn', () => {
    const { weights, means, covariances } = gaussianMixture(POINTS, 3, START, { covariance: 'full' });
    const close = (values: ArrayLike<number>, wanted: readonly number[]): void =>
      wanted.forEach((value, j) => expect(values[j]).toBeCloseTo(value, 9));
    close(weights, [0.47228396583869164, 0.3278088797853914, 0.19990715437591694]);
    close(means.data, [1.0770797197361797, -0.10647582952958892, -0.21253114722807034]);
    close(covariances.data, [0.7836581596817416, 0.1087340401735464, 0.4120900399603658, 0.10873404017354639]);
  });

  it('gives memberships that sum to 1 and never loses likelihood', () => {
    const scores = [1, 2, 4, 8].map((mostSteps) => {
      const mixture = gaussianMixture(POINTS, 3, START, { covariance: 'full', mostSteps, tolerance: 0 });
      const odds = matrix(N, 3);
      expect(fillMemberships(mixture, POINTS, odds)).toBe(mixture.logLikelihood);
      for (let i = 0; i < N; i++)
        expect(odds.data[3 * i] + odds.data[3 * i + 1] + odds.data[3 * i + 2]).toBeCloseTo(1, 12);
      return mixture.logLikelihood;
    });
    scores.slice(1).forEach((score, s) => expect(score).toBeGreaterThan(scores[s]));
  });

  it('bears equal points by its floor, and refuses what has no numbers', () => {
    const equal = matrix(6, 2);
    expect(gaussianMixture(equal, 2, [0, 1, 0, 1, 0, 1], { covariance: 'full' }).logLikelihood).toBeGreaterThan(5);
    expect(() => gaussianMixture(equal, 1, [0, 0, 0, 0, 0, 0], { covariance: 'diagonal', floor: 0 })).toThrow(
      /group 1 of 1 has become flat.*use fewer groups/u,
    );
    equal.data[5] = Number.NaN;
    expect(() => gaussianMixture(equal, 1, [0, 0, 0, 0, 0, 0], { covariance: 'full' })).toThrow(/point 3 holds NaN/u);
    expect(() => gaussianMixture(equal, 7, [], { covariance: 'full' })).toThrow(/7 groups of 6 points/u);
  });
});

describe('silhouettes', () => {
  it('are those of sklearn.metrics, point by point and on average', () => {
    expect(silhouette(POINTS, START, 3)).toBeCloseTo(0.13637057591551202, 12);
    [-0.25778977862474867, 0.019796146626372645, 0.1795326494985646].forEach((value, i) =>
      expect(silhouettes(POINTS, START, 3)[i]).toBeCloseTo(value, 12),
    );
  });

  it('by sample: 95 % intervals hold the whole in about 95 of 100', () => {
    const whole = silhouette(POINTS, START, 3);
    let held = 0;
    for (let seed = 0; seed < 200; seed++) {
      const { interval } = sampledSilhouette(POINTS, START, 3, randomFrom(`${seed}`), 30);
      const [low, high] = interval as [number, number];
      if (low <= whole && whole <= high) held++;
    }
    // Drawn without replacement, so a little too wide: 200 · 0.95 = 190; below 178 in 1 of 10,000.
    expect(held).toBeGreaterThan(178);
    expect(sampledSilhouette(POINTS, START, 3, randomFrom('all'), N)).toEqual({ silhouette: whole, interval: null });
  });
});

/** k-means++ without shortcuts. */
function plainSpread({ data, rows: n, columns: d }: Matrix, k: number, luck: Sequence): Matrix {
  const centres = matrix(k, d);
  const nearest = new Float64Array(n).fill(Infinity);
  for (let c = 0, chosen = luck.integer(n); c < k; c++) {
    centres.data.set(data.subarray(chosen * d, chosen * d + d), c * d);
    let total = 0;
    for (let i = 0; i < n; i++) {
      total += nearest[i] = Math.min(nearest[i], distance(data, i * d, centres.data, c * d, d));
    }
    let rest = luck.uniform() * total;
    chosen = 0;
    while (chosen < n - 1 && (rest -= nearest[chosen]) >= 0) chosen++;
  }
  return centres;
}

/** Lloyd's algorithm as a textbook has it, from the same start. */
function plainLloyd(points: Matrix, centres: Matrix): Clusters {
  const { rows: n, columns: d, data } = points;
  const k = centres.rows;
  const assignment = new Int32Array(n).fill(-1);
  for (;;) {
    const { changed, objective } = assign(points, centres, assignment);
    if (!changed) return { assignment, centres, objective };
    for (let c = 0; c < k; c++) {
      const own = Array.from(assignment.keys()).filter((i) => assignment[i] === c);
      for (let j = 0; j < d && own.length > 0; j++) {
        let sum = 0;
        for (const i of own) sum += data[i * d + j];
        centres.data[c * d + j] = sum / own.length;
      }
    }
  }
}

describe('k-means', () => {
  // Whole numbers have many equal distances; one cloud has no groups, so that centres wander long.
  it.each([
    { size: 600, k: 2, d: 3, whole: true },
    { size: 600, k: 9, d: 2, whole: true },
    { size: 2000, k: 12, d: 5, whole: false },
    { size: 1000, k: 30, d: 20, whole: false },
    { size: 50, k: 50, d: 4, whole: false },
  ])('is Lloyd’s, to the last digit: $size points of $d dimensions, k = $k', ({ size, k, d, whole }) => {
    const draw = randomFrom('lloyd').stream(size, k).sequence();
    const points = matrix(size, d);
    for (let c = 0; c < size * d; c++) points.data[c] = whole ? Math.round(2 * draw.normal()) : draw.normal();
    for (const seed of ['a', 'b', 'c']) {
      const random = randomFrom(seed);
      const start = plainSpread(points, k, random.stream('k-means', k, 0).sequence());
      expect(kMeans(points, k, random, 1)).toEqual(plainLloyd(points, start));
    }
  });

  it('reaches the J of scikit-learn with 20 starts', () => {
    const J: Record<number, number> = { 2: 404.8408505390845, 3: 293.02361716775135, 4: 197.74152470650077 };
    for (const [k, wanted] of Object.entries(J)) {
      expect(kMeans(POINTS, Number(k), randomFrom('J'), 20).objective).toBeCloseTo(wanted, 8);
    }
  });

  it('by batches comes within 2 % of J, and takes over for many points', () => {
    const points = clouds(20_000, 5, 5);
    const whole = kMeans(points, 5, randomFrom('k'), 1);
    const batches = miniBatchKMeans(points, 5, randomFrom('k'));
    expect(batches.objective).toBeGreaterThanOrEqual(whole.objective * (1 - 1e-12));
    expect(batches.objective).toBeLessThan(1.02 * whole.objective);
    expect(miniBatchKMeans(points, 5, randomFrom('k'))).toEqual(batches);
    const many = clouds(100_000, 3, 3);
    expect(clustersOf(many, 3, randomFrom('k'))).toEqual(miniBatchKMeans(many, 3, randomFrom('k')));
    expect(() => miniBatchKMeans(POINTS, 0, randomFrom('k'))).toThrow(/0 clusters of 120/u);
  });
});

describe('howMany', () => {
  it('finds four clouds by silhouette, elbow and BIC', () => {
    const found = howMany(clouds(600, 4, 4), [2, 3, 4, 5, 6, 7], randomFrom('many'));
    expect(found).toMatchObject({ bySilhouette: 4, byElbow: 4, byBic: 4 });
    found.trials.slice(1).forEach(({ objective }, t) => expect(objective).toBeLessThan(found.trials[t].objective));
  });
});
