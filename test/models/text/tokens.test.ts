/** Tokens of many scripts; hashed terms, TF-IDF and latent semantics beside scikit-learn 1.9.1 and numpy 2.4.6. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { hashedTerms, murmur3 } from '../../../src/models/text/hashed-terms.ts';
import { latentSemantics } from '../../../src/models/text/latent-semantics.ts';
import { termRows, timesDense, transposeTimesDense } from '../../../src/models/text/terms.ts';
import type { TermRows } from '../../../src/models/text/terms.ts';
import { countTerms, tfIdf, vocabularyOf } from '../../../src/models/text/tf-idf.ts';
import { ENGLISH_STOP_WORDS, tokensOf } from '../../../src/models/text/tokens.ts';

const TITLES = [
  'white hanging heart t-light holder',
  'white metal lantern',
  'cream cupid hearts coat hanger',
  'knitted union flag hot water bottle',
  'red woolly hottie white heart',
  'glass star frosted t-light holder',
  'hand warmer union jack',
  'hand warmer red polka dot',
  'white white lantern',
];

function dense({ rows, columns, starts, index, value }: TermRows): number[][] {
  return Array.from({ length: rows }, (_, i) => {
    const row = Array.from({ length: columns }, () => 0);
    for (let e = starts[i]; e < starts[i + 1]; e++) row[index[e]] = value[e];
    return row;
  });
}

describe('tokensOf', () => {
  it('knows words, numbers and marks of any script', () => {
    expect(tokensOf('Last hours: 1,000.50 off T-shirts – don’t wait!')).toEqual(
      'last hours 1,000.50 off t-shirts don’t wait'.split(' '),
    );
    expect(tokensOf('Größe 42, ﬁne; cafe\u0301 & हिन्दी')).toEqual(['größe', '42', 'fine', 'café', 'हिन्दी']);
    expect(tokensOf('東京の靴を買う sale').length).toBeGreaterThan(3);
    expect(tokensOf('東京の靴を買う sale').at(-1)).toBe('sale');
    expect(tokensOf(' …!? ')).toEqual([]);
  });

  it('runs words together after stop words are gone', () => {
    const settings = { ngrams: [1, 2] as const, stopWords: ENGLISH_STOP_WORDS };
    expect(tokensOf('The best of shoes', settings)).toEqual(['best', 'shoes', 'best shoes']);
    expect(tokensOf('shoes', { ngrams: [2, 3] })).toEqual([]);
    expect(() => tokensOf('a', { ngrams: [0, 1] })).toThrow(/n-grams of 0 to 1/u);
  });

  it('gives n − l + 1 runs of each length, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 4 }), (text, length) => {
        const words = tokensOf(text).length;
        expect(tokensOf(text, { ngrams: [length, length] })).toHaveLength(Math.max(0, words - length + 1));
      }),
    );
  });
});

describe('hashed terms', () => {
  it('hash as sklearn.utils.murmurhash3_32 with seed 0', () => {
    const known: Record<string, number> = {
      '': 0,
      a: 1009084850,
      ab: -1681926305,
      abc: -1277324294,
      abcd: 1139631978,
      größe: -472672705,
      日本語のテキスト: -801888270,
      'hello world': 1586663183,
    };
    for (const [text, hash] of Object.entries(known)) expect(murmur3(new TextEncoder().encode(text))).toBe(hash);
  });

  it('fill the columns that HashingVectorizer(n_features=32, norm=None) fills', () => {
    const rows = dense(
      hashedTerms(
        TITLES.map((title) => tokensOf(title)),
        32,
      ),
    );
    const filled = (i: number): [number, number][] =>
      rows[i].flatMap((value, column) => (value === 0 ? [] : [[column, value] as [number, number]]));
    expect(filled(0)).toEqual([
      [7, -1],
      [11, -1],
      [12, -1],
      [13, -1],
      [25, 1],
    ]);
    expect(filled(1)).toEqual([
      [10, -1],
      [13, -1],
      [31, -1],
    ]);
    expect(filled(8)).toEqual([
      [10, -1],
      [13, -2],
    ]);
  });
});

describe('tf-idf', () => {
  it('equals TfidfVectorizer(ngram_range=(1, 2), min_df=2)', () => {
    const texts = TITLES.map((title) => tokensOf(title, { ngrams: [1, 2] }));
    const vocabulary = vocabularyOf(texts, { leastDocuments: 2 });
    expect(vocabulary.terms).toEqual(
      'hand|hand warmer|heart|holder|lantern|red|t-light|t-light holder|union|warmer|white'.split('|'),
    );
    const rows = dense(tfIdf(vocabulary, texts));
    const [a, b, c, d] = [0.466751396178, 0.358570127957, 0.545489604313, 0.838117588162];
    [0, 0, a, a, 0, 0, a, a, 0, 0, b].forEach((value, j) => expect(rows[0][j]).toBeCloseTo(value, 11));
    [0, 0, 0, 0, c, 0, 0, 0, 0, 0, d].forEach((value, j) => expect(rows[8][j]).toBeCloseTo(value, 11));
  });

  it('keeps the most frequent terms, and leaves unknown words and empty texts empty', () => {
    const vocabulary = vocabularyOf(
      TITLES.map((title) => tokensOf(title)),
      { mostTerms: 2 },
    );
    expect(vocabulary.terms).toEqual(['hand', 'white']);
    expect(dense(countTerms(vocabulary, [['white', 'nowhere', 'white'], []]))).toEqual([
      [0, 2],
      [0, 0],
    ]);
    expect(dense(tfIdf(vocabulary, [['nowhere'], []]))).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('refuses texts without a word in one sentence', () => {
    expect(() => vocabularyOf([[], []])).toThrow(/no word occurs in 1 or more of 2 texts; bring texts/u);
    expect(() => vocabularyOf([['a'], ['b']], { leastDocuments: 2 })).toThrow(/no word occurs in 2 or more/u);
  });
});

describe('latent semantics', () => {
  const texts = TITLES.map((title) => tokensOf(title));
  const rows = tfIdf(vocabularyOf(texts), texts);

  it('has the singular values and points of numpy.linalg.svd', () => {
    const { singularValues, directions, converged } = latentSemantics(rows, 3, randomFrom('lsa'), { tolerance: 1e-13 });
    expect(converged).toBe(true);
    [1.4144496949529686, 1.20309413988205, 1.127089089143519].forEach((value, j) =>
      expect(singularValues[j]).toBeCloseTo(value, 10),
    );
    const points = timesDense(rows, directions);
    [0.6029499949746535, 0.023728932210052994, 0.5947032897297216].forEach((value, j) =>
      expect(Math.abs(points.data[j])).toBeCloseTo(value, 6),
    );
  });

  it('gives no more dimensions than there are, and the whole where all are asked for', () => {
    const { singularValues, directions } = latentSemantics(rows, 50, randomFrom('lsa'));
    expect(singularValues).toHaveLength(9);
    expect(singularValues[8]).toBeCloseTo(0.5371685924183878, 8);
    const square = timesDense(rows, directions).data.reduce((sum, x) => sum + x * x, 0);
    expect(square).toBeCloseTo(9, 8);
  });

  it('bears rows without entries and directions that are one', () => {
    const twice = termRows(4, 3, (i) => (i < 2 ? [[0, 1] as const, [1, 1] as const] : []));
    const { singularValues } = latentSemantics(twice, 3, randomFrom('lsa'));
    expect(singularValues[0]).toBeCloseTo(2, 10);
    expect(Math.max(singularValues[1], singularValues[2])).toBeLessThan(1e-7);
    expect(() => latentSemantics(twice, 0, randomFrom('lsa'))).toThrow(/0 dimensions/u);
  });

  it('multiplies from both sides: ⟨A·x, y⟩ = ⟨x, Aᵀ·y⟩', () => {
    const draw = randomFrom('both').sequence();
    const x = matrix(rows.columns, 1);
    const y = matrix(rows.rows, 1);
    for (const one of [x, y]) for (let i = 0; i < one.data.length; i++) one.data[i] = draw.normal();
    const inner = (a: Float64Array, b: Float64Array): number => a.reduce((sum, v, i) => sum + v * b[i], 0);
    expect(inner(timesDense(rows, x).data, y.data)).toBeCloseTo(inner(x.data, transposeTimesDense(rows, y).data), 10);
    expect(() => timesDense(rows, y)).toThrow(RangeError);
    expect(() => transposeTimesDense(rows, x)).toThrow(RangeError);
  });
});
