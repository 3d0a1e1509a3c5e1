import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/core/random.ts';
import { openPolicy } from '../../../src/runner/policies/open-policy.ts';
import { dataFolder } from '../../folders.ts';
import { broughtLog, firstBlock } from './brought-log.ts';
import type { BroughtColumns } from './brought-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'adsim-vw-'));
const setup = { random: new Random('vw') };
const ABC: BroughtColumns = { actions: ['a', 'b', 'c'], action: [0, 1, 2] };

let files = 0;
async function oddsOf(text: string, given: BroughtColumns = ABC, take?: string): Promise<number[][]> {
  const file = join(folder, `predictions-${++files}.txt`);
  writeFileSync(file, text);
  const rule = join(folder, `rule-${files}.yaml`);
  writeFileSync(rule, `kind: vw-predictions\nfile: predictions-${files}.txt\ntake: ${take}\n`);
  const source = broughtLog(given);
  const policy = await openPolicy(take === undefined ? `vw:${file}` : rule, source, setup);
  const { rows, columns, data } = await policy.odds(await firstBlock(source));
  return Array.from({ length: rows }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)]);
}

describe('predictions of Vowpal Wabbit', () => {
  it('lists of probabilities, in any order, with and without blank lines and tags', async () => {
    const odds = [
      [0.05, 0.85, 0.1],
      [1, 0, 0],
      [0.5, 0.25, 0.25],
    ];
    expect(await oddsOf('1:0.85,0:0.05,2:0.1\n\n0:1\n\n2:0.25,1:0.25,0:0.5\n\n')).toEqual(odds);
    expect(await oddsOf('1:0.85,0:0.05,2:0.1 first\n0:1 tag-2\n2:0.25,1:0.25,0:0.5\n')).toEqual(odds);
  });

  it('six digits are what vw writes: they are rescaled to 1', async () => {
    const thirds = await oddsOf('0:0.333333,1:0.333333,2:0.333333\n0:1\n0:1\n');
    expect(thirds[0][0]).toBe(1 / 3);
  });

  it('single actions count from 1 with --cb and from 0 with --cb_adf', async () => {
    expect((await oddsOf('1\n3\n2\n')).map((row) => row.indexOf(1))).toEqual([0, 2, 1]);
    expect((await oddsOf('0\n\n2\n\n1\n\n')).map((row) => row.indexOf(1))).toEqual([0, 2, 1]);
  });

  it('actions that are called by numbers keep theirs, whatever their order in the log', async () => {
    const numbered = { actions: ['3', '1', '2'], action: [0, 1, 2] };
    expect((await oddsOf('1\n3\n2\n', numbered)).map((row) => row.indexOf(1))).toEqual([1, 0, 2]);
    expect((await oddsOf('0:1\n2:1\n1:1\n', numbered)).map((row) => row.indexOf(1))).toEqual([1, 0, 2]);
  });

  it('ranked scores give their first action where that is asked for', async () => {
    const text = '1:0.121728,0:0.457171\n\n0:-0.5,2:0,1:3\n\n2:0,1:0\n\n';
    expect((await oddsOf(text, ABC, 'first')).map((row) => row.indexOf(1))).toEqual([1, 0, 2]);
    await expect(oddsOf(text, ABC, 'odds')).rejects.toThrow(
      /predictions-\d+\.txt:1: the probabilities sum to 0\.578\d*, not to 1; .*`take: first`/u,
    );
  });

  it.each([
    ['0:1\n0:1\n', /has predictions for 2 rows, log\.csv has 3; predict on the same rows/u],
    ['0:1\n0:1\n0:1\n0:1\n', /has predictions for 4 rows, log\.csv has 3/u],
    ['', /has predictions for 0 rows/u],
    ['0:1\nzero\n0:1\n', /txt:2: "zero" is neither/u],
    ['0 0\n0 1\n0 0.666667\n', /txt:1: "0 0" is neither/u],
    ['0:1\n0:1.5,1:-0.5\n0:1\n', /txt:2: action 0 has 1\.5, which is no probability/u],
    ['0:1\n0:0.5,1:0.4\n0:1\n', /txt:2: the probabilities sum to 0\.9, not to 1/u],
    ['0:1\n0:nan,1:1\n0:1\n', /txt:2: "0:nan,1:1" is neither/u],
    ['0:1\n1:1\n3:1\n', /row 3 of the predictions names action 3; the log's 3 actions are numbered from 0/u],
    ['1\n0\n2\n', /row 2 of the predictions names action 0; .* numbered from 1/u],
    ['1\n0:1\n2\n', /txt:1: a single action in a file of lists/u],
    ['0:1\n1:1\n\n0:1\n\n', /txt:2: a second line for one row; pages of several slots/u],
  ])('%j is refused', async (text, sentence) => {
    await expect(oddsOf(text)).rejects.toThrow(sentence);
  });

  it('odds on what is not eligible are refused, and a missing file', async () => {
    const eligible = [1, 1, 1, 1, 0, 1, 1, 1, 1];
    await expect(oddsOf('0:1\n1:1\n2:1\n', { ...ABC, eligible })).rejects.toThrow(/^log\.csv:3: .* not eligible/u);
    await expect(openPolicy('vw:none.txt', broughtLog(ABC), setup)).rejects.toThrow(
      /none\.txt: cannot be read \(ENOENT\)/u,
    );
  });
});

const data = dataFolder();
describe.skipIf(data === undefined)('reference outputs of Vowpal Wabbit', () => {
  const ref = resolve(data ?? '', 'vw/ref');
  const explored = readdirSync(data === undefined ? '.' : ref).filter((file) => {
    if (!/\.(?:predict|preds)$/u.test(file)) return false;
    const lines = readFileSync(join(ref, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    // Written by --cb_explore_adf: lists that sum to 1, which ranked scores do not.
    return lines.every((line) => {
      const odds = line.split(',').map((entry) => Number(entry.split(':')[1]));
      return Math.abs(odds.reduce((a, b) => a + b, 0) - 1) < 1e-4;
    });
  });

  it('there are many of them', () => expect(explored.length).toBeGreaterThan(10));

  it.each(explored)(
    '%s: every row becomes odds that sum to 1, each within a rounding of what was written',
    async (file) => {
      const lines = readFileSync(join(ref, file), 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      const k = Math.max(...lines.flatMap((line) => line.split(',').map((entry) => Number.parseInt(entry, 10)))) + 1;
      const source = broughtLog({
        actions: Array.from({ length: k }, (_, a) => `ad ${a}`),
        action: lines.map(() => 0),
      });
      const policy = await openPolicy(`vw:${join(ref, file)}`, source, setup);
      const odds = await policy.odds(await firstBlock(source));
      lines.forEach((line, i) => {
        for (const entry of line.split(',')) {
          const [a, p] = entry.split(':').map(Number);
          expect(Math.abs(odds.data[i * k + a] - p)).toBeLessThan(5e-6);
        }
      });
    },
  );
});
