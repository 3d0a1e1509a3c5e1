/** From a table to a model, its card and its measure on new rows, as a user does it; what is wrong is one sentence. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../src/core/random.ts';
import { adsim } from './fake-terminal.ts';
import { PROGRAM } from './spawned.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'adsim-train-'));
  writeFileSync(join(cwd, 'train.csv'), visits('y', 600));
  writeFileSync(join(cwd, 'new.csv'), visits('z', 400));
  writeFileSync(
    join(cwd, 'compare.yaml'),
    'data: train.csv\ncolumns: { label: bought, group: who }\nfolds: 3\nmodels:\n  - { kind: logistic }\n  - { kind: logistic, name: stiff, l2: 5000 }\n',
  );
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Visits of a shop: who comes from a newsletter, stays long and is new buys. */
function visits(seed: string, count: number, shift = 0): string {
  const draw = randomFrom(seed).sequence();
  const lines = ['row,who,minutes,source,device,bought'];
  for (let i = 0; i < count; i++) {
    const minutes = 5 + shift + 3 * draw.normal();
    const source = ['search', 'newsletter', 'ad'][draw.integer(3)];
    const score = 0.5 * (minutes - 5) + (source === 'newsletter' ? 1.5 : 0) - 1;
    const bought = draw.uniform() < 1 / (1 + Math.exp(-score)) ? 'yes' : 'no';
    const said = draw.uniform() < 0.1 ? 'NA' : minutes.toFixed(2);
    lines.push(`${i},u${draw.integer(count / 3)},${said},${source},${['phone', 'desk'][draw.integer(2)]},${bought}`);
  }
  return `${lines.join('\n')}\n`;
}

const at = (...names: string[]): string => join(cwd, ...names);

interface Said {
  folder: string;
  digest: string;
  kept: { name: string };
  groups: number;
  validation: { models: { name: string; metrics: { name: string; value: number; interval: [number, number] }[] }[] };
}

const metric = (said: Pick<Said['validation']['models'][number], 'metrics'>, name: string) =>
  said.metrics.find((one) => one.name === name) as Said['validation']['models'][number]['metrics'][number];

