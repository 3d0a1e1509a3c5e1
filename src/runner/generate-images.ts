/** The creatives of a config as images: trained or found in the cache, for a folder of files. */
import { CATEGORY_NAMES } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import type { Attribution } from '../models/explain/integrated-gradients.ts';
import { encodeIdx } from '../models/images/idx-write.ts';
import type { Experiment } from './config.ts';
import { resolveExperiment } from './config.ts';
import { readyCreatives } from './creatives.ts';
import type { CreativesOptions, ReadyCreatives } from './creatives.ts';
import type { ProgressListener } from './progress.ts';

export interface GeneratedImage {
  name: string;
  category: string;
  headline: string;
  /** log p of its own category, by the perception model. */
  recognisability: number;
  /** (784) 0 black … 255 white. */
  pixels: Uint8Array;
  /** What each pixel adds to `recognisability`, beside a black image, where it was asked for. */
  attribution?: Attribution;
}

export interface GeneratedImages {
  images: readonly GeneratedImage[];
  /** IDX files, labels being places in `CATEGORY_NAMES`. */
  idx: { images: Uint8Array; labels: Uint8Array };
  /** What the generator learned from. */
  source: string;
  recognised: NonNullable<ReadyCreatives['described']>['recognised'];
  warnings: ReadyCreatives['warnings'];
  notices: ReadyCreatives['notices'];
}

/** The creatives that `adsim run` would show. Throws `InputError` for a config whose creatives have no pixels. */
export async function generateImages(
  experiment: Experiment,
  options: CreativesOptions,
  onProgress: ProgressListener = () => undefined,
): Promise<GeneratedImages> {
  const ready = await readyCreatives(resolveExperiment(experiment), options, onProgress);
  const { described, warnings, notices, attributions } = ready;
  if (described === null) {
    throw new InputError('creatives.generator: synthetic creatives have no pixels; use generator: gan');
  }
  const images = described.gallery.map(({ name, category, headline, recognisability, pixels }, a) => ({
    name,
    category,
    headline,
    recognisability,
    pixels: Uint8Array.from(Buffer.from(pixels, 'base64')),
    ...(attributions?.[a] && { attribution: attributions[a] }),
  }));
  const labels = images.map(({ category }) => CATEGORY_NAMES.findIndex((one) => one === category));
  const idx = encodeIdx(
    images.map(({ pixels }) => pixels),
    labels,
  );
  return { images, idx, source: described.source, recognised: described.recognised, warnings, notices };
}
