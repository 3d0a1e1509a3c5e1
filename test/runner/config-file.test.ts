/** The loader's sentences, word for word: they are what a user meets first. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { InputError } from '../../src/core/errors.ts';
import { loadConfig } from '../../src/runner/config-file.ts';
import type { ConfigSource } from '../../src/runner/config-file.ts';

const agent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('lin-ucb'), alpha: z.number().positive().default(1) }),
  z.strictObject({ kind: z.literal('epsilon-greedy'), epsilon: z.number().min(0).max(1).default(0.1) }),
]);
const schema = z.strictObject({
  name: z.string().describe('Names the results folder.'),
  seeds: z.union([z.int().min(1), z.array(z.string()).min(1)]).default(5),
  world: z.strictObject({ preset: z.enum(['quiet', 'fatigue']).default('quiet'), users: z.int().min(1).default(10) }),
  agents: z.array(agent).min(1),
  requests: z.int().min(1).default(100),
  images: z.union([z.literal('silhouettes'), z.strictObject({ path: z.string() })]).optional(),
  share: z.number().max(1, 'is more than all; use a share such as 0.5').optional(),
  rates: z.record(z.string(), z.number()).optional(),
});

let home: string;
let folder: string;
beforeAll(() => {
  home = process.cwd();
  folder = mkdtempSync(join(tmpdir(), 'adsim-config-'));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const GOOD = 'name: a\nworld: {preset: quiet}\nagents:\n  - kind: lin-ucb\n    alpha: 0.5\n  - kind: epsilon-greedy\n';

function load(text: string, set: string[] = []): { config: z.infer<typeof schema>; source: ConfigSource } {
  writeFileSync('a.yaml', text);
  return loadConfig('a.yaml', schema, { set });
}

/** The message of the InputError that `action` throws; fails on any other outcome. */
function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a good file', () => {
  it('gives the config with its defaults', () => {
    expect(load(GOOD).config).toEqual({
      name: 'a',
      seeds: 5,
      requests: 100,
      world: { preset: 'quiet', users: 10 },
      agents: [
        { kind: 'lin-ucb', alpha: 0.5 },
        { kind: 'epsilon-greedy', epsilon: 0.1 },
      ],
    });
  });

  it('may be JSON, may begin with a byte order mark, may have Windows line ends', () => {
    const { config } = load(GOOD);
    expect(load(JSON.stringify(config)).config).toEqual(config);
    expect(load(JSON.stringify(config, null, '\t')).config).toEqual(config);
    expect(load(`\uFEFF${GOOD}`).config).toEqual(config);
    expect(load(GOOD.replaceAll('\n', '\r\n')).config).toEqual(config);
  });

  it('is YAML 1.2: yes, no and dates are text; anchors work', () => {
    expect(load(GOOD.replace('name: a', 'name: no')).config.name).toBe('no');
    expect(load(GOOD.replace('name: a', 'name: 2026-11-21')).config.name).toBe('2026-11-21');
    const shared = 'name: a\nworld: {}\nagents: [&one {kind: lin-ucb, alpha: 2}, *one]\n';
    expect(load(shared).config.agents).toEqual([
      { kind: 'lin-ucb', alpha: 2 },
      { kind: 'lin-ucb', alpha: 2 },
    ]);
  });

  it('can be pointed at by later checks', () => {
    mkdirSync('sub', { recursive: true });
    writeFileSync('sub/base.yaml', GOOD);
    const { source } = load('extends: sub/base.yaml\nrequests: 7\n', ['images.path=x']);
    expect(source.where(['requests'])).toBe('a.yaml:2:11');
    expect(source.where(['agents', 0, 'alpha'])).toBe('sub/base.yaml:5:12');
    expect(source.where(['images', 'path'])).toBe('--set images.path=x');
    expect(source.folder(['agents', 0])).toBe('sub');
    expect(source.folder(['images', 'path'])).toBe('.');
    expect(source.files).toEqual(['sub/base.yaml', 'a.yaml']);
    expect(source.error(['agents', 1, 'kind'], 'is bad; be good').message).toBe(
      'sub/base.yaml:6:11  agents.1.kind: is bad; be good\n  6 |   - kind: epsilon-greedy\n    |           ^^^^^^^^^^^^^^',
    );
    const other = new Error('agents.1: is ours');
    expect(source.placed(other)).toBe(other);
    expect((source.placed(new InputError('agents.1: stands twice')) as Error).message).toMatch(
      /^sub\/base\.yaml:6:5 {2}agents\.1: stands twice\n/,
    );
    expect((source.placed(new InputError('results/a: holds a run')) as Error).message).toBe('results/a: holds a run');
  });
});

