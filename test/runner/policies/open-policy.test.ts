import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { matrixFrom } from '../../../src/core/matrix.ts';
import { Random } from '../../../src/core/random.ts';
import { openPolicy } from '../../../src/runner/policies/open-policy.ts';
import { POLICIES } from '../../../src/runner/policies/schema.ts';
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
    ['column:pi', { pi: ['0.2', '', '0'] }, /^log\.csv:3: column "pi" is empty or no number/u],
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
      /^log\.csv:3: .*"pi:a" is empty or no number/u,
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

describe('rules over scores', () => {
  const columns = { age: [20, 50, 30], 'q:a': [1, 0, 0], 'q:b': [0, 2, 1], 'q:c': [0, 2, 0] };
  const given = { ...ABC, columns };

  it('softmax of fixed and of linear scores', async () => {
    const e = Math.E;
    const fixed = await oddsOf(ruleFile('kind: softmax\ntemperature: 2\nscores: {a: 2, b: 0, c: 4}'), given);
    const sum = e + 1 + e * e;
    [e / sum, 1 / sum, (e * e) / sum].forEach((p, a) => expect(fixed[1][a]).toBeCloseTo(p, 12));
    const linear = await oddsOf(
      ruleFile('kind: softmax\nscores: {a: {intercept: 1, age: -0.02}, b: 0, c: {age: 0.1}}'),
      { ...given, eligible: [1, 1, 0, 1, 1, 1, 1, 1, 1] },
    );
    const first = Math.exp(1 - 0.4);
    [first / (first + 1), 1 / (first + 1), 0].forEach((p, a) => expect(linear[0][a]).toBeCloseTo(p, 12));
    expect(linear[1][2] / linear[1][1]).toBeCloseTo(Math.exp(5), 8);
  });

  it('greedy shares ties, looks at columns, and never at what is not eligible', async () => {
    const rule = ruleFile('kind: greedy\nscoreColumns: q');
    expect(await oddsOf(rule, { ...given, eligible: [1, 1, 1, 1, 1, 1, 1, 0, 1] })).toEqual([
      [1, 0, 0],
      [0, 0.5, 0.5],
      [0.5, 0, 0.5],
    ]);
  });

  it('epsilon-greedy explores the eligible', async () => {
    const odds = await oddsOf(ruleFile('kind: epsilon-greedy\nepsilon: 0.2\nscores: {a: 1, b: 2, c: 0}'), {
      ...given,
      eligible: [1, 1, 1, 1, 0, 1, 1, 1, 1],
    });
    [0.2 / 3, 0.8 + 0.2 / 3, 0.2 / 3].forEach((p, a) => expect(odds[0][a]).toBeCloseTo(p, 12));
    [0.9, 0, 0.1].forEach((p, a) => expect(odds[1][a]).toBeCloseTo(p, 12));
  });

  it.each([
    ['kind: softmax', /give either scores or scoreColumns/u],
    ['kind: softmax\nscores: {a: 1, b: 2}', /:2:9 {2}scores: action "c" has no score/u],
    ['kind: softmax\nscores: {a: 1, b: 2, c: 3, d: 4}', /:2:9 {2}scores: the log has no action "d"/u],
    [
      'kind: greedy\nscores: {a: {aeg: 1}, b: 2, c: 3}',
      /:2:9 {2}scores: the log has no column "aeg" - did you mean "age"/u,
    ],
    ['kind: greedy\nscoreColumns: p', /:2:15 {2}scoreColumns: the log has no column "pa"/u],
    ['kind: softmax\ntemperature: 0\nscores: {a: 1, b: 2, c: 3}', /:2:14 {2}temperature: must be a number above 0/u],
  ])('%j is refused', async (yaml, sentence) => {
    await expect(oddsOf(ruleFile(yaml), given)).rejects.toThrow(sentence);
  });
});

