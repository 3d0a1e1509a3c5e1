/** Distances, and whether their doubt is what it says: intervals cover, chance is exceeded one time in twenty. */
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import {
  distanceBetween,
  kolmogorovSmirnov,
  shown,
  totalVariation,
  wasserstein,
} from '../../../src/models/audience/distances.ts';
import { concentration } from '../../../src/models/audience/traits.ts';
import type { Trait } from '../../../src/models/audience/traits.ts';

const P = [0.5, 0.3, 0.15, 0.05];
const Q = [0.3, 0.3, 0.2, 0.2];

/** Users who each fall into a few bins, drawn from p. */
function drawn(p: readonly number[], users: number, seed: string): Trait {
  const luck = randomFrom(seed).sequence();
  const starts = new Int32Array(users + 1);
  const bin: number[] = [];
  for (let u = 0; u < users; u++) {
    for (let e = 0; e <= luck.integer(3); e++) {
      let rest = luck.uniform();
      let b = 0;
      while (b < p.length - 1 && (rest -= p[b]) >= 0) b++;
      bin.push(b);
    }
    starts[u + 1] = bin.length;
  }
  const count = new Float64Array(bin.length).fill(1);
  return { name: 'kind', unit: 'bins', bins: p.length, starts, bin: Int32Array.from(bin), count };
}

describe('distances', () => {
  it.each([
    ['total variation', totalVariation, 0.2],
    ['Kolmogorov–Smirnov', kolmogorovSmirnov, 0.2],
    ['Wasserstein', wasserstein, 0.2 + 0.2 + 0.15],
  ] as const)('%s by hand', (_, measure, expected) => {
    expect(measure(Float64Array.from(P), Float64Array.from(Q))).toBeCloseTo(expected, 12);
    expect(measure(Float64Array.from(P), Float64Array.from(P))).toBe(0);
  });

  it('their intervals cover the truth, and chance is exceeded as often as it says', () => {
    const runs = 120;
    let covered = 0;
    let beyond = 0;
    for (let r = 0; r < runs; r++) {
      const [a, b, other] = [drawn(P, 300, `a${r}`), drawn(Q, 300, `b${r}`), drawn(P, 300, `c${r}`)];
      const random = randomFrom(`d${r}`);
      const { interval } = distanceBetween(a, b, kolmogorovSmirnov, random);
      if (interval[0] <= 0.2 && interval[1] >= 0.2) covered++;
      const alike = distanceBetween(a, other, kolmogorovSmirnov, random);
      if (alike.value > alike.chance) beyond++;
    }
    // Binomial with 95 % and 5 % of 120: 107 and 13 are passed by chance in one of 500 cases.
    expect(covered).toBeGreaterThanOrEqual(106);
    expect(beyond).toBeLessThanOrEqual(14);
  });

  it('what is shown of a trait has an interval around it that narrows with users', () => {
    const top = (shares: Float64Array): number => concentration(shares, 0.2);
    const few = shown(drawn(P, 100, 'few'), top, randomFrom('s'));
    const many = shown(drawn(P, 6400, 'many'), top, randomFrom('s'));
    for (const { value, interval } of [few, many]) expect(interval[0] <= value && value <= interval[1]).toBe(true);
    const width = ({ interval }: typeof few): number => interval[1] - interval[0];
    expect(width(few) / width(many)).toBeGreaterThan(4);
    expect(width(few) / width(many)).toBeLessThan(16);
  });
});