describe('mistakes in values', () => {
  it.each([
    [
      'a misspelt key',
      GOOD.replace('alpha', 'alpa'),
      'a.yaml:5:5  agents.0.alpa: unknown key "alpa" - did you mean "alpha"?',
    ],
    [
      'a key without its unit',
      GOOD + 'request: 5\n',
      'a.yaml:7:1  request: unknown key "request" - did you mean "requests"?',
    ],
    [
      'a key at the wrong level',
      GOOD + 'epsilon: 1\n',
      'a.yaml:7:1  epsilon: unknown key "epsilon"; it belongs at agents.0.epsilon',
    ],
    [
      'a key from nowhere',
      GOOD.replace('alpha', 'zzzzz'),
      'a.yaml:5:5  agents.0.zzzzz: unknown key "zzzzz"; use one of kind, alpha',
    ],
    [
      'an unknown agent',
      GOOD.replace('lin-ucb', 'linucbb'),
      'a.yaml:4:11  agents.0.kind: unknown "linucbb" - did you mean "lin-ucb"?',
    ],
    [
      'another spelling',
      GOOD.replace('lin-ucb', 'LinUCB'),
      'a.yaml:4:11  agents.0.kind: unknown "LinUCB" - did you mean "lin-ucb"?',
    ],
    [
      'a far agent',
      GOOD.replace('lin-ucb', 'xyz'),
      'a.yaml:4:11  agents.0.kind: unknown "xyz"; use one of lin-ucb, epsilon-greedy',
    ],
    [
      'no kind',
      GOOD.replace('kind: lin-ucb\n    ', ''),
      'a.yaml:4:5  agents.0.kind: is missing; give one of lin-ucb, epsilon-greedy',
    ],
    [
      'an unknown world',
      GOOD.replace('quiet', 'quite'),
      'a.yaml:2:17  world.preset: unknown "quite" - did you mean "quiet"?',
    ],
    [
      'a wrong type',
      GOOD + 'requests: many\n',
      'a.yaml:7:11  requests: must be a whole number of at least 1 (got "many"); the default is 100',
    ],
    [
      'a grouped number',
      GOOD + 'requests: 20_000\n',
      'a.yaml:7:11  requests: must be a whole number of at least 1 (got "20_000"); write 20000',
    ],
    [
      'out of range',
      GOOD + '    epsilon: 1.5\n',
      'a.yaml:7:14  agents.1.epsilon: must be a number from 0 to 1 (got 1.5); the default is 0.1',
    ],
    [
      'at an open end',
      GOOD.replace('0.5', '0'),
      'a.yaml:5:12  agents.0.alpha: must be a number above 0 (got 0); the default is 1',
    ],
    [
      'not a number',
      GOOD.replace('0.5', '.nan'),
      'a.yaml:5:12  agents.0.alpha: must be a number above 0 (got NaN); the default is 1',
    ],
    [
      'a number for text',
      GOOD.replace('name: a', 'name: 7'),
      'a.yaml:1:7  name: must be text (got 7); put it in quotes: "7"',
    ],
    ['an empty value', GOOD.replace('name: a', 'name:'), 'a.yaml:1:6  name: must be text (got nothing)'],
    [
      'a missing key',
      GOOD.replace('name: a\n', ''),
      'a.yaml:1:1  name: is missing; give text (Names the results folder)',
    ],
    [
      'an empty list',
      'name: a\nworld: {}\nagents: []\n',
      'a.yaml:3:9  agents: must be a list of at least 1 (got an empty list)',
    ],
    [
      'a map for a list',
      'name: a\nworld: {}\nagents: {a: 1}\n',
      'a.yaml:3:9  agents: must be a list of at least 1 (got a map)',
    ],
    [
      'a value for a map',
      GOOD + '  - 7\n',
      'a.yaml:7:5  agents.2: must be a map with kind: lin-ucb, epsilon-greedy (got 7)',
    ],
    [
      'either, wrong',
      GOOD + 'seeds: lots\n',
      'a.yaml:7:8  seeds: must be a whole number of at least 1 or a list of at least 1 (got "lots"); the default is 5',
    ],
    [
      'either, nearly',
      GOOD + 'seeds: 0\n',
      'a.yaml:7:8  seeds: must be a whole number of at least 1 (got 0); the default is 5',
    ],
    [
      'inside an either',
      GOOD + 'images: {path: 3}\n',
      'a.yaml:7:16  images.path: must be text (got 3); put it in quotes: "3"',
    ],
    ['in a free map', GOOD + 'rates: {a: x}\n', 'a.yaml:7:12  rates.a: must be a number (got "x")'],
    [
      'the words of the schema',
      GOOD + 'share: 2\n',
      'a.yaml:7:8  share: is more than all; use a share such as 0.5 (got 2)',
    ],
  ])('%s', (_, text, line) => {
    expect(refusal(() => load(text)).split('\n')[0]).toBe(line);
  });

  it('are all told at once, in the order of the file, each with a caret', () => {
    expect(refusal(() => load(GOOD.replace('alpha', 'alpa').replace('quiet', 'quite')))).toBe(
      [
        'a.yaml:2:17  world.preset: unknown "quite" - did you mean "quiet"?',
        '  2 | world: {preset: quite}',
        '    |                 ^^^^^',
        'a.yaml:5:5  agents.0.alpa: unknown key "alpa" - did you mean "alpha"?',
        '  5 |     alpa: 0.5',
        '    |     ^^^^',
      ].join('\n'),
    );
  });

  it('stop at twenty', () => {
    const wrong = `${GOOD}${Array.from({ length: 30 }, (_, i) => `wrong${i}: 1\n`).join('')}`;
    expect(
      refusal(() => load(wrong))
        .split('\n')
        .at(-1),
    ).toBe('and 10 more; correct these first');
  });

  it('show a window of a long line', () => {
    const long = `{name: a, world: {}, rates: {${Array.from({ length: 60 }, (_, i) => `k${i}: 1`).join(', ')}}, agents: 3}`;
    const [, line, caret] = refusal(() => load(long)).split('\n');
    expect(line.length).toBeLessThan(120);
    expect(line[caret.indexOf('^')]).toBe('3');
  });
});

