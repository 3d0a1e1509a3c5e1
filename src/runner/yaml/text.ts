/** Reads a small text file, and says in one sentence why it can't. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { InputError } from '../../core/errors.ts';

/** More than this is a data file somebody took for a config. */
const LIMIT_BYTES = 1_000_000;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file; check the path',
  ENOTDIR: 'no such file; a part of the path is not a folder',
  EACCES: 'permission to read it is missing; check `ls -l`',
  EPERM: 'permission to read it is missing; check `ls -l`',
  ELOOP: 'its links go round in a circle; give the file itself',
  ENAMETOOLONG: 'the path is too long; check it',
};

function sentenceOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return REASONS[code] ?? `it cannot be read (${code || String(error)})`;
}

function bytesOf(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    if (fstatSync(file).isDirectory()) throw new InputError(`${path}: is a folder; give a YAML file inside it`);
    const bytes = Buffer.allocUnsafe(LIMIT_BYTES + 1);
    let size = 0;
    let read = 1;
    while (read > 0 && size < bytes.length) {
      read = readSync(file, bytes, size, bytes.length - size, null);
      size += read;
    }
    if (size > LIMIT_BYTES) throw new InputError(`${path}: is larger than 1 MB; a config is a short YAML file`);
    return bytes.subarray(0, size);
  } finally {
    closeSync(file);
  }
}

/** The UTF-8 text of a file of at most 1 MB. Throws InputError. */
export function readText(path: string): string {
  let bytes: Buffer;
  try {
    if (path.includes('\0')) throw new InputError('a path cannot contain a NUL character');
    bytes = bytesOf(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${path}: ${sentenceOf(error)}`, { cause: error });
  }
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (utf16) throw new InputError(`${path}: is UTF-16 text; save it as UTF-8`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Falls through: both are the same mistake.
  }
  throw new InputError(`${path}: is not a text file; give a YAML or JSON file in UTF-8`);
}
