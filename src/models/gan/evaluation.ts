/** How good a generator is: recognised by the judge, and near to real images that nobody saw in training. */
import { wilson } from '../../core/intervals.ts';
import type { Random } from '../../core/random.ts';
import { CATEGORY_NAMES } from '../../core/contracts.ts';
import type { Images } from '../images/images.ts';
import { imageAt, PIXELS } from '../images/images.ts';
import { silhouettes } from '../images/silhouettes.ts';
import type { Splits } from '../images/splits.ts';
import type { Classifier } from './classifier.ts';
import { countRecognised, FEATURES } from './classifier.ts';
import { featureDistribution, frechetDistance } from './frechet.ts';
import type { Sampler } from './sampler.ts';

/** Samples that the judge sees; also the most images in a distance. */
const SAMPLES = 1000;

export interface Evaluation {
  /** Share of samples that the judge recognises as the category they were asked for, with Wilson's 95 % interval. */
  recognised: { rate: number; interval: readonly [number, number]; samples: number; judgeAccuracy: number };
  /** Fréchet distance of the judge's features to those of held-out real images; equal numbers of images in all rows. */
  distances: readonly { of: string; distance: number }[];
}

/** The images `indices`, one after the other. */
export function gather(pixels: Uint8Array, indices: ArrayLike<number>): Uint8Array {
  const out = new Uint8Array(indices.length * PIXELS);
  for (let i = 0; i < indices.length; i++) out.set(imageAt(pixels, indices[i]), i * PIXELS);
  return out;
}

function labelsOf(images: Images, indices: Int32Array): Uint8Array {
  return Uint8Array.from(indices, (i) => images.labels[i]);
}

/** Standard normal noise for n samples. */
export function latentNoise(random: Random, n: number, latentSize: number): Float32Array {
  return Float32Array.from({ length: n * latentSize }, (_, i) => random.normal(i, 0));
}

/** Measures samples against the images that `splits` kept apart. */
export async function evaluateGenerator(
  judge: Classifier,
  generator: Sampler,
  latentSize: number,
  images: Images,
  splits: Splits,
  random: Random,
): Promise<Evaluation> {
  const heldOut = await judge.perceive(gather(images.pixels, splits.heldOut));
  const hits = countRecognised(heldOut.logProbability, labelsOf(images, splits.heldOut));

  const asked = Uint8Array.from({ length: SAMPLES }, (_, i) => i % CATEGORY_NAMES.length);
  const samples = await generator.sample(latentNoise(random.stream('judged'), SAMPLES, latentSize), asked);
  const seen = await judge.perceive(samples);
  const recognised = countRecognised(seen.logProbability, asked);

  // Fréchet distances shrink with the number of images: every row gets as many.
  const n = Math.min(SAMPLES, splits.heldOut.length, splits.generator.length);
  const reference = featureDistribution(heldOut.features.subarray(0, n * FEATURES), FEATURES);
  const distance = (features: Float32Array): number =>
    frechetDistance(reference, featureDistribution(features.subarray(0, n * FEATURES), FEATURES));
  const distanceOf = async (pixels: Uint8Array): Promise<number> => distance((await judge.perceive(pixels)).features);

  const noise = random.stream('noise');
  const distances = [
    { of: 'samples', distance: distance(seen.features) },
    {
      of: 'noise',
      distance: await distanceOf(
        Uint8Array.from({ length: n * PIXELS }, (_, i) => Math.floor(256 * noise.uniform(i, 0))),
      ),
    },
  ];
  if (images.source !== 'silhouettes') {
    const each = Math.ceil(n / CATEGORY_NAMES.length);
    const drawn = silhouettes(each, random);
    const order = Int32Array.from(
      { length: n },
      (_, i) => (i % CATEGORY_NAMES.length) * each + Math.floor(i / CATEGORY_NAMES.length),
    );
    distances.push({ of: 'silhouettes', distance: await distanceOf(gather(drawn.pixels, order)) });
  }
  distances.push({
    of: 'real images',
    distance: await distanceOf(gather(images.pixels, splits.generator.subarray(0, n))),
  });
  return {
    recognised: {
      rate: recognised / SAMPLES,
      interval: wilson(recognised, SAMPLES),
      samples: SAMPLES,
      judgeAccuracy: hits / splits.heldOut.length,
    },
    distances,
  };
}
