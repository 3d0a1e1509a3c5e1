/** What a user types wrongly, and what is said about it. */
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { commandLine } from '../../src/cli/command-line.ts';
import { fakeTerminal } from './fake-terminal.ts';

async function said(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = fakeTerminal();
  const code = await commandLine(words, terminal);
  return { code, ...terminal.said() };
}

describe('help', () => {
  it('opens with examples, names every command, and goes to stdout', async () => {
    const { code, out, err } = await said('--help');
    expect([code, err]).toEqual([0, '']);
    const lines = out.split('\n');
    expect(lines[2]).toBe('Examples:');
    expect(lines[3]).toMatch(/^ {2}adsim run experiments\/quickstart\.yaml/);
    for (const name of ['run', 'report', 'verify', 'list', 'doctor', 'init', 'schema']) {
      expect(out).toMatch(new RegExp(`^ {2}adsim ${name}\\b`, 'm'));
    }
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('of a command shows its example and its options', async () => {
    const { out } = await said('run', '--help');
    expect(out).toMatch(/^Run an experiment.*\n\nExample:\n {2}adsim run /);
    for (const option of ['--out', '--seeds', '--workers', '--set', '--json']) expect(out).toContain(option);
    expect(await said('help', 'run')).toEqual({ code: 0, out, err: '' });
  });

  it('is what no command at all gets, on stderr, as a mistake', async () => {
    const { code, out, err } = await said();
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('Examples:');
  });

  it('version', async () => {
    expect((await said('--version')).out).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('mistakes of usage: one sentence, exit code 2, nothing on stdout', () => {
  it.each([
    ['rnu', 'unknown command "rnu" - did you mean "run"?'],
    ['bake', `unknown command "bake"; use one of ${COMMANDS.map(({ name }) => name).join(', ')}`],
    ['--verison', 'unknown option "--verison" - did you mean "--version"?'],
    [
      'run',
      'adsim run: CONFIG is missing; for instance: adsim run experiments/quickstart.yaml --set world.preset=fatigue',
    ],
    ['verify', 'adsim verify: DIR is missing; for instance: adsim verify results/quickstart'],
    ['run a b', 'adsim run: "b" is one word too many; `adsim run --help` shows what it takes'],
    ['run a --seedz 3', 'unknown option "--seedz" - did you mean "--seeds"?'],
    ['run a --out', 'adsim run: --out wants a value; `adsim run --help` shows what it takes'],
    ['run a --seeds 0', '--seeds: must be a whole number from 1 to 999999 (got "0"); for instance 4'],
    ['run a --seeds=2.5', '--seeds: must be a whole number from 1 to 999999 (got "2.5"); for instance 4'],
    ['run a --workers -1', '--workers: must be a whole number from 0 to 999999 (got "-1"); for instance 4'],
    ['run a --workers many', '--workers: must be a whole number from 0 to 999999 (got "many"); for instance 4'],
    ['list agnets', 'adsim list: unknown "agnets" - did you mean "agents"?'],
    ['list --jsn', 'unknown option "--jsn" - did you mean "--json"?'],
    ['run no-such.yaml', 'no-such.yaml: no such file; check the path'],
    ['run src', 'src: is a folder; give a YAML file inside it'],
  ])('adsim %s', async (words, sentence) => {
    expect(await said(...words.split(' '))).toEqual({ code: 2, out: '', err: `${sentence}\n` });
  });

  it('--set takes one word, so that the config may follow it', async () => {
    const { err } = await said('run', '--set', 'a.b=1', '--set', 'c=[1, 2]', 'no-such.yaml');
    expect(err).toBe('no-such.yaml: no such file; check the path\n');
  });

  it('options may come first', async () => {
    expect(JSON.parse((await said('--json', 'list', 'estimators')).out)).toBeInstanceOf(Array);
  });
});

describe('list', () => {
  it('shows every kind with a sentence, and gives programs JSON', async () => {
    const { code, out } = await said('list');
    expect(code).toBe(0);
    const everything = JSON.parse((await said('list', '--json')).out) as Record<string, { name: string }[]>;
    expect(Object.keys(everything)).toEqual(['worlds', 'agents', 'models', 'estimators']);
    const names = Object.values(everything).flatMap((entries) => entries.map(({ name }) => name));
    expect(names).toEqual(expect.arrayContaining(['quiet', 'lin-ucb', 'logistic', 'snips']));
    for (const name of names) expect(out).toMatch(new RegExp(`^ {2}${name} +\\S`, 'm'));
    expect(JSON.parse((await said('list', 'agents', '--json')).out)).toEqual(everything['agents']);
  });
});
