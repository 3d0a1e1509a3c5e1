/** A copy model on disk: trained, stopped, gone on with, loaded, damaged. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCopyModel } from '../../../src/runner/copy/copy-model-file.ts';
import { trainCopyModel } from '../../../src/runner/copy/train-copy.ts';
import { meaningOf, smallExamples } from '../../models/copy/small-examples.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'adsim-copy-'));
const file = path.join(folder, 'texts.csv');
const at = (name: string): string => path.join(folder, name);
const OPTIONS = {
  backendOrder: ['wasm'],
  settings: { width: 8, layers: 1, heads: 2, epochs: 3, batchSize: 16, learningRate: 0.01 },
};

beforeAll(() => {
  const rows = smallExamples().flatMap(({ slots, references }) => references.map((text) => `"${meaningOf(slots)}","${text}"`)); // prettier-ignore
  writeFileSync(file, ['mr,ref', ...rows].join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a copy model', () => {
  it('is loaded as it was trained, with what it was trained on', async () => {
    const steps: number[] = [];
    const trained = await trainCopyModel(file, at('a'), { ...OPTIONS, onProgress: ({ done, total }) => steps.push(done / total) }); // prettier-ignore
    expect(loadCopyModel(at('a'))).toEqual(trained);
    expect(trained.source).toMatchObject({ file: 'texts.csv', seed: 'copy', backend: 'wasm' });
    expect([steps.at(-1), steps.toSorted((a, b) => a - b)]).toEqual([1, steps]);
    expect(readdirSync(at('a')).sort()).toEqual(['copy-model.f32', 'copy-model.json']);
  });

  it('goes on where its training was stopped, to the same end', async () => {
    let steps = 0;
    const stop = (): void => {
      if (++steps === 7) throw new Error('stopped');
    };
    await expect(trainCopyModel(file, at('b'), { ...OPTIONS, onProgress: stop })).rejects.toThrow('stopped');
    const left: number[] = [];
    await trainCopyModel(file, at('b'), { ...OPTIONS, onProgress: ({ done }) => left.push(done) });
    expect(left[0]).toBe(5); // the first step of the second epoch
    for (const name of ['copy-model.f32', 'copy-model.json']) {
      expect(readFileSync(path.join(at('b'), name))).toEqual(readFileSync(path.join(at('a'), name)));
    }
  });

  it('starts again for another seed', async () => {
    const other = await trainCopyModel(file, at('c'), { ...OPTIONS, seed: 'other' });
    expect(other.weights[0]).not.toEqual(loadCopyModel(at('a')).weights[0]);
  });

  it('that is damaged, of another version or not there is refused in one sentence', () => {
    for (const name of ['copy-model.f32', 'copy-model.json']) {
      const intact = readFileSync(path.join(at('c'), name));
      const bytes = Buffer.from(intact);
      bytes[bytes.length >> 1] ^= 1;
      writeFileSync(path.join(at('c'), name), bytes);
      expect(() => loadCopyModel(at('c'))).toThrow('the copy model is damaged, its checksum differs');
      writeFileSync(path.join(at('c'), name), intact.subarray(0, 100));
      expect(() => loadCopyModel(at('c'))).toThrow('is damaged');
      writeFileSync(path.join(at('c'), name), intact);
    }
    expect(loadCopyModel(at('c')).epoch).toBeGreaterThan(0);
    expect(() => loadCopyModel(at('nowhere'))).toThrow('copy-model.json: no such file; `adsim generate copy --train');
  });
});
