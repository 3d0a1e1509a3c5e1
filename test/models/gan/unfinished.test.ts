import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageTrainingState } from '../../../src/models/gan/training.ts';
import { unfinished } from '../../../src/models/gan/unfinished.ts';

/** Trains a tiny generator with its cache in the folder; says what it made, or dies after so many steps. */
const PROGRAM = path.join(import.meta.dirname, 'train-in-folder.ts');
const command = ['--import', 'tsx', PROGRAM];

let top = '';
beforeAll(() => (top = mkdtempSync(path.join(tmpdir(), 'adsim-unfinished-'))));
afterAll(() => rmSync(top, { recursive: true, force: true }));

/** Killed with SIGKILL from inside, in the middle of its training. */
function killedAt(folder: string, step: number): Promise<string | null> {
  const child = spawn(process.execPath, [...command, folder, String(step)], { stdio: 'ignore' });
  return new Promise((resolve) => child.on('exit', (_, signal) => resolve(signal)));
}

const run = (folder: string): string => execFileSync(process.execPath, [...command, folder], { encoding: 'utf8' });
const entries = (folder: string): number => readdirSync(folder).filter((name) => name.endsWith('.json')).length;

const one = (...values: number[]): Float32Array[] => [Float32Array.from(values)];
const state = (step: number): ImageTrainingState => ({
  step,
  curve: { step: [step], generatorLoss: [0.1], discriminatorLoss: [0.2] },
  snapshots: [],
  generator: one(step),
  average: one(2),
  discriminator: one(3, 4),
  generatorAdam: { powers: [0.5, 0.25], moments: [...one(5), ...one(6)] },
  discriminatorAdam: { powers: [0.1, 1 / 3], moments: [...one(7, 8), ...one(9, 10)] },
});

describe('a killed training', () => {
  it('goes on to the same bytes, and leaves nothing behind', async () => {
    const folder = path.join(top, 'killed');
    expect(await killedAt(folder, 19)).toBe('SIGKILL');
    expect(entries(folder)).toBe(4); // two classifiers, two states
    const whole = run(path.join(top, 'whole'));
    expect(run(folder)).toBe(whole.replace('"from":0', '"from":16'));
    expect(entries(folder)).toBe(1);
  });
});

describe('unfinished', () => {
  it('gives the newest state back, and the one before it where that is spoiled', () => {
    const folder = path.join(top, 'states');
    const first = unfinished(folder, 'key');
    expect(first.state()).toBeUndefined();
    for (const step of [4, 8, 12]) first.keep(state(step));
    const found = unfinished(folder, 'key');
    expect(found.state()).toEqual(state(12));
    found.keep(state(16)); // over the older one
    expect(unfinished(folder, 'key').state()).toEqual(state(16));
    truncateSync(path.join(folder, 'key-contest-1.f32'), 3);
    expect(unfinished(folder, 'key').state()).toEqual(state(12));
    expect(unfinished(folder, 'other').state()).toBeUndefined();
  });

  it('keeps finished parts, and works without a folder or with one that cannot be written', async () => {
    const folder = path.join(top, 'parts');
    let made = 0;
    const make = (): Promise<Float32Array[]> => Promise.resolve(one(++made));
    const parts = unfinished(folder, 'key');
    expect([await parts.part('judge', make), await parts.part('judge', make)]).toEqual([one(1), one(1)]);
    parts.discard();
    expect(readdirSync(folder)).toEqual([]);
    const file = path.join(top, 'file');
    writeFileSync(file, '');
    for (const [i, nowhere] of [undefined, path.join(file, 'cache')].entries()) {
      const nothing = unfinished(nowhere, 'key');
      nothing.keep(state(4));
      expect(nothing.state()).toBeUndefined();
      // oxlint-disable-next-line no-await-in-loop
      expect(await nothing.part('judge', make)).toEqual(one(2 + i));
    }
  });
});
