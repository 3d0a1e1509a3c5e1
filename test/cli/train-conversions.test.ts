/** Models of conversions from a table that says both what was clicked and what came of it. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../src/core/random.ts';
import { adsim } from './fake-terminal.ts';

let folder: string;
const at = (name: string): string => join(folder, name);

/** Who likes the ad clicks, and of those who click the same ones buy more often. */
function visits(seed: string, rows: number): string {
  const draw = randomFrom(seed).sequence();
  const lines = ['liking,noise,clicked,bought'];
  for (let i = 0; i < rows; i++) {
    const liking = draw.normal();
    const click = draw.uniform() < 1 / (1 + Math.exp(0.5 - liking)) ? 1 : 0;
    const bought = click === 1 && draw.uniform() < 1 / (1 + Math.exp(0.5 - liking)) ? 1 : 0;
    lines.push(`${liking.toFixed(3)},${draw.normal().toFixed(2)},${click},${bought}`);
  }
  return `${lines.join('\n')}\n`;
}

const LABEL = ['--label', 'bought', '--click', 'clicked'];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'adsim-conversions-'));
  writeFileSync(at('train.csv'), visits('a', 1200));
  writeFileSync(at('new.csv'), visits('b', 1200).replace('clicked', 'later'));
  for (const kind of ['esmm', 'separate']) {
    writeFileSync(at(`${kind}.yaml`), `kind: ${kind}\nhidden: [8]\nepochs: 30\nbatch: 64\nlearningRate: 0.02\n`);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('adsim train --click', () => {
  it.each(['esmm', 'separate'])('trains, keeps and evaluates %s: odds of a conversion of a view', async (kind) => {
    const words = [...LABEL, '--model', at(`${kind}.yaml`), '--folds', '2', '--out', at(kind), '--json'];
    const { code, out, err } = await adsim('train', at('train.csv'), ...words);
    expect([code, err.includes('error')]).toEqual([0, false]);
    const told = JSON.parse(out) as { features: { name: string }[]; kept: { kind: string } };
    expect(told.features.map(({ name }) => name)).toEqual(['liking', 'noise']);
    expect(told.kept.kind).toBe(kind);
    for (const name of ['model.json', 'weights.bin', 'card.md', 'report.html'])
      expect(existsSync(join(at(kind), name))).toBe(true);
    // New rows need no clicks. The kept model predicts a view's conversion (21 % here), and not a click's (52 %).
    const judged = await adsim('evaluate', at(kind), at('new.csv'), '--out', at(`${kind}.csv`), '--json');
    expect(judged.code).toBe(0);
    const lines = readFileSync(at(`${kind}.csv`), 'utf8')
      .trim()
      .split('\n');
    const column = lines[0].split(',').findIndex((name) => /predicted|odds|P\(/u.test(name));
    const odds = lines.slice(1).map((line) => Number(line.split(',')[column]));
    const rows = readFileSync(at('new.csv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').map(Number));
    const mean = (of: number[]): number => of.reduce((a, b) => a + b, 0) / of.length;
    expect(Math.abs(mean(odds) - mean(rows.map(([, , , bought]) => bought)))).toBeLessThan(0.05);
    const [high, low] = [rows.map(([liking]) => liking > 1), rows.map(([liking]) => liking < -1)];
    const of = (which: boolean[]): number => mean(odds.filter((_, i) => which[i]));
    expect(of(high)).toBeGreaterThan(0.3);
    expect(of(low)).toBeLessThan(0.12);
  });
});

describe('mistakes: one sentence, exit code 2', () => {
  const bad = (name: string, change: (line: string) => string): string => {
    const [head, ...lines] = visits('c', 200).trim().split('\n');
    writeFileSync(at(name), `${[head, ...lines.map(change)].join('\n')}\n`);
    return at(name);
  };
  it.each([
    {
      words: () => [at('train.csv'), '--label', 'bought', '--drop', 'clicked'],
      said: 'say which column holds the clicks with --click NAME',
    },
    { words: () => [at('train.csv'), '--label', 'bought', '--click', 'click'], said: 'did you mean "clicked"' },
    {
      words: () => [bad('unclicked.csv', (line) => line.replace(/,0,0$/u, ',0,1')), ...LABEL],
      said: 'has a conversion and no click',
    },
    {
      words: () => [bad('three.csv', (line) => line.replace(/,1,0$/u, ',3,0')), ...LABEL],
      said: 'says 3; use 1 for a click and 0 for none',
    },
    {
      words: () => [bad('all.csv', (line) => line.replace(/,0,0$/u, ',1,0')), ...LABEL],
      said: 'rows were clicked, nothing to tell apart',
    },
  ])('$said', async ({ words, said }) => {
    const { code, err } = await adsim(
      'train',
      ...words(),
      '--model',
      at('esmm.yaml'),
      '--folds',
      '2',
      '--out',
      at('none'),
    );
    expect(code).toBe(2);
    expect(err).toContain(said);
    expect(existsSync(at('none'))).toBe(false);
  });
});
