/** Published results run again: what is judged how, and that a wrong value is found. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClassified } from '../../../src/runner/papers/classified.ts';
import { loadPapers, runPapers } from '../../../src/runner/papers/papers.ts';
import type { PaperRow } from '../../../src/runner/papers/verdict.ts';
import { judged, peakOf } from '../../../src/runner/papers/verdict.ts';
import { scheduler } from '../../../src/runner/scheduler.ts';
import { adsim } from '../../cli/spawned.ts';

const SHIPPED = fileURLToPath(new URL('../../../experiments/papers/', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'adsim-papers-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PAPER = `
id: T1
title: a small paper
source: nobody
studies:
  - kind: play
    title: two arms
    world: { kind: bernoulli-arms, rates: [1, 0] }
    requests: 100
    runs: 3
    fullRuns: 5
    plays:
      - { agent: { kind: uniform }, checks: [{ measure: regret, expect: 50 }] }
      - { agent: { kind: fixed, action: 0 }, checks: [{ measure: regret, expect: 0 }, { measure: best, expect: 1 }] }
    ascending: [fixed, uniform]
  - kind: facts
    facts:
      - { fact: lai-robbins, title: two, rates: [0.9, 0.8], expect: 2.2521, within: 1.0e-5 }
`;

async function rowsOf(text: string, options: { full?: boolean; workers?: number } = {}): Promise<PaperRow[]> {
  const file = join(folder, 'paper.yaml');
  writeFileSync(file, text);
  const schedule = scheduler(options.workers ?? 0, undefined);
  const run = { full: options.full ?? false, schedule, dataFolder: folder };
  const [paper] = await runPapers(loadPapers(file), run).finally(() => schedule.close());
  return paper.rows;
}

describe('a paper', () => {
  it('has a row for each check and each order, judged', async () => {
    const rows = await rowsOf(PAPER);
    expect(rows.map(({ what, verdict, runs }) => [what, verdict, runs])).toEqual([
      ['uniform: regret', 'same', 3],
      ['fixed: regret', 'same', 3],
      ['fixed: best action', 'same', 3],
      ['fixed < uniform', 'same', 3],
      ['lai-robbins', 'same', 1],
    ]);
    expect(rows[1]).toMatchObject({ ours: 0, error: 0, source: 0 });
  });

  it('gives the same rows in worker processes, and more runs in the long form', async () => {
    expect(await rowsOf(PAPER, { workers: 2 })).toEqual(await rowsOf(PAPER));
    expect((await rowsOf(PAPER, { full: true }))[0].runs).toBe(5);
  });

  it.each([
    ['a value that is not reproduced', 'expect: 50', 'expect: 80'],
    ['an exact value that is off', 'expect: 0 }', 'expect: 0.001 }'],
    ['a constant that is off in the fifth digit', '2.2521', '2.2522'],
    ['an order that does not hold', '[fixed, uniform]', '[uniform, fixed]'],
  ])('%s is found', async (_what, from, to) => {
    const rows = await rowsOf(PAPER.replace(from, to));
    expect(rows.filter(({ verdict }) => verdict === 'differs')).toHaveLength(1);
  });

  it('whose data is not at hand says so', async () => {
    const text = readFileSync(join(SHIPPED, 'b21-bake-off.yaml'), 'utf8');
    const rows = await rowsOf(text);
    expect(new Set(rows.map(({ verdict }) => verdict))).toEqual(new Set(['needs data']));
  });

  it('states the runs of the form that ran', async () => {
    const text = readFileSync(join(SHIPPED, 'b21-bake-off.yaml'), 'utf8');
    const runs = async (full: boolean): Promise<unknown> =>
      new Set((await rowsOf(text, { full })).map((row) => row.runs));
    expect(await runs(false)).toEqual(new Set([2]));
    expect(await runs(true)).toEqual(new Set([10]));
  });
});

describe('a verdict', () => {
  it('allows four combined standard errors', () => {
    expect(judged({ expect: 10, error: 3, gate: true }, 29.9, 4).verdict).toBe('same');
    expect(judged({ expect: 10, error: 3, gate: true }, 30.1, 4).verdict).toBe('differs');
    expect(judged({ expect: 10, error: 3, gate: false }, 99, 4).verdict).toBe('not gated');
    expect(judged({ atLeast: 450, gate: true }, 449, 1).verdict).toBe('differs');
  });

  it('of a peak is of the mean curve', () => {
    expect(peakOf([Float64Array.of(1, 0, 1), Float64Array.of(0, 0, 1)])).toEqual({ mean: 1, error: 0 });
  });
});

it('progress counts everything from the start, also what is recalled', async () => {
  const file = join(folder, 'progress.yaml');
  writeFileSync(file, PAPER);
  const schedule = scheduler(0, undefined);
  const kept = new Map<string, unknown>();
  const run = async (): Promise<[number, number][]> => {
    const told: [number, number][] = [];
    await runPapers(loadPapers(file), {
      full: false,
      schedule,
      dataFolder: folder,
      recall: (name) => kept.get(name),
      keep: (name, value) => void kept.set(name, value),
      onProgress: ({ done, total }) => told.push([done, total]),
    });
    return told;
  };
  const [fresh, again] = [await run(), await run()];
  for (const told of [fresh, again])
    expect([told[0], told.at(-1)]).toEqual([
      [1, 6],
      [6, 6],
    ]);
});

it('feedback in batches is learned from when it comes, and a replaced ad is known at once', async () => {
  const batches = PAPER.replace('    requests: 100', '    feedbackEvery: 50\n    requests: 100');
  const greedy = batches
    .replace('{ kind: uniform }', '{ kind: epsilon-greedy, epsilon: 0 }')
    .replace('expect: 50', 'expect: 0');
  const [row] = await rowsOf(greedy);
  // Nothing is known of either arm for fifty requests, so half of them go to the arm that never pays; afterwards none.
  expect(row.ours).toBeGreaterThan(10);
  expect(row.ours).toBeLessThan(40);
  const [atOnce] = await rowsOf(greedy.replace('feedbackEvery: 50', 'feedbackEvery: 1'));
  expect(Number(atOnce.ours)).toBeLessThan(5);
});

it('what only the long form runs is said', async () => {
  const file = join(folder, 'long.yaml');
  writeFileSync(file, PAPER.replace('runs: 3', 'runs: 0'));
  const schedule = scheduler(0, undefined);
  const [{ rows, leftOut }] = await runPapers(loadPapers(file), { full: false, schedule, dataFolder: folder });
  expect([rows.length, leftOut]).toEqual([1, ['two arms']]);
});

it('every paper that is shipped can be read', () => {
  const ids = ['B1', 'B2', 'B3', 'B4', 'B5', 'B6', 'B7', 'B8', 'B9', 'B14', 'B15', 'B21', 'B22', 'B23', 'B24', 'B25'];
  expect(loadPapers(SHIPPED).map(({ id }) => id)).toEqual(ids);
});

describe('classified rows', () => {
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('are read from ARFF, the class wherever it stands', () => {
    const file = write(
      'toy.arff',
      "% comment\n@relation toy\n@attribute class {'a b', c}\n@attribute 'x y' real\n@attribute hue {red, blue}\n@data\n'a b',1,red\nc,3,blue\nc,?,blue\nc,2,red\n",
    );
    const { classes, label, featureNames, features, name } = readClassified(file);
    expect([name, classes, [...label], featureNames]).toEqual([
      'toy',
      ['a b', 'c'],
      [0, 1, 1, 1],
      ['x y', 'hue=red', 'hue=blue'],
    ]);
    expect(Array.from(label, (_, i) => features[3 * i])).toEqual([
      expect.closeTo(-1.2247, 4),
      expect.closeTo(1.2247, 4),
      0,
      0,
    ]);
  });

  it('and from columns parted by spaces, without names of rows', () => {
    const file = write('toy.csv', '  id x class\n  r1 1 p\n  r2 2 q\n  r3 3 q\n');
    expect(readClassified(file)).toMatchObject({ featureNames: ['x'], classes: ['p', 'q'] });
  });

  it.each([
    [
      'a row too short',
      '@attribute x real\n@attribute class {a,b}\n@data\n1,a\n2\n',
      /row 2 has 1 values for 2 attributes/,
    ],
    ['an unknown class', '@attribute x real\n@attribute class {a,b}\n@data\n1,z\n', /row 1 has the class "z"/],
    ['no class', '@attribute x real\n@data\n1\n', /no list of classes/],
  ])('%s is refused', (_what, text, message) => {
    expect(() => readClassified(write('bad.arff', text))).toThrow(message);
  });
});

describe('adsim papers', () => {
  it('prints source, ours, interval and verdict, and ends with 1 where something differs', () => {
    writeFileSync(join(folder, 'one.yaml'), PAPER.replace('expect: 50', 'expect: 80'));
    const { code, out } = adsim(['papers', join(folder, 'one.yaml')]);
    expect(code).toBe(1);
    expect(out).toMatch(/T1 {2}a small paper\n {4}nobody\n/);
    expect(out).toMatch(/study +what +source +ours +95 % interval +runs +verdict/);
    expect(out).toMatch(/uniform: regret +80\.000 .*differs: 4 standard errors/);
    expect(out).toMatch(/\n4 same, 1 differ, 0 need data, 0 shown without a verdict\n$/);
  });

  it('keeps what is finished, and writes papers.json', () => {
    writeFileSync(join(folder, 'two.yaml'), PAPER);
    const { code } = adsim(['papers', join(folder, 'two.yaml'), '--out', join(folder, 'out')]);
    expect(code).toBe(0);
    const [paper] = JSON.parse(readFileSync(join(folder, 'out', 'papers.json'), 'utf8')) as { rows: PaperRow[] }[];
    expect(paper.rows).toHaveLength(5);
  });

  it.each([
    [['nowhere'], /adsim papers: nowhere does not exist/],
    [['--wrkers', '2'], /unknown option "--wrkers"/],
  ])('%j is refused', (words, message) => {
    const { code, err } = adsim(['papers', ...words]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
