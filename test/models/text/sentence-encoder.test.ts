/** Sentence encoders: the built-in one finds what is alike; one from a folder is used where it can be, and missed in one sentence. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { cosine } from '../../../src/models/text/nearness.ts';
import { sentenceEncoder } from '../../../src/models/text/sentence-encoder.ts';

const TEXTS = [
  'red leather boots',
  'brown leather boots for winter',
  'warm winter boots',
  'a silk dress for summer',
  'summer dress with flowers',
  'light silk summer dress',
];
const random = randomFrom('sentences');
const scratch = mkdtempSync(join(tmpdir(), 'adsim-sentences-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const folder = join(scratch, 'tiny-model');
mkdirSync(folder);
writeFileSync(join(folder, 'config.json'), '{}');

/** A stand-in for the package: says a text's length and how many vowels it has. */
function standIn(seen: unknown[], dims = (n: number): number[] => [n, 2]): unknown {
  return {
    env: { localModelPath: '', allowRemoteModels: true },
    pipeline(...asked: unknown[]) {
      seen.push(asked);
      return Promise.resolve((texts: readonly string[], options: unknown) => {
        seen.push(options);
        const data = texts.flatMap((text) => [text.length, text.replaceAll(/[^aeiou]/gu, '').length]);
        return Promise.resolve({ dims: dims(texts.length), data: Float32Array.from(data) });
      });
    },
  };
}

describe('sentenceEncoder', () => {
  it('built in: texts of one topic lie nearer, words it does not know leave zeros', async () => {
    const { encoder, warnings } = await sentenceEncoder(TEXTS, random, { dimensions: 2 });
    expect([warnings.length, encoder.dimensions, encoder.name]).toEqual([0, 2, 'latent-semantics']);
    const points = await encoder.encode(['leather', 'warm boots', 'silk', 'unheard of', '']);
    expect(cosine(points, 0, 1)).toBeGreaterThan(0.9);
    expect(Math.abs(cosine(points, 0, 2))).toBeLessThan(0.3);
    expect([...points.data.subarray(6)]).toEqual([0, 0, 0, 0]);
    expect(Math.hypot(points.data[0], points.data[1])).toBeCloseTo(1, 12);
    expect(await encoder.encode(TEXTS)).toEqual(
      await (await sentenceEncoder(TEXTS, random, { dimensions: 2 })).encoder.encode(TEXTS),
    );
  });

  it('from a folder: loads it from there and never from the network', async () => {
    const seen: unknown[] = [];
    const { encoder, warnings } = await sentenceEncoder(TEXTS, random, {
      folder,
      load: () => Promise.resolve(standIn(seen)),
    });
    expect(warnings).toEqual([]);
    expect([encoder.name, encoder.dimensions]).toEqual(['tiny-model', 2]);
    expect([...(await encoder.encode(['boot', 'sandal'])).data]).toEqual([4, 2, 6, 2]);
    expect((await encoder.encode([])).rows).toBe(0);
    expect(seen[0]).toEqual(['feature-extraction', 'tiny-model', { local_files_only: true }]);
    expect(seen[1]).toEqual({ pooling: 'mean', normalize: true });
  });

  it.each([
    ['no folder', { folder: join(scratch, 'nowhere') }, /holds no model \(config\.json is missing\), so texts are/u],
    ['no package', { folder }, /needs the package @huggingface\/transformers, which is not installed, so texts/u],
    [
      'another kind of model',
      { folder, load: () => Promise.resolve(standIn([], (n) => [n, 3, 2])) },
      /cannot be used \(its output has the shape 1×3×2 for 1 texts\), so texts/u,
    ],
  ])('%s: a sentence, and the built-in one', async (_, settings, said) => {
    const { encoder, warnings } = await sentenceEncoder(TEXTS, random, settings);
    expect(encoder.name).toBe('latent-semantics');
    expect(warnings).toHaveLength(1);
    expect(warnings[0].message).toMatch(said);
    expect(warnings[0].advice).toMatch(/^(?:Give|Install)/u);
  });

  it('refuses to learn from texts without a word', async () => {
    await expect(sentenceEncoder(['…', '!'], random)).rejects.toThrow(/no word occurs/u);
  });
});
