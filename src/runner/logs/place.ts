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

/** How a file's records are told apart. */
export interface RecordForm {
  /** Line breaks and delimiters within quotes belong to their field. */
  quoted: boolean;
  delimiter: string;
  /** Records of another number of fields do not count; blank lines never do. */
  fields?: number;
}

/** Record `index` of a file, counted from 0, the header included; undefined behind the last. */
export async function findRecord(path: string, index: number, form: RecordForm): Promise<PlacedRecord | undefined> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const bytes: AsyncIterable<Buffer> = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  const comma = form.delimiter.charCodeAt(0);
  let [record, line, begins, fields, inQuotes, blank] = [0, 1, 1, 1, false, true];
  const kept: Buffer[] = [];
  const counts = (): boolean => !blank && (form.fields === undefined || fields === form.fields);
  for await (const chunk of bytes) {
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (byte === NEWLINE) line++;
      if (byte === QUOTE && form.quoted) inQuotes = !inQuotes;
      else if (byte === comma && !inQuotes) fields++;
      if (byte !== NEWLINE || inQuotes) {
        if (byte !== RETURN) blank = false;
        continue;
      }
      if (counts() && record++ === index) {
        kept.push(chunk.subarray(from, i));
        file.destroy();
        return { line: begins, text: textOf(kept) };
      }
      [begins, fields, blank] = [line, 1, true];
      from = i + 1;
      kept.length = 0;
    }
    if (record === index) kept.push(Buffer.from(chunk.subarray(from)));
  }
  return counts() && record === index ? { line: begins, text: textOf(kept) } : undefined;
}

/** The line on which a byte of a file stands, from 1. */
export async function lineOfByte(path: string, at: number): Promise<number> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const bytes: AsyncIterable<Buffer> = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  let [before, line] = [0, 1];
  for await (const chunk of bytes) {
    const end = Math.min(chunk.length, at - before);
    for (let i = 0; i < end; i++) if (chunk[i] === NEWLINE) line++;
    before += chunk.length;
    if (before >= at) break;
  }
  file.destroy();
  return line;
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

/** `file:line:column` of field `field` of a CSV's record. */
export async function fieldPlace(path: string, record: number, field: number, form: RecordForm): Promise<string> {
  const found = await findRecord(path, record, form);
  return found ? `${path}:${found.line}:${fieldColumn(found.text, field, form.delimiter)}` : `${path}, row ${record}`;
}
