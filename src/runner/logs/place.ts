/** Finds a record of a text file again, to say in an error on which line and in which column a cell stands. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

export interface PlacedRecord {
  /** Line on which it begins, from 1. */
  line: number;
  /** As it is written, without the end of its line. */
  text: string;
}

const QUOTE = 34;
const NEWLINE = 10;
const RETURN = 13;

/**
 * Record `index` of a file, counted from 0, the header included and blank lines not; undefined behind the last. Line
 * breaks within quotes belong to their record where `quoted` is true.
 */
export async function findRecord(path: string, index: number, quoted: boolean): Promise<PlacedRecord | undefined> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const bytes: AsyncIterable<Buffer> = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  let [record, line, inQuotes, blank] = [0, 1, false, true];
  let begins = 1;
  const kept: Buffer[] = [];
  for await (const chunk of bytes) {
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (byte === QUOTE && quoted) inQuotes = !inQuotes;
      if (byte !== NEWLINE) {
        if (byte !== RETURN) blank = false;
        continue;
      }
      line++;
      if (inQuotes) continue;
      if (!blank && record === index) {
        kept.push(chunk.subarray(from, i));
        file.destroy();
        return { line: begins, text: textOf(kept) };
      }
      if (!blank) record++;
      blank = true;
      begins = line;
      from = i + 1;
      kept.length = 0;
    }
    if (record === index) kept.push(Buffer.from(chunk.subarray(from)));
  }
  return blank || record !== index ? undefined : { line: begins, text: textOf(kept) };
}

function textOf(pieces: readonly Buffer[]): string {
  return Buffer.concat(pieces)
    .toString('utf8')
    .replace(/^\uFEFF/u, '')
    .replace(/\r$/u, '');
}

/** Column, from 1, at which field `index` of a record begins; the record's first where it has no such field. */
export function fieldColumn(text: string, index: number, delimiter: string): number {
  let field = 0;
  let inQuotes = false;
  for (let i = 0; i < text.length && field < index; i++) {
    if (text[i] === '"') inQuotes = !inQuotes;
    else if (text[i] === delimiter && !inQuotes && ++field === index) return i + 2;
  }
  return 1;
}

/** `file:line:column` of a field, and the whole record's text. */
export async function fieldPlace(
  path: string,
  { record, field, delimiter }: { record: number; field: number; delimiter: string },
): Promise<{ place: string; text: string }> {
  const found = await findRecord(path, record, true);
  if (!found) return { place: `${path}, record ${record}`, text: '' };
  const { line, text } = found;
  return { place: `${path}:${line}:${fieldColumn(text, field, delimiter)}`, text };
}
