/**
 * Generator and discriminator: a small convolutional pair after Radford et al. 2016 (DCGAN), conditional on the
 * category by projection (Miyato & Koyama 2018) and by an auxiliary classifier (Odena et al. 2017).
 */
import type { Random } from '../../core/random.ts';
import type { Tensor, Tf } from '../tensor.ts';
import type { ChannelStatistics, Weights } from './layers.ts';
import { dense, doubling, halving, leaky, normalising, weights } from './layers.ts';

export const CATEGORIES = 10;
/**
 * The generator's weights start small (Radford et al. 2016, section 4). Batch normalisation undoes the scale, so that
 * what is learned soon outweighs the random start, which would show as grain.
 */
const SMALL = 0.02;
/** The category's size beside noise of size 1: larger makes categories plainer and their images more alike (chosen). */
const CATEGORY_INPUT = 2;
const START = 7; // height and width after the generator's first layer and before the discriminator's last

export interface GeneratorShape {
  latentSize: number;
  width: number;
}

export interface Generator {
  weights: Weights;
  /**
   * Images (n×28×28×1) in (−1, 1) from noise (n×latentSize) and categories (n×10, one-hot). Without `fixed`, batch
   * normalisation uses the batch's own statistics and `seen` is told of them, layer after layer.
   */
  forward(
    latent: Tensor,
    category: Tensor,
    fixed?: readonly ChannelStatistics[],
    seen?: (s: ChannelStatistics) => void,
  ): Tensor;
}

export function generator(tf: Tf, { latentSize, width }: GeneratorShape, random: Random): Generator {
  const list = weights(tf, random, SMALL);
  const first = dense(tf, list, latentSize + CATEGORIES, START * START * 2 * width);
  const firstNorm = normalising(tf, list, 2 * width);
  const second = doubling(tf, list, 2 * width, width);
  const secondNorm = normalising(tf, list, width);
  const last = doubling(tf, list, width, 1);
  return {
    weights: list,
    forward(latent, category, fixed, seen) {
      const input = tf.concat([latent, tf.mul(category, CATEGORY_INPUT)], 1);
      const small = tf.reshape(first(input), [-1, START, START, 2 * width]);
      const middle = second(tf.relu(firstNorm(small, fixed?.[0], seen)));
      return tf.tanh(last(tf.relu(secondNorm(middle, fixed?.[1], seen))));
    },
  };
}

export interface Discriminator {
  weights: Weights;
  /** Of images (n×28×28×1) said to show `category` (n×10): score (n) [logit of "real"] and categories (n×10) [logits]. */
  forward(images: Tensor, category: Tensor): { score: Tensor; categories: Tensor };
}

export function discriminator(tf: Tf, { width }: GeneratorShape, random: Random): Discriminator {
  const list = weights(tf, random);
  const first = halving(tf, list, 1, width);
  const second = halving(tf, list, width, 2 * width);
  const features = START * START * 2 * width;
  const heads = dense(tf, list, features, 1 + 2 * CATEGORIES);
  return {
    weights: list,
    forward(images, category) {
      const shallow = leaky(tf, first(images));
      const deep = leaky(tf, second(shallow));
      const out = heads(tf.reshape(deep, [-1, features]));
      const [score, projection, categories] = tf.split(out, [1, CATEGORIES, CATEGORIES], 1);
      return { score: tf.add(tf.reshape(score, [-1]), tf.sum(tf.mul(projection, category), 1)), categories };
    },
  };
}
