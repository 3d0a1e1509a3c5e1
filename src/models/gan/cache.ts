/**
 * Trained weights on disk, so that the same creatives are trained once: `KEY.f32` (Float32 little-endian, one array
 * after the other) and `KEY.json` (lengths, results, checksum). Written to a temporary name and renamed; what doesn't
 * match its checksum is not used.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface Cached<T> {
  /** One list of arrays per network. */
  weights: Float32Array[][];
  /** JSON. */
  results: T;
}

interface Header {
  sha256: string;
  content: string;
}

interface Content<T> {
  lengths: number[][];
  results: T;
}

/** SHA-256 of a JSON value, hexadecimal. Keys count in the order given. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

function littleEndian(weights: readonly (readonly Float32Array[])[]): Uint8Array {
  const arrays = weights.flat();
  const bytes = new Uint8Array(4 * arrays.reduce((sum, array) => sum + array.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const array of arrays) {
    for (let i = 0; i < array.length; i++, at += 4) view.setFloat32(at, array[i], true);
  }
  return bytes;
}

function checksum(bytes: Uint8Array, content: string): string {
  return createHash('sha256').update(bytes).update(content).digest('hex');
}

function write(folder: string, name: string, data: Uint8Array | string): void {
  const temporary = path.join(folder, `.${name}.${process.pid}`);
  writeFileSync(temporary, data);
  renameSync(temporary, path.join(folder, name));
}

/** Writes an entry. Throws what the file system throws. */
export function writeCache<T>(folder: string, key: string, { weights, results }: Cached<T>): void {
  const bytes = littleEndian(weights);
  const content = JSON.stringify({ lengths: weights.map((list) => list.map((array) => array.length)), results });
  const header: Header = { sha256: checksum(bytes, content), content };
  mkdirSync(folder, { recursive: true });
  write(folder, `${key}.f32`, bytes);
  write(folder, `${key}.json`, `${JSON.stringify(header)}\n`);
}

/** Reads an entry: undefined where there is none, 'damaged' where it fails its checksum or can't be read. */
export function readCache<T>(folder: string, key: string): Cached<T> | 'damaged' | undefined {
  try {
    const header = JSON.parse(readFileSync(path.join(folder, `${key}.json`), 'utf8')) as Header;
    const bytes = readFileSync(path.join(folder, `${key}.f32`));
    if (checksum(bytes, header.content) !== header.sha256) return 'damaged';
    const { lengths, results } = JSON.parse(header.content) as Content<T>;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    const next = (): number => view.getFloat32(4 * at++, true);
    return { weights: lengths.map((list) => list.map((length) => Float32Array.from({ length }, next))), results };
  } catch (error) {
    return (error as { code?: string }).code === 'ENOENT' ? undefined : 'damaged';
  }
}
