import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src/core/random.ts';
import { resolveWorld } from '../../src/env/config.ts';
import { market } from '../../src/env/market.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';
import { experimentSchema, resolveExperiment } from '../../src/runner/config.ts';
import type { SeedResult } from '../../src/runner/seed.ts';
import { aggregateVariety } from '../../src/runner/variety-result.ts';
import { collapsed, valueImages, valueVarieties, varieties } from '../../src/runner/variety.ts';

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

describe('a generator stopped early', () => {
  const world = resolveWorld({ preset: 'quiet', users: 300, categories: 3, response: { styleWeight: 0.5 } });
  const random = randomFrom('values');

  it('is valued on the same requests: as many images of the whole training are worth what they are worth there', () => {
    const worldOf = (images: typeof creatives) => market(world, images);
    const all = valueVarieties(creatives, 6, 500, worldOf, 'seed', random)[3];
    expect({ distinct: 6, ...valueImages(market(world, creatives), 500, 'seed', random) }).toEqual(all);
  });

  it('has its regret against the best of the whole training, seed by seed, and its own groups', () => {
    const seed = (best: number): Partial<SeedResult> => ({
      varied: [
        { distinct: 1, best: best - 0.01, learned: 0.01 },
        { distinct: 6, best, learned: 0.02 },
      ],
      early: { best: best - 0.03, learned: 0.005 },
    });
    const of = Int32Array.from({ length: 18 }, (_, a) => a % 6);
    const pool = {
      creatives,
      pixels: [],
      groups: { count: 9, of },
      early: { creatives, groupOf: of.map((group) => group % 2) },
    };
    const seeds = [seed(0.1), seed(0.3)] as SeedResult[];
    const { early, points } = aggregateVariety(pool, seeds, 40);
    expect([early?.steps, early?.distinct, early?.reached, points[1].reached]).toEqual([40, 6, 2, 6]);
    expect(early?.regret.best.mean).toBeCloseTo(0.03, 12);
    expect(early?.regret.learned.mean).toBeCloseTo(0.195, 12);
    const changes = [points[0], early].map((point) => [point?.change.best?.mean, point?.change.learned?.mean]);
    [-0.01, -0.01, -0.03, -0.015].forEach((change, i) => expect(changes.flat()[i]).toBeCloseTo(change, 12));
    expect(aggregateVariety({ creatives, pixels: [], groups: { count: 9, of } }, seeds).early).toBeUndefined();
  });

  it('needs a variety to stand beside, and fewer steps', () => {
    const config = (more: object) => () =>
      resolveExperiment(
        experimentSchema.parse({ name: 'x', agents: [{ kind: 'uniform' }], creatives: { steps: 50, ...more } }),
      );
    expect(config({ earlySteps: 10 })).toThrow(/set variety/);
    expect(config({ earlySteps: 50, variety: 2 })).toThrow(/fewer steps than the 50/);
    expect(config({ earlySteps: 10, variety: 2 })).not.toThrow();
  });
});
