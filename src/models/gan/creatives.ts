/** From a config to creatives on show: images read or drawn, three networks trained or found, samples measured. */
import type { Creatives } from '../../core/contracts.ts';
import { CATEGORY_NAMES, HEADLINE_NAMES } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import type { Warning } from '../../core/warnings.ts';
import { readIdxFolder } from '../images/idx.ts';
import type { Attribution } from '../explain/integrated-gradients.ts';
import type { Images } from '../images/images.ts';
import { imageAt } from '../images/images.ts';
import { silhouettes } from '../images/silhouettes.ts';
import type { Splits } from '../images/splits.ts';
import { splitImages } from '../images/splits.ts';
import { standardisedStyles, styleScale } from '../images/style.ts';
import { openTensorGate } from '../tensor.ts';
import { arranged } from './arrangement.ts';
import type { Perceived } from './classifier.ts';
import { classifier, FEATURES } from './classifier.ts';
import type { CreativesConfig } from './config.ts';
import type { Evaluation } from './evaluation.ts';
import { gather, latentNoise } from './evaluation.ts';
import { imageGroups } from './metrics/modes.ts';
import { CATEGORIES } from './networks.ts';
import { sampler } from './sampler.ts';
import type { TrainingCurve } from './adversaries.ts';
import type { Snapshot } from './training.ts';
import { trainedNetworks } from './trained-networks.ts';

export { creativesSchema } from './config.ts';
export type { CreativesConfig, CreativesInput } from './config.ts';

/** Silhouettes drawn of each category: enough to share out among four parts. */
const SILHOUETTES = 250;

export interface CreativesSetup {
  /** How many product categories the world has: 1 to 10. */
  categories: number;
  categoryNames: readonly string[];
  random: Random;
  /** Folder for trained weights; without it nothing is kept. */
  cacheFolder?: string;
  onProgress?: (done: number, total: number, stage: string) => void;
  /** Whether to say what each pixel adds (`PreparedCreatives.attributions`); costs as much as some steps of training. */
  attribute?: boolean;
  /** Back ends to try, see `openTensorGate`. */
  gateOrder?: readonly string[];
  /** Words and features (7, `HEADLINE_NAMES`) of each creative; empty without it. */
  headline?: (category: number, variant: number) => { text: string; features: Float64Array };
}

export interface PreparedCreatives extends Evaluation {
  creatives: Creatives;
  /** (k) 784 bytes each. */
  pixels: readonly Uint8Array[];
  /** Groups of real images, and which of them each creative falls in (k): where `variety` asks for it. */
  groups?: { count: number; of: Int32Array };
  /** (k) what each pixel adds to log p(its own category) by the perception model, where it was asked for. */
  attributions?: readonly Attribution[];
  /** What the generator learned from. */
  source: string;
  backend: { id: string; device: string };
  training: TrainingCurve;
  /** Images of the same noise while training went on. */
  snapshots: readonly Snapshot[];
  /** True where the networks came from the cache. */
  cached: boolean;
  /** Doubts about the images: equal in every run. */
  warnings: readonly Warning[];
  /** About this machine's cache: to be told, but no part of the results. */
  notices: readonly Warning[];
}

function trainingImages(config: CreativesConfig, random: Random): Images {
  return config.images === 'silhouettes' ? silhouettes(SILHOUETTES, random) : readIdxFolder(config.images);
}

/** Images, and who sees which; what is wrong with them is said of the key that names them. */
function sharedOut(config: CreativesConfig, random: Random): { images: Images; splits: Splits } {
  try {
    const images = trainingImages(config, random.stream('images'));
    return { images, splits: splitImages(images, random.stream('splits')) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`creatives.images: ${error.message}`, { cause: error });
  }
}

/** Below this share of recognised samples, what creatives earn says little about good images. */
const WELL_RECOGNISED = 0.6;

function doubts({ recognised }: Evaluation): Warning[] {
  if (recognised.rate >= WELL_RECOGNISED) return [];
  const share = (100 * recognised.rate).toFixed(0);
  return [
    {
      kind: 'generator-weak',
      message: `Only ${share} % of ${recognised.samples} samples are recognised as the category they were asked for.`,
      advice: 'Train longer: raise creatives.steps, and creatives.classifierSteps if judgeAccuracy is low.',
    },
  ];
}

/** What holds of real images nobody trained on: the anchor of recognisability. */
function meanRecognisability({ logProbability }: Perceived, images: Images, splits: Splits): number {
  let sum = 0;
  splits.heldOut.forEach((image, i) => (sum += logProbability[i * CATEGORIES + images.labels[image]]));
  return sum / splits.heldOut.length;
}

