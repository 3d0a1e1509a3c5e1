/** Free text for models: its words as a sequence of codes, and a few numbers that can be read off the page. */
import { InputError } from '../../../core/errors.ts';
import { tokensOf } from '../../text/tokens.ts';
import type { Sequence } from '../examples.ts';
import type { TextCells } from './rows.ts';

export interface PreparedText {
  name: string;
  /** T: words kept of each text, the first ones. */
  steps: number;
  /** Word of each code; code 0 is padding. Words that are not among them are passed over. */
  words: readonly string[];
  /** Of a stream: every word of a table counts. Codes hold for that table alone, with the words as labels. */
  open?: true;
  /** Training rows without a text. */
  empty: number;
  /** D: numbers that a sentence encoder says of each text; none where no encoder was asked. */
  dimensions?: number;
}

/** A word counts where at least so many training rows have it; the most frequent are kept. */
const LEAST_ROWS = 5;
const MOST_WORDS = 5000;
/** Words kept of a text. */
export const MOST_STEPS = 64;

/** Numbers of a text, for models that read no sequences. */
export const SHAPES = ['words', 'has a number', 'asks'] as const;

/** The words of the training rows. Throws `InputError` where none occurs often enough: the vocabulary would be empty. */
export function preparedText({ name, codes, texts, vectors }: TextCells): PreparedText {
  const rowsOf = new Int32Array(texts.length);
  for (let i = 0; i < codes.length; i++) rowsOf[codes[i]]++;
  const rows = new Map<string, number>();
  let longest = 0;
  texts.forEach((text, code) => {
    if (rowsOf[code] === 0) return;
    const words = tokensOf(text);
    longest = Math.max(longest, words.length);
    for (const word of new Set(words)) rows.set(word, (rows.get(word) ?? 0) + rowsOf[code]);
  });
  const kept = [...rows]
    .filter(([, count]) => count >= LEAST_ROWS)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, MOST_WORDS);
  if (kept.length === 0) {
    throw new InputError(
      `text "${name}": its vocabulary is empty, no word occurs in ${LEAST_ROWS} training rows; bring more rows, or leave it out with drop`,
    );
  }
  return {
    name,
    steps: Math.min(longest, MOST_STEPS),
    words: ['', ...kept.map(([word]) => word)],
    empty: rowsOf[0],
    ...(vectors && { dimensions: vectors.columns }),
  };
}

/** The texts as codes of words. */
export function wordCodes({ name, steps, words, open }: PreparedText, cells: TextCells): Sequence {
  const labels = [...words];
  const known = new Map(labels.map((word, code) => [word, code]));
  const codesOf = (word: string): number | [] => {
    const code = known.get(word);
    if (code !== undefined) return code;
    if (!open) return [];
    known.set(word, labels.length);
    return labels.push(word) - 1;
  };
  const coded = cells.texts.map((text) => tokensOf(text).flatMap(codesOf).slice(0, steps));
  const m = cells.codes.length;
  const codes = new Int32Array(m * steps);
  const length = Int32Array.from(cells.codes, (code) => coded[code].length);
  for (let i = 0; i < m; i++) codes.set(coded[cells.codes[i]], i * steps);
  return { name, levels: labels.length, steps, codes, length, labels };
}

/** (m) one of `SHAPES`; NaN of a missing text. */
export function numberOfShape(shape: (typeof SHAPES)[number], { codes, texts }: TextCells): Float64Array {
  const values = texts.map((text, code) => (code === 0 ? Number.NaN : shapeOf(shape, text)));
  return Float64Array.from(codes, (code) => values[code]);
}

/** (m) what the encoder says of each row's text, dimension `j`. Throws Error where the texts were not encoded. */
export function numberOfVector(j: number, { name, codes, vectors }: TextCells): Float64Array {
  if (!vectors) throw new Error(`text "${name}": its encoder was not asked`);
  const { data, columns } = vectors;
  return Float64Array.from(codes, (code) => data[code * columns + j]);
}

function shapeOf(shape: (typeof SHAPES)[number], text: string): number {
  if (shape === 'words') return tokensOf(text).length;
  return (shape === 'asks' ? text.includes('?') : /\d/u.test(text)) ? 1 : 0;
}
