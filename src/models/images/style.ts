/** The five numbers of an image that users have a taste for, standardised over the real images. */
import { STYLE_NAMES } from '../../core/contracts.ts';
import type { Matrix } from '../../core/matrix.ts';
import { matrix } from '../../core/matrix.ts';
import { imageAt, PIXELS, SIDE } from './images.ts';

/** A pixel brighter than this belongs to the product. */
const COVERED = 32;

/**
 * (5) `STYLE_NAMES` as measured: brightness and contrast are mean and standard deviation over the product's pixels,
 * edge density the mean absolute difference of neighbours, symmetry 1 minus the share of brightness that moves when
 * the image is mirrored left to right, coverage the share of pixels that belong to the product. Each in [0, 1].
 */
export function measuredStyle(image: Uint8Array): Float64Array {
  let covered = 0;
  let sum = 0;
  let squares = 0;
  let total = 0;
  let edges = 0;
  let moved = 0;
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const value = image[y * SIDE + x];
      total += value;
      if (value > COVERED) {
        covered++;
        sum += value;
        squares += value * value;
      }
      if (x + 1 < SIDE) edges += Math.abs(image[y * SIDE + x + 1] - value);
      if (y + 1 < SIDE) edges += Math.abs(image[(y + 1) * SIDE + x] - value);
      moved += Math.abs(image[y * SIDE + (SIDE - 1 - x)] - value);
    }
  }
  const mean = covered === 0 ? 0 : sum / covered;
  const variance = covered === 0 ? 0 : Math.max(0, squares / covered - mean * mean);
  return Float64Array.of(
    mean / 255,
    Math.sqrt(variance) / 255,
    edges / (2 * SIDE * (SIDE - 1) * 255),
    total === 0 ? 1 : 1 - moved / (2 * total),
    covered / PIXELS,
  );
}

/** Mean and standard deviation of each style number over images. */
export interface StyleScale {
  mean: Float64Array;
  /** At least a tiny positive number. */
  deviation: Float64Array;
}

/** The scale of the images `indices`. Throws RangeError where there is none. */
export function styleScale(pixels: Uint8Array, indices: ArrayLike<number>): StyleScale {
  if (indices.length === 0) throw new RangeError('styleScale: no images');
  const rows = Array.from(indices, (i) => measuredStyle(imageAt(pixels, i)));
  const mean = new Float64Array(STYLE_NAMES.length);
  const deviation = new Float64Array(STYLE_NAMES.length);
  for (let j = 0; j < STYLE_NAMES.length; j++) {
    for (const row of rows) mean[j] += row[j] / rows.length;
    let squares = 0;
    for (const row of rows) squares += (row[j] - mean[j]) * (row[j] - mean[j]);
    deviation[j] = Math.max(1e-9, Math.sqrt(squares / rows.length));
  }
  return { mean, deviation };
}

/** (images×5) `STYLE_NAMES`, standardised. */
export function standardisedStyles(images: readonly Uint8Array[], scale: StyleScale): Matrix {
  const styles = matrix(images.length, STYLE_NAMES.length);
  images.forEach((image, i) => {
    measuredStyle(image).forEach((value, j) => {
      styles.data[i * STYLE_NAMES.length + j] = (value - scale.mean[j]) / scale.deviation[j];
    });
  });
  return styles;
}
