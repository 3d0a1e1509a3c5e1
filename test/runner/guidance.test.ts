import { describe, expect, it } from 'vitest';
import { pairedDifference } from '../../src/core/paired.ts';
import { subset } from '../../src/core/creatives.ts';
import { randomFrom } from '../../src/core/random.ts';
import { resolveWorld } from '../../src/env/config.ts';
import { market } from '../../src/env/market.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';
import type { Guided } from '../../src/runner/guidance.ts';
import { guideCreatives } from '../../src/runner/guidance.ts';

const pool = syntheticCreatives({ categories: 4, perCategory: 40 }, randomFrom('pool'));

function guide(seed: string, styleWeight: number): Guided {
  const world = resolveWorld({ preset: 'quiet', users: 500, categories: 4, baseCtr: 0.2, response: { styleWeight } });
  const task = { pool, perCategory: 1, shown: 20, requests: 4000, valuedRequests: 1000 };
  return guideCreatives(task, (creatives) => market(world, creatives), seed, randomFrom(seed));
}

describe('guideCreatives', () => {
  it('chooses images that are truly worth more where tastes are strong', () => {
    const worlds = ['a', 'b', 'c', 'd', 'e'].map((seed) => guide(seed, 0.4));
    const gain = pairedDifference(
      worlds.map(({ guided }) => guided),
      worlds.map(({ unguided }) => unguided),
    );
    expect(gain?.interval[0]).toBeGreaterThan(0);
    for (const { predictedGain, chosen } of worlds) {
      expect(predictedGain).toBeGreaterThan(0);
      expect(Array.from(chosen, (a) => pool.category[a])).toEqual([0, 1, 2, 3]);
    }
  });

  it('is a pure function of its arguments, and values what is not changed alike', () => {
    const one = guide('a', 0.4);
    expect(guide('a', 0.4)).toEqual(one);
    const nothing = guideCreatives(
      {
        pool: subset(pool, Int32Array.of(0, 40, 80, 120)),
        perCategory: 1,
        shown: 1,
        requests: 1000,
        valuedRequests: 500,
      },
      (creatives) => market(resolveWorld({ preset: 'quiet', users: 300, categories: 4, baseCtr: 0.2 }), creatives),
      's',
      randomFrom('s'),
    );
    expect(nothing.guided).toBe(nothing.unguided);
    expect(nothing.recognised).toBe(nothing.unguided);
  });
});
