/** `--encoder`: a pre-trained sentence encoder beside the words of a text, in training and ever after. A stand-in for the package. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { randomFrom } from '../../src/core/random.ts';
import { adsim } from './fake-terminal.ts';

/** Says how many vowels a text has, and how long it is. */
vi.mock('@huggingface/transformers', () => ({
  env: { localModelPath: '', allowRemoteModels: true },
  pipeline: () =>
    Promise.resolve((texts: readonly string[]) => {
      const data = texts.flatMap((text) => [text.replaceAll(/[^aeiou]/gu, '').length / 10, text.length / 30]);
      return Promise.resolve({ dims: [texts.length, 2], data: Float32Array.from(data) });
    }),
}));

const scratch = mkdtempSync(join(tmpdir(), 'adsim-encoder-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const at = (name: string): string => join(scratch, name);

/** Ads of words that no other has; those of many vowels are bought. A few have no title. */
function ads(seed: string, rows: number): string {
  const draw = randomFrom(seed).sequence();
  const lines = Array.from({ length: rows }, () => {
    const letters = Array.from({ length: 14 }, () => 'aeiobcdfghklmnp'[draw.integer(15)]).join('');
    const vowels = letters.replaceAll(/[^aeiou]/gu, '').length;
    const bought = draw.uniform() < 1 / (1 + Math.exp(6 - 1.6 * vowels)) ? 'yes' : 'no';
    return `${draw.uniform() < 0.05 ? '' : `new ${letters.slice(0, 7)} ${letters.slice(7)}`},${bought}`;
  });
  return `title,bought\n${lines.join('\n')}\n`;
}

const auc = (metrics: readonly { name: string; value: number }[]): number =>
  metrics.find(({ name }) => name === 'auc')?.value ?? Number.NaN;

beforeAll(() => {
  writeFileSync(at('train.csv'), ads('a', 600));
  writeFileSync(at('new.csv'), ads('b', 600));
  mkdirSync(join(at('tiny'), 'onnx'), { recursive: true });
  writeFileSync(join(at('tiny'), 'config.json'), '{}');
  // As Hugging Face's cache has it: a link to a blob.
  writeFileSync(at('blob'), 'weights');
  symlinkSync(at('blob'), join(at('tiny'), 'onnx', 'model.onnx'));
});

describe('adsim train --encoder', () => {
  it('tells what words cannot, in training, in evaluation and in an explanation, wherever the folder lies then', async () => {
    const train = ['train', at('train.csv'), '--label', 'bought', '--text', 'title', '--folds', '2', '--json'];
    const trained = async (...words: string[]) =>
      JSON.parse((await adsim(...train, ...words)).out) as {
        validation: { models: { metrics: { name: string; value: number }[] }[] };
        features: { summary: string }[];
      };
    const plain = await trained('--out', at('plain'));
    const told = await trained('--encoder', at('tiny'), '--out', at('model'));
    expect(auc(plain.validation.models[0].metrics)).toBeLessThan(0.6);
    expect(auc(told.validation.models[0].metrics)).toBeGreaterThan(0.85);
    expect(told.features).toHaveLength(1);
    expect(told.features[0].summary).toMatch(
      /^\d+ words, and 2 numbers of the encoder .*tiny \(sha256 [0-9a-f]{12}\)$/u,
    );
    expect(readFileSync(join(at('model'), 'card.md'), 'utf8')).toContain('and 2 numbers of the encoder');

    cpSync(at('tiny'), at('moved'), { recursive: true, dereference: true });
    rmSync(at('tiny'), { recursive: true });
    const lost = await adsim('evaluate', at('model'), at('new.csv'));
    expect([lost.code, lost.out]).toEqual([2, '']);
    expect(lost.err).toMatch(
      /tiny holds no model \(config\.json is missing\); give the folder of a feature-extraction/u,
    );
    const judged = await adsim('evaluate', at('model'), at('new.csv'), '--encoder', at('moved'), '--json');
    expect(auc((JSON.parse(judged.out) as { metrics: { name: string; value: number }[] }).metrics)).toBeGreaterThan(
      0.85,
    );
    const row = await adsim('explain', at('model'), '--row', '2', '--encoder', at('moved'), '--json');
    expect((JSON.parse(row.out) as { columns: { name: string }[] }).columns.map(({ name }) => name)).toEqual(['title']);

    writeFileSync(join(at('moved'), 'onnx', 'model.onnx'), 'other weights');
    const other = await adsim('evaluate', at('model'), at('new.csv'), '--encoder', at('moved'));
    expect([other.code, other.err]).toEqual([
      2,
      expect.stringContaining('is not the encoder that the model was trained with'),
    ]);
    const needless = await adsim('evaluate', at('plain'), at('new.csv'), '--encoder', at('moved'));
    expect([needless.code, needless.err]).toEqual([
      2,
      expect.stringContaining('--encoder: the model was trained without one'),
    ]);
  });
});