describe('rules of rules', () => {
  const given: BroughtColumns = { ...ABC, columns: { device: ['phone', 'desk', 'phone'], position: [1, 2, 1] } };
  const segments = 'kind: by-segment\ncolumn: device\nvalues:\n  phone: {kind: fixed, action: a}\n';

  it('by-segment takes the rule of the value, or the other one', async () => {
    const odds = await oddsOf(ruleFile(`${segments}otherwise: {kind: uniform, over: [b, c]}`), given);
    expect(odds).toEqual([
      [1, 0, 0],
      [0, 0.5, 0.5],
      [1, 0, 0],
    ]);
    await expect(oddsOf(ruleFile(segments), given)).rejects.toThrow(
      /^log\.csv:3: column "device" holds "desk", for which there is no rule/u,
    );
  });

  it('by-segment also tells numbers apart, and context features', async () => {
    const context = matrixFrom([[0], [1], [2]]);
    const yaml =
      'kind: by-segment\ncolumn: tier\nvalues: {0: {kind: fixed, action: a}, 1: {kind: fixed, action: b}, 2: {kind: uniform}}';
    const odds = await oddsOf(ruleFile(yaml), { ...ABC, context, contextNames: ['tier'] });
    expect(odds.map((row) => row[0])).toEqual([1, 0, 1 / 3]);
  });

  it('by-segment says what to do with a context column of texts, which is coded as numbers', async () => {
    const context = { ...ABC, contextNames: ['city=Oslo', 'city=Rome'] };
    await expect(oddsOf(ruleFile('kind: by-segment\ncolumn: city\nvalues: {}'), context)).rejects.toThrow(
      /:2:9 {2}column: column "city" is context, coded as numbers; name it under `segments` in the columns file too/u,
    );
  });

  it('by-position, a mixture and a floor', async () => {
    const byPosition = 'kind: by-position\nrules: [{kind: fixed, action: a}, {kind: fixed, action: b}]';
    expect((await oddsOf(ruleFile(byPosition), given)).map((row) => row.indexOf(1))).toEqual([0, 1, 0]);
    const mixture = `kind: mixture\nof:\n  - {weight: 1, rule: {kind: fixed, action: a}}\n  - {weight: 3, rule: {kind: uniform}}`;
    expect((await oddsOf(ruleFile(mixture), given))[0]).toEqual([0.5, 0.25, 0.25]);
    const floor = 'kind: with-floor\nepsilon: 0.3\nrule: {kind: fixed, action: a}';
    const [first] = await oddsOf(ruleFile(floor), given);
    [0.8, 0.1, 0.1].forEach((p, a) => expect(first[a]).toBeCloseTo(p, 12));
  });

  it('is whole only where every part is', async () => {
    const rule = (inner: string): string =>
      ruleFile(`kind: mixture\nof:\n  - {weight: 1, rule: {kind: uniform}}\n  - {weight: 1, rule: ${inner}}`);
    const source = broughtLog({ ...ABC, columns: { pi: [0.2, 0.9, 0] } });
    expect((await openPolicy(rule('{kind: uniform}'), source, setup)).whole).toBe(true);
    const partial = await openPolicy(rule('{kind: column, column: pi}'), source, setup);
    expect(partial.whole).toBe(false);
    expect((await partial.odds(await firstBlock(source))).data[4]).toBeCloseTo((1 / 3 + 0.9) / 2, 12);
  });

  it.each([
    [
      'kind: by-segment\ncolumn: devise\nvalues: {}',
      /:2:9 {2}column: the log has no column "devise" - did you mean "device"/u,
    ],
    [`${segments}otherwise: {kind: fixed, action: d}`, /:5:34 {2}otherwise\.action: the log has no action "d"/u],
    ['kind: mixture\nof:\n  - {weight: -1, rule: {kind: uniform}}', /of\.0\.weight: must be a number above 0/u],
    ['kind: with-floor\nepsilon: 1.5\nrule: {kind: uniform}', /epsilon: must be a number from 0 to 1/u],
    [
      'kind: with-floor\nepsilon: 0.5\nrule: {kind: unifrom}',
      /rule\.kind: unknown "unifrom" - did you mean "uniform"/u,
    ],
    ['kind: by-position\nrules: [{kind: uniform}]', /^log\.csv:3: position 2 has no rule/u],
  ])('%j is refused', async (yaml, sentence) => {
    await expect(oddsOf(ruleFile(yaml), given)).rejects.toThrow(sentence);
  });
});

describe('the list of kinds', () => {
  it('names every kind with a summary', () => {
    expect(POLICIES.map(({ name }) => name)).toContain('bernoulli-thompson');
    for (const { summary } of POLICIES) expect(summary.length).toBeGreaterThan(10);
    expect(new Set(POLICIES.map(({ name }) => name)).size).toBe(POLICIES.length);
  });
});