describe('adsim train', () => {
  it('keeps a model, its metrics, its card and a report; the same again gives the same bytes', async () => {
    const first = await adsim(
      'train',
      at('train.csv'),
      '--label',
      'bought',
      '--group',
      'who',
      '--out',
      at('a'),
      '--json',
    );
    expect([first.code, first.err]).toEqual([0, expect.stringContaining('training   100 %')]);
    const said = JSON.parse(first.out) as Said;
    const [model] = said.validation.models;
    expect(metric(model, 'auc').interval[0]).toBeGreaterThan(0.7);
    expect(said.groups).toBeGreaterThan(100);
    expect(readdirSync(at('a')).sort()).toEqual([
      'card.md',
      'metrics.json',
      'model.json',
      'report.html',
      'weights.bin',
    ]);
    const card = readFileSync(at('a', 'card.md'), 'utf8');
    for (const text of ['# logistic: a model of bought', 'SHA-256', '| AUC | 0.', '## Limits', 'row', 'source']) {
      expect(card).toContain(text);
    }
    const report = readFileSync(at('a', 'report.html'), 'utf8');
    for (const text of ['Model of bought', 'chart-roc', 'chart-reliability', 'out of fold', '</html>']) {
      expect(report.toLowerCase()).toContain(text.toLowerCase());
    }
    await adsim('train', at('train.csv'), '--label', 'bought', '--group', 'who', '--out', at('b'));
    for (const name of readdirSync(at('a'))) expect(readFileSync(at('b', name))).toEqual(readFileSync(at('a', name)));
    const other = await adsim(
      'train',
      at('train.csv'),
      '--label',
      'bought',
      '--group',
      'who',
      '--seed',
      '2',
      '--out',
      at('c'),
      '--json',
    );
    expect((JSON.parse(other.out) as Said).digest).not.toBe(said.digest);
  });

  it('compares the models of a config, and keeps the best, or the one asked for', async () => {
    const best = JSON.parse((await adsim('train', at('compare.yaml'), '--out', at('d'), '--json')).out) as Said;
    expect(best.validation.models.map(({ name }) => name)).toEqual(['logistic', 'stiff']);
    expect(best.kept.name).toBe('logistic');
    const { out } = await adsim(
      'train',
      at('compare.yaml'),
      '--keep',
      'stiff',
      '--set',
      'models.1.l2=4000',
      '--out',
      at('d'),
    );
    expect(out).toMatch(/^stiff predicts bought better than its base rate does: AUC 0\.\d+ \[/u);
    expect(out).toContain('doubt: predictions are off by');
    expect((JSON.parse(readFileSync(at('d', 'model.json'), 'utf8')) as { name: string }).name).toBe('stiff');
  });

  it.each<[string, string[], string]>([
    ['no label', [], 'train.csv: which column is to be predicted? Say --label NAME; it has row, who, minutes'],
    ['another label', ['--label', 'bougt'], 'has no column "bougt" (label) - did you mean "bought"?'],
    [
      'another model',
      ['--label', 'bought', '--model', 'logitsic'],
      '--model: there is no model "logitsic" - did you mean "logistic"?',
    ],
    [
      'two of one name',
      ['--label', 'bought', '--model', 'logistic,logistic'],
      'models: two are called "logistic"; give one of them another name',
    ],
    [
      'a model to keep that there is not',
      ['--label', 'bought', '--keep', 'gbdt'],
      'keep: there is no model "gbdt"; use logistic',
    ],
    [
      'too many bits',
      ['--label', 'bought', '--hash', 'source:40'],
      '--hash: must be COLUMN:BITS with 1 to 24 bits (got "source:40"); for instance --hash city:12',
    ],
    [
      'a split by no time',
      ['--label', 'bought', '--split', 'time'],
      'splits by time need a time; name its column with --time',
    ],
    [
      '--set without a config',
      ['--label', 'bought', '--set', 'folds=3'],
      '--set: changes a config; give one (.yaml) instead of the data',
    ],
    [
      'a positive label that no row has',
      ['--label', 'bought', '--positive', 'maybe'],
      'label "bought": no row says "maybe"; it has no, yes',
    ],
  ])('%s: one sentence', async (_, words, sentence) => {
    const { code, out, err } = await adsim('train', at('train.csv'), ...words, '--out', at('none'));
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(sentence);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(existsSync(at('none'))).toBe(false);
  });

  it.each<[string, string, string[], string]>([
    [
      'one class',
      'a,y\n1,1\n2,1\n3,1\n',
      [],
      'label "y": all labels are "1", nothing to tell apart; bring rows of both kinds',
    ],
    [
      'infinite numbers',
      `a,y\n${Array.from({ length: 40 }, (_, i) => `${i === 7 ? 'Infinity' : i % 5},${i % 2}`).join('\n')}\n`,
      [],
      '"a" is Infinity; use a finite number, or leave it empty where it is missing',
    ],
    [
      'features that are NaN throughout',
      `a,y\n${Array.from({ length: 40 }, (_, i) => `NaN,${i % 2}`).join('\n')}\n`,
      [],
      'no column is left to learn from: column "a" is missing in every row',
    ],
    [
      'an empty vocabulary',
      `note,y\n${Array.from({ length: 40 }, (_, i) => `q${i} w${i} e${i},${i % 2}`).join('\n')}\n`,
      [],
      'text "note": its vocabulary is empty, no word occurs in 5 training rows',
    ],
    [
      'a class of two rows',
      `a,y\n${Array.from({ length: 40 }, (_, i) => `${i % 7},${i < 2 ? 1 : 0}`).join('\n')}\n`,
      [],
      '2 rows of a class cannot be split into 5 folds; use fewer folds, or bring more rows',
    ],
  ])('%s: one sentence, and nothing is written', async (name, content, words, sentence) => {
    writeFileSync(at(`${name}.csv`), content);
    const { code, err } = await adsim('train', at(`${name}.csv`), '--label', 'y', ...words, '--out', at('none'));
    expect(code).toBe(2);
    expect(err).toContain(sentence);
    expect(existsSync(at('none'))).toBe(false);
  });

  it('an encoder that cannot be had: one sentence, and nothing is written', async () => {
    const notes = Array.from({ length: 40 }, (_, i) => `see ${'ab'.repeat(i % 5)} it q${i},${i % 2}`).join('\n');
    writeFileSync(at('notes.csv'), `note,y\n${notes}\n`);
    mkdirSync(at('encoder'));
    writeFileSync(join(at('encoder'), 'config.json'), '{}');
    for (const [words, sentence] of [
      [['notes.csv', 'y', 'nowhere'], /nowhere holds no model \(config\.json is missing\); give the folder of/u],
      [
        ['notes.csv', 'y', 'encoder'],
        /needs the package @huggingface\/transformers, which is not installed; install it/u,
      ],
      [['train.csv', 'bought', 'encoder'], /--encoder: no column is free text; name one with --text/u],
    ] as const) {
      const [data, label, folder] = words;
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const { code, out, err } = await adsim(
        'train',
        at(data),
        '--label',
        label,
        '--encoder',
        at(folder),
        '--out',
        at('none'),
      );
      expect([code, out, err.trim().split('\n').length]).toEqual([2, '', 1]);
      expect(err).toMatch(sentence);
      expect(existsSync(at('none'))).toBe(false);
    }
  });

  it('a mistake in a config is shown at its line', async () => {
    writeFileSync(
      at('wrong.yaml'),
      'data: train.csv\ncolumns: { label: bought }\nmodels:\n  - { kind: logistic, l2: -1 }\n',
    );
    const { code, err } = await adsim('train', at('wrong.yaml'), '--out', at('none'));
    expect(code).toBe(2);
    expect(err).toMatch(/wrong\.yaml:4:\d+ {2}models\.0\.l2: /u);
  });

  it('Ctrl-C leaves nothing half-written, and an older model whole', async () => {
    mkdirSync(at('stopped'));
    writeFileSync(at('big.csv'), visits('big', 30_000));
    const words = ['train', at('big.csv'), '--label', 'bought', '--folds', '50', '--out', at('stopped')];
    const child = spawn(process.execPath, [PROGRAM, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.once('data', () => child.kill('SIGINT'));
    const signal = await new Promise((resolve) => child.on('exit', (_, name) => resolve(name)));
    expect(signal).toBe('SIGINT');
    expect(readdirSync(at('stopped'))).toEqual([]);
  });
});

describe('adsim evaluate', () => {
  it('measures new rows as cross-validation foretold, and writes predictions', async () => {
    await adsim('train', at('train.csv'), '--label', 'bought', '--group', 'who', '--out', at('a'));
    const { code, out } = await adsim('evaluate', at('a'), at('new.csv'), '--out', at('preds.csv'), '--json');
    expect(code).toBe(0);
    const said = JSON.parse(out) as {
      rows: number;
      metrics: Said['validation']['models'][number]['metrics'];
      warnings: unknown[];
    };
    const foretold = JSON.parse(readFileSync(at('a', 'metrics.json'), 'utf8')) as Said;
    const [a, b] = [metric(said, 'auc'), metric(foretold.validation.models[0], 'auc')];
    expect(a.interval[0]).toBeLessThan(b.interval[1]);
    expect(b.interval[0]).toBeLessThan(a.interval[1]);
    expect([said.rows, said.warnings]).toEqual([400, []]);
    const lines = readFileSync(at('preds.csv'), 'utf8').trim().split('\n');
    expect([lines.length, lines[0]]).toEqual([401, 'row,label,P(yes)']);
    expect(lines[1]).toMatch(/^1,(?:yes|no),0\.\d+$/u);
  });

  it('says what drifted, and does without labels', async () => {
    const moved = visits('moved', 400, 4)
      .split('\n')
      .map((line, i) => line.replace(/,(?:yes|no|bought)$/u, '').replace('search', i % 2 === 0 ? 'search' : 'radio'));
    writeFileSync(at('moved.csv'), moved.join('\n'));
    const { code, out } = await adsim('evaluate', at('a'), at('moved.csv'));
    expect(code).toBe(0);
    expect(out).toContain('no row has a label ("bought"): nothing to measure');
    expect(out).toContain('doubt: column "minutes" is distributed otherwise than in training');
    expect(out).toMatch(/doubt: column "source": \d+\.\d % of the rows are beyond what training saw/u);
  });

  it.each<[string, () => string[], string]>([
    [
      'no model',
      () => [at('nowhere'), at('new.csv')],
      'nowhere holds no trained model (model.json is missing); make one with: adsim train DATA',
    ],
    ['no data', () => [at('a'), at('nothing.csv')], 'nothing.csv does not exist'],
    [
      'a column too few',
      () => (writeFileSync(at('few.csv'), 'minutes,sources,device\n1,ad,phone\n'), [at('a'), at('few.csv')]),
      'has no column "source" (the model needs it) - did you mean "sources"?',
    ],
    [
      'a label that training never met',
      () => (
        writeFileSync(at('odd.csv'), 'minutes,source,device,bought\n1,ad,phone,perhaps\n'),
        [at('a'), at('odd.csv')]
      ),
      'label "bought": row 1 says "perhaps", which the model does not know; it knows no, yes',
    ],
    [
      'corrupt weights',
      () => {
        const bytes = readFileSync(at('a', 'weights.bin'));
        bytes[0] ^= 255;
        mkdirSync(at('spoilt'), { recursive: true });
        writeFileSync(at('spoilt', 'weights.bin'), bytes);
        writeFileSync(at('spoilt', 'model.json'), readFileSync(at('a', 'model.json')));
        return [at('spoilt'), at('new.csv')];
      },
      'weights.bin is damaged: its SHA-256 is not the one in model.json; copy it again, or train again',
    ],
  ])('%s: one sentence', async (_, words, sentence) => {
    const { code, out, err } = await adsim('evaluate', ...words());
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(sentence);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});
