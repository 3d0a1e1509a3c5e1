/** What is written says every fact, and nothing banned: whoever writes it. */
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { bansOn } from '../../../src/models/copy/bans.ts';
import { allFacts, copyRules, textOf } from '../../../src/models/copy/copy-rules.ts';
import { COPY_TRAINING, shapeOf, trainCopy } from '../../../src/models/copy/copy-training.ts';
import type { CopyModel } from '../../../src/models/copy/copy-training.ts';
import { broken, termsOf, writeCopy } from '../../../src/models/copy/copywriter.ts';
import { beamSearch, sampleCopy } from '../../../src/models/copy/decoding.ts';
import { evaluateCopy } from '../../../src/models/copy/evaluation.ts';
import { inference } from '../../../src/models/copy/inference.ts';
import { evaluateCopyModel } from '../../../src/models/copy/model-evaluation.ts';
import { missingFacts } from '../../../src/models/copy/realisation.ts';
import { transformer } from '../../../src/models/copy/transformer.ts';
import { encodeSlots, learnVocabulary } from '../../../src/models/copy/vocabulary.ts';
import { readWeights } from '../../../src/models/gan/layers.ts';
import { openTensorGate } from '../../../src/models/tensor.ts';
import { smallExamples } from './small-examples.ts';

const random = randomFrom('writer-test');
const examples = smallExamples();
const SLOTS = { name: 'Bella Vista', 'customer rating': 'low', familyFriendly: 'yes' };
const none = bansOn([]);
/** One that has learned, and one of random weights, which would rather say something else. */
let learned: CopyModel;
let wild: CopyModel;

beforeAll(async () => {
  const gate = await openTensorGate(['wasm']);
  const settings = { ...COPY_TRAINING, width: 16, layers: 1, heads: 2, epochs: 10, batchSize: 8, learningRate: 0.02 };
  learned = await trainCopy(gate, examples, settings, random);
  const { vocabulary } = learnVocabulary(examples);
  const shape = shapeOf(vocabulary, { width: 16, layers: 1, heads: 2 });
  const net = transformer(gate.tf, shape, randomFrom('wild'));
  wild = { vocabulary, shape, weights: await readWeights(net.weights) };
  net.weights.dispose();
});

describe('decoding', () => {
  it('says every fact and no lie, even where the model would not', () => {
    for (const model of [learned, wild]) {
      const { vocabulary } = model;
      const rules = copyRules(vocabulary, SLOTS, { bans: none });
      const ids = encodeSlots(vocabulary, SLOTS);
      const reader = inference(model);
      const found = [
        ...beamSearch(reader, ids, rules, vocabulary.length, { slack: Infinity }),
        ...Array.from({ length: 20 }, (_, i) =>
          sampleCopy(reader, ids, rules, vocabulary.length, random.stream(i).sequence()),
        ).filter((one) => one !== undefined),
      ];
      expect(found.length).toBeGreaterThan(0);
      for (const { words, logProbability } of found) {
        let met = 0;
        words.forEach((_, i) => (met = rules.met(words.slice(0, i + 1), met)));
        expect(met).toBe(allFacts(rules));
        expect(words.some((_, i) => rules.refuses(words.slice(0, i + 1)))).toBe(false);
        expect(logProbability).toBeLessThan(0);
        const text = textOf(vocabulary, SLOTS, words);
        expect([text, missingFacts(text, { name: SLOTS.name })]).toEqual([text, []]);
      }
    }
  });

  it('finds what people would say, the best first', () => {
    const { vocabulary } = learned;
    const rules = copyRules(vocabulary, SLOTS, { bans: none });
    const [best] = beamSearch(inference(learned), encodeSlots(vocabulary, SLOTS), rules, vocabulary.length);
    expect([
      'Bella Vista is slow, with poor reviews and kids are welcome.',
      'Here kids are welcome: Bella Vista is slow, with poor reviews.',
    ]).toContain(textOf(vocabulary, SLOTS, best.words));
  });

  it('of a wider beam is not less likely', () => {
    const { vocabulary } = learned;
    const rules = copyRules(vocabulary, SLOTS, { bans: none });
    const ids = encodeSlots(vocabulary, SLOTS);
    const at = (beams: number): number => {
      const [{ logProbability, words }] = beamSearch(inference(learned), ids, rules, vocabulary.length, { beams });
      return (6 * logProbability) / (5 + words.length);
    };
    expect(at(12)).toBeGreaterThanOrEqual(at(1) - 1e-9);
  });

  it('is bolder at a higher temperature, and one text at a low one', () => {
    const { vocabulary } = learned;
    const rules = copyRules(vocabulary, SLOTS, { bans: none });
    const ids = encodeSlots(vocabulary, SLOTS);
    const variety = (temperature: number): number =>
      new Set(
        Array.from(
          { length: 25 },
          (_, i) =>
          sampleCopy(inference(learned), ids, rules, vocabulary.length, random.stream(i).sequence(), { temperature, topP: 1 })?.words.join(), // prettier-ignore
        ),
      ).size;
    expect(variety(0.01)).toBe(1);
    expect(variety(1)).toBeGreaterThan(variety(0.01));
  });
});