describe('mistakes of form', () => {
  it.each([
    ['', 'a.yaml: is empty; write `key: value` lines (`adsim init FILE` writes an experiment to start from)'],
    [
      '# only a comment\n',
      'a.yaml: is empty; write `key: value` lines (`adsim init FILE` writes an experiment to start from)',
    ],
    ['- 1\n- 2\n', 'a.yaml:1:1  holds a list; a config is a map of `key: value`'],
    ['hello\n', 'a.yaml:1:1  holds a single value; a config is a map of `key: value`'],
    ['a: 1\na: 2\n', 'a.yaml:2:1  this key stands here a second time; remove one of the two'],
    ['a: 1\n---\nb: 2\n', 'a.yaml:2:1  a second document begins here; keep one document in a file'],
    ['a:\n\tb: 1\n', 'a.yaml:2:1  a tab indents this line; YAML wants spaces'],
    ['a: !secret x\n', 'a.yaml:1:4  this tag is not supported; write a plain value'],
    ['? [a]\n: 1\n', 'a.yaml:1:1  a key must be a plain word'],
    ['__proto__: {x: 1}\n', 'a.yaml:1:1  a key must be a plain word'],
  ])('%j', (text, expected) => {
    expect(refusal(() => load(text)).split('\n')[0]).toBe(expected);
  });

  it("whose words are partly the parser's", () => {
    expect(refusal(() => load('a: &a [*a]\n'))).toMatch(
      /^a\.yaml:1:\d+ {2}a[.0]*: is nested deeper than 64 levels; does/,
    );
    expect(refusal(() => load('a: [1\n'))).toMatch(/^a\.yaml:2:1 {2}not valid YAML: .+\n/);
  });

  it('a billion laughs', () => {
    const rows = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(10)}]`);
    expect(refusal(() => load(`a0: &a0 x\n${rows.join('\n')}`))).toContain('holds more than 100000 values; use fewer');
    expect(refusal(() => load('['.repeat(20_000)))).toMatch(/^a\.yaml:/);
  });

  it('files that are no config', () => {
    const of = (path: string): string => refusal(() => loadConfig(path, schema));
    writeFileSync('nul.yaml', 'a: \0');
    writeFileSync('latin.yaml', Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
    writeFileSync('utf16.yaml', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a: 1', 'utf16le')]));
    writeFileSync('large.yaml', '#'.repeat(1_000_001));
    mkdirSync('folder', { recursive: true });
    expect(of('none.yaml')).toBe('none.yaml: no such file; check the path');
    expect(of('nul.yaml/x')).toBe('nul.yaml/x: no such file; a part of the path is not a folder');
    expect(of('folder')).toBe('folder: is a folder; give a YAML file inside it');
    expect(of('nul.yaml')).toBe('nul.yaml: is not a text file; give a YAML or JSON file in UTF-8');
    expect(of('latin.yaml')).toBe('latin.yaml: is not a text file; give a YAML or JSON file in UTF-8');
    expect(of('utf16.yaml')).toBe('utf16.yaml: is UTF-16 text; save it as UTF-8');
    expect(of('large.yaml')).toBe('large.yaml: is larger than 1 MB; a config is a short YAML file');
  });
});

describe('extends', () => {
  it('merges maps, replaces lists, lets the later base and then the file win', () => {
    writeFileSync('one.yaml', `${GOOD.replace('quiet', 'fatigue')}requests: 1\n`);
    writeFileSync('two.yaml', 'world: {users: 7}\nrequests: 2\nseeds: 2\n');
    const { config } = load('extends: [one.yaml, two.yaml]\nseeds: 3\nagents: [{kind: epsilon-greedy}]\n');
    expect(config).toEqual({
      name: 'a',
      seeds: 3,
      requests: 2,
      world: { preset: 'fatigue', users: 7 },
      agents: [{ kind: 'epsilon-greedy', epsilon: 0.1 }],
    });
  });

  it('starts from the folder of its own file, and may meet a base twice', () => {
    mkdirSync('deep/er', { recursive: true });
    writeFileSync('deep/base.yaml', GOOD);
    writeFileSync('deep/er/mid.yaml', 'extends: ../base.yaml\nrequests: 9\n');
    const { config, source } = load('extends: [deep/er/mid.yaml, deep/base.yaml]\nseeds: 1\n');
    expect(config.requests).toBe(9);
    expect(source.files).toEqual(['deep/base.yaml', 'deep/er/mid.yaml', 'a.yaml']);
  });

  it('points at the file that is wrong', () => {
    writeFileSync('base.yaml', GOOD.replace('alpha', 'alpa'));
    expect(refusal(() => load('extends: base.yaml\nrequests: no\n')).split('\n')).toEqual([
      'base.yaml:5:5  agents.0.alpa: unknown key "alpa" - did you mean "alpha"?',
      '  5 |     alpa: 0.5',
      '    |     ^^^^',
      'a.yaml:2:11  requests: must be a whole number of at least 1 (got "no"); the default is 100',
      '  2 | requests: no',
      '    |           ^^',
    ]);
  });

  it.each([
    ['extends: none.yaml', 'a.yaml:1:10  extends: none.yaml: no such file; check the path'],
    ['extends: a.yaml', 'a.yaml:1:10  extends: goes round in a circle (a.yaml -> a.yaml); remove one'],
    ['extends: 3', 'a.yaml:1:10  extends: must be a path or a list of paths; for instance `extends: quickstart.yaml`'],
    ['extends:', 'a.yaml:1:9  extends: must be a path or a list of paths; for instance `extends: quickstart.yaml`'],
    [
      'extends: [{}]',
      'a.yaml:1:11  extends: must be a path or a list of paths; for instance `extends: quickstart.yaml`',
    ],
  ])('%s', (text, line) => {
    expect(refusal(() => load(text)).split('\n')[0]).toBe(line);
  });

  it('names the whole circle', () => {
    writeFileSync('b.yaml', 'extends: c.yaml\n');
    writeFileSync('c.yaml', 'extends: a.yaml\n');
    expect(refusal(() => load('extends: b.yaml\n')).split('\n')[0]).toBe(
      'c.yaml:1:10  extends: goes round in a circle (a.yaml -> b.yaml -> c.yaml -> a.yaml); remove one',
    );
  });
});

describe('--set', () => {
  it('writes YAML values at paths, making maps on the way', () => {
    const set = ['agents.0.alpha=2', 'world.users=5', 'images.path=../x', 'seeds=[a, b]', 'name="7"', 'world.users=6'];
    const { config } = load(`${GOOD}images: silhouettes\n`, set);
    expect(config.agents[0]).toEqual({ kind: 'lin-ucb', alpha: 2 });
    expect([config.world.users, config.images, config.seeds, config.name]).toEqual([
      6,
      { path: '../x' },
      ['a', 'b'],
      '7',
    ]);
  });

  it.each([
    ['agents', '--set agents: must be path=value; for instance --set agents.0.epsilon=0.1'],
    ['=3', '--set =3: must be path=value; for instance --set agents.0.epsilon=0.1'],
    ['a..b=3', '--set a..b=3: must be path=value; for instance --set agents.0.epsilon=0.1'],
    ['__proto__.x=3', '--set __proto__.x=3: must be path=value; for instance --set agents.0.epsilon=0.1'],
    ['extends=b', '--set extends=b: `extends` can only be written in the file'],
    ['agents.0.alpa=3', '--set agents.0.alpa=3  agents.0.alpa: unknown key "alpa" - did you mean "alpha"?'],
    ['wrld.users=3', '--set wrld.users=3  wrld: unknown key "wrld" - did you mean "world"?'],
    ['agents.0.kind=ucb', '--set agents.0.kind=ucb  agents.0.kind: unknown "ucb"; use one of lin-ucb, epsilon-greedy'],
    ['requests=0', '--set requests=0  requests: must be a whole number of at least 1 (got 0); the default is 100'],
    ['requests=', '--set requests=  requests: must be a whole number of at least 1 (got nothing); the default is 100'],
    ['agents.2.alpha=3', '--set agents.2.alpha=3  agents: is a list and has no entry "2"; its entries are 0 to 1'],
    ['agents.x.alpha=3', '--set agents.x.alpha=3  agents: is a list and has no entry "x"; its entries are 0 to 1'],
    ['name.x=3', '--set name.x=3  name: must be text (got a map)'],
  ])('%s', (set, message) => {
    expect(refusal(() => load(GOOD, [set]))).toBe(message);
  });

  it('names itself where its value is not YAML', () => {
    expect(refusal(() => load(GOOD, ['seeds=[1']))).toMatch(/^--set seeds=\[1 {2}not valid YAML: /);
  });
});
