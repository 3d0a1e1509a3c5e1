/**
 * Differentiable augmentation (Zhao et al. 2020, "Differentiable augmentation for data-efficient GAN training"): the
 * discriminator sees every image, real or made, in another light, shifted and with a piece cut out, so that it can't
 * learn the few real ones by heart; the gradient passes through to the generator. Brightness ± ½, contrast × ½ to 1½,
 * shifts up to an eighth of the side, a square of half the side cut out: the paper's settings. What is shifted in and
 * what is cut out is grey, as in the paper's code (0 between −1 and 1): black would pass for the background, and a
 * garment that the generator made with a piece missing for a whole one that was cut.
 */
import type { Random } from '../../core/random.ts';
import { PIXELS, SIDE } from '../images/images.ts';
import type { Tensor, Tf } from '../tensor.ts';

const SHIFT = Math.floor(SIDE / 8 + 0.5);
const HOLE = SIDE / 2;
const GREY = 0;

/** What happens to each of n images. */
export interface Augmentation {
  /** (n) in [−½, ½], added to all pixels. */
  brightness: Float32Array;
  /** (n) in [½, 1½], times the distance to the image's mean. */
  contrast: Float32Array;
  /** (n×784) where each pixel comes from: index into the n×784 pixels, or n×784 for grey. */
  source: Int32Array;
}

/** A pure function of the random source. */
export function augmentation(n: number, random: Random): Augmentation {
  const brightness = new Float32Array(n);
  const contrast = new Float32Array(n);
  const source = new Int32Array(n * PIXELS).fill(n * PIXELS);
  for (let i = 0; i < n; i++) {
    const draw = (which: number): number => random.uniform(i, which);
    const upTo = (which: number, bound: number): number => Math.floor((bound + 1) * draw(which));
    brightness[i] = draw(0) - 0.5;
    contrast[i] = draw(1) + 0.5;
    const right = upTo(2, 2 * SHIFT) - SHIFT;
    const down = upTo(3, 2 * SHIFT) - SHIFT;
    const left = upTo(4, SIDE) - HOLE / 2;
    const top = upTo(5, SIDE) - HOLE / 2;
    for (let y = Math.max(0, down); y < Math.min(SIDE, SIDE + down); y++) {
      for (let x = Math.max(0, right); x < Math.min(SIDE, SIDE + right); x++) {
        if (x >= left && x < left + HOLE && y >= top && y < top + HOLE) continue;
        source[i * PIXELS + y * SIDE + x] = i * PIXELS + (y - down) * SIDE + (x - right);
      }
    }
  }
  return { brightness, contrast, source };
}

/** The images (n×28×28×1), augmented. Linear in them, so the gradient is exact and may itself be derived. */
export function augmented(tf: Tf, images: Tensor, { brightness, contrast, source }: Augmentation): Tensor {
  const n = images.shape[0];
  const flat = tf.reshape(images, [n, PIXELS]);
  const mean = tf.mean(flat, 1, true);
  const lit = tf.add(
    tf.mul(tf.sub(flat, mean), tf.tensor2d(contrast, [n, 1])),
    tf.add(mean, tf.tensor2d(brightness, [n, 1])),
  );
  const pixels = tf.concat([tf.reshape(lit, [-1]), tf.tensor1d([GREY])]);
  return tf.reshape(tf.gather(pixels, tf.tensor1d(source, 'int32')), images.shape);
}
