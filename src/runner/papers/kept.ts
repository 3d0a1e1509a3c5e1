/** Finished parts of a long run in a folder, so that the same command goes on where a killed one stopped. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { writeWhole } from '../atomic.ts';

export interface KeptParts {
  recall(name: string): unknown;
  keep(name: string, value: unknown): void;
  /** Writes a JSON file (default `papers.json`) and removes the parts. */
  finish(results: unknown, name?: string): void;
}

export function keptParts(directory: string): KeptParts {
  const partial = join(directory, '.partial');
  mkdirSync(partial, { recursive: true });
  return {
    recall(name) {
      const path = join(partial, name);
      return existsSync(path) ? deserialize(readFileSync(path)) : undefined;
    },
    keep(name, value) {
      writeWhole(join(partial, name), serialize(value));
    },
    finish(results, name = 'papers.json') {
      writeWhole(join(directory, name), `${JSON.stringify(results, null, 1)}\n`);
      rmSync(partial, { recursive: true, force: true });
    },
  };
}
