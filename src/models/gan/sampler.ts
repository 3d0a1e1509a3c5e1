/** Images from a trained generator. */
import { randomFrom } from '../../core/random.ts';
import { bytesOf, PIXELS } from '../images/images.ts';
import type { Tensor, TensorGate } from '../tensor.ts';
import type { ChannelStatistics } from './layers.ts';
import { writeWeights } from './layers.ts';
import { oneHot } from './batches.ts';
import type { GeneratorShape } from './networks.ts';
import { CATEGORIES, generator } from './networks.ts';

/** Batch normalisation stands still on the statistics of this many samples, so an image doesn't depend on its company. */
const STANDING = 500;
const CHUNK = 250;

export interface Sampler {
  /** Bytes (categories.length×784) from noise (categories.length×latentSize) and categories. */
  sample(latent: Float32Array, categories: ArrayLike<number>): Promise<Uint8Array>;
  dispose(): void;
}

/** A sampler from weights as `trainGenerator` gives them. */
export function sampler(gate: TensorGate, shape: GeneratorShape, values: readonly Float32Array[]): Sampler {
  const { tf } = gate;
  const { latentSize } = shape;
  const source = randomFrom('standing-statistics');
  const g = generator(tf, shape, source);
  writeWeights(tf, g.weights, values);
  const standing: ChannelStatistics[] = [];
  tf.tidy(() => {
    const z = Float32Array.from({ length: STANDING * latentSize }, (_, i) => source.normal(i, 0));
    const categories = Array.from({ length: STANDING }, (_, i) => i % CATEGORIES);
    g.forward(tf.tensor2d(z, [STANDING, latentSize]), oneHot(tf, categories), undefined, ({ mean, variance }) => {
      standing.push({ mean: tf.keep(mean), variance: tf.keep(variance) });
    });
  });
  return {
    async sample(latent, categories) {
      const bytes = new Uint8Array(categories.length * PIXELS);
      for (let from = 0; from < categories.length; from += CHUNK) {
        const to = Math.min(categories.length, from + CHUNK);
        const images: Tensor = tf.tidy(() => {
          const z = tf.tensor2d(latent.subarray(from * latentSize, to * latentSize), [to - from, latentSize]);
          return g.forward(z, oneHot(tf, Array.prototype.slice.call(categories, from, to)), standing);
        });
        // oxlint-disable-next-line no-await-in-loop -- chunk after chunk keeps the memory small
        bytes.set(bytesOf(await images.data()), from * PIXELS);
        images.dispose();
      }
      return bytes;
    },
    dispose() {
      g.weights.dispose();
      standing.forEach(({ mean, variance }) => tf.dispose([mean, variance]));
    },
  };
}
