/** Creatives with pixels and words: silhouettes, some of them spoiled by noise, with headlines of the grammar. */
import type { Creatives } from '../../../src/core/contracts.ts';
import { CATEGORY_NAMES, HEADLINE_NAMES } from '../../../src/core/contracts.ts';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import type { CreativeViews } from '../../../src/models/creative-encoder/inputs.ts';
import { imageAt } from '../../../src/models/images/images.ts';
import { silhouettes } from '../../../src/models/images/silhouettes.ts';
import { standardisedStyles, styleScale } from '../../../src/models/images/style.ts';
import { headlineFeatures, headlineFor } from '../../../src/models/text/headline.ts';

export interface Drawn {
  views: CreativeViews;
  /** What the market responds to in them: measured on the same pixels and words. */
  creatives: Creatives;
}

/** `perCategory` creatives of each of ten categories; half of the images have lost up to half of their pixels. */
export function drawnCreatives(perCategory: number, seed: string): Drawn {
  const random = randomFrom(seed);
  const images = silhouettes(perCategory, random.stream('images'));
  const luck = random.stream('noise').sequence();
  const order = Array.from(images.labels.keys()).toSorted((a, b) => images.labels[a] - images.labels[b] || a - b);
  const lost = order.map(() => (luck.uniform() < 0.5 ? 0 : 0.5 * luck.uniform()));
  const pixels = order.map((from, i) =>
    imageAt(images.pixels, from).map((value) => (luck.uniform() < lost[i] ? luck.integer(256) : value)),
  );
  const category = Int32Array.from(order, (from) => images.labels[from]);
  const headlines = order.map((_, i) => headlineFor(category[i], i % perCategory, random));
  const size = order.length;
  const headline = matrix(size, HEADLINE_NAMES.length);
  headlines.forEach((text, i) => headline.data.set(headlineFeatures(text, category[i]), i * HEADLINE_NAMES.length));
  const creatives: Creatives = {
    size,
    names: order.map((_, i) => `${CATEGORY_NAMES[category[i]]}-${(i % perCategory) + 1}`),
    category,
    recognisability: Float64Array.from(lost, (share) => -0.35 - 3 * share),
    referenceRecognisability: -0.35,
    style: standardisedStyles(pixels, styleScale(images.pixels, Array.from(images.labels.keys()))),
    headlines,
    headline,
  };
  return { views: { pixels, headlines, category, categories: CATEGORY_NAMES.length }, creatives };
}

/** Some of them. */
export function someOf(
  { pixels, headlines, category, categories }: CreativeViews,
  of: readonly number[],
): CreativeViews {
  return {
    pixels: of.map((i) => pixels[i]),
    headlines: of.map((i) => headlines[i]),
    category: Int32Array.from(of, (i) => category[i]),
    categories,
  };
}
