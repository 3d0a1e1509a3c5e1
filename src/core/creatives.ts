/** What there is to show: creatives, and the words for what can be measured on them. */
import type { Elements } from './elements.ts';
import type { Matrix } from './matrix.ts';
import { matrix } from './matrix.ts';

/**
 * What the world responds to in each creative, measured on its pixels and its headline. One row per creative; the
 * market makes one action of each.
 */
export interface Creatives {
  /** k */
  size: number;
  /** (k) display names, unique. */
  names: readonly string[];
  /** (k) index of the product category. */
  category: Int32Array;
  /** (k)[nats, ≤ 0] log p(category | pixels) under a frozen perception model. */
  recognisability: Float64Array;
  /** [nats] mean recognisability of real images: where the world's base click rate is anchored. */
  referenceRecognisability: number;
  /** (k×5) `STYLE_NAMES`, standardised over the real images. */
  style: Matrix;
  /** (k) the headline's words. */
  headlines: readonly string[];
  /** (k×7) `HEADLINE_NAMES`. */
  headline: Matrix;
  /** What composited creatives are put together from. */
  elements?: Elements;
}

/** Some of the creatives, in the order given; not what they are composited from. */
export function subset(creatives: Creatives, indices: Int32Array): Creatives {
  const rows = (from: Matrix, columns: number): Matrix => {
    const out = matrix(indices.length, columns);
    indices.forEach((a, i) => out.data.set(from.data.subarray(a * columns, (a + 1) * columns), i * columns));
    return out;
  };
  return {
    size: indices.length,
    names: Array.from(indices, (a) => creatives.names[a]),
    category: indices.map((a) => creatives.category[a]),
    recognisability: Float64Array.from(indices, (a) => creatives.recognisability[a]),
    referenceRecognisability: creatives.referenceRecognisability,
    style: rows(creatives.style, STYLE_NAMES.length),
    headlines: Array.from(indices, (a) => creatives.headlines[a]),
    headline: rows(creatives.headline, HEADLINE_NAMES.length),
  };
}

/** Columns of `Creatives.style`. */
export const STYLE_NAMES = ['brightness', 'contrast', 'edge-density', 'symmetry', 'coverage'] as const;

/** Columns of `Creatives.headline`: length in words / 10, then 0 or 1 each, the last in [0, 1]. */
export const HEADLINE_NAMES = [
  'length',
  'question',
  'number',
  'urgency',
  'pronoun',
  'discount',
  'topical-match',
] as const;

/** What is measured on pixels and headline, as features of actions. */
export const MEASURED_NAMES = [
  'recognisability',
  ...STYLE_NAMES,
  ...HEADLINE_NAMES.map((name) => `headline-${name}` as const),
] as const;

/** The ten default product categories: those of Fashion-MNIST, in the order of its labels. */
export const CATEGORY_NAMES = [
  't-shirt',
  'trouser',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'boot',
] as const;
