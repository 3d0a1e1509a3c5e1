/** What README and its kin promise is so. Each promise has a planted breach that proves it is watched. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/cli/commands.ts';
import { helpText } from '../src/cli/usage.ts';
import type { Document } from './support/documents.ts';
import { blocksOf, brokenLinks, commandsOf, mistakesIn, unknownScripts } from './support/documents.ts';
import { stepsOf, typeIn, unlike } from './support/guide.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): Document => ({ path, text: readFileSync(join(ROOT, path), 'utf8') });
const README = read('README.md');
const DOCUMENTS: Document[] = [
  README,
  read('CHANGELOG.md'),
  read('notebooks/README.md'),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => read(join('docs', path))),
];
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const planted = (text: string): Document => ({ path: 'README.md', text });

describe('links', () => {
  it.each(DOCUMENTS)('of $path lead somewhere', (document) => {
    expect(brokenLinks(document, ROOT)).toEqual([]);
  });

  it('that lead nowhere are found', () => {
    const text =
      'See [this](docs/nowhere.md#part), ![that](no.png), [README](README.md#top), [web](https://nowhere.test).';
    expect(brokenLinks(planted(text), ROOT)).toEqual([
      'README.md: docs/nowhere.md#part is not there',
      'README.md: no.png is not there',
    ]);
  });
});

describe('commands', () => {
  it.each(DOCUMENTS)('of $path can be typed', (document) => {
    expect(commandsOf(document).flatMap((line) => mistakesIn(line, ROOT))).toEqual([]);
  });

  it('of README are found at all', () => {
    expect(new Set(commandsOf(README).map((line) => line.split(' ')[1]))).toEqual(
      new Set(COMMANDS.map(({ name }) => name)),
    );
  });

  it('of the help can be typed', () => {
    const help = helpText('', undefined)
      .split('\n')
      .map((line) => /^ {2}(adsim .*?)(?: {2,}|$)/u.exec(line)?.[1]);
    const examples = [...help.filter((line) => line !== undefined), ...COMMANDS.map(({ example }) => example)];
    expect(examples.length).toBeGreaterThan(COMMANDS.length + 3);
    expect(examples.flatMap((line) => mistakesIn(line, ROOT))).toEqual([]);
  });

  it.each([
    ['adsim rnu CONFIG', 'no command rnu'],
    ['adsim run CONFIG [--worker 2]', 'run takes no --worker'],
    ['npx adsim run experiments/nothing.yaml', 'no such file'],
    ['adsim run experiments/quickstart.yaml --set wrld.preset=quiet', 'unknown key "wrld"'],
    ['adsim list agnets', 'nothing to list as agnets'],
    ['adsim verify DIR DIR', 'too many words'],
    ['adsim run CONFIG --out', '--out has no value'],
  ])('with a mistake are found: %s', (line, mistake) => {
    const [found, ...more] = commandsOf(planted(`\`\`\`sh\nnpm ci && ${line}   # this\n\`\`\`\n`)).flatMap((one) =>
      mistakesIn(one, ROOT),
    );
    expect(found).toContain(mistake);
    expect(more).toEqual([]);
    expect(commandsOf(planted(`So \`${line}\` does it.`))).toHaveLength(1);
  });
});

describe('npm scripts', () => {
  it.each(DOCUMENTS)('of $path exist', (document) => {
    expect(unknownScripts(document, scripts)).toEqual([]);
  });

  it('that do not exist are found', () => {
    const text =
      '```sh\nnpm ci && npm run quikstart # x\nnpm tset\n```\nAnd `npm run bench -- all`, `npm test`, `npm link`.';
    expect(unknownScripts(planted(text), scripts)).toEqual([
      'README.md: npm knows no script quikstart',
      'README.md: npm knows no script tset',
    ]);
  });
});

describe('programs in the documents', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'adsim-readme-'));
  afterAll(() => rmSync(scratch, { recursive: true }));

  const printed = {
    'README.md': [/^CTR \d\d?\.\d\d %\n$/u],
    'docs/bring-your-own-agent.md': [/^\d\.\d\d clicks a visit\n$/u, /^CTR \d\.\d %\n$/u, /^$/u],
    'docs/add-an-agent.md': [/^CTR [3-9]\.\d\d %\n$/u],
    'docs/launch-a-policy.md': [
      /^sips: 0\.50 clicks a page\nrips: 0\.50 clicks a page\n$/u, // (1.6 + 0.4) / 4
      /^tis: 1\.07 clicks a session\npdis: 0\.75 clicks a session\n$/u, // (1.6² + 0.8 · 0.8) / 3, (1.6 + 0.64) / 3
    ],
  };
  const programs = Object.entries(printed).flatMap(([path, prints]) =>
    blocksOf(read(path), 'ts').map((code, n) => ({ path, block: n + 1, code, prints: prints[n] })),
  );
  const changed = programs[0].code.replaceAll('resolveWorld', 'makeWorld');
  const files = [...programs.map(({ code }) => code), changed].map((code, p) => {
    const file = join(scratch, `program-${p}.ts`);
    // They import the sources in place of the package.
    writeFileSync(file, code.replaceAll("from 'adsim'", `from '${join(ROOT, 'src/index.ts')}'`));
    return file;
  });
  const node = (...words: string[]) => spawnSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' });

  /** What the compiler says of all of them, a line each. */
  let types: string[] = [];
  beforeAll(() => {
    // The sources lie elsewhere, and keep their endings.
    const loose = { noEmit: true, rewriteRelativeImportExtensions: false, allowImportingTsExtensions: true };
    const compilerOptions = { ...loose, types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')] };
    const config = { extends: join(ROOT, 'tsconfig.json'), compilerOptions, files, include: [] };
    writeFileSync(join(scratch, 'package.json'), '{"type":"module"}');
    writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify(config));
    types = node(join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', scratch).stdout.split('\n');
  });

  /** What a program prints, and what is wrong with it. */
  function run(p: number): { wrong: string[]; out: string; err: string } {
    const { stdout, stderr } = node('--import', import.meta.resolve('tsx'), files[p]);
    return { wrong: types.filter((line) => line.includes(`program-${p}.ts`)), out: stdout, err: stderr };
  }

  it('are one in README', () => {
    expect(programs.filter(({ path }) => path === 'README.md')).toHaveLength(1);
  });

  it.each(programs.map((program, p) => ({ ...program, p })))('of $path, block $block, run', ({ p, prints }) => {
    const { wrong, out, err } = run(p);
    expect([wrong, err]).toEqual([[], '']);
    expect(out).toMatch(prints);
  });

  it('would be found out if the interface changed', () => {
    const { wrong, err } = run(programs.length);
    expect(wrong.join('\n')).toContain("has no exported member 'makeWorld'");
    expect(err).toContain('makeWorld');
  });
});

