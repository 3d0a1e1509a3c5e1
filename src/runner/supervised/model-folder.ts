/**
 * A trained model on disk: `model.json` (what it is, how rows are prepared for it, what it learned from; written last: its
 * presence says that the folder is whole) and `weights.bin` (its arrays, one after the other, little-endian). Beside them lie
 * what was measured (`metrics.json`), its card (`card.md`) and the report; nothing of those is needed to use the model.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { halfBits, halfValue } from '../../models/compression/half.ts';
import type { Classifier, SavedModel } from '../../models/supervised/classifier.ts';
import type { Preparation } from '../../models/supervised/preparation/preparation.ts';
import { restoreClassifier } from '../../models/supervised/registry.ts';
import { sweep, writeWhole } from '../atomic.ts';
import { digestOf, sha256 } from '../digest.ts';
import type { DataFacts } from './open-rows.ts';

/** Raise it when older folders can no longer be read. */
export const FORMAT = 2;

const WEIGHTS = 'weights.bin';

type NamedArray = Float64Array | Float32Array | Int32Array;

/** What an array of each type in the file is in memory. */
const KINDS = { float64: Float64Array, float32: Float32Array, float16: Float32Array, int32: Int32Array } as const;
const BYTES = { float64: 8, float32: 4, float16: 2, int32: 4 } as const;

/** An array in `weights.bin`. */
interface ArrayPlace {
  name: string;
  type: keyof typeof KINDS;
  length: number;
  /** [bytes] from the start of the file; a multiple of 8. */
  offset: number;
}

/** What `model.json` holds. */
export interface ModelFile {
  format: number;
  /** Version of adsim that wrote it. */
  adsim: string;
  /** What reports call it. */
  name: string;
  kind: string;
  settings: Readonly<Record<string, unknown>>;
  preparation: Preparation;
  data: DataFacts;
  seed: string;
  weights: { file: string; bytes: number; sha256: string; arrays: readonly ArrayPlace[] };
  /** SHA-256 of all of the above. */
  digest: string;
}

/** A model that was read: ready to predict on rows that `prepare(preparation, …)` made. */
export interface TrainedModel {
  model: Classifier;
  preparation: Preparation;
  file: ModelFile;
}

/** A model ready to be written. */
export interface SealedModel {
  file: ModelFile;
  weights: Uint8Array;
}

/** What will be written of a model; nothing is yet. `halves`: numbers of single precision as float16, rounded to the nearest. */
export function sealModel(
  given: Omit<ModelFile, 'format' | 'weights' | 'digest' | 'kind' | 'settings'> & { saved: SavedModel },
  { halves = false }: { halves?: boolean } = {},
): SealedModel {
  const { saved, ...about } = given;
  const { bytes, arrays } = packed(saved.arrays, halves);
  const weights = { file: WEIGHTS, bytes: bytes.length, sha256: sha256(bytes), arrays };
  const content = { format: FORMAT, ...about, kind: saved.kind, settings: saved.settings, weights };
  return { file: { ...content, digest: digestOf(content) }, weights: bytes };
}

/**
 * Writes the folder: an older model there is taken away first and `model.json` comes last, so whoever is killed half-way leaves
 * no folder that looks whole. `beside`: further files by name.
 */
export function writeModel(
  folder: string,
  { file, weights }: SealedModel,
  beside: Readonly<Record<string, string>> = {},
): void {
  rmSync(join(folder, 'model.json'), { force: true });
  if (existsSync(folder)) sweep(folder);
  writeWhole(join(folder, WEIGHTS), weights);
  for (const [name, content] of Object.entries(beside)) writeWhole(join(folder, name), content);
  writeWhole(join(folder, 'model.json'), `${JSON.stringify(file, null, 1)}\n`);
}

