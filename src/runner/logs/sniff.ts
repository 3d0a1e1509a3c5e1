/** Recognises how a file lays a log out, by its first bytes: names of files are promises, bytes are facts. */
import { closeSync, openSync, readSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { InputError } from '../../core/errors.ts';

export type FileForm = 'parquet' | 'arrow' | 'csv' | 'json-lines' | 'arff' | 'dsjson' | 'vw';

export interface Sniffed {
  form: FileForm;
  gzip: boolean;
  /** Of a CSV. */
  delimiter: string;
}

const HEAD = 1 << 16;

/** Throws `InputError` for a file that is missing, empty or of no known form. */
export async function sniff(path: string): Promise<Sniffed> {
  const raw = headOf(path);
  if (raw.length === 0) throw new InputError(`${path} is empty; give a log with rows`);
  const gzip = raw[0] === 0x1f && raw[1] === 0x8b;
  const head = gzip ? await unzippedHead(path, raw) : raw;
  const magic = head.toString('latin1', 0, 6);
  if (magic.startsWith('PAR1')) return { form: 'parquet', gzip, delimiter: '' };
  if (magic.startsWith('ARROW1') || (head.length >= 4 && head.readInt32LE(0) === -1))
    return { form: 'arrow', gzip, delimiter: '' };
  if (head.includes(0)) {
    throw new InputError(`${path} is neither text nor Parquet nor Arrow; give a CSV, JSONL, Parquet, Arrow or VW file`);
  }
  const text = head.toString('utf8').replace(/^\uFEFF/u, '');
  const lines = text.split(/\r?\n/u).filter((line) => line.trim() !== '');
  if (lines.length === 0) throw new InputError(`${path} is empty; give a log with rows`);
  const first = lines[0].trimStart();
  if (first.startsWith('{')) return { form: isDsjson(text) ? 'dsjson' : 'json-lines', gzip, delimiter: '' };
  if (first === '[' || /^\[\s*[[{]/u.test(first)) {
    throw new InputError(
      `${path} is one JSON array; give one object a line (JSONL), for instance by jq -c '.[]' ${path} > log.jsonl`,
    );
  }
  if (lines[0].startsWith('%') || /^@relation\b/iu.test(first)) {
    if (/^\s*@relation\b/imu.test(text)) return { form: 'arff', gzip, delimiter: '' };
  }
  if (isVw(lines[0])) return { form: 'vw', gzip, delimiter: '' };
  const delimiter = delimiterOf(lines[0]);
  if (!lines[0].includes(delimiter) && areSpaced(lines)) {
    const sed = "sed -E 's/^[ \\t]+|[ \\t]+$//g; s/[ \\t]+/,/g'";
    throw new InputError(
      `${path} separates its columns by spaces; write it as CSV, for instance by: ${sed} ${path} > table.csv`,
    );
  }
  return { form: 'csv', gzip, delimiter };
}

/** The first bytes of a file. Throws `InputError` where it cannot be read. */
function headOf(path: string): Buffer {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(HEAD);
      return bytes.subarray(0, readSync(file, bytes, 0, HEAD, 0));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new InputError(`${path} does not exist; give the path of a log`);
    throw new InputError(`${path} cannot be read (${message}); check the file`);
  }
}

/** What a gzipped head unpacks to, though its end is cut. */
async function unzippedHead(path: string, raw: Buffer): Promise<Buffer> {
  const gunzip = createGunzip();
  const pieces: Buffer[] = [];
  let size = 0;
  gunzip.end(raw);
  try {
    for await (const piece of gunzip as AsyncIterable<Buffer>) {
      pieces.push(piece);
      size += piece.length;
      if (size >= HEAD) break;
    }
  } catch (error) {
    if (size === 0) throw new InputError(`${path} cannot be unpacked (${(error as Error).message}); check the file`);
  }
  return Buffer.concat(pieces);
}

const isDsjson = (text: string): boolean =>
  /"_(?:label_(?:cost|Cost|probability|Action|ca)|labelIndex|outcomes|multi)"\s*:/u.test(text);

/** A label of Vowpal Wabbit's and a bar, or a bar alone; commas before the bar are a CSV's. */
const isVw = (line: string): boolean =>
  /^(?:(?:shared|ccb|slates|ca)\s|[^|,\t"]*[\d\s]\|[^|]|\||\d+(?::[-+.\deE]+){0,2}\s+\|)/u.test(line);

/** Whether lines without any other delimiter have the same number of words, three or more. */
function areSpaced(lines: readonly string[]): boolean {
  const words = lines.slice(0, 5).map((line) => line.trim().split(/\s+/u).length);
  return words.length > 1 && words[0] > 2 && words.every((count) => count === words[0]);
}

function delimiterOf(header: string): string {
  const counts = [',', '\t', ';'].map((delimiter) => [delimiter, header.split(delimiter).length] as const);
  return counts.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}
