/** `adsim ab`, as a user types it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../src/cli/command-line.ts';
import { randomFrom } from '../../src/core/random.ts';
import type { AbCheck } from '../../src/ope/ab/check.ts';
import type { AbPlan } from '../../src/ope/ab/plan.ts';
import { decideLaunch } from '../../src/ope/launch/decide.ts';
import { evidenceOf } from '../statistics/launch-worlds.ts';
import { fakeTerminal } from './fake-terminal.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'adsim-ab-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function said(words: string, ...files: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = fakeTerminal();
  const code = await commandLine([...words.split(' '), ...files], terminal);
  return { code, ...terminal.said() };
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const PLAN = 'ab plan --base-rate 0.1 --min-lift 0.1';

describe('ab plan', () => {
  it('says how many rows, days and what other sizes would see', async () => {
    const { code, out, err } = await said(`${PLAN} --sides 2 --rows-per-day 5000`);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^29,502 rows: 14,751 control, 14,751 treatment \(5\.9 days at 5,000 rows a day\)/);
    for (const word of ['two-sided', 'on any day would need', 'p < 0.001', 'pooled variance'])
      expect(out).toContain(word);
  });

  it('takes what a launch decision knows, options first', async () => {
    const [evidence] = evidenceOf(
      { logged: [0.4, 0.3, 0.2, 0.1], rates: [0.1, 0.15, 0.2, 0.3], rows: 8000 },
      [[0.2, 0.3, 0.3, 0.2]],
      randomFrom('cli'),
    );
    const ask = { baseline: 'behaviour', minLift: 0.05, risk: 0.02, power: 0.9, rowsPerDay: 4000 } as const;
    const candidates = [{ name: 'new', evidence }];
    const decision = await decideLaunch({ candidates, ...ask, random: randomFrom('bounds') });
    const verdict = file('verdict.json', JSON.stringify(decision));
    const plan = JSON.parse((await said('ab plan --json --power 0.8 --from-launch', verdict)).out) as AbPlan;
    expect(plan).toMatchObject({
      base: decision.baseline.value,
      sd: null,
      minLift: 0.05,
      risk: 0.02,
      power: 0.8,
      rowsPerDay: 4000,
    });
    // And the test that follows is held against it.
    const result = file(
      'held.json',
      '{"control": {"rows": 90000, "conversions": 13950}, "treatment": {"rows": 90000, "conversions": 16500}}',
    );
    const checked = JSON.parse(
      (await said('ab check --json --verdict', verdict, file('plan.json', JSON.stringify(plan)), result)).out,
    ) as AbCheck;
    expect(checked).toMatchObject({ verdict: 'launch', promised: { candidate: 'new', agrees: true } });
  });

  it.each([
    ['ab plan', 'adsim ab plan: --base-rate is missing; for instance --base-rate 0.02 --min-lift 0.05'],
    ['ab plan --base-rate 0.1', 'adsim ab plan: --min-lift is missing; for instance --base-rate 0.02 --min-lift 0.05'],
    [`${PLAN} --risk often`, '--risk: must be a number (got "often"); for instance 0.05'],
    [`${PLAN} --sides 3`, '--sides: must be 1 or 2 (got "3")'],
    [`${PLAN} --power 1.5`, '--power: 1.5 is not in (0.5, 1); 0.8 is usual'],
    ['ab plan x --base-rate 0.1', 'adsim ab plan: "x" is one word too many; it takes options alone'],
    ['ab plna', 'adsim ab: unknown "plna" - did you mean "plan"?'],
    [
      'ab',
      `adsim ab: ACTION is missing; for instance: adsim ab plan --base-rate 0.02 --min-lift 0.05 --risk 0.05 --power 0.8`,
    ],
  ])('%s', async (words, sentence) => {
    expect(await said(words)).toEqual({ code: 2, out: '', err: `${sentence}\n` });
  });
});

describe('ab check: the verdict is the exit code', () => {
  const options = (control: number, treatment: number, rows = 20_000, other = rows): string =>
    `ab check --min-lift 0.1 --control-rows ${rows} --control-conversions ${control} --treatment-rows ${other} --treatment-conversions ${treatment}`;

  it.each([
    [0, options(2000, 2300), 'LAUNCH'],
    [4, options(2000, 1700), 'NO-GO'],
    [5, options(1000, 1050, 10_000), 'CAN’T TELL'],
    [5, options(2000, 2300, 20_000, 22_000), 'CAN’T TELL'],
  ])('%i: %s', async (code, words, title) => {
    const found = await said(words);
    expect([found.code, found.err]).toEqual([code, '']);
    expect(found.out.split('\n')[0]).toBe(title);
  });

  it('3: a plan is held to its length; CSV and JSON say the same', async () => {
    const plan = file('own.json', (await said(`${PLAN} --json`)).out);
    const csv = file('result.csv', 'arm,rows,conversions\ncontrol,5000,500\ntreatment,5000,600\n');
    const json = file(
      'result.json',
      '{"control": {"rows": 5000, "conversions": 500}, "treatment": {"rows": 5000, "conversions": 600}}',
    );
    const found = await said('ab check', plan, csv);
    expect(found.code).toBe(3);
    expect(found.out).toMatch(/^HOLD\n\n- The test was planned for one look at 23,\d+ rows and has 10,000/);
    expect(await said('ab check', plan, json)).toEqual(found);
  });

  it('means come with their spread', async () => {
    const plan = file('means.json', (await said('ab plan --base-rate 2 --sd 4 --min-lift 0.2 --json')).out);
    const result = file('means.csv', 'arm,rows,mean,sd\ncontrol,5000,2,4\ntreatment,5000,2.6,4\n');
    expect((await said('ab check', plan, result)).code).toBe(0);
  });

  it.each([
    ['arm,rows,conversions\ncontrol,5000,500\n', /there is no line for the arm "treatment"/],
    ['arm,rows,conversions\ncontrol,5000,many\ntreatment,1,1\n', /the line of control is not rows,conversions/],
    ['arm,rows,conversions\ncontrol,5000,\ntreatment,1,1\n', /the line of control is not rows,conversions/],
    ['arm,rows\ncontrol,5000,500\n', /Invalid Record Length/],
    ['arm,rows,conversions\ncontrol,100,500\ntreatment,100,5\n', /control: 500 conversions in 100 rows/],
  ])('refuses %j', async (content, message) => {
    const plan = file('fine.json', (await said(`${PLAN} --json`)).out);
    const { code, out, err } = await said('ab check', plan, file('bad.csv', content));
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });

  it('refuses a plan that is none, and half a result', async () => {
    const { code, err } = await said('ab check', file('none.json', '{"kind": "launch"}'), file('r.csv', 'arm,rows\n'));
    expect(code).toBe(2);
    expect(err).toMatch(/none\.json:1:10 +kind/);
    expect((await said('ab check --control-rows 5')).err).toMatch(
      /--control-conversions is missing; all four are needed/,
    );
    expect((await said('ab check')).err).toMatch(/RESULT is missing/);
  });
});
