/**
 * Words that must never appear, however they are written: case, accents, marks within a word (`f-r-e-e`, `FreeBie`) and
 * letters spelled out (`f r e e`) don't hide one. Whole words only: a ban on `cat` leaves `category` alone.
 */
import { InputError } from '../../core/errors.ts';

export interface Bans {
  /** The words or phrases, as given. */
  words: readonly string[];
  /** The first ban that is in a text; undefined where none is. */
  findIn(text: string): string | undefined;
}

interface Piece {
  letters: string;
  /** True where white space stands before it. */
  apart: boolean;
}

/** Runs of letters and digits, cut where a capital follows a small letter; without accents, in lower case. */
function piecesOf(text: string): Piece[] {
  const plain = text.normalize('NFKD').replaceAll(/[\p{M}\p{Cf}]/gu, '');
  return plain.split(/\s+/u).flatMap((word) => {
    const parts = word.replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ').match(/[\p{L}\p{N}]+/gu) ?? [];
    return parts.map((part, i) => ({ letters: part.toLowerCase(), apart: i === 0 }));
  });
}

/** Throws `InputError` for a ban without a letter or a digit. */
export function bansOn(words: readonly string[]): Bans {
  const bans = words.map((word) => {
    const pieces = piecesOf(word);
    const letters = pieces.map((piece) => piece.letters).join('');
    if (letters === '') throw new InputError(`ban: "${word}" has no letter; give words`);
    return { word, letters, several: pieces.length > 1 };
  });
  return {
    words,
    findIn(text) {
      const pieces = piecesOf(text);
      return bans.find(({ letters, several }) => holds(pieces, letters, several))?.word;
    },
  };
}

/** True where a run of pieces spells `letters`; pieces of different words count for a phrase, or one letter each. */
function holds(pieces: readonly Piece[], letters: string, several: boolean): boolean {
  return pieces.some((_, from) => {
    let joined = '';
    let [apart, single] = [false, true];
    for (let i = from; i < pieces.length && joined.length < letters.length; i++) {
      joined += pieces[i].letters;
      apart ||= i > from && pieces[i].apart;
      single &&= pieces[i].letters.length === 1;
      if (joined === letters) return !apart || several || (single && letters.length > 2);
    }
    return false;
  });
}
