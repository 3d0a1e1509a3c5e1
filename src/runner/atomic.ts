/** Files appear whole or not at all. */
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const BESIDE = /\.tmp\d+$/u;

/**
 * Writes beside the target, then renames: a reader, or a run killed half-way, never sees half a file. An error of the
 * file system names the target (a full disk's own names no path at all), and leaves nothing beside it.
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const beside = `${path}.tmp${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(beside, content);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw Object.assign(error as NodeJS.ErrnoException, { path });
  }
}

/** Removes what a killed process left beside its targets, in a folder and those below. */
export function sweep(directory: string): void {
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    if (BESIDE.test(name)) rmSync(join(directory, name), { force: true });
  }
}
