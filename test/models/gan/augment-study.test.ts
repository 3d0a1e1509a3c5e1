/**
 * What differentiable augmentation is for (Zhao et al. 2020): with few images the discriminator learns them by heart, and
 * takes real ones that it has not seen for made. ADSIM_FULL=1 with ADSIM_DATA; the figures are printed.
 */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { imageTensor, oneHot } from '../../../src/models/gan/batches.ts';
import type { CreativesConfig } from '../../../src/models/gan/config.ts';
import { creativesSchema } from '../../../src/models/gan/config.ts';
import { writeWeights } from '../../../src/models/gan/layers.ts';
import { discriminator } from '../../../src/models/gan/networks.ts';
import { trainGenerator } from '../../../src/models/gan/training.ts';
import { readIdxFolder } from '../../../src/models/images/idx.ts';
import { splitImages } from '../../../src/models/images/splits.ts';
import { openTensorGate } from '../../../src/models/tensor.ts';
import { dataFolder } from '../../folders.ts';

const FULL = process.env['ADSIM_FULL'] === '1';
const data = dataFolder();
const PER_CATEGORY = 20;

/** Shares of the training images, and of as many others, that the discriminator takes for real after training. */
async function takenForReal(augment: CreativesConfig['augment']): Promise<{ seen: number; unseen: number }> {
  const gate = await openTensorGate(['wasm']);
  const { tf } = gate;
  const images = readIdxFolder(path.join(String(data), 'fashion'));
  const splits = splitImages(images, randomFrom('splits'));
  const few = (indices: Int32Array): Int32Array => {
    const counts = new Int32Array(10);
    return indices.filter((i) => counts[images.labels[i]]++ < PER_CATEGORY);
  };
  const config = creativesSchema.parse({ images: 'fashion', steps: 600, augment });
  let weights: Float32Array[] = [];
  await trainGenerator(gate, images, few(splits.generator), config, randomFrom('study'), {
    async onCheckpoint(step, state) {
      if (step === config.steps) weights = (await state()).discriminator;
    },
  });
  const d = discriminator(tf, config, randomFrom('study'));
  writeWeights(tf, d.weights, weights);
  const share = (indices: Int32Array): number => {
    const labels = Array.from(indices, (i) => images.labels[i]);
    const { score } = d.forward(imageTensor(tf, images.pixels, indices), oneHot(tf, labels));
    const scores = score.dataSync() as Float32Array;
    return scores.filter((logit) => logit > 0).length / indices.length;
  };
  return { seen: share(few(splits.generator)), unseen: share(few(splits.heldOut)) };
}

describe.skipIf(data === undefined || !FULL)(
  'a discriminator of 20 images per category (ADSIM_DATA, ADSIM_FULL=1)',
  () => {
    it('knows them by heart; with diffaugment it takes others for real nearly as often', async () => {
      const [plain, augmented] = [await takenForReal('none'), await takenForReal('diffaugment')];
      process.stdout.write(`taken for real: ${JSON.stringify({ plain, augmented })}\n`);
      expect(plain.seen - plain.unseen).toBeGreaterThan(0.2);
      expect(augmented.seen - augmented.unseen).toBeLessThan(0.1);
    }, 900_000);
  },
);
