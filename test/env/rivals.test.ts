import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../src/core/quantiles.ts';
import { randomFrom } from '../../src/core/random.ts';
import { rivalsOf } from '../../src/env/rivals.ts';
import type { AuctionConfig } from '../../src/env/schema.ts';

const N = 20_000;

/** Bids of N requests on pages of category 1, by a brute force over all R rivals or by the world. */
function bids(R: number, most: number, spread = 0.7): { bids: Float64Array; count: number } {
  const config = { rivals: R, rivalMedianUsd: 0.4, rivalSpread: spread, rivalCategorySpread: 0, rivalHourAmplitude: 0 };
  const rivals = rivalsOf(config as AuctionConfig, 2, N, most);
  rivals.begin(randomFrom('rivals'));
  rivals.advance(0);
  const user = Int32Array.from({ length: N }, (_, i) => i);
  rivals.meet(user, new Int32Array(N), new Int32Array(N).fill(1));
  return rivals;
}

/** R normals a row, the j-th highest. */
function bruteForce(R: number, j: number, spread = 0.7): Float64Array {
  const luck = randomFrom('brute').sequence();
  return Float64Array.from({ length: N }, () => {
    const row = Array.from({ length: R }, () => luck.normal()).toSorted((a, b) => b - a);
    return 0.4 * Math.exp(spread * row[j]);
  });
}

/** Largest distance of two empirical distributions; √(2/N)·2.2 is exceeded with p < 1e-4. */
function distance(a: Float64Array, b: Float64Array): number {
  const x = a.toSorted();
  const y = b.toSorted();
  let worst = 0;
  for (let i = 0, j = 0; i < x.length && j < y.length;) {
    if (x[i] <= y[j]) i++;
    else j++;
    worst = Math.max(worst, Math.abs(i / x.length - j / y.length));
  }
  return worst;
}

describe('rivals', () => {
  it.each([1, 2, 5, 30])('%d bid as so many log-normal bidders do, each place of the order', (R) => {
    const { bids: drawn, count } = bids(R, 4);
    expect(count).toBe(Math.min(R, 4));
    for (let j = 0; j < count; j++) {
      const place = Float64Array.from({ length: N }, (_, i) => drawn[i * count + j]);
      expect(distance(place, bruteForce(R, j))).toBeLessThan(2.2 * Math.sqrt(2 / N));
      // The check itself: a spread of 0.85 is told from one of 0.7, except at the median.
      const off = distance(place, bruteForce(R, j, 0.85));
      expect(off > 2.2 * Math.sqrt(2 / N) || 2 * j + 1 === R).toBe(true);
      expect(place.every((bid, i) => j === 0 || bid <= drawn[i * count + j - 1])).toBe(true);
    }
  });

  it('read their bids from a table that is right to a relative 1e-7, whatever the spread', () => {
    for (const spread of [0.1, 0.7, 2]) {
      const { bids: drawn } = bids(2, 2, spread);
      const source = randomFrom('rivals').stream('rivals').stream('bid', 0);
      let worst = 0;
      for (let i = 0; i < N; i++) {
        source.counters(1).set([i, 0]);
        const [u, v] = source.pairs(1);
        const highest = Math.sqrt(1 - u);
        [highest, highest * (1 - v)].forEach((x, j) => {
          const exact = 0.4 * Math.exp(spread * normalQuantile(Math.min(x, 1 - 2 ** -53)));
          worst = Math.max(worst, Math.abs(drawn[2 * i + j] / exact - 1));
        });
      }
      expect(worst).toBeLessThan(1e-7);
    }
  });

  it('bid the same however many of their bids are asked for', () => {
    const two = bids(5, 2);
    const four = bids(5, 4);
    for (let i = 0; i < 100; i++) {
      expect([four.bids[4 * i], four.bids[4 * i + 1]]).toEqual([two.bids[2 * i], two.bids[2 * i + 1]]);
    }
  });

  it('may be absent', () => expect(bids(0, 4).count).toBe(0));
});
