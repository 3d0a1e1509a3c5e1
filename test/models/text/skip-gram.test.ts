/** Skip-gram finds what was planted, and stands still where theory says (Levy & Goldberg 2014). */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { cosine, meanVectors, nearestTo } from '../../../src/models/text/nearness.ts';
import { skipGram } from '../../../src/models/text/skip-gram.ts';
import type { CodeSequences } from '../../../src/models/text/skip-gram.ts';
import { termRows } from '../../../src/models/text/terms.ts';

function sequencesOf(lists: readonly (readonly number[])[], levels: number): CodeSequences {
  const starts = [0];
  for (const list of lists) starts.push(starts[starts.length - 1] + list.length);
  return { levels, starts: Int32Array.from(starts), codes: Int32Array.from(lists.flat()) };
}

/** Users who browse within one of five groups of six things, but for one place in ten. */
function browsing(users: number): CodeSequences {
  const draw = randomFrom('browsing').sequence();
  const lists = Array.from({ length: users }, () => {
    const group = draw.integer(5);
    return Array.from({ length: 8 }, () => (draw.uniform() < 0.1 ? draw.integer(30) : 6 * group + draw.integer(6)));
  });
  return sequencesOf(lists, 30);
}

describe('skip-gram', () => {
  const settings = { dimensions: 12, epochs: 12, learningRate: 0.05 };
  const found = skipGram(browsing(600), randomFrom('fit'), settings);

  it('puts things that keep the same company next to each other', () => {
    const right = Array.from({ length: 30 }, (_, thing) =>
      nearestTo(found.vectors, thing, 5).every(({ row }) => Math.floor(row / 6) === Math.floor(thing / 6)),
    ).filter(Boolean).length;
    expect(right).toBeGreaterThan(27);
  });

  it('loses less from epoch to epoch, and says the same again', () => {
    expect(found.loss.at(-1)).toBeLessThan(0.9 * found.loss[0]);
    expect(found.loss[0]).toBeLessThanOrEqual(6 * Math.LN2 + 1e-9);
    expect(skipGram(browsing(600), randomFrom('fit'), settings)).toEqual(found);
    expect(skipGram(browsing(600), randomFrom('another'), settings).vectors).not.toEqual(found.vectors);
  });

  it('comes to rest where the score is the logarithm of met over expected, less that of the negatives', () => {
    // Pairs (a, b) with counts n; reach 1, so that each pair gives (a → b) and (b → a).
    const n = [
      [0, 60, 20],
      [10, 0, 40],
      [5, 5, 0],
    ];
    const lists = n.flatMap((row, a) => row.flatMap((times, b) => Array.from({ length: times }, () => [a, b])));
    randomFrom('order').sequence().shuffle(lists);
    const { vectors, contexts } = skipGram(sequencesOf(lists, 3), randomFrom('rest'), {
      dimensions: 6,
      window: 1,
      negatives: 3,
      epochs: 1500,
      learningRate: 0.1,
    });
    const both = n.map((row, a) => row.map((times, b) => times + n[b][a]));
    const totals = both.map((row) => row.reduce((x, y) => x + y));
    const powers = totals.map((total) => total ** 0.75);
    const all = powers.reduce((x, y) => x + y);
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
      [2, 0],
    ]) {
      const rest = Math.log(both[a][b] / (3 * totals[a] * (powers[b] / all)));
      let score = 0;
      for (let j = 0; j < 6; j++) score += vectors.data[6 * a + j] * contexts.data[6 * b + j];
      expect(Math.abs(score - rest)).toBeLessThan(0.08);
    }
  });

  it('leaves what it never met at zero, and frequent things out where asked', () => {
    const { vectors } = skipGram(sequencesOf([[0, 1, 0, 1]], 4), randomFrom('few'), { dimensions: 3 });
    expect([...vectors.data.subarray(6)]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(vectors.data[0]).not.toBe(0);
    const rare = skipGram(sequencesOf([[0, 1, 0, 1]], 2), randomFrom('few'), { subsample: 1e-12, dimensions: 3 });
    expect(rare.loss).toEqual([0, 0, 0, 0, 0]);
    expect(() => skipGram(sequencesOf([[0], [], [1]], 2), randomFrom('none'))).toThrow(
      /no sequence holds two things, .*bring longer sequences/u,
    );
  });
});

describe('nearness', () => {
  const vectors = matrix(4, 2, Float64Array.of(1, 0, 0, 2, 3, 3, 0, 0));

  it('is the cosine, 0 to nothing', () => {
    expect(cosine(vectors, 0, 2)).toBeCloseTo(Math.SQRT1_2, 12);
    expect(cosine(vectors, 0, 1)).toBe(0);
    expect(cosine(vectors, 0, 3)).toBe(0);
    expect(nearestTo(vectors, 0, 9).map(({ row }) => row)).toEqual([2, 1, 3]);
  });

  it('of a text is the mean of its words', () => {
    const rows = termRows(2, 4, (i) => (i === 0 ? [[0, 1] as const, [2, 3] as const] : []));
    expect([...meanVectors(rows, vectors).data]).toEqual([2.5, 2.25, 0, 0]);
  });
});
