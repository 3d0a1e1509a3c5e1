import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CATEGORY_NAMES } from '../../../src/core/contracts.ts';
import { InputError } from '../../../src/core/errors.ts';
import { randomFrom } from '../../../src/core/random.ts';
import type { CreativesInput, CreativesSetup, PreparedCreatives } from '../../../src/models/gan/creatives.ts';
import { creativesSchema, prepareCreatives } from '../../../src/models/gan/creatives.ts';
import { silhouettes } from '../../../src/models/images/silhouettes.ts';
import { dataFolder } from '../../folders.ts';

const SMALL: CreativesInput = { steps: 3, batchSize: 8, width: 4, latentSize: 8, classifierSteps: 3, seed: 7 };

function setup(more: Partial<CreativesSetup> = {}): CreativesSetup {
  return {
    categories: 10,
    categoryNames: CATEGORY_NAMES,
    random: randomFrom('creatives-test'),
    gateOrder: ['wasm'],
    headline: (category, variant) => ({
      text: `headline ${category} ${variant}`,
      features: Float64Array.of(category, variant, 0, 0, 0, 0, 1),
    }),
    ...more,
  };
}

const prepare = (config: CreativesInput = {}, more: Partial<CreativesSetup> = {}): Promise<PreparedCreatives> =>
  prepareCreatives(creativesSchema.parse({ ...SMALL, images: fewImages, ...config }), setup(more));

/** Everything but what says where it came from. */
const content = (prepared: PreparedCreatives): unknown => ({ ...prepared, cached: null, notices: null });