describe('the copywriter', () => {
  it('writes the same for the same seed, each text once', () => {
    const request = { slots: SLOTS, count: 4, random };
    const texts = writeCopy(request, learned);
    expect(writeCopy(request, learned)).toEqual(texts);
    expect(new Set(texts.map(({ text }) => text)).size).toBe(texts.length);
    expect(texts.every(({ by }) => by === 'model')).toBe(true);
    expect(writeCopy({ slots: SLOTS, count: 40, random }).every(({ by }) => by === 'grammar')).toBe(true);
  });

  it('never says a banned word, and always every fact and every phrase that must be there', () => {
    const vocabulary = learned.vocabulary.words.filter((word) => /^[a-z]{2,}$/u.test(word));
    const word = fc.constantFrom(...vocabulary, 'is a', 'CHOICE', 'place', 'friendly', 'Kid-Friendly', 'has a');
    const bans = fc.array(word, { minLength: 1, maxLength: 5 });
    const must = fc.subarray(['free delivery', 'poor reviews', 'Open Late']);
    let refused = 0;
    fc.assert(
      fc.property(bans, must, fc.boolean(), fc.nat(99), (banned, phrases, by, seed) => {
        const request = { slots: SLOTS, count: 2, random: randomFrom(String(seed)), bans: banned, must: phrases };
        try {
          for (const { text } of writeCopy(request, by ? learned : wild)) {
            expect(bansOn(banned).findIn(text)).toBeUndefined();
            for (const one of banned) {
              const plain = (of: string): string => ` ${of.toLowerCase().replaceAll(/[^a-z]+/gu, ' ')} `;
              expect(plain(text)).not.toContain(plain(one));
            }
            expect(missingFacts(text, SLOTS)).toEqual([]);
            for (const phrase of phrases) expect(text.toLowerCase()).toContain(phrase.toLowerCase());
          }
        } catch (error) {
          if ((error as Error).name !== 'InputError') throw error;
          refused++;
        }
      }),
      { numRuns: 25 },
    );
    expect(refused).toBeLessThan(22);
  });

  it.each([
    [{ bans: ['vista'] }, 'slots.name: "Bella Vista" holds the banned word "vista"'],
    [{ bans: ['late'], must: ['open late'] }, 'must: "open late" holds the banned word "late"'],
    [{ must: ['!'] }, 'must: "!" has no letter'],
    [{ bans: ['is', 'there', 'this'] }, 'no text says all facts without "is", "there", "this"; drop a ban'],
    [{ slots: {} }, 'slots: there are none'],
  ])('refuses %j', (more, sentence) => {
    expect(() => writeCopy({ slots: SLOTS, count: 1, random, ...more })).toThrow(sentence);
  });

  it('says what is wrong with a text of somebody else', () => {
    const terms = termsOf({ slots: { name: 'Luna', price: '$49' }, bans: ['cheap'], must: ['free returns'] });
    expect(broken('Luna for $49, with FREE returns!', terms)).toBeUndefined();
    expect(broken('Luna, with free returns', terms)).toBe("it doesn't say price = $49");
    expect(broken('Luna for $49', terms)).toBe('it doesn\'t say "free returns"');
    expect(broken('Luna for $49: ch-eap, free returns', terms)).toBe('it has the banned word "cheap"');
  });
});

describe('evaluation', () => {
  it('ranks people over a careless writer, with intervals', () => {
    const people = examples.map(({ references }) => references[1]);
    const careless = examples.map(({ slots }) => `${slots['name']} is loved, with great reviews.`);
    const [first, second] = evaluateCopy(
      [
        { name: 'careless', texts: careless },
        { name: 'people', texts: people },
      ],
      examples.map(({ slots, references }) => ({ slots, references: references.slice(0, 1) })),
      random,
    );
    expect(first.differences).toEqual([]);
    expect(second.differences[0].interval[0]).toBeGreaterThan(0);
    expect(first.slotErrors).toMatchObject({ of: 96 });
    expect(first.slotErrors.value).toBeGreaterThan(0.3);
    const { value, interval } = first.slotErrors;
    expect([interval && interval[0] < value, interval && interval[1] > value]).toEqual([true, true]);
  });

  it('of a model that must say its facts finds none missing, and more likeness to people than in the grammar', () => {
    const few = examples.slice(0, 8);
    const [grammar, free, bound] = evaluateCopyModel(learned, few, random, { beams: 4 });
    expect([grammar.system, free.system, bound.system]).toEqual(['grammar', 'model', 'model, facts required']);
    expect(bound.slotErrors.value).toBe(0);
    expect(bound.slotErrors.value).toBeLessThanOrEqual(free.slotErrors.value);
    expect(bound.differences[0].interval[0]).toBeGreaterThan(0);
  });
});
