/** Writes a file of any size from pieces of text: it appears whole or not at all. */
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes beside the target, then renames. What the pieces throw leaves nothing behind. */
export async function writePieces(path: string, pieces: AsyncIterable<string>): Promise<void> {
  const beside = `${path}.tmp${process.pid}`;
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(beside, 'w');
  try {
    for await (const piece of pieces) {
      const bytes = Buffer.from(piece);
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    }
  } catch (error) {
    closeSync(file);
    rmSync(beside, { force: true });
    throw error;
  }
  closeSync(file);
  renameSync(beside, path);
}
