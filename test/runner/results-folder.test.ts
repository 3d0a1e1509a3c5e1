import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { releaseLock } from '../../src/runner/lock.ts';
import type { Manifest } from '../../src/runner/manifest.ts';
import { openResultsFolder, readRun } from '../../src/runner/results-folder.ts';
import { RESULTS_SCHEMA_VERSION } from '../../src/runner/results.ts';

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'adsim-folder-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const MANIFEST = { schemaVersion: 1, name: 'x' } as Manifest;

describe('openResultsFolder', () => {
  it('keeps parts through an interruption and recalls them, typed arrays and NaN included', () => {
    const out = join(scratch, 'run');
    const first = openResultsFolder(out, 'x', 'id-1');
    const part = { auc: Number.NaN, predicted: Float64Array.of(0.1, 0.2) };
    first.keep('seed-0', part);
    first.release();
    const second = openResultsFolder(out, 'x', 'id-1');
    expect(second.recall('seed-0')).toEqual(part);
    expect(second.recall('seed-1')).toBeUndefined();
  });

  it('shows a manifest only when everything else is there, and clears the parts', () => {
    const out = join(scratch, 'run');
    const folder = openResultsFolder(out, 'x', 'id-1');
    writeFileSync(folder.partial('seed-0.parquet'), 'log');
    const digest = folder.publish('seed-0.parquet', 'log/seed-1.parquet');
    // A run killed after this move publishes again and must get the same digest.
    expect(folder.publish('seed-0.parquet', 'log/seed-1.parquet')).toBe(digest);
    folder.finish(MANIFEST);
    expect(readFileSync(join(out, 'log/seed-1.parquet'), 'utf8')).toBe('log');
    expect(existsSync(join(out, '.partial'))).toBe(false);
    expect(() => openResultsFolder(out, 'x', 'id-1')).toThrow('already holds a finished run');
  });

  it('leaves no trace of a run that got nowhere', () => {
    const out = join(scratch, 'run');
    openResultsFolder(join(out, 'deep'), 'x', 'id-1').release();
    expect(existsSync(out)).toBe(false);
    mkdirSync(out);
    openResultsFolder(out, 'x', 'id-1').release();
    expect(readdirSync(out)).toEqual([]);
    // Nor does it take away what somebody else has put beside it in the meantime.
    const folder = openResultsFolder(join(out, 'deep', 'er'), 'x', 'id-1');
    writeFileSync(join(out, 'deep', 'other'), '');
    folder.release();
    expect(readdirSync(join(out, 'deep'))).toEqual(['other']);
  });

  it('names the folder and the way out where a part of the path is a file', () => {
    writeFileSync(join(scratch, 'file'), '');
    const out = join(scratch, 'file', 'run');
    expect(() => openResultsFolder(out, 'x', 'id-1')).toThrow(
      new InputError(`${out}: a part of the path is a file, not a folder; choose another place`),
    );
  });

  it.each([
    ['another experiment', (out: string) => openResultsFolder(out, 'x', 'id-2').keep('a', 1)],
    ['no adsim run', (out: string) => mkdirSync(join(out, 'photos'), { recursive: true })],
    ['is a file', (out: string) => writeFileSync(out, '')],
  ])('refuses a folder that holds %s', (said, prepare) => {
    const out = join(scratch, 'run');
    prepare(out);
    expect(() => openResultsFolder(out, 'x', 'id-1')).toThrow(said);
    expect(() => openResultsFolder(out, 'x', 'id-1')).toThrow(InputError);
  });

  it('refuses a folder that another process is running into, and not one whose process is gone', () => {
    const out = join(scratch, 'run');
    const folder = openResultsFolder(out, 'x', 'id-1');
    folder.keep('a', 1);
    releaseLock(folder.partial('lock')); // as if this process had never been
    writeFileSync(folder.partial('lock'), String(process.ppid));
    expect(() => openResultsFolder(out, 'x', 'id-1')).toThrow(
      `another adsim (process ${process.ppid}) is running this experiment`,
    );
    writeFileSync(folder.partial('lock'), '4194305'); // above the largest Linux process id
    expect(openResultsFolder(out, 'x', 'id-1').recall('a')).toBe(1);
    expect(() => openResultsFolder(out, 'x', 'id-2')).toThrow('is running another experiment');
  });

  it('sweeps up what a killed process left half-written', () => {
    const out = join(scratch, 'run');
    const first = openResultsFolder(out, 'x', 'id-1');
    first.keep('a', 1);
    for (const name of ['results.json.tmp77', 'tables/agents.csv.tmp77', '.partial/seed-1.tmp77']) {
      first.write(name, 'half');
    }
    first.release();
    openResultsFolder(out, 'x', 'id-1');
    expect(readdirSync(out, { recursive: true }).filter((name) => String(name).includes('tmp'))).toEqual([]);
  });

  it('without a directory takes the first free or resumable one', () => {
    const before = process.cwd();
    process.chdir(scratch);
    try {
      const first = openResultsFolder(undefined, 'x', 'id-1');
      expect(first.directory).toBe(join('results', 'x'));
      first.finish(MANIFEST);
      const second = openResultsFolder(undefined, 'x', 'id-1');
      expect(second.directory).toBe(join('results', 'x-2'));
      second.keep('a', 1);
      second.release();
      expect(openResultsFolder(undefined, 'x', 'id-1').directory).toBe(join('results', 'x-2'));
      expect(openResultsFolder(undefined, 'x', 'id-2').directory).toBe(join('results', 'x-3'));
    } finally {
      process.chdir(before);
    }
  });
});

describe('readRun', () => {
  it('says what is missing', () => {
    expect(() => readRun(scratch)).toThrow('holds no finished run (manifest.json is missing)');
    writeFileSync(join(scratch, 'manifest.json'), '{');
    expect(() => readRun(scratch)).toThrow('is not valid JSON');
    for (const text of ['null', '3', '{}', '{"config":{}}']) {
      writeFileSync(join(scratch, 'manifest.json'), text);
      expect(() => readRun(scratch)).toThrow(/manifest\.json: was not written by adsim \(\w+ is missing\)/u);
    }
    const manifest = { config: {}, versions: {}, backend: {}, digest: '', files: {}, wall: {} };
    writeFileSync(join(scratch, 'manifest.json'), JSON.stringify(manifest));
    writeFileSync(join(scratch, 'results.json'), '{"schemaVersion":0}');
    expect(() => readRun(scratch)).toThrow('schema version 0 is not');
    writeFileSync(join(scratch, 'results.json'), `{"schemaVersion":${RESULTS_SCHEMA_VERSION}}`);
    expect(() => readRun(scratch)).toThrow('results.json: was not written by adsim (world is missing)');
  });
});
