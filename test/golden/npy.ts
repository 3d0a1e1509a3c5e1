/** Reads numpy's .npy files: little-endian float64, int32 and uint8, C order (NEP 1). */
import { readFileSync } from 'node:fs';

export interface NumpyArray {
  shape: number[];
  data: Float64Array;
}

const READERS: Record<string, { width: number; read: (bytes: DataView, at: number) => number }> = {
  '<f8': { width: 8, read: (bytes, at) => bytes.getFloat64(at, true) },
  '<i4': { width: 4, read: (bytes, at) => bytes.getInt32(at, true) },
  '|u1': { width: 1, read: (bytes, at) => bytes.getUint8(at) },
};

/** The array in the file, as doubles. Throws Error on anything else than the above. */
export function readNpy(path: string): NumpyArray {
  const file = readFileSync(path);
  if (file.toString('latin1', 0, 6) !== '\u0093NUMPY') throw new Error(`${path} is no .npy file`);
  const wide = file[6] >= 2;
  const start = wide ? 12 : 10;
  const end = start + (wide ? file.readUInt32LE(8) : file.readUInt16LE(8));
  const header = file.toString('latin1', start, end);
  const type = /'descr': '([^']+)'/.exec(header)?.[1] ?? '';
  const reader = READERS[type];
  if (!reader || !header.includes("'fortran_order': False")) throw new Error(`${path}: cannot read ${header}`);
  const shape = [...(/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '').matchAll(/\d+/g)].map(Number);
  const size = shape.reduce((product, n) => product * n, 1);
  const bytes = new DataView(file.buffer, file.byteOffset + end);
  return { shape, data: Float64Array.from({ length: size }, (_, i) => reader.read(bytes, i * reader.width)) };
}
