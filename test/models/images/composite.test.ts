import { describe, expect, it } from 'vitest';
import { crossed } from '../../../src/core/elements.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { syntheticCreatives } from '../../../src/env/synthetic-creatives.ts';
import type { Composition } from '../../../src/models/images/composite.ts';
import { BADGES, composite, compositeFactors, composites, compositeSchema, HEADLINES } from '../../../src/models/images/composite.ts'; // prettier-ignore
import { imageAt, PIXELS, SIDE } from '../../../src/models/images/images.ts';
import { silhouettes } from '../../../src/models/images/silhouettes.ts';

const product = imageAt(silhouettes(1, randomFrom('composite')).pixels, 8).slice();
const opaque = [...product.keys()].filter((p) => product[p] >= 48);
const plain: Composition = { template: 'full', background: 'black', badge: 'none', headline: 'none' };
const with_ = (change: Partial<Composition>, image = product): Uint8Array => composite(image, { ...plain, ...change });
const light = (image: Uint8Array, from = 0, to = SIDE): number => {
  let sum = 0;
  for (let y = 0; y < SIDE; y++) for (let x = from; x < to; x++) sum += image[y * SIDE + x];
  return sum;
};

describe('composite', () => {
  it('leaves bright pixels as they are where nothing is added, and the product untouched', () => {
    const before = product.slice();
    const same = with_({});
    expect(product).toEqual(before);
    expect(opaque.map((p) => same[p])).toEqual(opaque.map((p) => product[p]));
  });

  it('keeps the light of an opaque product in the smaller layouts, and puts it where the layout says', () => {
    const box = new Uint8Array(PIXELS);
    for (let y = 8; y < 20; y++) box.fill(200, y * SIDE + 8, y * SIDE + 20);
    for (const template of ['inset', 'left', 'right'] as const) {
      expect(light(with_({ template }, box)) / light(box)).toBeCloseTo(9 / 16, 6); // (21 / 28)²
    }
    expect(light(with_({ template: 'left' }, box), 21)).toBe(0);
    expect(light(with_({ template: 'right' }, box), 0, 7)).toBe(0);
  });

  it('puts backgrounds behind the product, and never in front', () => {
    for (const background of ['grey', 'fade', 'stripes', 'checks'] as const) {
      const shown = with_({ background });
      expect(opaque.map((p) => shown[p])).toEqual(opaque.map((p) => product[p]));
      expect(light(shown)).toBeGreaterThan(light(product));
    }
  });

  it('draws badges and bands in the places that they are called after', () => {
    const nothing = new Uint8Array(PIXELS);
    const centre = (image: Uint8Array): [number, number] => {
      let [x, y] = [0, 0];
      image.forEach((value, p) => ((x += value * (p % SIDE)), (y += value * Math.floor(p / SIDE))));
      return [x / light(image), y / light(image)];
    };
    const half = (SIDE - 1) / 2;
    for (const badge of BADGES.filter((one) => one !== 'none')) {
      const [x, y] = centre(with_({ badge }, nothing));
      expect([x > half, y > half]).toEqual([badge.endsWith('right'), badge.includes('bottom')]);
    }
    for (const headline of HEADLINES.filter((one) => one !== 'none')) {
      const band = with_({ headline }, nothing);
      expect(centre(band)[1] > half).toBe(headline.endsWith('bottom'));
      expect(light(band)).toBe(255 * 3 * (headline.startsWith('long') ? 19 : 7));
    }
  });

  it('makes all combinations of all products different, in the order of `crossed`', () => {
    const config = compositeSchema.parse({});
    const images = composites([product, product.map((v) => v >> 1)], config);
    expect(new Set(images.map(String)).size).toBe(2 * 54);
    const names = crossed(syntheticCreatives(2, randomFrom('n')), compositeFactors(config)).names;
    const at = names.findIndex((name) => name.endsWith('_inset_stripes_ribbon-top-left_none'));
    expect(images[at]).toEqual(with_({ template: 'inset', background: 'stripes', badge: 'ribbon-top-left' }));
  });

  it('refuses levels that it does not know, or twice', () => {
    expect(compositeSchema.safeParse({ badges: ['star'] }).success).toBe(false);
    expect(compositeSchema.safeParse({ badges: [] }).success).toBe(false);
    expect(compositeSchema.safeParse({ badges: ['none', 'none'] }).error?.issues[0].message).toMatch(/name each once/);
  });
});