describe('the guide to a launch, from an empty folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'adsim-guide-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const { files, steps } = stepsOf(read('docs/launch-a-policy.md'));
  for (const [name, content] of files) writeFileSync(join(folder, name), content);

  it('has commands, and shows what all but the first print', () => {
    expect(steps.length).toBeGreaterThan(6);
    expect(steps.filter(({ promised }) => promised === undefined)).toEqual([steps[0]]);
  });

  it.each(steps)('prints what it shows: $commands', { timeout: 120_000 }, (step) => {
    const { out, codes, err } = typeIn(folder, step);
    expect([codes, err]).toEqual([step.codes, expect.any(String)]);
    expect(step.promised === undefined ? out : unlike(step.promised, out)).toBe(
      step.promised === undefined ? '' : undefined,
    );
  });

  it.each([
    ['a\nb\n', 'a\nc\n', 'promised "b", came "c"'],
    ['a\n…\nd\n', 'a\nb\nc\n', 'promised "d", came "b"'],
    ['a\n', 'a\nb\n', 'came "b" beyond what was promised'],
    ['a\n…\nc\n…\n', 'a\nb\nc\nd\n', undefined],
  ])('would be found out: %j for %j', (promised, out, found) => {
    expect(unlike(promised, out)).toBe(found);
  });
});
