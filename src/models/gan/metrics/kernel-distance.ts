/**
 * How far apart two sets of images are without fitting anything to them: the squared maximum mean discrepancy with the
 * kernel (x·y / d + 1)³ (Bińkowski et al. 2018, "Demystifying MMD GANs", section 4: KID). Unbiased at any number of
 * images, so that 0 means "as real ones", and it may come out below 0. Values compare with each other only: the features
 * are those of our small judge, not Inception's.
 */
import { summarise } from '../../../core/statistics.ts';

export interface KernelDistance {
  value: number;
  /** 95 %, Student's t over blocks of images that share none. */
  interval: readonly [number, number];
}

const BLOCKS = 10;

/**
 * Of features `a` and `b` (n×d each), as the mean over ten disjoint blocks of unbiased estimates (equation 4 of the
 * paper; disjoint blocks after Zaremba et al. 2013, since overlapping subsets would make the interval too short). Throws
 * RangeError for fewer than twenty rows.
 */
export function kernelDistance(a: Float32Array, b: Float32Array, d: number): KernelDistance {
  const size = Math.floor(Math.min(a.length, b.length) / d / BLOCKS);
  if (size < 2) throw new RangeError(`kernelDistance: ${a.length / d} and ${b.length / d} rows; 20 or more are needed`);
  const block = (x: Float32Array, i: number): Float32Array => x.subarray(i * size * d, (i + 1) * size * d);
  const values = Array.from({ length: BLOCKS }, (_, i) => unbiased(block(a, i), block(b, i), size, d));
  const { mean, interval } = summarise(values);
  return { value: mean, interval: interval as readonly [number, number] };
}

function unbiased(a: Float32Array, b: Float32Array, n: number, d: number): number {
  const pairs = n * (n - 1);
  return (
    (kernelSum(a, a, n, d, false) + kernelSum(b, b, n, d, false)) / pairs - (2 * kernelSum(a, b, n, d, true)) / (n * n)
  );
}

/** Σ k(aᵢ, bⱼ) over all pairs, or over those with i ≠ j. */
function kernelSum(a: Float32Array, b: Float32Array, n: number, d: number, diagonal: boolean): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (i === j && !diagonal) continue;
      let product = 0;
      for (let f = 0; f < d; f++) product += a[i * d + f] * b[j * d + f];
      const base = product / d + 1;
      sum += base * base * base;
    }
  }
  return sum;
}
