/** The lines of a text file of any size, packed or not. */
import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { InputError } from '../../core/errors.ts';

/** Lines with their numbers from 1, without their ends; the last one also where nothing ends it. Throws `InputError`. */
export async function* textLines(path: string): AsyncGenerator<{ line: number; text: string }> {
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const bytes: AsyncIterable<Buffer> = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  const decoder = new StringDecoder('utf8');
  let [line, rest] = [1, ''];
  try {
    for await (const chunk of bytes) {
      const pieces = (rest + decoder.write(chunk)).split('\n');
      rest = pieces.pop() as string;
      for (const piece of pieces) yield { line: line++, text: cleaned(piece, line === 2) };
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${path} cannot be read (${(error as Error).message}); check the file`);
  } finally {
    file.destroy();
  }
  rest += decoder.end();
  if (rest !== '') yield { line, text: cleaned(rest, line === 1) };
}

function cleaned(text: string, isFirst: boolean): string {
  const open = isFirst && text.startsWith('\uFEFF') ? text.slice(1) : text;
  return open.endsWith('\r') ? open.slice(0, -1) : open;
}
