/**
 * A results folder: `manifest.json` (written last: its presence says that the run is whole), `results.json`, `tables/`,
 * `log/`, `report.html`. While a run is under way its finished parts lie in `.partial/`, so that the same command goes
 * on where a killed one stopped; `.partial/lock` names the process at work.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { InputError } from '../core/errors.ts';
import { writeWhole } from './atomic.ts';
import { sha256 } from './digest.ts';
import type { Manifest } from './manifest.ts';
import { RESULTS_SCHEMA_VERSION } from './results.ts';
import type { Results } from './results.ts';

/** Reads a finished run. Throws `InputError` where the folder does not hold one. */
export function readRun(directory: string): { results: Results; manifest: Manifest } {
  const manifest = readJson(directory, 'manifest.json') as Manifest;
  const results = readJson(directory, 'results.json') as Results;
  if (results.schemaVersion !== RESULTS_SCHEMA_VERSION) {
    const said = `schema version ${String(results.schemaVersion)}`;
    throw new InputError(`${directory}/results.json: ${said} is not ${String(RESULTS_SCHEMA_VERSION)}; run it again`);
  }
  return { results, manifest };
}

function readJson(directory: string, name: string): unknown {
  const path = join(directory, name);
  if (!existsSync(path)) {
    throw new InputError(`${directory}: holds no finished run (${name} is missing); make one with: adsim run CONFIG`);
  }
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new InputError(`${path}: is not valid JSON (${(error as Error).message}); run the experiment again`);
  }
}

export interface ResultsFolder {
  directory: string;
  /** Path of a file in `.partial/`. */
  partial(name: string): string;
  /** A finished part from an earlier, interrupted run of the same experiment; undefined where there is none. */
  recall(name: string): unknown;
  /** Keeps a finished part: anything that can be structured-cloned, typed arrays and NaN included. */
  keep(name: string, value: unknown): void;
  /** Writes a file of the results. */
  write(path: string, content: string | Uint8Array): void;
  /** Moves a file out of `.partial/` into the results; returns its SHA-256. */
  publish(partialName: string, path: string): string;
  /** Writes the manifest, last, and clears `.partial/`. */
  finish(manifest: Manifest): void;
  /** Lets go of the folder; an unfinished run stays resumable, an untouched folder is removed. */
  release(): void;
}

/**
 * Takes a folder for a run of the experiment that `identity` (a digest) stands for. Without `directory` it takes the
 * first of results/NAME, results/NAME-2, … that is unused or holds an interrupted run of the same experiment. Throws
 * `InputError` where the folder holds other things, a finished run, or a run under way, or cannot be written.
 */
export function openResultsFolder(directory: string | undefined, name: string, identity: string): ResultsFolder {
  if (directory !== undefined) {
    const state = stateOf(directory, identity);
    if (state !== 'free' && state !== 'resumable') throw new InputError(`${directory}: ${REFUSALS[state]}`);
    return take(directory, identity);
  }
  for (let n = 1; ; n++) {
    const candidate = join('results', n === 1 ? name : `${name}-${n}`);
    const state = stateOf(candidate, identity);
    if (state === 'running') throw new InputError(`${candidate}: ${REFUSALS.running}`);
    if (state === 'free' || state === 'resumable') return take(candidate, identity);
  }
}

type State = 'free' | 'resumable' | keyof typeof REFUSALS;

const REFUSALS = {
  running:
    'another adsim is running this experiment into this folder; wait for it, or choose another folder with --out',
  finished: 'already holds a finished run; choose another folder with --out, or check this one with: adsim verify DIR',
  other: 'holds an unfinished run of another experiment; choose another folder with --out, or delete this one',
  foreign: 'is not empty and holds no adsim run; choose another folder with --out',
  file: 'is a file, not a folder; choose another folder with --out',
} as const;

function stateOf(directory: string, identity: string): State {
  if (!existsSync(directory)) return 'free';
  if (!statSync(directory).isDirectory()) return 'file';
  if (existsSync(join(directory, 'manifest.json'))) return 'finished';
  const names = readdirSync(directory);
  if (names.length === 0) return 'free';
  const kept = join(directory, '.partial', 'identity');
  if (!existsSync(kept)) return names.every((name) => name === '.partial') ? 'free' : 'foreign';
  if (isRunning(join(directory, '.partial', 'lock'))) return 'running';
  return readFileSync(kept, 'utf8') === identity ? 'resumable' : 'other';
}

/** True where the lock names a process that is alive and is not this one. */
function isRunning(lock: string): boolean {
  if (!existsSync(lock)) return false;
  const pid = Number(readFileSync(lock, 'utf8'));
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function take(directory: string, identity: string): ResultsFolder {
  const partial = (name: string): string => join(directory, '.partial', name);
  const existed = existsSync(directory);
  try {
    mkdirSync(partial(''), { recursive: true });
    writeFileSync(partial('lock'), String(process.pid));
    writeWhole(partial('identity'), identity);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EACCES' || code === 'EROFS' || code === 'EPERM' ? 'the folder cannot be written' : message;
    throw new InputError(`${directory}: ${why}; choose another folder with --out`);
  }
  let parts = readdirSync(partial('')).length > 2;
  return {
    directory,
    partial,
    recall(name) {
      const path = partial(name);
      return existsSync(path) ? deserialize(readFileSync(path)) : undefined;
    },
    keep(name, value) {
      parts = true;
      writeWhole(partial(name), serialize(value));
    },
    write(path, content) {
      writeWhole(join(directory, path), content);
    },
    publish(partialName, path) {
      const from = partial(partialName);
      const to = join(directory, path);
      mkdirSync(dirname(to), { recursive: true });
      // A run killed between two of these moves finds its first files already in place.
      if (existsSync(from)) renameSync(from, to);
      return sha256(readFileSync(to));
    },
    finish(manifest) {
      writeWhole(join(directory, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
      rmSync(partial(''), { recursive: true, force: true });
    },
    release() {
      if (existsSync(join(directory, 'manifest.json'))) return;
      if (parts) rmSync(partial('lock'), { force: true });
      else rmSync(existed ? partial('') : directory, { recursive: true, force: true });
    },
  };
}
