/** `--precision float16`: half of a network's bytes on disk, read again wherever the model is used, and its cost said as measured. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../src/core/random.ts';
import { createClassifier } from '../../src/models/supervised/registry.ts';
import { sealModel } from '../../src/runner/supervised/model-folder.ts';
import { roundingOf } from '../../src/runner/supervised/rounding.ts';
import { madeUp } from '../models/supervised/made-up.ts';
import { adsim } from './fake-terminal.ts';

const cwd = mkdtempSync(join(tmpdir(), 'adsim-precision-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
const at = (...names: string[]): string => join(cwd, ...names);

interface Said {
  rounding?: { bytes: number; before: number; largest: number; logLoss: { value: number; interval: [number, number] } };
  warnings: { kind: string }[];
}

const draw = randomFrom('precision').sequence();
const lines = Array.from({ length: 400 }, () => {
  const x = draw.normal();
  return `${x.toFixed(3)},${'abc'[draw.integer(3)]},${draw.uniform() < 1 / (1 + Math.exp(-2 * x)) ? 1 : 0}`;
});
writeFileSync(at('rows.csv'), `x,kind,y\n${lines.join('\n')}\n`);
writeFileSync(at('net.yaml'), 'kind: mlp\nhidden: [16]\nepochs: 5\nbatch: 64\nlearningRate: 0.02\n');

async function trained(out: string, ...words: string[]): Promise<Said> {
  const { out: said } = await adsim(
    'train',
    at('rows.csv'),
    '--label',
    'y',
    '--folds',
    '2',
    '--out',
    at(out),
    '--json',
    ...words,
  );
  return JSON.parse(said) as Said;
}

/** P(1) of every row, by the model of a folder. */
async function odds(folder: string): Promise<number[]> {
  const { code } = await adsim('evaluate', at(folder), at('rows.csv'), '--out', at('odds.csv'));
  expect(code).toBe(0);
  return readFileSync(at('odds.csv'), 'utf8').trim().split('\n').slice(1).map((line) => Number(line.split(',')[2])); // prettier-ignore
}

describe('adsim train --precision float16', () => {
  it('halves the bytes, changes odds by as much as it says, and is what evaluate and explain read', async () => {
    const plain = await trained('plain', '--model', at('net.yaml'));
    const { rounding } = await trained('half', '--model', at('net.yaml'), '--precision', 'float16');
    expect(plain.rounding).toBeUndefined();
    const bytes = (folder: string): number => statSync(at(folder, 'weights.bin')).size;
    expect([rounding?.bytes, rounding?.before]).toEqual([bytes('half'), bytes('plain')]);
    // Each of a few arrays fills up to 8 bytes.
    expect(bytes('half') / bytes('plain')).toBeLessThan(0.55);
    const [before, after] = [await odds('plain'), await odds('half')];
    const largest = Math.max(...after.map((p, i) => Math.abs(p - before[i])));
    expect(largest).toBeGreaterThan(0);
    // A half has 11 bits: weights are off by 2⁻¹² of themselves at most.
    expect(largest).toBeLessThan(1e-3);
    expect(rounding?.largest).toBeCloseTo(largest, 14);
    expect(Math.abs(rounding?.logLoss.value ?? 1)).toBeLessThan(1e-4);
    for (const file of ['card.md', 'report.html']) {
      expect(readFileSync(at('half', file), 'utf8')).toContain('Weights on disk: float16');
      expect(readFileSync(at('plain', file), 'utf8')).not.toContain('float16');
    }
    const row = JSON.parse((await adsim('explain', at('half'), '--row', '3', '--json')).out) as { predicted: number };
    expect(row.predicted).toBe(after[2]);
  });

  it('says so where there is nothing to round', async () => {
    const { rounding, warnings } = await trained('tree', '--model', 'tree', '--precision', 'float16');
    expect([rounding, warnings.map(({ kind }) => kind)]).toEqual([
      undefined,
      expect.arrayContaining(['nothing-to-round']),
    ]);
  });

  it('refuses weights beyond what float16 holds, and other precisions', async () => {
    const rows = madeUp(100, 2, 'rows');
    const model = createClassifier({ kind: 'mlp', hidden: [4], epochs: 1 });
    await model.fit(rows, randomFrom('fit'));
    const saved = model.save();
    saved.arrays['0'][0] = 1e5;
    const about = { adsim: '0', name: 'mlp', preparation: {} as never, data: {} as never, seed: '1', saved };
    expect(() => roundingOf(model, sealModel(about), sealModel(about, { halves: true }), rows, 0.95)).toThrow(
      '--precision float16: a weight of mlp is above 65,504',
    );
    const { code, err } = await adsim('train', at('rows.csv'), '--label', 'y', '--precision', 'int4');
    expect([code, err]).toEqual([2, expect.stringContaining('precision')]);
  });
});
