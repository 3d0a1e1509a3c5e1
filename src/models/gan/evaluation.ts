/** How good a generator is: recognised by the judge, and near to real images that nobody saw in training. */
import type { Random } from '../../core/random.ts';
import { CATEGORY_NAMES } from '../../core/contracts.ts';
import type { Images } from '../images/images.ts';
import { imageAt, PIXELS } from '../images/images.ts';
import { silhouettes } from '../images/silhouettes.ts';
import type { Splits } from '../images/splits.ts';
import type { TensorGate } from '../tensor.ts';
import type { Classifier } from './classifier.ts';
import { countRecognised, FEATURES } from './classifier.ts';
import { featureDistribution, frechetDistance } from './frechet.ts';
import type { KernelDistance } from './metrics/kernel-distance.ts';
import { kernelDistance } from './metrics/kernel-distance.ts';
import type { Memorisation } from './metrics/memorisation.ts';
import { memorisation } from './metrics/memorisation.ts';
import type { ModeCoverage } from './metrics/modes.ts';
import { modeGroups } from './metrics/modes.ts';
import type { Share } from './metrics/neighbours.ts';
import { precisionAndRecall, shareOf } from './metrics/neighbours.ts';
import type { Sampler } from './sampler.ts';

/** Samples that the judge sees; also the most images in a distance. */
const SAMPLES = 1000;

export interface Evaluation {
  /** Share of samples that the judge recognises as the category they were asked for, with Wilson's 95 % interval. */
  recognised: Recognised;
  /** Images of several origins held against held-out real ones; equal numbers of images in all rows. */
  distances: readonly ImageDistance[];
  memorised: Memorisation;
}

export interface Recognised extends Share {
  samples: number;
  judgeAccuracy: number;
  /** In the order of `CATEGORY_NAMES`: of the samples asked to show it, and the judge's own share on real images. */
  byCategory: readonly (Share & { category: string; judgeAccuracy: number })[];
}

/** How images stand to held-out real ones, in the judge's features. */
export interface ImageDistance {
  /** `samples`, `noise`, `silhouettes` or `real images` (other real ones: the best to be had). */
  of: string;
  /** Fréchet distance ("FID-like"). */
  distance: number;
  /** Squared maximum mean discrepancy ("KID-like"). */
  kernel: KernelDistance;
  precision: Share;
  recall: Share;
  modes: ModeCoverage;
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
  gate: TensorGate,
  judge: Classifier,
  generator: Sampler,
  latentSize: number,
  images: Images,
  splits: Splits,
  random: Random,
): Promise<Evaluation> {
  const heldOutPixels = gather(images.pixels, splits.heldOut);
  const heldOut = await judge.perceive(heldOutPixels);
  // In shuffled order: the first n of them, and every block of them, are a sample too.
  const asked = Uint8Array.from({ length: SAMPLES }, (_, i) => i % CATEGORY_NAMES.length);
  random.stream('asked').sequence().shuffle(asked);
  const samples = await generator.sample(latentNoise(random.stream('judged'), SAMPLES, latentSize), asked);
  const seen = await judge.perceive(samples);

  // Distances shrink with the number of images: every row gets as many.
  const n = Math.min(SAMPLES, splits.heldOut.length, splits.generator.length);
  const measured = measureAgainst(heldOut.features.subarray(0, n * FEATURES), random.stream('groups'));
  const distances = [measured('samples', seen.features)];
  for (const { of, pixels } of comparisons(images, splits, n, random)) {
    // oxlint-disable-next-line no-await-in-loop -- one set of images at a time keeps the memory small
    distances.push(measured(of, (await judge.perceive(pixels)).features));
  }
  return {
    recognised: recognition(seen.logProbability, asked, heldOut.logProbability, labelsOf(images, splits.heldOut)),
    distances,
    memorised: await memorisation(gate, gather(images.pixels, splits.generator), samples, heldOutPixels),
  };
}

/** Real features (n×48) → what is measured of other images' features, of which the first n count. */
function measureAgainst(real: Float32Array, random: Random): (of: string, features: Float32Array) => ImageDistance {
  const reference = featureDistribution(real, FEATURES);
  const modesOf = modeGroups(real, FEATURES, random);
  return (of, features) => {
    const others = features.subarray(0, real.length);
    return {
      of,
      distance: frechetDistance(reference, featureDistribution(others, FEATURES)),
      kernel: kernelDistance(real, others, FEATURES),
      ...precisionAndRecall(real, others, FEATURES),
      modes: modesOf(others),
    };
  };
}

/** What samples are held beside: n images each, the worst first. */
function comparisons(images: Images, splits: Splits, n: number, random: Random): { of: string; pixels: Uint8Array }[] {
  const noise = random.stream('noise');
  const grain = Uint8Array.from({ length: n * PIXELS }, (_, i) => Math.floor(256 * noise.uniform(i, 0)));
  const rows: { of: string; pixels: Uint8Array }[] = [{ of: 'noise', pixels: grain }];
  if (images.source !== 'silhouettes') {
    const each = Math.ceil(n / CATEGORY_NAMES.length);
    const drawn = silhouettes(each, random);
    const order = Int32Array.from({ length: drawn.count }, (_, i) => i);
    random.stream('shown').sequence().shuffle(order);
    rows.push({ of: 'silhouettes', pixels: gather(drawn.pixels, order.subarray(0, n)) });
  }
  rows.push({ of: 'real images', pixels: gather(images.pixels, splits.generator.subarray(0, n)) });
  return rows;
}

/** What the judge recognises of samples and of real images, all together and by category. */
function recognition(
  samples: Float32Array,
  asked: Uint8Array,
  real: Float32Array,
  labels: Uint8Array,
): Evaluation['recognised'] {
  const ofSamples = countRecognised(samples, asked);
  const ofReal = countRecognised(real, labels);
  const sum = (counts: Int32Array): number => counts.reduce((total, count) => total + count, 0);
  return {
    ...shareOf(sum(ofSamples.hits), asked.length),
    samples: asked.length,
    judgeAccuracy: sum(ofReal.hits) / labels.length,
    byCategory: CATEGORY_NAMES.map((category, c) => ({
      category,
      ...shareOf(ofSamples.hits[c], ofSamples.images[c]),
      judgeAccuracy: ofReal.hits[c] / ofReal.images[c],
    })),
  };
}
