/**
 * Whether samples are copies of training images. A copy is far nearer to one training image than to any other; an honest
 * new image is about as near to its two nearest. So each image is judged by the ratio of these two distances [pixels],
 * samples are held against real images that nobody trained on, and images that are merely smooth (near to everything)
 * are not taken for copies.
 */
import { normalCdf } from '../../../core/normal.ts';
import { sampleQuantile } from '../../../core/statistics.ts';
import { normalised, PIXELS } from '../../images/images.ts';
import type { TensorGate } from '../../tensor.ts';
import type { Share } from './neighbours.ts';
import { shareOf } from './neighbours.ts';

export interface Memorisation {
  /** Share of samples whose ratio is below that of 99 % of held-out real images: 0.01 if nothing was learned by heart. */
  copies: Share;
  /** The same of the other half of the held-out images, which can't be copies. */
  heldOut: Share;
  /** One-sided, that samples' ratios are no smaller than held-out images' (Mann–Whitney, after Meehan et al. 2020). */
  pValue: number;
  /** [0, 1] medians of the ratio: of samples, of held-out images. */
  medianRatio: { samples: number; heldOut: number };
}

/** What an honest generator shows of "copies". */
const EXPECTED = 0.01;
/** Images in one product of matrices. */
const CHUNK = 250;

/** Of bytes (n×784 each). Half of the held-out images set the threshold, the other half try it. */
export async function memorisation(
  gate: TensorGate,
  training: Uint8Array,
  samples: Uint8Array,
  heldOut: Uint8Array,
): Promise<Memorisation> {
  const ofSamples = await neighbourRatios(gate, samples, training);
  const ofHeldOut = await neighbourRatios(gate, heldOut, training);
  const half = ofHeldOut.length >> 1;
  const threshold = sampleQuantile(Array.from(ofHeldOut.subarray(0, half)), EXPECTED);
  const below = (ratios: Float64Array): Share =>
    shareOf(
      ratios.reduce((hits, ratio) => hits + (ratio < threshold ? 1 : 0), 0),
      ratios.length,
    );
  return {
    copies: below(ofSamples),
    heldOut: below(ofHeldOut.subarray(half)),
    pValue: smallerBy(ofSamples, ofHeldOut),
    medianRatio: {
      samples: sampleQuantile(Array.from(ofSamples), 0.5),
      heldOut: sampleQuantile(Array.from(ofHeldOut), 0.5),
    },
  };
}

/** (n) distance to the nearest training image over that to the second nearest, in [0, 1]; bytes (n×784). */
export async function neighbourRatios(
  gate: TensorGate,
  images: Uint8Array,
  training: Uint8Array,
): Promise<Float64Array> {
  const { tf } = gate;
  const all = (bytes: Uint8Array): Float32Array =>
    normalised(
      bytes,
      Array.from({ length: bytes.length / PIXELS }, (_, i) => i),
    );
  const lengths = (rows: Float32Array): Float64Array => {
    const squares = new Float64Array(rows.length / PIXELS);
    for (let i = 0; i < rows.length; i++) squares[Math.floor(i / PIXELS)] += rows[i] * rows[i];
    return squares;
  };
  const m = training.length / PIXELS;
  const known = all(training);
  const knownLengths = lengths(known);
  const columns = tf.tidy(() => tf.transpose(tf.tensor2d(known, [m, PIXELS])));
  const ratios = new Float64Array(images.length / PIXELS);
  for (let from = 0; from < ratios.length; from += CHUNK) {
    const rows = all(images.subarray(from * PIXELS, (from + CHUNK) * PIXELS));
    const own = lengths(rows);
    const products = tf.tidy(() => tf.matMul(tf.tensor2d(rows, [own.length, PIXELS]), columns));
    // oxlint-disable-next-line no-await-in-loop -- chunk after chunk keeps the memory small
    const values = await products.data();
    products.dispose();
    for (let i = 0; i < own.length; i++) {
      let first = Infinity;
      let second = Infinity;
      for (let j = 0; j < m; j++) {
        const squared = own[i] + knownLengths[j] - 2 * values[i * m + j];
        if (squared < first) {
          second = first;
          first = squared;
        } else if (squared < second) second = squared;
      }
      ratios[from + i] = second <= 0 ? 1 : Math.sqrt(Math.max(0, first) / second);
    }
  }
  columns.dispose();
  return ratios;
}

/** P-value that `a` is stochastically no smaller than `b`: rank sums, normal approximation, ties at their mean rank. */
export function smallerBy(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [n, m] = [a.length, b.length];
  const values = Float64Array.from({ length: n + m }, (_, i) => (i < n ? a[i] : b[i - n]));
  const order = Array.from(values.keys()).sort((x, y) => values[x] - values[y]);
  let ranks = 0;
  let ties = 0;
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) if (order[i] < n) ranks += (from + to + 1) / 2;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  const total = n + m;
  const u = ranks - (n * (n + 1)) / 2;
  const error = Math.sqrt(((n * m) / 12) * (total + 1 - ties / (total * (total - 1))));
  return error === 0 ? 1 : normalCdf((u + 0.5 - (n * m) / 2) / error);
}
