/** Logs written to a folder of their own, for tests that open them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { InputError } from '../../../src/core/errors.ts';
import { openLog, wholeLog } from '../../../src/runner/logs/open-log.ts';
import type { OpenOptions } from '../../../src/runner/logs/open-log.ts';
import type { LogBlock, LogSource } from '../../../src/runner/logs/source.ts';

/** A writer into a folder that goes when the tests are done. */
export function logFolder(): { folder: string; write: (name: string, content: string | Uint8Array) => string } {
  const folder = mkdtempSync(join(tmpdir(), 'adsim-logs-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    write(name, content) {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
  };
}

/** A log and all its rows. */
export async function read(path: string, options: OpenOptions = {}): Promise<{ source: LogSource; block: LogBlock }> {
  const source = await openLog(path, options);
  return { source, block: await wholeLog(source) };
}

/** The one sentence with which a log is refused; anything but an InputError fails. */
export async function refusal(path: string, options: OpenOptions = {}): Promise<string> {
  try {
    await read(path, options);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error(`${path} was read, and should have been refused`);
}
