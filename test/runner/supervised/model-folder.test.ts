/** A model comes back from its folder to the last digit, or one sentence says why not. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import type { SavedModel } from '../../../src/models/supervised/classifier.ts';
import { createClassifier } from '../../../src/models/supervised/registry.ts';
import { readModel, sealModel, writeModel } from '../../../src/runner/supervised/model-folder.ts';
import type { ModelFile } from '../../../src/runner/supervised/model-folder.ts';
import { madeUp } from '../../models/supervised/made-up.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'adsim-model-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const rows = madeUp(200, 2, 'rows');

const about = {
  adsim: '0.0.0',
  name: 'plain',
  preparation: {
    rows: 200,
    label: { name: 'y', classes: ['0', '1'], oneAgainstRest: false },
    numbers: [],
    fields: [],
    texts: [],
  },
  data: {
    path: 'rows.csv',
    sha256: 'ab',
    read: 200,
    sampled: null,
    torn: 0,
    notShown: 0,
    duplicates: 0,
    deduplicated: false,
    rows: 200,
  },
  seed: '1',
};

async function written(): Promise<ModelFile> {
  const model = createClassifier({ kind: 'logistic' });
  await model.fit(rows, randomFrom('1'));
  const sealed = sealModel({ ...about, saved: model.save() });
  writeModel(folder, sealed);
  return sealed.file;
}

function predictions(): Float64Array {
  const out = matrix(rows.size, 1);
  readModel(folder).model.predict(rows, out);
  return out.data;
}

describe('a model folder', () => {
  it('gives back the model, and the same model the same bytes', async () => {
    const model = createClassifier({ kind: 'logistic' });
    await model.fit(rows, randomFrom('1'));
    const expected = matrix(rows.size, 1);
    model.predict(rows, expected);
    const file = await written();
    expect(predictions()).toEqual(expected.data);
    expect(readModel(folder).file).toEqual(JSON.parse(JSON.stringify(file)));
    expect((await written()).digest).toBe(file.digest);
  });

  it('keeps every kind of array, of any length', () => {
    const arrays: SavedModel['arrays'] = {
      a: Float32Array.of(1.5, -2, 0.1),
      b: Int32Array.of(-7),
      c: Float64Array.of(Math.PI, Number.NaN, -0, Infinity),
      d: new Int32Array(0),
    };
    const sealed = sealModel({ ...about, saved: { kind: 'logistic', settings: { kind: 'logistic', l2: 1 }, arrays } });
    writeModel(folder, sealed);
    const { weights } = sealed.file;
    expect(weights.arrays.map(({ name, type, length, offset }) => [name, type, length, offset])).toEqual([
      ['a', 'float32', 3, 0],
      ['b', 'int32', 1, 16],
      ['c', 'float64', 4, 24],
      ['d', 'int32', 0, 56],
    ]);
    const bytes = readFileSync(join(folder, 'weights.bin'));
    expect([bytes.readFloatLE(0), bytes.readInt32LE(16), bytes.readDoubleLE(24)]).toEqual([1.5, -7, Math.PI]);
    expect(Object.is(bytes.readDoubleLE(40), -0)).toBe(true);
  });

  it.each<[string, (folder: string) => void, string]>([
    [
      'no model',
      (at) => rmSync(join(at, 'model.json')),
      'holds no trained model (model.json is missing); make one with: adsim train DATA',
    ],
    [
      'no weights',
      (at) => rmSync(join(at, 'weights.bin')),
      "is missing, and the model's weights with it; train it again",
    ],
    [
      'short weights',
      (at) => writeFileSync(join(at, 'weights.bin'), readFileSync(join(at, 'weights.bin')).subarray(0, 8)),
      'has 8 bytes, and ',
    ],
    [
      'a flipped bit',
      (at) => {
        const bytes = readFileSync(join(at, 'weights.bin'));
        bytes[3] ^= 1;
        writeFileSync(join(at, 'weights.bin'), bytes);
      },
      'is damaged: its SHA-256 is not the one in model.json; copy it again, or train again',
    ],
    ['no JSON', (at) => writeFileSync(join(at, 'model.json'), '{'), 'is not valid JSON'],
    [
      'another JSON',
      (at) => writeFileSync(join(at, 'model.json'), '{"a": 1}'),
      'its format is undefined, and this adsim reads 2; train it again',
    ],
    [
      'a changed setting',
      (at) => {
        const path = join(at, 'model.json');
        writeFileSync(path, readFileSync(path, 'utf8').replace('"seed": "1"', '"seed": "2"'));
      },
      'was changed since it was written (its digest differs); train the model again',
    ],
  ])('with %s is refused in one sentence', async (_, spoil, sentence) => {
    await written();
    spoil(folder);
    expect(() => readModel(folder)).toThrow(sentence);
  });
});
