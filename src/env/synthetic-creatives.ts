/** Creatives without pixels: numbers as if from a good generator, for worlds that need no images. */
import { CATEGORY_NAMES, HEADLINE_NAMES, STYLE_NAMES } from '../core/contracts.ts';
import type { Creatives } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import { matrix } from '../core/matrix.ts';
import type { Random } from '../core/random.ts';

/** [nats] mean log p(category | pixels) of real images under a small classifier that is right in 88 % (chosen). */
const REFERENCE_RECOGNISABILITY = -0.35;

/** How many creatives of each category. */
export interface CreativeCounts {
  categories: number;
  perCategory: number;
}

/**
 * Creatives of `categories × perCategory`, or `k` of them dealt to the ten categories in turn. Variants are calm or
 * pushy (urgency and discount in the headline) by `(index in category + category) % 2`, so that neither goes with a
 * category or a price. Throws `InputError` for counts that are not positive whole numbers.
 */
export function syntheticCreatives(counts: number | CreativeCounts, random: Random): Creatives {
  const categories = typeof counts === 'number' ? Math.min(counts, CATEGORY_NAMES.length) : counts.categories;
  const size = typeof counts === 'number' ? counts : counts.categories * counts.perCategory;
  if (!Number.isInteger(size) || size < 1 || !Number.isInteger(categories) || categories > CATEGORY_NAMES.length) {
    throw new InputError(
      `creatives: ${JSON.stringify(counts)} is no count of creatives; use 1 or more per category and at most ` +
        `${CATEGORY_NAMES.length} categories`,
    );
  }
  const draws = random.stream('synthetic-creatives').sequence();
  const creatives: Creatives = {
    size,
    names: [],
    category: new Int32Array(size),
    recognisability: new Float64Array(size),
    referenceRecognisability: REFERENCE_RECOGNISABILITY,
    style: matrix(size, STYLE_NAMES.length),
    headlines: [],
    headline: matrix(size, HEADLINE_NAMES.length),
  };
  const names: string[] = [];
  const headlines: string[] = [];
  for (let a = 0; a < size; a++) {
    const category = typeof counts === 'number' ? a % categories : Math.floor(a / counts.perCategory);
    const variant = typeof counts === 'number' ? Math.floor(a / categories) : a % counts.perCategory;
    const pushy = (variant + category) % 2 === 1;
    const product = CATEGORY_NAMES[category];
    creatives.category[a] = category;
    names.push(`${product}-${variant + 1}`);
    creatives.recognisability[a] = REFERENCE_RECOGNISABILITY - 0.3 * draws.uniform();
    for (let s = 0; s < STYLE_NAMES.length; s++)
      creatives.style.data[a * STYLE_NAMES.length + s] = 0.7 * draws.normal();
    const headline = pushy ? `Only today: 30 % off every ${product}` : `A ${product} for your every day`;
    headlines.push(headline);
    const words = headline.split(' ').length;
    creatives.headline.data.set([words / 10, 0, pushy ? 1 : 0, pushy ? 1 : 0, pushy ? 0 : 1, pushy ? 1 : 0, 1], a * 7);
  }
  return { ...creatives, names, headlines };
}
