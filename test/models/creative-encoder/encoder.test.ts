/** The creative encoder learns what pixels and words are worth, says so of creatives it has not seen, and knows when there is nothing. */
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { creativeEncoder } from '../../../src/models/creative-encoder/encoder.ts';
import { creativeInputs, inputWidth } from '../../../src/models/creative-encoder/inputs.ts';
import { drawnCreatives, someOf } from './views.ts';

const { views, creatives } = drawnCreatives(16, 'encoder');
const all = Array.from(creatives.names.keys());
const [old, fresh] = [0, 1].map((half) => all.filter((i) => (i >> 1) % 2 === half));

/** Clicks of 400 impressions each: pushy headlines and whole pictures are clicked more. */
function clicksOf(of: readonly number[], rate: (i: number) => number): { shown: number[]; clicks: number[] } {
  const luck = randomFrom('clicks').sequence();
  const clicks = of.map((i) => Array.from({ length: 400 }, () => luck.uniform() < rate(i)).filter(Boolean).length);
  return { shown: of.map(() => 400), clicks };
}

const worth = (i: number): number => {
  const discount = creatives.headline.data[7 * i + 5];
  return 1 / (1 + Math.exp(3 - discount - creatives.recognisability[i]));
};

function correlation(a: ArrayLike<number>, b: readonly number[]): number {
  const n = b.length;
  const [ma, mb] = [Array.from(a).reduce((x, y) => x + y) / n, b.reduce((x, y) => x + y) / n];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    ab += (a[i] - ma) * (b[i] - mb);
    aa += (a[i] - ma) ** 2;
    bb += (b[i] - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

describe('creativeEncoder', () => {
  const { shown, clicks } = clicksOf(old, worth);
  const encoder = creativeEncoder(someOf(views, old), shown, clicks, randomFrom('fit'));

  it('tells what creatives that nobody has seen will earn', () => {
    const rates = encoder.rates(someOf(views, fresh));
    expect(correlation(rates, fresh.map(worth))).toBeGreaterThan(0.7);
    expect(encoder.heldOut.loss).toBeLessThan(encoder.heldOut.constant);
    expect(encoder.steps).toBeGreaterThan(0);
  });

  it('gives vectors of its length, row by row, and says the same again', () => {
    const vectors = encoder.embed(someOf(views, fresh));
    expect([vectors.rows, vectors.columns]).toEqual([fresh.length, 2]);
    expect(vectors.data.every((x) => x >= -1 && x <= 1)).toBe(true);
    expect([...encoder.embed(someOf(views, [fresh[3]])).data]).toEqual([...vectors.data.subarray(6, 8)]);
    const again = creativeEncoder(someOf(views, old), shown, clicks, randomFrom('fit'));
    expect(again.embed(someOf(views, fresh))).toEqual(vectors);
  });

  it('learns for few steps where looks say nothing', () => {
    const { clicks: luck } = clicksOf(old, () => 0.05);
    const none = creativeEncoder(someOf(views, old), shown, luck, randomFrom('fit'));
    expect(none.heldOut.loss).toBeLessThan(none.heldOut.constant + 1e-3);
    const rates = none.rates(someOf(views, fresh));
    const spread = Math.max(...rates) - Math.min(...rates);
    const told = encoder.rates(someOf(views, fresh));
    expect(spread).toBeLessThan(0.5 * (Math.max(...told) - Math.min(...told)));
  });

  it('refuses images of another size, and clicks that tell nothing, in one sentence', () => {
    const wrong = { ...someOf(views, [0, 1]), pixels: [views.pixels[0], new Uint8Array(100)] };
    expect(() => creativeInputs(wrong)).toThrow(/creative 2 has 100 pixels; the encoder reads images of 28×28 = 784/u);
    const few = someOf(views, old.slice(0, 5));
    expect(() => creativeEncoder(few, shown, clicks, randomFrom('few'))).toThrow(
      /5 creatives with .* tell nothing apart; show at least 8/u,
    );
    expect(() =>
      creativeEncoder(
        someOf(views, old),
        shown,
        old.map(() => 0),
        randomFrom('none'),
      ),
    ).toThrow(/with 0 clicks/u);
    expect(creativeInputs(someOf(views, [0])).columns).toBe(inputWidth(10));
  });
});
