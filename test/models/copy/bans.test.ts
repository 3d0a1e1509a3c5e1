/** Banned words are found however they are written. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bansOn } from '../../../src/models/copy/bans.ts';

describe('a ban', () => {
  it.each([
    ['free', 'FREE!', true],
    ['free', 'f-r-e-e', true],
    ['free', 'f r e e', true],
    ['free', 'FreeBie', true],
    ['free', 'fr\u200bee', true],
    ['free', 'freedom', false],
    ['cafe', 'Café', true],
    ['kid friendly', 'It is Kid-Friendly.', true],
    ['kid-friendly', 'kid friendly', true],
    ['kidfriendly', 'kid-friendly', true],
    ['family', 'a family-friendly pub', true],
    ['at', 'a T-shirt', false],
    ['£20-25', 'for £20 - 25', true],
  ])('on %j in %j: %s', (ban, text, found) => {
    expect(bansOn([ban]).findIn(text)).toBe(found ? ban : undefined);
  });

  it('needs a letter', () => {
    expect(() => bansOn(['cheap', ' - '])).toThrow('ban: " - " has no letter');
  });

  it('is found whatever case and marks are put into it', () => {
    const word = fc.stringMatching(/^[a-z]{3,9}$/u);
    fc.assert(
      fc.property(
        word,
        word,
        word,
        fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
        fc.constantFrom('-', '.', '_', '*', "'"),
        (ban, left, right, flags, mark) => {
          // prettier-ignore
          const written = ban
          .split('')
          .map((letter, i) => (flags[i] ? letter.toUpperCase() : letter) + (flags[8 - i] ? mark : ''))
          .join('');
          expect(bansOn([ban]).findIn(`${left}, ${written}! ${right}`)).toBe(ban);
        },
      ),
    );
  });
});
