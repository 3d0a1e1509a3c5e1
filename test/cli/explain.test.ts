/** From a trained model to why it says what it says; what is wrong is one sentence. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../src/core/random.ts';
import { adsim } from './fake-terminal.ts';

let folder: string;
const at = (name: string): string => join(folder, name);

/** Who stays long and comes from the newsletter buys. */
function visits(seed: string): string {
  const draw = randomFrom(seed).sequence();
  const lines = ['minutes,source,noise,bought'];
  for (let i = 0; i < 500; i++) {
    const minutes = 5 + 3 * draw.normal();
    const source = ['search', 'newsletter', 'ad'][draw.integer(3)];
    const score = 0.7 * (minutes - 5) + (source === 'newsletter' ? 2 : 0) - 1;
    const said = draw.uniform() < 0.1 ? 'NA' : minutes.toFixed(2);
    lines.push(
      `${said},${source},${draw.normal().toFixed(2)},${draw.uniform() < 1 / (1 + Math.exp(-score)) ? 'yes' : 'no'}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

const KINDS = ['logistic', 'tree', 'gbdt', 'fm'];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'adsim-explain-'));
  writeFileSync(at('train.csv'), visits('a'));
  writeFileSync(at('new.csv'), visits('b'));
  for (const kind of KINDS) {
    const words = ['--label', 'bought', '--positive', 'yes', '--model', kind, '--folds', '2', '--out', at(kind)];
    // oxlint-disable-next-line no-await-in-loop
    await adsim('train', at('train.csv'), ...words);
  }
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Told {
  method: string;
  predicted: number;
  base: number;
  score: number;
  columns: { name: string; value: string; phi: number }[];
}

describe('adsim explain --row', () => {
  it.each([
    { kind: 'logistic', method: 'linear' },
    { kind: 'tree', method: 'tree' },
    { kind: 'gbdt', method: 'tree' },
    { kind: 'fm', method: 'kernel' },
  ])('of a $kind adds up, by $method SHAP, to what the model says', async ({ kind, method }) => {
    const { code, out } = await adsim('explain', at(kind), '--row', '7', '--json');
    expect(code).toBe(0);
    const told = JSON.parse(out) as Told;
    expect(told.method).toBe(method);
    expect(told.columns.map(({ name }) => name).sort()).toEqual(['minutes', 'noise', 'source']);
    expect(told.columns.reduce((sum, { phi }) => sum + phi, told.base)).toBeCloseTo(told.score, 12);
    expect(Math.abs(told.score - Math.log(told.predicted / (1 - told.predicted)))).toBeLessThan(1e-6);
    const row = readFileSync(at('train.csv'), 'utf8').split('\n')[7].split(',');
    expect(told.columns.find(({ name }) => name === 'source')?.value).toBe(row[1]);
  });

  it('says it in words, of rows that are new as well, into a file too', async () => {
    const { out } = await adsim('explain', at('logistic'), '--row', '3', '--data', at('new.csv'));
    expect(out).toMatch(
      /^logistic on row 3 of .*new\.csv\n\n[\d.]+\s% for bought = yes; what happened: (?:yes|no)\.\n/u,
    );
    expect(out).toMatch(/\ntogether +[+−]\d\.\d{3}\n/u);
    expect(out).toMatch(/minutes = [\d.]+ \([+−]\d\.\d{3}\)/u);
    const file = at('why.txt');
    expect((await adsim('explain', at('logistic'), '--row', '3', '--data', at('new.csv'), '--out', file)).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(out.endsWith('\n') ? out : `${out}\n`);
  });

  it('of a row and of the whole model is a page where the file is .html: the same words, and bars', async () => {
    for (const words of [['--row', '3'], []]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const [told, { code, out }] = [
        await adsim('explain', at('logistic'), ...words),
        await adsim('explain', at('logistic'), ...words, '--out', at('why.html')),
      ];
      expect([code, out.trim()]).toEqual([0, `explanation  ${at('why.html')}`]);
      const page = readFileSync(at('why.html'), 'utf8');
      expect(page).toMatch(/^<!doctype html>/u);
      expect(page.match(/<svg[^>]*class="marks"/gu)?.length).toBeGreaterThan(0);
      const [title, , answer] = told.out.split('\n');
      for (const said of [title, answer]) expect(page).toContain(said.replaceAll("'", '&#39;'));
    }
  });
});

describe('adsim explain', () => {
  it('of a model says what it leans on, how it answers, and its rules', async () => {
    const { code, out } = await adsim('explain', at('gbdt'), '--json');
    expect(code).toBe(0);
    const told = JSON.parse(out) as {
      importances: { name: string; logLoss: { interval: [number, number] } }[];
      dependence: { name: string }[];
      surrogate: { fidelity: { value: number }; rules: { rows: number }[]; heldOut: number };
    };
    expect(told.importances[2].name).toBe('noise');
    expect(told.importances[0].logLoss.interval[0]).toBeGreaterThan(0);
    expect(told.dependence).toHaveLength(3);
    expect(told.surrogate.fidelity.value).toBeGreaterThan(0.3);
    expect(told.surrogate.rules.reduce((sum, { rows }) => sum + rows, 0)).toBe(told.surrogate.heldOut);
    const words = (await adsim('explain', at('gbdt'), '--data', at('new.csv'))).out;
    expect(words).toContain('the model itself, on rows that it did not learn from');
    expect(words).toMatch(/- Where minutes is .*: [\d.]+.* have bought = yes/u);
  });
});

describe('mistakes: one sentence, exit code 2', () => {
  it.each([
    { words: ['logistic', '--row', '501'], said: 'has rows 1 to 500' },
    { words: ['.', '--row', '1'], said: 'holds no trained model' },
    { words: ['logistic', '--row', '0'], said: '--row: must be a whole number from 1' },
    {
      words: ['logistic', '--row', '1', '--method', 'tree'],
      said: 'the model is of kind logistic; use linear or kernel',
    },
    { words: ['logistic', '--row', '1', '--method', 'permutation'], said: 'leave --row out' },
    { words: ['logistic', '--method', 'linear'], said: 'say which with --row N' },
  ])('$words', async ({ words: [dir, ...rest], said }) => {
    const { code, out, err } = await adsim('explain', at(dir), ...rest);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(said);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('data that changed since training', async () => {
    appendFileSync(at('train.csv'), '1,ad,0,no\n');
    const { code, err } = await adsim('explain', at('logistic'), '--row', '1');
    expect(code).toBe(2);
    expect(err).toContain('has changed since the model was trained on it');
    rmSync(at('train.csv'));
    expect((await adsim('explain', at('logistic'), '--row', '1')).err).toContain('is not there; say where it is');
  });
});
