/** Laws of the metrics, their intervals, and what golden vectors don't show. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../src/core/random.ts';
import { bleu } from '../../../../src/models/copy/metrics/bleu.ts';
import { chrf } from '../../../../src/models/copy/metrics/chrf.ts';
import { distinct, selfBleu } from '../../../../src/models/copy/metrics/diversity.ts';
import { editPath } from '../../../../src/models/copy/metrics/edit-distance.ts';
import {
  corpusDifference,
  corpusScore,
  corpusValue,
  sentenceScore,
} from '../../../../src/models/copy/metrics/metric.ts';
import type { TextMetric } from '../../../../src/models/copy/metrics/metric.ts';
import { porterStem } from '../../../../src/models/copy/metrics/porter.ts';
import { cocoRougeL, rouge, summaryScore } from '../../../../src/models/copy/metrics/rouge.ts';
import { edits, ter } from '../../../../src/models/copy/metrics/ter.ts';

const random = randomFrom('metrics-test');
const words = fc.array(fc.constantFrom(...'the a cat dog sat ran on mat by sea .'.split(' ')), {
  minLength: 5,
  maxLength: 14,
});
const text = words.map((all) => all.join(' '));
const HIGH: readonly [TextMetric, number][] = [
  [bleu(), 100],
  [chrf(), 100],
  [chrf({ wordOrder: 2 }), 100],
  [rouge('1'), 1],
  [rouge('L'), 1],
  [cocoRougeL(), 1],
];

describe('every metric', () => {
  it.each(HIGH)('$name: best against oneself, within bounds, not worse for one more reference', (metric, best) => {
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        const score = sentenceScore(metric, a, [b]);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(best + 1e-9);
        expect(sentenceScore(metric, a, [a])).toBeCloseTo(best, 9);
        expect(sentenceScore(metric, a, [c, a])).toBeCloseTo(best, 9);
      }),
    );
  });

  it('TER is 0 against oneself, and at most the edit distance', () => {
    fc.assert(
      fc.property(words, words, (a, b) => {
        expect(edits(a, a)).toBe(0);
        expect(edits(a, b)).toBeLessThanOrEqual(editPath(a, b).distance);
      }),
    );
    expect(sentenceScore(ter(), 'A b', ['a b'])).toBe(0);
    expect(sentenceScore(ter({ caseSensitive: true }), 'A b', ['a b'])).toBe(50);
  });
});

it('summary-level ROUGE counts a token once for each time it is there', () => {
  // Both sentences of the reference meet the one 'a': it may count for one of them only.
  expect(summaryScore([['a']], [['a', 'b'], ['a']])).toMatchObject({ precision: 1, recall: 1 / 3 });
});

describe('corpus scores', () => {
  const references = Array.from({ length: 80 }, (_, i) => [
    `the ${i % 7} cats sat on mat ${i % 3} by the sea`,
    `by the sea sat ${i % 7} cats on mat ${i % 3}`,
  ]);
  const good = references.map(([one], i) => (i % 4 === 0 ? one.replace('cats', 'dogs') : one));
  const bad = references.map(([one], i) => (i % 2 === 0 ? one.replace('sat on', 'ran by') : one));

  it('lie in their interval, which is narrower for more sentences', () => {
    for (const [metric] of HIGH) {
      const all = corpusScore(metric, good, references, { random });
      const few = corpusScore(metric, good.slice(0, 20), references.slice(0, 20), { random });
      expect(all.value).toBe(corpusValue(metric, good, references));
      expect(all.interval[0]).toBeLessThan(all.value);
      expect(all.interval[1]).toBeGreaterThan(all.value);
      expect(all.interval[1] - all.interval[0]).toBeLessThan(few.interval[1] - few.interval[0]);
    }
  });

  it('of mean-like metrics have the interval of a mean', () => {
    const each = good.map((one, i) => sentenceScore(rouge('L'), one, references[i]));
    const mean = each.reduce((a, b) => a + b) / each.length;
    const error = Math.sqrt(each.reduce((a, b) => a + (b - mean) ** 2, 0)) / each.length;
    const { interval } = corpusScore(rouge('L'), good, references, { random, resamples: 4000 });
    expect(interval[0]).toBeCloseTo(mean - 1.96 * error, 2);
    expect(interval[1]).toBeCloseTo(mean + 1.96 * error, 2);
  });

  it('can be compared, on shared resamples', () => {
    const between = corpusDifference(bleu(), [good, bad], references, { random });
    expect(between.value).toBeCloseTo(corpusValue(bleu(), good, references) - corpusValue(bleu(), bad, references), 12);
    expect(between.interval[0]).toBeGreaterThan(0);
    expect(corpusDifference(bleu(), [good, good], references, { random }).interval).toEqual([0, 0]);
  });

  it('are the same for the same random source', () => {
    const [a, b] = ['x', 'x'].map((seed) => corpusScore(chrf(), bad, references, { random: randomFrom(seed) }));
    expect(a).toEqual(b);
  });

  it('need texts, and references of each', () => {
    expect(() => corpusScore(bleu(), [], [], { random })).toThrow('no sentences');
    expect(() => corpusValue(bleu(), ['a'], [])).toThrow('1 texts, references of 0');
    expect(() => bleu({ order: 0 })).toThrow('order 0');
  });
});

describe('diversity', () => {
  const alike = Array.from({ length: 12 }, () => 'the cat sat on the mat by the sea');
  const unlike = Array.from({ length: 12 }, (_, i) => 'abcdefghi'.split('').map((c) => `${c}${i}`).join(' ')); // prettier-ignore

  it('distinct-n counts different n-grams', () => {
    expect(distinct(['a b a b'], 2).value).toBeCloseTo(2 / 3, 12);
    expect(distinct(unlike, 1)).toMatchObject({ measure: 'distinct-1', value: 1, texts: 12 });
    expect(distinct(alike, 1).value).toBeCloseTo(7 / 108, 12);
    expect(distinct([], 1)).toMatchObject({ value: 0, interval: null });
  });

  it('self-BLEU is 100 where all are alike, near 0 where none are', () => {
    expect(selfBleu(alike).value).toBeCloseTo(100, 9);
    expect(selfBleu(unlike).value).toBe(0);
  });

  it('self-BLEU in one pass is the mean of sentence BLEU against all others', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 7 }), (texts) => {
        const metric = bleu({ lowerCase: true, effectiveOrder: true });
        const slow = texts.map((one, i) => sentenceScore(metric, one, texts.toSpliced(i, 1)));
        expect(selfBleu(texts).value).toBeCloseTo(slow.reduce((a, b) => a + b) / slow.length, 9);
      }),
    );
  });

  it('has an interval that holds it', () => {
    const mixed = [...alike, ...unlike].map((one, i) => `${one} ${i % 5}`);
    for (const { value, interval } of [distinct(mixed, 2), selfBleu(mixed)]) {
      expect(interval?.[0]).toBeLessThan(value);
      expect(interval?.[1]).toBeGreaterThan(value);
    }
  });
});

describe("Porter's stemmer", () => {
  // Examples of Porter (1980), with his published output.
  it.each(
    (
      'caresses caress,ponies poni,ties ti,cats cat,feed feed,agreed agre,plastered plaster,bled bled,motoring motor,' +
      'sing sing,conflated conflat,troubled troubl,sized size,hopping hop,tanned tan,falling fall,hissing hiss,fizzed fizz,' +
      'failing fail,filing file,happy happi,sky sky,relational relat,conditional condit,rational ration,valenci valenc,' +
      'digitizer digit,radicalli radic,differentli differ,vileli vile,analogousli analog,vietnamization vietnam,' +
      'predication predic,operator oper,feudalism feudal,decisiveness decis,hopefulness hope,callousness callous,' +
      'formaliti formal,sensitiviti sensit,sensibiliti sensibl,triplicate triplic,formative form,formalize formal,' +
      'electriciti electr,electrical electr,hopeful hope,goodness good,revival reviv,allowance allow,inference infer,' +
      'airliner airlin,gyroscopic gyroscop,adjustable adjust,defensible defens,irritant irrit,replacement replac,' +
      'adjustment adjust,dependent depend,adoption adopt,communism commun,activate activ,angulariti angular,' +
      'homologous homolog,effective effect,bowdlerize bowdler,probate probat,rate rate,cease ceas,controll control,roll roll'
    )
      .split(',')
      .map((pair) => pair.split(' ')),
  )('%s → %s', (word, stem) => {
    expect(porterStem(word)).toBe(stem);
  });
});
