/** Files appear whole or not at all. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes beside the target, then renames: a reader, or a run killed half-way, never sees half a file. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.tmp${process.pid}`;
  writeFileSync(beside, content);
  renameSync(beside, path);
}