/** The model of a folder. Throws `InputError`, one sentence, where there is none, or its files are damaged or short. */
export function readModel(folder: string): TrainedModel {
  const file = readModelFile(folder);
  const path = join(folder, file.weights.file);
  if (!existsSync(path)) throw new InputError(`${path} is missing, and the model's weights with it; train it again`);
  const bytes = readFileSync(path);
  const { bytes: size, sha256: expected } = file.weights;
  if (bytes.length !== size) {
    throw new InputError(`${path} has ${bytes.length} bytes, and ${size} were written; copy it again, or train again`);
  }
  if (sha256(bytes) !== expected) {
    throw new InputError(`${path} is damaged: its SHA-256 is not the one in model.json; copy it again, or train again`);
  }
  return { model: sealedClassifier({ file, weights: bytes }), preparation: file.preparation, file };
}

/** The model as whoever reads it will have it. */
export function sealedClassifier({
  file: {
    kind,
    settings,
    weights: { arrays },
  },
  weights,
}: SealedModel): Classifier {
  return restoreClassifier({ kind, settings, arrays: unpacked(weights, arrays) });
}

function readModelFile(folder: string): ModelFile {
  const path = join(folder, 'model.json');
  if (!existsSync(path)) {
    throw new InputError(`${folder} holds no trained model (model.json is missing); make one with: adsim train DATA`);
  }
  let file: ModelFile;
  try {
    file = JSON.parse(readFileSync(path, 'utf8')) as ModelFile;
  } catch (error) {
    throw new InputError(`${path} is not valid JSON (${(error as Error).message}); train the model again`);
  }
  const { format, digest, ...content } = Object(file) as ModelFile;
  if (format !== FORMAT) {
    throw new InputError(`${path}: its format is ${String(format)}, and this adsim reads ${FORMAT}; train it again`);
  }
  if (digest !== digestOf({ format, ...content })) {
    throw new InputError(`${path} was changed since it was written (its digest differs); train the model again`);
  }
  return file;
}

/** The arrays as bytes, each beginning at a multiple of 8. */
function packed(
  named: Readonly<Record<string, NamedArray>>,
  halves: boolean,
): { bytes: Uint8Array; arrays: ArrayPlace[] } {
  let offset = 0;
  const arrays = Object.entries(named).map(([name, array]): ArrayPlace => {
    const type = typeOf(array);
    const place = {
      name,
      type: halves && type === 'float32' ? 'float16' : type,
      length: array.length,
      offset,
    } as const;
    offset += 8 * Math.ceil((BYTES[place.type] * array.length) / 8);
    return place;
  });
  const bytes = new Uint8Array(offset);
  const view = new DataView(bytes.buffer);
  arrays.forEach((place) => {
    const array = named[place.name];
    for (let i = 0; i < place.length; i++) write(view, place, i, array[i]);
  });
  return { bytes, arrays };
}

function unpacked(bytes: Uint8Array, arrays: readonly ArrayPlace[]): Record<string, NamedArray> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Object.fromEntries(
    arrays.map((place) => {
      const array = new KINDS[place.type](place.length);
      for (let i = 0; i < place.length; i++) array[i] = read(view, place, i);
      return [place.name, array];
    }),
  );
}

function typeOf(array: NamedArray): 'float64' | 'float32' | 'int32' {
  return array instanceof Float64Array ? 'float64' : array instanceof Float32Array ? 'float32' : 'int32';
}

function write(view: DataView, { type, offset }: ArrayPlace, i: number, value: number): void {
  if (type === 'float64') view.setFloat64(offset + 8 * i, value, true);
  else if (type === 'float32') view.setFloat32(offset + 4 * i, value, true);
  else if (type === 'float16') view.setUint16(offset + 2 * i, halfBits(value), true);
  else view.setInt32(offset + 4 * i, value, true);
}

function read(view: DataView, { type, offset }: ArrayPlace, i: number): number {
  if (type === 'float64') return view.getFloat64(offset + 8 * i, true);
  if (type === 'float16') return halfValue(view.getUint16(offset + 2 * i, true));
  return type === 'float32' ? view.getFloat32(offset + 4 * i, true) : view.getInt32(offset + 4 * i, true);
}
