/** A creative as numbers: its pixels (coarse brightness and style), the words of its headline (hashed) and its category. */
import type { Matrix } from '../../core/matrix.ts';
import { matrix } from '../../core/matrix.ts';
import { PIXELS, SIDE } from '../images/images.ts';
import { measuredStyle } from '../images/style.ts';
import { InputError } from '../../core/errors.ts';
import { hashedTerms } from '../text/hashed-terms.ts';
import { tokensOf } from '../text/tokens.ts';

/** k creatives as they are seen. */
export interface CreativeViews {
  /** (k) 784 bytes each: 28×28, row-major. */
  pixels: readonly Uint8Array[];
  /** (k) */
  headlines: readonly string[];
  /** (k) in [0, categories). */
  category: Int32Array;
  categories: number;
}

/** Cells a side that brightness is averaged over. */
const CELLS = 7;
const STYLES = 5;
/** Columns that words and pairs of words fall into. */
const WORDS = 64;

/** Width of the inputs of `categories` categories. */
export function inputWidth(categories: number): number {
  return CELLS * CELLS + STYLES + WORDS + categories;
}

/** (k×`inputWidth`) raw inputs. Throws `InputError` where an image isn't 28×28. */
export function creativeInputs({ pixels, headlines, category, categories }: CreativeViews): Matrix {
  const odd = pixels.findIndex((image) => image.length !== PIXELS);
  if (odd >= 0) {
    throw new InputError(
      `creative ${odd + 1} has ${pixels[odd].length} pixels; the encoder reads images of ${SIDE}×${SIDE} = ${PIXELS}`,
    );
  }
  const out = matrix(pixels.length, inputWidth(categories));
  const words = hashedTerms(headlines.map(headlineTokens), WORDS);
  const side = SIDE / CELLS;
  pixels.forEach((image, i) => {
    const at = i * out.columns;
    for (let p = 0; p < PIXELS; p++) {
      const cell = Math.floor(p / SIDE / side) * CELLS + Math.floor((p % SIDE) / side);
      out.data[at + cell] += image[p] / (255 * side * side);
    }
    out.data.set(measuredStyle(image), at + CELLS * CELLS);
    for (let e = words.starts[i]; e < words.starts[i + 1]; e++) {
      out.data[at + CELLS * CELLS + STYLES + words.index[e]] = words.value[e];
    }
    out.data[at + out.columns - categories + category[i]] = 1;
  });
  return out;
}

/** Words, pairs of words, numbers as one token, and the marks that press. */
function headlineTokens(text: string): string[] {
  const words = tokensOf(text, { ngrams: [1, 2] }).map((token) => token.replaceAll(/\d[\d.,]*/gu, '#'));
  return [...words, ...(text.match(/[?!%]/gu) ?? [])];
}
