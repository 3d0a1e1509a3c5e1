/**
 * A results folder: `manifest.json` (written last: its presence says that the run is whole), `results.json`, `tables/`,
 * `log/`, `report.html`. While a run is under way its finished parts lie in `.partial/`, so that the same command goes
 * on where a killed one stopped; `.partial/lock` names the process at work.
 */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { InputError } from '../core/errors.ts';
import { sweep, writeWhole } from './atomic.ts';
import { sha256 } from './digest.ts';
import { holderOf, releaseLock, takeLock } from './lock.ts';
import type { Manifest } from './manifest.ts';
import { refusalOf } from './refusals.ts';
import { RESULTS_SCHEMA_VERSION } from './results.ts';
import type { Results } from './results.ts';

/** Reads a finished run. Throws `InputError` where the folder does not hold one. */
export function readRun(directory: string): { results: Results; manifest: Manifest } {
  const manifest = readJson(directory, 'manifest.json', MANIFEST_KEYS) as Manifest;
  const results = readJson(directory, 'results.json', ['schemaVersion']) as Results;
  if (results.schemaVersion !== RESULTS_SCHEMA_VERSION) {
    const said = `schema version ${String(results.schemaVersion)}`;
    throw new InputError(`${directory}/results.json: ${said} is not ${String(RESULTS_SCHEMA_VERSION)}; run it again`);
  }
  refuseWithout(join(directory, 'results.json'), results, RESULTS_KEYS);
  return { results, manifest };
}

const MANIFEST_KEYS = ['config', 'versions', 'backend', 'digest', 'files', 'wall'];
const RESULTS_KEYS = ['world', 'agents', 'models', 'offPolicy', 'warnings'];

function readJson(directory: string, name: string, keys: readonly string[]): unknown {
  const path = join(directory, name);
  if (!existsSync(path)) {
    throw new InputError(`${directory}: holds no finished run (${name} is missing); make one with: adsim run CONFIG`);
  }
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new InputError(`${path}: is not valid JSON (${(error as Error).message}); run the experiment again`);
  }
  refuseWithout(path, value, keys);
  return value;
}

/** Valid JSON may still be something else. */
function refuseWithout(path: string, value: unknown, keys: readonly string[]): void {
  const missing = keys.find((key) => Object(value)[key] === undefined);
  if (missing !== undefined) {
    throw new InputError(`${path}: was not written by adsim (${missing} is missing); run the experiment again`);
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
  for (let n = 1; ; n++) {
    const candidate = directory ?? join('results', n === 1 ? name : `${name}-${n}`);
    const state = stateOf(candidate, identity);
    if (state === 'free' || state === 'resumable') return take(candidate, identity);
    if (directory !== undefined || state === 'running')
      throw new InputError(`${candidate}: ${REFUSALS[state](candidate)}`);
  }
}

type State = 'free' | 'resumable' | keyof typeof REFUSALS;

const REFUSALS = {
  running: (directory: string) =>
    `another adsim (process ${holderOf(lockOf(directory))}) is running this experiment into this folder; ` +
    'wait for it, or choose another folder with --out',
  busy: () => 'another adsim is running another experiment into this folder; choose another folder with --out',
  finished: (directory: string) =>
    'already holds a finished run; ' +
    `choose another folder with --out, or check this one with: adsim verify ${directory}`,
  other: () => 'holds an unfinished run of another experiment; choose another folder with --out, or delete this one',
  foreign: () => 'is not empty and holds no adsim run; choose another folder with --out',
  file: () => 'is a file, not a folder; choose another folder with --out',
};

const lockOf = (directory: string): string => join(directory, '.partial', 'lock');

function stateOf(directory: string, identity: string): State {
  if (!existsSync(directory)) return 'free';
  if (!statSync(directory).isDirectory()) return 'file';
  if (existsSync(join(directory, 'manifest.json'))) return 'finished';
  const names = readdirSync(directory);
  if (names.length === 0) return 'free';
  const kept = join(directory, '.partial', 'identity');
  const same = !existsSync(kept) || readFileSync(kept, 'utf8') === identity;
  if (holderOf(lockOf(directory)) !== undefined) return same ? 'running' : 'busy';
  if (!existsSync(kept)) return names.every((name) => name === '.partial') ? 'free' : 'foreign';
  return same ? 'resumable' : 'other';
}

function take(directory: string, identity: string): ResultsFolder {
  const partial = (name: string): string => join(directory, '.partial', name);
  const lock = lockOf(directory);
  let made: string | undefined;
  let taken = false;
  try {
    made = mkdirSync(partial(''), { recursive: true });
    taken = takeLock(lock);
    if (taken) {
      sweep(directory);
      writeWhole(partial('identity'), identity);
    }
  } catch (error) {
    if (taken) releaseLock(lock);
    removeMade(directory, made);
    const refused = (error as NodeJS.ErrnoException).code === 'ENOENT' ? whyNotThere(directory) : error;
    const why = refusalOf(refused) ?? `${(error as Error).message}; choose another place`;
    throw new InputError(`${directory}: ${why}`, { cause: error });
  }
  if (!taken) throw new InputError(`${directory}: ${REFUSALS.running(directory)}`);
  let parts = readdirSync(partial('')).some((name) => !/^(?:lock|identity)/u.test(name));
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
      releaseLock(lock);
      rmSync(partial(''), { recursive: true, force: true });
    },
    release() {
      if (!parts && !existsSync(join(directory, 'manifest.json'))) {
        for (const name of readdirSync(partial(''))) {
          if (!name.startsWith('lock')) rmSync(partial(name), { force: true });
        }
        releaseLock(lock);
        removeMade(directory, made ?? partial(''));
      }
      releaseLock(lock);
    },
  };
}

/** Removes `.partial` and the folders above it up to the one that was `made` for it, as far as they are empty. */
function removeMade(directory: string, made: string | undefined): void {
  if (made === undefined) return;
  const top = resolve(made);
  try {
    for (let here = resolve(directory, '.partial'); here.startsWith(top); here = dirname(here)) rmdirSync(here);
  } catch {
    // Somebody else has put something there, or it never came to be.
  }
}

/** What is wrong with the place for a folder: Node says no more than ENOENT where it is read-only. */
function whyNotThere(directory: string): unknown {
  let nearest = resolve(directory);
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    accessSync(nearest, constants.W_OK);
    return undefined;
  } catch (error) {
    return error;
  }
}
