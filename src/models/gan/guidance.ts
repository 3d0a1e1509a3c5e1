/**
 * Guidance by reward: which of many images a generator can make will be clicked more? Learned from clicks on images that
 * were shown, by what can be measured on any image (style and recognisability); the world's own tastes are never seen.
 */
import { z } from 'zod';
import type { Creatives } from '../../core/contracts.ts';
import { STYLE_NAMES } from '../../core/contracts.ts';
import { logisticSolver } from '../ctr/newton.ts';

export interface GuidanceConfig {
  shown: number;
  candidates: number;
  requests: number;
}

/** As written: every key may be left out. */
export type GuidanceInput = { [K in keyof GuidanceConfig]?: GuidanceConfig[K] | undefined };

export const guidanceSchema: z.ZodType<GuidanceConfig, GuidanceInput> = z.strictObject({
  shown: z
    .int()
    .min(2)
    .max(100)
    .default(10)
    .describe('Images per category that are shown evenly, to learn from what was clicked'),
  candidates: z.int().min(2).max(1000).default(100).describe('Images per category that the best are chosen from'),
  requests: z.int().min(1000).default(40_000).describe('Requests in the log of the images shown'),
});

/** [logit] how much more an image is clicked, by its measures; the same for all users. */
export interface Appeal {
  /** (5) per standardised style feature, in the order of `STYLE_NAMES`. */
  style: Float64Array;
  /** Per nat. */
  recognisability: number;
}

/** Precision of the weights' normal prior: standard deviation 0.3 [logit]; ten times that of the categories (chosen). */
const L2 = 10;
const F = STYLE_NAMES.length;

/**
 * Logistic regression of clicks on style, recognisability and category, from totals (k) of impressions and clicks of
 * each creative. Throws RangeError where nothing or everything was clicked.
 */
export function fitAppeal(creatives: Creatives, impressions: ArrayLike<number>, clicks: ArrayLike<number>): Appeal {
  const k = creatives.size;
  let clicked = 0;
  let shown = 0;
  for (let a = 0; a < k; a++) {
    clicked += clicks[a];
    shown += impressions[a];
  }
  if (clicked === 0 || clicked === shown) throw new RangeError(`fitAppeal: ${clicked} clicks in ${shown} impressions`);
  // Each creative is two rows, clicked and not clicked, weighed by how often it was.
  const width = F + 2;
  const columns = F + 1 + Math.max(...creatives.category) + 1;
  const index = new Int32Array(2 * k * width);
  const value = new Float64Array(2 * k * width);
  const labels = new Float64Array(2 * k);
  const weights = new Float64Array(2 * k);
  for (let row = 0; row < 2 * k; row++) {
    const a = row >> 1;
    for (let j = 0; j <= F; j++) {
      index[row * width + j] = j;
      const measure = j < F ? creatives.style.data[a * F + j] : centred(creatives, a);
      value[row * width + j] = measure === 0 ? Number.MIN_VALUE : measure;
    }
    index[row * width + F + 1] = F + 1 + creatives.category[a];
    value[row * width + F + 1] = 1;
    labels[row] = row & 1;
    weights[row] = labels[row] === 1 ? clicks[a] : impressions[a] - clicks[a];
  }
  const fit = logisticSolver({ rows: 2 * k, columns, width, index, value }, labels, weights).solve({ l2: L2 });
  return { style: fit.weights.slice(0, F), recognisability: fit.weights[F] };
}

/** [logit] (k) what each image adds to its odds, as learned. */
export function appealOf(appeal: Appeal, creatives: Creatives): Float64Array {
  return Float64Array.from({ length: creatives.size }, (_, a) => {
    let sum = appeal.recognisability * centred(creatives, a);
    for (let j = 0; j < F; j++) sum += appeal.style[j] * creatives.style.data[a * F + j];
    return sum;
  });
}

/** Indices of the `perCategory` creatives of each category with the highest scores (k), category after category. */
export function bestOfEach(creatives: Creatives, scores: ArrayLike<number>, perCategory: number): Int32Array {
  const categories = Math.max(...creatives.category) + 1;
  return Int32Array.from(
    Array.from({ length: categories }, (_, c) => {
      const members: number[] = [];
      for (let a = 0; a < creatives.size; a++) if (creatives.category[a] === c) members.push(a);
      return members.sort((a, b) => scores[b] - scores[a] || a - b).slice(0, perCategory);
    }).flat(),
  );
}

/** [nats] recognisability against real images. */
function centred({ recognisability, referenceRecognisability }: Creatives, a: number): number {
  return recognisability[a] - referenceRecognisability;
}