/**
 * Trains (or finds in the cache) the generator and its judges, and draws `perCategory` creatives of each category,
 * category after category. Deterministic in its arguments on the wasm back end, cached or not.
 * Throws `InputError` on images that can't be read, on more than ten categories, and where only the plain JavaScript
 * back end is there (training would take hours).
 */
export async function prepareCreatives(config: CreativesConfig, setup: CreativesSetup): Promise<PreparedCreatives> {
  const { categories, categoryNames, random, headline } = setup;
  if (config.generator !== 'gan')
    throw new RangeError(`prepareCreatives: generator '${config.generator}' has no images`);
  if (categories < 1 || categories > CATEGORY_NAMES.length) {
    throw new InputError(
      `creatives: the image generator knows ${CATEGORY_NAMES.length} categories, the world has ${categories}; ` +
        `use 1 to ${CATEGORY_NAMES.length} categories, or creatives.generator: synthetic.`,
    );
  }
  const { images, splits } = sharedOut(config, random);
  const gate = await openTensorGate(setup.gateOrder);
  if (gate.id === 'cpu') {
    throw new InputError(
      "creatives: training images on the plain JavaScript back end 'cpu' would take hours; " +
        'set ADSIM_BACKEND=wasm, or creatives.generator: synthetic.',
    );
  }
  const networks = await trainedNetworks({
    gate,
    config,
    images,
    splits,
    random,
    cacheFolder: setup.cacheFolder,
    onProgress: setup.onProgress ?? (() => undefined),
  });
  const { results, weights, notices, cached } = networks;

  const size = categories * config.perCategory;
  const category = Int32Array.from({ length: size }, (_, a) => Math.floor(a / config.perCategory));
  const generator = sampler(gate, config, weights.generator);
  const latent = new Float32Array(size * config.latentSize);
  category.forEach((c, a) => {
    // Keyed by category and variant: one more variant changes none of the others.
    const source = random.stream('creative', c, a % config.perCategory);
    latent.set(latentNoise(source, 1, config.latentSize), a * config.latentSize);
  });
  const sampled = await generator.sample(latent, category);
  generator.dispose();
  const words = Array.from(category, (c, a) => headline?.(c, a % config.perCategory));
  const features = matrix(size, HEADLINE_NAMES.length);
  words.forEach((word, a) => word !== undefined && features.data.set(word.features, a * HEADLINE_NAMES.length));
  const products = Array.from({ length: size }, (_, a) => imageAt(sampled, a).slice());

  const perception = classifier(gate, weights.perception, random);
  const real = await perception.perceive(gather(images.pixels, splits.heldOut));
  const scale = styleScale(images.pixels, splits.heldOut);
  const plain: Creatives = {
    size,
    names: Array.from(category, (c, a) => `${categoryNames[c]}-${(a % config.perCategory) + 1}`),
    category,
    recognisability: new Float64Array(size),
    referenceRecognisability: meanRecognisability(real, images, splits),
    style: standardisedStyles(products, scale),
    headlines: words.map((word) => word?.text ?? ''),
    headline: features,
  };
  const onStep = (done: number, total: number): void => setup.onProgress?.(done, total, 'styles');
  const { creatives, pixels } = await arranged(gate, plain, products, {
    config,
    scale,
    maps: perception.featureMaps,
    onStep,
  });
  const seen = await perception.perceive(Buffer.concat(pixels));
  creatives.category.forEach((c, a) => (creatives.recognisability[a] = seen.logProbability[a * CATEGORIES + c]));
  const groups =
    config.variety === undefined ? undefined : imageGroups(real.features, FEATURES, random.stream('groups'));
  const attributions: Attribution[] = [];
  for (let a = 0; setup.attribute === true && a < pixels.length; a++) {
    // oxlint-disable-next-line no-await-in-loop -- image after image keeps the memory small
    attributions.push(await perception.attribute(pixels[a], creatives.category[a]));
  }
  perception.dispose();
  return {
    creatives,
    pixels,
    ...(setup.attribute === true && { attributions }),
    ...(groups && { groups: { count: groups.count, of: groups.groupOf(seen.features) } }),
    source: images.source,
    backend: { id: gate.id, device: gate.device },
    recognised: results.recognised,
    distances: results.distances,
    memorised: results.memorised,
    training: results.training,
    snapshots: results.snapshots,
    cached,
    warnings: doubts(results),
    notices,
  };
}