let top = '';
let cacheFolder = '';
/** An IDX folder of 30 silhouettes per category. */
let fewImages = '';
beforeAll(() => {
  top = mkdtempSync(path.join(tmpdir(), 'adsim-creatives-'));
  cacheFolder = path.join(top, 'deep', 'cache');
  fewImages = path.join(top, 'images');
  mkdirSync(fewImages);
  const { pixels, labels, count } = silhouettes(30, randomFrom('few'));
  const write = (name: string, header: number[], body: Uint8Array): void => {
    const bytes = Buffer.alloc(4 * header.length);
    header.forEach((value, i) => bytes.writeUInt32BE(value, 4 * i));
    writeFileSync(path.join(fewImages, name), Buffer.concat([bytes, body]));
  };
  write('few-images-idx3-ubyte', [0x803, count, 28, 28], pixels);
  write('few-labels-idx1-ubyte', [0x801, count], labels);
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

describe('prepareCreatives', () => {
  it('gives one creative per category and variant, measured and named', async () => {
    const stages = new Map<string, number>();
    const { creatives, pixels, recognised, distances, training, snapshots, source, backend } = await prepare(
      { perCategory: 2 },
      { categories: 4, onProgress: (done, total, stage) => stages.set(stage, done / total) },
    );
    expect(creatives.size).toBe(8);
    expect(creatives.names.slice(0, 3)).toEqual(['t-shirt-1', 't-shirt-2', 'trouser-1']);
    expect([...creatives.category]).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    expect(creatives.headlines[5]).toBe('headline 2 1');
    expect([...creatives.headline.data.subarray(35, 37)]).toEqual([2, 1]);
    expect(creatives.style).toMatchObject({ rows: 8, columns: 5 });
    expect([...creatives.recognisability].every((value) => value < 0 && Number.isFinite(value))).toBe(true);
    expect(creatives.referenceRecognisability).toBeLessThan(0);
    expect(pixels.map((image) => image.length)).toEqual(Array.from({ length: 8 }, () => 784));
    expect(new Set(pixels.map(String)).size).toBe(8);
    expect(recognised.interval[0]).toBeLessThanOrEqual(recognised.rate);
    expect(recognised.interval[1]).toBeGreaterThanOrEqual(recognised.rate);
    expect(distances.map((row) => row.of)).toEqual(['samples', 'noise', 'silhouettes', 'real images']);
    expect(training.step).toEqual([1, 2, 3]);
    expect(snapshots.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(Buffer.from(snapshots[2].pixels, 'base64').length).toBe(25 * 784);
    expect(source).toMatch(/^few: 300 images, sha256 /);
    expect(backend).toEqual({ id: 'wasm', device: 'wasm-simd' });
    expect([...stages]).toEqual([
      ['perception model', 1],
      ['judge', 1],
      ['generator', 1],
    ]);
  });

  it('is the same from the cache as from training, and changes with its seed', async () => {
    const fresh = await prepare({}, { cacheFolder });
    const found = await prepare({}, { cacheFolder });
    const alone = await prepare();
    expect([fresh.cached, found.cached, alone.cached]).toEqual([false, true, false]);
    expect(content(found)).toEqual(content(fresh));
    expect(content(alone)).toEqual(content(fresh));
    const other = await prepare({}, { random: randomFrom('another seed') });
    expect(other.pixels[0]).not.toEqual(fresh.pixels[0]);
  });

  it('keeps the first variants, and the trained networks, where more are wanted', async () => {
    const one = await prepare({ perCategory: 1 }, { cacheFolder });
    const three = await prepare({ perCategory: 3 }, { cacheFolder });
    expect(three.cached).toBe(true);
    expect(three.pixels[3]).toEqual(one.pixels[1]);
  });

  it('shows every image in every style and combination, one product each, from the networks of the plain ones', async () => {
    const plain = await prepare({}, { cacheFolder, categories: 2 });
    const composite = { templates: ['full'], backgrounds: ['black'], badges: ['none', 'disc-top-right'], headlines: ['none'] }; // prettier-ignore
    const config = { styles: ['plain', 'dots'], composite } as CreativesInput;
    const { creatives, pixels, cached } = await prepare(config, { cacheFolder, categories: 2 });
    expect(cached).toBe(true);
    expect([creatives.size, pixels.length]).toEqual([8, 8]);
    expect(creatives.names[3]).toBe('t-shirt-1_dots_full_black_disc-top-right_none');
    expect([...(creatives.elements?.product ?? [])]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect(new Set(pixels.map(String)).size).toBe(8);
    // A badge is no style of the product; another manner is.
    const brightness = Array.from({ length: 8 }, (_, a) => creatives.style.data[5 * a]);
    expect(brightness.slice(0, 2)).toEqual([plain.creatives.style.data[0], plain.creatives.style.data[0]]);
    expect(new Set(brightness).size).toBe(4);
    expect(new Set(creatives.recognisability).size).toBeGreaterThan(4);
  });

  it('trains again, and says so, where the cache is damaged', async () => {
    const intact = await prepare({}, { cacheFolder });
    for (const ending of ['.f32', '.json']) {
      const file = path.join(cacheFolder, String(readdirSync(cacheFolder).find((name) => name.endsWith(ending))));
      const bytes = readFileSync(file);
      const at = bytes.length >> 1;
      bytes[at] = bytes[at] === 0x31 ? 0x32 : 0x31;
      writeFileSync(file, bytes);
      // oxlint-disable-next-line no-await-in-loop
      const again = await prepare({}, { cacheFolder });
      expect(again.notices.map((notice) => notice.kind)).toEqual(['cache-damaged']);
      expect(content(again)).toEqual(content(intact));
      // oxlint-disable-next-line no-await-in-loop
      expect((await prepare({}, { cacheFolder })).cached).toBe(true);
    }
    expect(readdirSync(cacheFolder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('goes on without a cache that cannot be written', async () => {
    const file = path.join(cacheFolder, '..', 'file');
    writeFileSync(file, '');
    const prepared = await prepare({}, { cacheFolder: path.join(file, 'cache') });
    expect(prepared.notices.map((notice) => notice.kind)).toContain('cache-not-written');
  });

  it('doubts a generator that is not recognised', async () => {
    const { recognised, warnings } = await prepare();
    expect(recognised.rate).toBeLessThan(0.6);
    expect(warnings.map((warning) => warning.kind)).toEqual(['generator-weak']);
  });

  it('trains for another objective, and on augmented images, as the config says', async () => {
    const usual = await prepare();
    const penalised = await prepare({ objective: 'wgan-gp', criticSteps: 2 });
    const augmented = await prepare({ augment: 'diffaugment' });
    for (const other of [penalised, augmented]) {
      expect(other.pixels[0]).not.toEqual(usual.pixels[0]);
      expect(other.training.discriminatorLoss.every(Number.isFinite)).toBe(true);
    }
    expect(content(await prepare({ objective: 'wgan-gp', criticSteps: 2 }))).toEqual(content(penalised));
  });

  it('refuses what cannot work, in one sentence', async () => {
    await expect(prepare({}, { categories: 11 })).rejects.toThrow(/knows 10 categories, the world has 11/);
    await expect(prepare({}, { gateOrder: ['cpu'] })).rejects.toThrow(/would take hours; set ADSIM_BACKEND=wasm/);
    await expect(prepare({ images: '/no/such/folder' })).rejects.toThrow(InputError);
  });

  const data = dataFolder();
  it.skipIf(data === undefined)('learns from an IDX folder, and measures silhouettes against it', async () => {
    const { source, distances } = await prepare({ images: path.join(String(data), 'fashion'), classifierSteps: 40 });
    expect(source).toMatch(/^t10k: 10000 images/);
    const of = Object.fromEntries(distances.map((row) => [row.of, row.distance]));
    expect(of['real images']).toBeLessThan(of['silhouettes'] / 5);
    expect(of['real images']).toBeLessThan(of['noise'] / 5);
  });
});

describe('the generator', () => {
  it('learns what silhouettes and their categories look like in 120 small steps', async () => {
    const config = { images: 'silhouettes', steps: 120, batchSize: 16, width: 8, classifierSteps: 40 };
    const { recognised, distances, source } = await prepare(config);
    const [samples, noise, real] = distances.map((row) => row.distance);
    expect(source).toBe('silhouettes');
    expect(distances.map((row) => row.of)).toEqual(['samples', 'noise', 'real images']);
    expect(recognised.judgeAccuracy).toBeGreaterThan(0.9);
    expect(recognised.rate).toBeGreaterThan(0.5); // by chance 0.1
    expect(real).toBeLessThan(noise / 10);
    expect(samples).toBeLessThan(noise / 2);
  });
});

describe('creativesSchema', () => {
  it('fills in defaults and refuses what it does not know', () => {
    expect(creativesSchema.parse({})).toMatchObject({ generator: 'gan', images: 'silhouettes', perCategory: 1 });
    expect(creativesSchema.parse({})).toMatchObject({ steps: 250, averaging: 0.99, classifierSteps: 80 });
    expect(creativesSchema.parse({ images: 'photos' })).toMatchObject({ steps: 1200, averaging: 0.995 });
    expect(creativesSchema.parse({ images: 'photos', steps: 9 }).steps).toBe(9);
    expect(creativesSchema.parse({})).toMatchObject({ objective: 'gan', criticSteps: 1, augment: 'none' });
    expect(creativesSchema.parse({ objective: 'wgan-gp' }).criticSteps).toBe(3);
    expect(creativesSchema.parse({ seed: 3 }).seed).toBe('3');
    expect(creativesSchema.safeParse({ step: 3 }).success).toBe(false);
    expect(creativesSchema.safeParse({ batchSize: 0 }).success).toBe(false);
  });
});
