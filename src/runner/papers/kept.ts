/** Finished parts of a long run in a folder, so that the same command goes on where a killed one stopped. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { writeWhole } from '../atomic.ts';
import type { JudgedPaper } from './papers.ts';

export interface KeptParts {
  recall(name: string): unknown;
  keep(name: string, value: unknown): void;
  /** Writes `papers.json` and removes the parts. */
  finish(judged: readonly JudgedPaper[]): void;
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
    finish(judged) {
      writeWhole(join(directory, 'papers.json'), `${JSON.stringify(judged, null, 1)}\n`);
      rmSync(partial, { recursive: true, force: true });
    },
  };
}
