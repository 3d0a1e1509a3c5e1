import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../src/core/random.ts';
import { kernelDistance } from '../../../../src/models/gan/metrics/kernel-distance.ts';
import { modeGroups } from '../../../../src/models/gan/metrics/modes.ts';
import { precisionAndRecall } from '../../../../src/models/gan/metrics/neighbours.ts';
import { draws } from './park-miller.ts';

// Golden values by numpy 2.4 on the same numbers, straight from the papers' equations.
const D = 4;
const a = Float32Array.from(draws(1, 200 * D));
const b = Float32Array.from(draws(2, 200 * D), (x) => x * 0.7 + 0.2);

/** n points of d normals around `centre`. */
function cloud(n: number, d: number, name: string, centre: (i: number) => number): Float32Array {
  const source = randomFrom('metrics').stream(name);
  return Float32Array.from(
    { length: n * d },
    (_, i) => centre(Math.floor(i / d)) + source.normal(Math.floor(i / d), i % d),
  );
}

describe('kernelDistance', () => {
  it('equals numpy', () => {
    const { value, interval } = kernelDistance(a, b, D);
    expect(value).toBeCloseTo(-0.004441962152230116, 12);
    expect(interval[0]).toBeCloseTo(-0.017182059845999784, 9);
    expect(interval[1]).toBeCloseTo(0.00829813554153955, 9);
  });

  it('is unbiased: intervals of equal distributions hold 0 about 95 times in 100, and none of different ones', () => {
    let held = 0;
    for (let run = 0; run < 200; run++) {
      const [low, high] = kernelDistance(
        cloud(200, 3, `x${run}`, () => 0),
        cloud(200, 3, `y${run}`, () => 0),
        3,
      ).interval;
      if (low <= 0 && high >= 0) held++;
    }
    expect(held).toBeGreaterThan(176); // 95 % of 200, α = 1e-4; a biased estimate (diagonal kept) holds it never
    expect(
      kernelDistance(
        cloud(200, 3, 'x', () => 0),
        cloud(200, 3, 'y', () => 1),
        3,
      ).interval[0],
    ).toBeGreaterThan(0);
  });

  it('refuses too few rows', () => expect(() => kernelDistance(a.subarray(0, 19 * D), b, D)).toThrow(RangeError));
});

describe('precisionAndRecall', () => {
  it('equals numpy', () => {
    const { precision, recall } = precisionAndRecall(a, b, D);
    expect([precision.rate, recall.rate]).toEqual([0.995, 0.63]);
  });

  it('tells a collapsed generator from one that makes junk', () => {
    const real = cloud(300, 2, 'real', (i) => (i % 2 === 0 ? 0 : 20));
    const collapsed = precisionAndRecall(
      real,
      cloud(300, 2, 'one mode', () => 0),
      2,
    );
    expect(collapsed.precision.rate).toBeGreaterThan(0.9);
    expect(collapsed.recall.interval[1]).toBeLessThan(0.6);
    const junk = precisionAndRecall(
      real,
      cloud(300, 2, 'junk', (i) => [0, 20, 300][i % 3]),
      2,
    );
    expect(junk.precision.interval[1]).toBeLessThan(0.75);
    expect(junk.recall.rate).toBeGreaterThan(0.9);
  });

  it('refuses too few rows', () => expect(() => precisionAndRecall(a.subarray(0, 16), b, D)).toThrow(RangeError));
});

describe('modeGroups', () => {
  const eight = (i: number): number => 30 * (i % 8);
  const measure = modeGroups(cloud(800, 2, 'eight', eight), 2, randomFrom('groups'));

  it('finds all groups in more of the same, and half of them where half are never made', () => {
    expect(measure(cloud(800, 2, 'again', eight))).toEqual({ groups: 32, covered: 32, uneven: 0 });
    const half = measure(cloud(800, 2, 'half', (i) => 30 * (i % 4)));
    expect(half.covered).toBeLessThan(20);
    expect(half.covered).toBeGreaterThan(12);
    expect(half.uneven).toBeGreaterThan(12);
  });
});
