import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import type { Images } from '../../../src/models/images/images.ts';
import { bytesOf, imageAt, normalised, PIXELS, SIDE } from '../../../src/models/images/images.ts';
import { silhouettes } from '../../../src/models/images/silhouettes.ts';
import { splitImages } from '../../../src/models/images/splits.ts';
import { measuredStyle, standardisedStyles, styleScale } from '../../../src/models/images/style.ts';

describe('silhouettes', () => {
  const drawn = silhouettes(20, randomFrom('silhouettes-test'));

  it('are a pure function of the random source, and every image differs', () => {
    expect(silhouettes(20, randomFrom('silhouettes-test')).digest).toBe(drawn.digest);
    expect(silhouettes(20, randomFrom('another')).digest).not.toBe(drawn.digest);
    const seen = new Set(Array.from({ length: drawn.count }, (_, i) => imageAt(drawn.pixels, i).join()));
    expect(seen.size).toBe(200);
  });

  it('do not change when more of them are drawn', () => {
    const more = silhouettes(23, randomFrom('silhouettes-test'));
    for (const category of [0, 9]) {
      expect(imageAt(more.pixels, category * 23 + 7)).toEqual(imageAt(drawn.pixels, category * 20 + 7));
    }
  });

  it('can be told apart by the nearest mean of other images', () => {
    const other = silhouettes(40, randomFrom('other'));
    const means = Array.from({ length: 10 }, (_, category) => {
      const mean = new Float64Array(PIXELS);
      for (let i = 0; i < 40; i++) imageAt(other.pixels, category * 40 + i).forEach((v, p) => (mean[p] += v / 40));
      return mean;
    });
    let right = 0;
    for (let i = 0; i < drawn.count; i++) {
      const image = imageAt(drawn.pixels, i);
      const apart = means.map((mean) => mean.reduce((sum, m, p) => sum + (m - image[p]) * (m - image[p]), 0));
      if (apart.indexOf(Math.min(...apart)) === drawn.labels[i]) right++;
    }
    expect(right / drawn.count).toBeGreaterThan(0.75);
  });

  it('leave room around the product and fill a fair part of the square', () => {
    for (let i = 0; i < drawn.count; i++) {
      const coverage = measuredStyle(imageAt(drawn.pixels, i))[4];
      expect(coverage).toBeGreaterThan(0.04);
      expect(coverage).toBeLessThan(0.75);
    }
  });
});

describe('style', () => {
  const image = (shade: (x: number, y: number) => number): Uint8Array =>
    Uint8Array.from({ length: PIXELS }, (_, p) => shade(p % SIDE, Math.floor(p / SIDE)));

  it('measures what its names say', () => {
    expect([...measuredStyle(image(() => 0))]).toEqual([0, 0, 0, 1, 0]);
    expect([...measuredStyle(image(() => 255))]).toEqual([1, 0, 0, 1, 1]);
    const left = measuredStyle(image((x) => (x < 14 ? 102 : 0)));
    expect(left[0]).toBeCloseTo(0.4, 12);
    expect(left[1]).toBeCloseTo(0, 12);
    expect(left[2]).toBeCloseTo((28 * 0.4) / (2 * 28 * 27), 12); // one edge per line
    expect(left[3]).toBeCloseTo(0, 12);
    expect(left[4]).toBeCloseTo(0.5, 12);
    const bars = measuredStyle(image((_, y) => (y % 2 === 0 ? 255 : 51)));
    expect(bars[0]).toBeCloseTo(0.6, 12);
    expect(bars[1]).toBeCloseTo(0.4, 12);
    expect(bars[2]).toBeCloseTo(0.4, 12);
    expect(bars[3]).toBeCloseTo(1, 12);
  });

  it('is standardised over the images it is measured against', () => {
    const { pixels, count } = silhouettes(5, randomFrom('style'));
    const all = Array.from({ length: count }, (_, i) => imageAt(pixels, i));
    const { data, columns } = standardisedStyles(
      all,
      styleScale(
        pixels,
        all.map((_, i) => i),
      ),
    );
    for (let j = 0; j < columns; j++) {
      const values = all.map((_, i) => data[i * columns + j]);
      const mean = values.reduce((sum, v) => sum + v, 0) / count;
      expect(mean).toBeCloseTo(0, 9);
      expect(values.reduce((sum, v) => sum + v * v, 0) / count).toBeCloseTo(1, 9);
    }
  });
});

describe('bytes and numbers', () => {
  it('go there and back', () => {
    const bytes = Uint8Array.from({ length: PIXELS }, (_, i) => i % 256);
    expect(bytesOf(normalised(bytes, [0]))).toEqual(bytes);
    expect([...bytesOf([-7, 7])]).toEqual([0, 255]);
  });
});

describe('splitImages', () => {
  const images: Images = silhouettes(40, randomFrom('splits'));
  const parts = splitImages(images, randomFrom('a'));

  it('gives every image to exactly one part', () => {
    const all = [...parts.generator, ...parts.perception, ...parts.judge, ...parts.heldOut];
    expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, i) => i));
  });

  it('keeps the shares of the categories', () => {
    for (const [part, expected] of [
      [parts.generator, 20],
      [parts.perception, 6],
      [parts.judge, 8],
      [parts.heldOut, 6],
    ] as const) {
      for (let c = 0; c < 10; c++) expect(part.filter((i) => images.labels[i] === c).length).toBe(expected);
    }
  });

  it('depends on the random source alone', () => {
    expect(splitImages(images, randomFrom('a'))).toEqual(parts);
    expect(splitImages(images, randomFrom('b'))).not.toEqual(parts);
  });

  it('asks for more images where a category has few', () => {
    const few = silhouettes(19, randomFrom('few'));
    expect(() => splitImages(few, randomFrom('a'))).toThrow(
      /hold 19 of category 0 \(t-shirt\); adsim needs at least 20/,
    );
  });
});
