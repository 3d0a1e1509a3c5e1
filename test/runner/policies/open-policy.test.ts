import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { matrixFrom } from '../../../src/core/matrix.ts';
import { Random } from '../../../src/core/random.ts';
import { openPolicy } from '../../../src/runner/policies/open-policy.ts';
import { broughtLog, firstBlock } from './brought-log.ts';
import type { BroughtColumns } from './brought-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'adsim-policies-'));
const ABC: BroughtColumns = { actions: ['a', 'b', 'c'], action: [0, 1, 2] };
const setup = { random: new Random('policies') };

/** The odds (n rows of k) of a policy on a small log. */
async function oddsOf(text: string, given: BroughtColumns): Promise<number[][]> {
  const source = broughtLog(given);
  const policy = await openPolicy(text, source, setup);
  const { rows, columns, data } = await policy.odds(await firstBlock(source));
  await policy.close();
  return Array.from({ length: rows }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)]);
}

let files = 0;
function ruleFile(yaml: string): string {
  const path = join(folder, `rule-${++files}.yaml`);
  writeFileSync(path, yaml);
  return path;
}

describe('words', () => {
  it('uniform honours what is eligible', async () => {
    const odds = await oddsOf('uniform', { ...ABC, eligible: [1, 1, 1, 0, 1, 1, 0, 0, 1] });
    expect(odds).toEqual([
      [1 / 3, 1 / 3, 1 / 3],
      [0, 0.5, 0.5],
      [0, 0, 1],
    ]);
  });

  it('logged is whole where the log has π_b whole, and otherwise says that it is not', async () => {
    const given = { ...ABC, propensity: [0.5, 0.2, 1] };
    const partial = await openPolicy('logged', broughtLog(given), setup);
    expect(partial.whole).toBe(false);
    expect(await oddsOf('behaviour', given)).toEqual([
      [0.5, 0.25, 0.25],
      [0.4, 0.2, 0.4],
      [0, 0, 1],
    ]);
    const behaviour = matrixFrom([
      [0.5, 0.3, 0.2],
      [0.7, 0.2, 0.1],
      [0, 0, 1],
    ]);
    const whole = await openPolicy('logged', broughtLog({ ...given, behaviour }), setup);
    expect(whole.whole).toBe(true);
    expect((await oddsOf('logged', { ...given, behaviour }))[1]).toEqual([0.7, 0.2, 0.1]);
  });

  it('an unknown word is met with what was probably meant', async () => {
    await expect(oddsOf('unifrom', ABC)).rejects.toThrow(/did you mean "uniform"/u);
  });
});

describe('columns', () => {
  it('column: the logged action’s odds, the rest shared', async () => {
    const source = broughtLog({ ...ABC, columns: { pi: [0.2, 0.9, 0] } });
    expect((await openPolicy('column:pi', source, setup)).whole).toBe(false);
    const odds = await oddsOf('column:pi', { ...ABC, columns: { pi: [0.2, 0.9, 0] } });
    expect(odds[0]).toEqual([0.2, 0.4, 0.4]);
    expect(odds[2]).toEqual([0.5, 0.5, 0]);
  });

  it('columns: a column for each action, with and without the colon', async () => {
    const columns = { 'pi:a': [0.2, 0.1, 0.3], 'pi:b': [0.3, 0.1, 0.3], 'pi:c': [0.5, 0.8, 0.4] };
    expect(await oddsOf('columns:pi', { ...ABC, columns })).toEqual(await oddsOf('columns:pi:', { ...ABC, columns }));
    expect((await oddsOf('columns:pi', { ...ABC, columns }))[1]).toEqual([0.1, 0.1, 0.8]);
  });

  it.each([
    ['column:pj', { pi: [0.2, 0.9, 0] }, /no column "pj" - did you mean "pi"\?/u],
    ['column:pi', { pi: [0.2, 1.9, 0] }, /^log\.csv:3: column "pi" is 1\.9; .* in \[0, 1\]/u],
    ['column:pi', { pi: [0.2, -0.1, 0] }, /^log\.csv:3: column "pi" is -0\.1/u],
    ['column:pi', { pi: ['0.2', '', '0'] }, /^log\.csv:3: column "pi" holds "", which is no number/u],
    ['columns:pi', { 'pi:a': [0.2, 0.1, 0.3], 'pi:b': [0.8, 0.9, 0.7] }, /no column "pi:c"/u],
    [
      'columns:pi',
      { 'pi:a': [0.2, 0, 0], 'pi:b': [0.8, 0.9, 1], 'pi:c': [0, 0, 0] },
      /^log\.csv:3: .* sum to 0\.9, not/u,
    ],
    [
      'columns:pi',
      { 'pi:a': [1, 2, 0], 'pi:b': [0, -1, 1], 'pi:c': [0, 0, 0] },
      /^log\.csv:3: .*"b" the probability -1/u,
    ],
    [
      'columns:pi',
      { 'pi:a': [1, Number.NaN, 0], 'pi:b': [0, 1, 1], 'pi:c': [0, 0, 0] },
      /^log\.csv:3: .*"pi:a" holds null/u,
    ],
  ])('%s of %o is refused', async (text, columns, sentence) => {
    await expect(oddsOf(text, { ...ABC, columns })).rejects.toThrow(sentence);
  });

  it('odds on what is not eligible are refused', async () => {
    const columns = { 'pi:a': [1, 0.5, 0], 'pi:b': [0, 0.5, 1], 'pi:c': [0, 0, 0] };
    const eligible = [1, 1, 1, 0, 1, 1, 1, 1, 1];
    await expect(oddsOf('columns:pi', { ...ABC, columns, eligible })).rejects.toThrow(
      /^log\.csv:3: .*"a" the probability 0\.5, though it is not eligible/u,
    );
  });
});

describe('rule files', () => {
  it('uniform over some, and fixed odds, as far as eligible', async () => {
    const eligible = [1, 1, 1, 0, 1, 1, 0, 0, 1];
    expect(await oddsOf(ruleFile('kind: uniform\nover: [a, b]'), { ...ABC, eligible })).toEqual([
      [0.5, 0.5, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(await oddsOf(ruleFile('kind: fixed\nodds: {a: 0.5, b: 0.25, c: 0.25}'), { ...ABC, eligible })).toEqual([
      [0.5, 0.25, 0.25],
      [0, 0.5, 0.5],
      [0, 0, 1],
    ]);
    expect((await oddsOf(ruleFile('kind: fixed\naction: b'), { ...ABC, eligible }))[0]).toEqual([0, 1, 0]);
  });

  it.each([
    ['kind: unifrom', /:1:7 {2}kind: unknown "unifrom" - did you mean "uniform"\?/u],
    ['kind: fixed\naction: d', /the log has no action "d"/u],
    ['kind: fixed\naction: a\nodds: {b: 1}', /give either action or odds/u],
    ['kind: fixed\nodds: {a: 0.5, b: 0.4}', /:2:7 {2}odds: sum to 0\.9, not to 1/u],
    ['kind: fixed\nactoin: a', /unknown key "actoin" - did you mean "action"/u],
  ])('%j is refused', async (yaml, sentence) => {
    await expect(oddsOf(ruleFile(yaml), ABC)).rejects.toThrow(sentence);
  });
});
