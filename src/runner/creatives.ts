/** The creatives of an experiment, ready for the market: trained (or drawn from the cache), measured, with headlines. */
import { readFileSync } from 'node:fs';
import type { Creatives, Warning } from '../core/contracts.ts';
import { CATEGORY_NAMES } from '../core/contracts.ts';
import { crossed } from '../core/elements.ts';
import { subset } from '../core/creatives.ts';
import { randomFrom } from '../core/random.ts';
import { syntheticCreatives } from '../env/synthetic-creatives.ts';
import { needsTensors } from '../models/ctr/registry.ts';
import type { CreativesSetup } from '../models/gan/creatives.ts';
import type { Attribution } from '../models/explain/integrated-gradients.ts';
import { creativeFactors } from '../models/gan/config.ts';
import { openTensorGate } from '../models/tensor.ts';
import { headlineFeatures, headlineFor } from '../models/text/headline.ts';
import type { ResolvedExperiment } from './config.ts';
import { sha256 } from './digest.ts';
import { firstOfEach } from './guidance.ts';
import type { ProgressListener } from './progress.ts';
import type { CreativeResult, CreativesResult } from './results.ts';

/** More images than are shown, category after category; the first of each category are those shown. */
export interface Pool {
  creatives: Creatives;
  pixels: readonly Uint8Array[];
  /** Groups of real images, and which of them each image falls in (k), where variety is asked for. */
  groups?: { count: number; of: Int32Array };
  /** As many images of each category as variety asks for, from the generator stopped early, and their groups (k). */
  early?: { creatives: Creatives; groupOf: Int32Array };
}

export interface ReadyCreatives {
  /** What the world responds to. */
  creatives: Creatives;
  /** (k) 28×28 bytes each; absent for synthetic creatives. */
  pixels?: readonly Uint8Array[];
  /** (k) where `attribute` asked for it. */
  attributions?: readonly Attribution[];
  /** Where images are chosen by clicks, or copied to see what that costs: what from. */
  pool?: Pool;
  /** What the report shows, less what the episodes will add; null for synthetic creatives without pixels. */
  described:
    | (Omit<CreativesResult, 'gallery'> & {
        gallery: readonly Omit<CreativeResult, 'impressions' | 'clicks' | 'ctr'>[];
      })
    | null;
  /** The numeric back end that networks are trained on. */
  backend: { id: string; device: string };
  warnings: readonly Warning[];
  /** About this machine's cache: no part of the results. */
  notices: readonly Warning[];
}

export interface CreativesOptions {
  backendOrder?: readonly string[] | undefined;
  cacheFolder?: string | undefined;
  /** Whether to say what each pixel of a creative adds to its being recognised. */
  attribute?: boolean;
}

/** Prepares the creatives. Throws `InputError` on an image folder that cannot be read. */
export async function readyCreatives(
  experiment: ResolvedExperiment,
  options: CreativesOptions,
  onProgress: ProgressListener,
): Promise<ReadyCreatives> {
  const { creatives: config, world } = experiment;
  const random = randomFrom(config.seed).stream('creatives');
  if (config.generator === 'synthetic') {
    const plain = syntheticCreatives({ categories: world.categories, perCategory: config.perCategory }, random);
    const factors = creativeFactors(config);
    const creatives = factors.length > 0 ? crossed(plain, factors) : plain;
    const needsNetworks = experiment.conversionModels !== undefined || experiment.models.some(needsTensors);
    const backend = needsNetworks ? await openTensorGate(options.backendOrder) : { id: 'none', device: 'none' };
    return {
      creatives,
      described: null,
      backend: { id: backend.id, device: backend.device },
      warnings: [],
      notices: [],
    };
  }
  const { prepareCreatives } = await import('../models/gan/creatives.ts');
  const { guidance, variety, earlySteps, perCategory } = config;
  const drawn = Math.max(perCategory, guidance?.shown ?? 0, guidance?.candidates ?? 0, variety ?? 0);
  const setup: CreativesSetup = {
    categories: world.categories,
    categoryNames: CATEGORY_NAMES.slice(0, world.categories),
    random,
    headline: (category, variant) => {
      const text = headlineFor(category, variant, random);
      return { text, features: headlineFeatures(text, category) };
    },
    ...(options.cacheFolder === undefined ? {} : { cacheFolder: options.cacheFolder }),
    ...(options.backendOrder === undefined ? {} : { gateOrder: options.backendOrder }),
    onProgress: (done, total, stage) => onProgress({ stage, done, total, unit: 'steps' }),
  };
  const all = await prepareCreatives(
    { ...config, perCategory: drawn },
    { ...setup, ...(options.attribute === true && { attribute: true }) },
  );
  const early =
    variety === undefined || earlySteps === undefined
      ? undefined
      : await prepareCreatives({ ...config, perCategory: variety, steps: earlySteps }, setup);
  // The first variants of each category are the same however many are drawn.
  const first = drawn === perCategory ? all.pixels.map((_, a) => a) : firstOfEach(all.creatives, perCategory);
  const prepared = { ...all, pixels: Array.from(first, (a) => all.pixels[a]) };
  const creatives = drawn === perCategory ? all.creatives : subset(all.creatives, Int32Array.from(first));
  const { backend, attributions: shares } = all;
  const gallery = Array.from({ length: creatives.size }, (_, j) => ({
    name: creatives.names[j],
    category: CATEGORY_NAMES[creatives.category[j]],
    headline: creatives.headlines[j],
    pixels: Buffer.from(prepared.pixels[j]).toString('base64'),
    recognisability: creatives.recognisability[j],
  }));
  const { source, recognised, distances, memorised, training, snapshots, warnings, notices } = prepared;
  return {
    creatives,
    pixels: prepared.pixels,
    ...(shares && { attributions: Array.from(first, (a) => shares[a]) }),
    ...((guidance !== undefined || variety !== undefined) && {
      pool: {
        creatives: all.creatives,
        pixels: all.pixels,
        ...(all.groups && { groups: all.groups }),
        ...(early?.groups && { early: { creatives: early.creatives, groupOf: early.groups.of } }),
      },
    }),
    described: { source, backend: backend.id, gallery, recognised, distances, memorised, training, snapshots },
    backend,
    warnings,
    notices,
  };
}

/** The config with its files named by what is in them: where they lie on this machine is not part of the experiment. */
export function withoutPlace<E extends Pick<ResolvedExperiment, 'creatives' | 'headlineTests'>>(
  experiment: E,
  ready: ReadyCreatives,
): E {
  const { creatives, headlineTests } = experiment;
  return {
    ...experiment,
    ...(ready.described && { creatives: { ...creatives, images: ready.described.source } }),
    ...(headlineTests && { headlineTests: { ...headlineTests, file: sha256(readFileSync(headlineTests.file)) } }),
  };
}
