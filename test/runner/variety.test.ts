import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src/core/random.ts';
import { resolveWorld } from '../../src/env/config.ts';
import { market } from '../../src/env/market.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';
import { collapsed, valueVarieties, varieties } from '../../src/runner/variety.ts';

const creatives = syntheticCreatives({ categories: 3, perCategory: 6 }, randomFrom('variety'));

describe('varieties', () => {
  it('double up to the most', () => {
    expect(varieties(8)).toEqual([1, 2, 4, 8]);
    expect(varieties(6)).toEqual([1, 2, 4, 6]);
  });
});

describe('collapsed', () => {
  it('copies the first images of each category over the others, and nothing but images', () => {
    const two = collapsed(creatives, 6, 2);
    const brightness = Array.from({ length: 18 }, (_, a) => two.style.data[a * 5]);
    expect(new Set(brightness).size).toBe(6);
    expect(two.recognisability[11]).toBe(creatives.recognisability[7]);
    expect([two.headlines, two.names, two.headline]).toEqual([
      creatives.headlines,
      creatives.names,
      creatives.headline,
    ]);
    expect(collapsed(creatives, 6, 6)).toEqual(creatives);
  });
});

describe('valueVarieties', () => {
  const values = (styleWeight: number) => {
    const world = resolveWorld({ preset: 'quiet', users: 300, categories: 3, response: { styleWeight } });
    return valueVarieties(creatives, 6, 500, (images) => market(world, images), 'seed', randomFrom('values'));
  };

  it('finds that more images allow more where users have tastes, and never that a learner beats the best', () => {
    const strong = values(0.5);
    expect(strong.map(({ distinct }) => distinct)).toEqual([1, 2, 4, 6]);
    expect(strong[3].best).toBeGreaterThan(1.05 * strong[0].best);
    for (const { best, learned } of strong) expect(learned).toBeLessThan(best);
  });

  it('finds no difference where nobody cares for images', () => {
    const world = resolveWorld({
      preset: 'quiet',
      users: 300,
      categories: 3,
      response: { styleWeight: 0, recognisabilityWeight: 0 },
    });
    const worldOf = (images: typeof creatives) => market(world, images);
    const [one, , , all] = valueVarieties(creatives, 6, 500, worldOf, 'seed', randomFrom('values'));
    expect(one.best).toBeCloseTo(all.best, 12);
  });
});
