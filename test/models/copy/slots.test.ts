/** Facts: checked, parsed, cut into words, said. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { grammarCopy } from '../../../src/models/copy/grammar.ts';
import { falseFacts, labelOf, missingFacts, says } from '../../../src/models/copy/realisation.ts';
import { checkedSlots, parseMeaning, slotKey } from '../../../src/models/copy/slots.ts';
import { delexicalised, learnSlots } from '../../../src/models/copy/slot-words.ts';
import type { SlotWords } from '../../../src/models/copy/slot-words.ts';
import { copyTokens, joinTokens } from '../../../src/models/copy/tokens.ts';
import { meaningOf, smallExamples } from './small-examples.ts';

describe('slots', () => {
  it('take texts, numbers and yes or no', () => {
    expect(checkedSlots({ name: ' Aromi ', price: 20, familyFriendly: true })).toEqual({
      name: 'Aromi',
      price: '20',
      familyFriendly: 'yes',
    });
    expect(slotKey('customer rating')).toBe(slotKey('customerRating'));
    expect(labelOf('customerRating')).toBe('customer rating');
  });

  it.each([
    [{}, 'slots: there are none'],
    [{ name: '' }, 'slots.name: is empty'],
    [{ name: '!!' }, 'slots.name: is empty'],
    [{ name: null }, 'slots.name: must be a text'],
    [{ name: ['a'] }, 'slots.name: must be a text'],
    [{ '?': 'a' }, '"?" is no name'],
    [{ name: 'a\nb' }, 'one line'],
    [{ name: 'a'.repeat(300) }, 'at most 200'],
    [{ 'price range': 'a', priceRange: 'b' }, 'slots.priceRange: is given twice'],
  ])('refuse %j', (slots, sentence) => {
    expect(() => checkedSlots(slots)).toThrow(sentence);
  });

  it('are read as the E2E data writes them', () => {
    const slots = { name: 'Café, Bar & Co', 'customer rating': '5 out of 5', priceRange: '£20-25' };
    expect(parseMeaning(meaningOf(slots))).toEqual(slots);
    for (const bad of ['name', 'name[a] b', 'name[]', '']) expect(() => parseMeaning(bad)).toThrow('is no slot');
  });
});

describe('tokens', () => {
  it.each([
    ["It's kid-friendly, £20-25: don't go!", ['It', "'s", 'kid-friendly', ',', '£20-25', ':', "don't", 'go', '!']],
    ['“Café Sicilia’s” 4.5 stars.', ['Café', 'Sicilia', "'s", '4.5', 'stars', '.']],
  ])('%j', (text, tokens) => {
    expect(copyTokens(text)).toEqual(tokens);
  });

  it('are joined as a reader wants them', () => {
    const tokens = ['an', 'pub', ',', 'a', 'Indian', 'one', '.', 'it', "'s", 'a', 'unique', 'place', '!'];
    expect(joinTokens(tokens)).toBe("A pub, an Indian one. It's a unique place!");
  });
});

describe('what a text says', () => {
  it.each([
    ['familyFriendly', 'yes', 'A kid-friendly pub', true],
    ['familyFriendly', 'yes', 'It welcomes families', true],
    ['familyFriendly', 'yes', 'It is not family friendly', false],
    ['familyFriendly', 'no', 'It is not family friendly', true],
    ['familyFriendly', 'no', 'An adult establishment', true],
    ['familyFriendly', 'no', 'A family friendly pub', false],
    ['customer rating', '5 out of 5', 'It is rated five out of five', true],
    ['customerRating', '5 out of 5', 'with 3 out of 5 stars', false],
    ['customer rating', 'low', 'a low customer rating', true],
    ['customer rating', 'low', 'low prices and a high customer rating', false],
    ['priceRange', 'less than £20', 'prices are under £20', true],
    ['priceRange', 'more than £30', 'prices are under £20', false],
    ['priceRange', 'high', 'it is expensive', true],
    ['name', 'The Mill', 'THE MILL, a pub', true],
    ['name', 'The Mill', 'the miller', false],
    ['area', 'city centre', 'in the City Center', true],
    ['recyclable', 'yes', 'It is recyclable.', true],
    ['recyclable', 'no', 'It is recyclable.', false],
    ['recyclable', 'no', 'It is not recyclable.', true],
  ])('%s = %s in %j: %s', (name, value, text, said) => {
    expect(says(text, name, value)).toBe(said);
  });

  it('false facts are those that a rule finds and the slots deny', () => {
    expect(falseFacts('A family friendly pub with a low customer rating', { name: 'a', familyFriendly: 'no' })).toEqual(
      ['familyfriendly: yes', 'customerrating: low'],
    );
    expect(falseFacts('It is cheap', { priceRange: 'cheap' })).toEqual([]);
  });
});

describe('the grammar', () => {
  const value = fc.stringMatching(/^[A-Z][a-z]{1,8}( [a-z0-9]{1,6})?$/u);
  const names = 'name brand category price color material discount size delivery area near food recyclable'.split(' ');

  it('says every fact of any slots, and the same for the same draw', () => {
    const slots = fc.subarray(names, { minLength: 1 }).chain(
      (chosen) =>
      fc.record(Object.fromEntries(chosen.map((name) => [name, name === 'recyclable' ? fc.constantFrom('yes', 'no') : value]))), // prettier-ignore
    );
    fc.assert(
      fc.property(slots, fc.nat(50), (own, seed) => {
        const text = grammarCopy(own, randomFrom('g').stream(seed).sequence());
        expect([text, missingFacts(text, own)]).toEqual([text, []]);
        expect(grammarCopy(own, randomFrom('g').stream(seed).sequence())).toBe(text);
      }),
    );
  });

  it('leaves a fact that ends like an article alone', () => {
    for (let seed = 0; seed < 20; seed++) {
      const text = grammarCopy({ name: 'Aromi', discount: 'grade a' }, randomFrom('g').stream(seed).sequence());
      expect(text).toContain('grade a off');
    }
  });

  it('varies', () => {
    const own = { name: 'Aromi', food: 'Chinese', area: 'riverside', customerRating: 'low' };
    const texts = Array.from({ length: 30 }, (_, i) => grammarCopy(own, randomFrom('g').stream(i).sequence()));
    expect(new Set(texts).size).toBeGreaterThan(15);
  });
});

describe('slots learned from texts', () => {
  const examples = smallExamples();

  it('are open where their values are said word by word, closed with their sayings where not', () => {
    const [name, rating, family] = learnSlots(examples);
    expect(name).toMatchObject({ name: 'name', open: true, sayings: {} });
    expect(rating).toMatchObject({ name: 'customer rating', open: false, values: ['high', 'low'] });
    const saying = (of: SlotWords, value: string): string =>
      of.sayings[value].sure.map((words) => words.join(' ')).join();
    expect('loved, with great reviews').toContain(saying(rating, 'high'));
    expect('slow, with poor reviews').toContain(saying(rating, 'low'));
    expect('it is for adults').toContain(saying(family, 'no'));
    expect('kids are welcome').toContain(saying(family, 'yes'));
  });

  it('take no phrase for a saying that other values share', () => {
    const blurred = examples.map(({ slots, references }, i) => ({
      slots,
      references: references.map((text) => (slots['customer rating'] === 'high' || i % 3 === 0 ? `x ${text}` : text)),
    }));
    expect(learnSlots(blurred)[1].sayings['high'].sure).not.toContainEqual(['x']);
  });

  it('leave the text when their value is put back in', () => {
    const slots = { name: 'The Mill', near: 'Mill' };
    const tokens = delexicalised('the mill is near Mill.', slots, () => true);
    expect(tokens).toEqual(['<name>', 'is', 'near', '<near>', '.']);
  });
});
