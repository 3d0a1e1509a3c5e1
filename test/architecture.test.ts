/**
 * The house's floors, enforced: imports go down only, each heavy package has one owner, and nothing but the command
 * line knows the clock. Every law carries its reason and a planted breach that proves it is watched.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { allImports, circles, closure, code, importsOf, isOurs } from './support/imports.ts';
import type { Import, Sources } from './support/imports.ts';

interface Law {
  law: string;
  reason: string;
  breaches: (sources: Sources) => string[];
  /** A breach: what a file's text might become. */
  planted: Readonly<Record<string, string>>;
}

const ROOT = new URL('../', import.meta.url);
const REAL: Sources = new Map(
  readdirSync(new URL('src/', ROOT), { recursive: true, encoding: 'utf8' })
    .map((path) => `src/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => [path, readFileSync(fileURLToPath(new URL(path, ROOT)), 'utf8')]),
);

const breach = ({ from, to }: Import): string => `${from} imports ${to}`;

/** `core` of src/core/random.ts, `index.ts` of src/index.ts. */
const floorOf = (path: string): string => path.split('/')[1];

/** Which floors each may stand on. */
const FLOORS: Readonly<Record<string, { on: readonly string[]; reason: string }>> = {
  'version.ts': { on: [], reason: 'a version needs nothing' },
  core: { on: [], reason: 'the words everyone speaks must not depend on who speaks them' },
  env: { on: ['core'], reason: 'the world must not know who plays in it, or it could favour somebody' },
  gym: {
    on: ['env', 'core'],
    reason: 'who brings an agent of their own needs the world and nothing of ours that plays',
  },
  models: { on: ['core'], reason: 'a model learns from columns, wherever they come from: a market or a file' },
  agents: { on: ['models', 'core'], reason: 'an agent that can reach the world can peek at its truth' },
  ope: { on: ['models', 'core'], reason: 'an estimator that could ask the world would not be off-policy' },
  runner: { on: ['agents', 'ope', 'models', 'env', 'core', 'version.ts'], reason: 'only here world and agents meet' },
  report: { on: ['runner', 'core'], reason: 'a report is made from results alone, so an old run can be shown again' },
  cli: {
    on: ['report', 'runner', 'agents', 'ope', 'models', 'env', 'core', 'version.ts'],
    reason: 'the rim knows everything and nothing knows the rim, so that the library runs without a terminal',
  },
  'index.ts': {
    on: ['gym', 'report', 'runner', 'agents', 'ope', 'models', 'env', 'core', 'version.ts'],
    reason: 'the public interface is everything but the command line',
  },
};

/** Where each package may be imported. */
const OWNERS: readonly { packages: RegExp; example: string; owner: RegExp; reason: string }[] = [
  {
    packages: /^(?:@tensorflow\/|webgpu$)/u,
    example: '@tensorflow/tfjs-core',
    owner: /^src\/models\/tensor(?:\.ts$|\/)/u,
    reason: 'one gate: back ends can be exchanged, kernels mended and seeds kept in one place',
  },
  {
    packages: /^vega/u,
    example: 'vega-lite',
    owner: /^src\/report\//u,
    reason: 'charts are a matter of the report; a simulation must not wait for them',
  },
  {
    packages: /^(?:yargs|cli-progress)$/u,
    owner: /^src\/cli\//u,
    example: 'yargs',
    reason: 'only the rim knows the terminal',
  },
  {
    packages: /^yaml$/u,
    example: 'yaml',
    owner: /^src\/runner\/yaml\//u,
    reason: 'every config is read by the same loader, with the same words for mistakes',
  },
  {
    packages: /^hyparquet/u,
    example: 'hyparquet',
    owner: /^src\/runner\//u,
    reason: 'one file format of logs, read and written in one place',
  },
  {
    packages: /^(?:@duckdb\/|apache-arrow$)/u,
    example: '@duckdb/node-api',
    owner: /^src\/runner\/logs\//u,
    reason: 'a database of 70 MB is loaded for logs that do not fit into memory, and for nothing else',
  },
  {
    packages: /^csv-parse/u,
    example: 'csv-parse',
    owner: /^src\/runner\//u,
    reason: 'files are read at the runner: models learn from columns',
  },
  {
    packages: /^canonicalize$/u,
    owner: /^src\/runner\/digest\.ts$/u,
    example: 'canonicalize',
    reason: 'two ways to a digest are two digests',
  },
  {
    packages: /^fastest-levenshtein$/u,
    owner: /^src\/runner\/did-you-mean\.ts$/u,
    example: 'fastest-levenshtein',
    reason: 'one idea of what is near',
  },
  {
    packages: /^(?:seedrandom|d3-random)$/u,
    owner: /^src\/core\//u,
    example: 'seedrandom',
    reason: 'all chance comes from named streams',
  },
  {
    packages: /^simple-statistics$/u,
    example: 'simple-statistics',
    owner: /^src\/core\//u,
    reason: 'its quantiles are off by 0.14 %: ours stand beside it, so nobody takes the wrong ones',
  },
  { packages: /^zod$/u, owner: /^src\//u, example: 'zod', reason: 'every part states the schema of its own config' },
  {
    packages: /^node:/u,
    example: 'node:fs',
    owner: /^src\/(?:cli|report|runner|models)\/|^src\/version\.ts$/u,
    reason: 'core, world, agents and estimators are pure: they touch no file and no process',
  },
];

/** Files whose code runs before the user has seen anything, and what must not come along. */
const QUICK: readonly { start: readonly string[]; refuse: RegExp; reason: string }[] = [
  {
    start: ['src/cli/main.ts'],
    refuse: /^(?!yargs$|node:)[^/]*(?:\/[^/]*)?$/u,
    reason: '`adsim --help` must answer at once: yargs alone is loaded',
  },
  {
    start: [
      'src/env/presets.ts',
      'src/agents/registry.ts',
      'src/models/ctr/registry.ts',
      'src/ope/registry.ts',
      'src/cli/commands/list.ts',
    ],
    refuse: /^(?:@tensorflow\/|vega|yaml|hyparquet)/u,
    reason: '`adsim list` reads four registries, not half a gigabyte of packages',
  },
];

/** Files outside `allowed` whose code matches. */
function matching(sources: Sources, pattern: RegExp, allowed: RegExp): string[] {
  return [...sources]
    .filter(([path]) => !allowed.test(path))
    .flatMap(([path, text]) => (code(text).match(pattern) ?? []).map((match) => `${path}: ${match.trim()}`));
}

const NEVER = /^$/u;
const linesOf = (text: string): number => text.trimEnd().split('\n').length;
const LAWS: readonly Law[] = [
  ...Object.entries(FLOORS).map(([floor, { on, reason }]) => ({
    law: `${floor} stands on ${on.join(', ') || 'nothing'}`,
    reason,
    breaches: (sources: Sources) =>
      allImports(sources)
        .filter(({ from, to }) => floorOf(from) === floor && isOurs(to))
        .filter(({ to }) => !(to.startsWith('src/') && [floor, ...on].includes(floorOf(to))))
        .map(breach),
    planted: {
      [floor.endsWith('.ts') ? `src/${floor}` : `src/${floor}/planted.ts`]:
        `/** Planted. */\nimport type { X } from '${floor.endsWith('.ts') ? './' : '../'}${floor === 'cli' ? '../bench/main' : 'cli/main'}.ts';\n`,
    },
  })),
  {
    law: 'world and agents never meet',
    reason: 'an agent cannot peek, and the world cannot know who plays; the runner alone brings them together',
    breaches: (sources) =>
      allImports(sources)
        .filter(({ from, to }) => [floorOf(from), isOurs(to) ? floorOf(to) : ''].sort().join() === 'agents,env')
        .map(breach),
    planted: {
      'src/agents/oracle.ts': "/** P. */\nexport async function f() {\n  return import('../env/market.ts');\n}\n",
    },
  },
  ...OWNERS.map(({ packages, example, owner, reason }) => ({
    law: `${packages.source} is imported in ${owner.source} alone`,
    reason,
    breaches: (sources: Sources) =>
      allImports(sources)
        .filter(({ from, to }) => packages.test(to) && !owner.test(from))
        .map(breach),
    planted: {
      [owner.test('src/core/planted.ts') ? 'bench/planted.ts' : 'src/core/planted.ts']:
        `/** P. */\nimport x from '${example}';\n`,
    },
  })),
  {
    law: 'every package has an owner',
    reason: 'a dependency is a promise to keep: say in OWNERS who keeps it',
    breaches: (sources) =>
      allImports(sources)
        .filter(({ to }) => !isOurs(to) && !OWNERS.some(({ packages }) => packages.test(to)))
        .map(breach),
    planted: { 'src/core/planted.ts': "/** P. */\nimport leftPad from 'left-pad';\n" },
  },
  ...QUICK.map(({ start, refuse, reason }) => ({
    law: `${start[start.length - 1]} starts without ${refuse.source}`,
    reason,
    breaches: (sources: Sources) =>
      closure(sources, start)
        .filter(({ to }) => !isOurs(to) && refuse.test(to))
        .map(breach),
    planted: {
      'src/core/errors.ts': "/** P. */\nimport { x } from './planted.ts';\n",
      'src/core/planted.ts': "/** P. */\nimport * as tf from '@tensorflow/tfjs-core';\n",
    },
  })),
  {
    law: 'no circles of imports',
    reason: 'in a circle no file can be understood, tested or loaded first',
    breaches: circles,
    planted: {
      'src/core/a.ts': "/** P. */\nimport './b.ts';\n",
      'src/core/b.ts': "/** P. */\nexport * from './a.ts';\n",
    },
  },
  {
    law: 'chance is an argument',
    reason: 'Math.random has no seed: one call and no run can be repeated',
    breaches: (sources) =>
      matching(sources, /\bMath\.random\b|\brandomBytes\b|\brandomUUID\b|\bgetRandomValues\b/gu, NEVER),
    planted: { 'src/env/planted.ts': '/** P. */\nexport const x = Math.random();\n' },
  },
  {
    law: 'only the command line knows the clock',
    reason: 'what depends on the time of day cannot come out the same twice',
    breaches: (sources) =>
      matching(sources, /\bDate\.now\b|\bperformance\.now\b|\bnew Date\(|\bhrtime\b/gu, /^src\/cli\//u),
    planted: { 'src/runner/planted.ts': '/** P. */\nexport const x = Date.now();\n' },
  },
  {
    law: 'only the command line ends the process or talks on its channels',
    reason: 'a library that exits or prints cannot be used in a notebook, a server or a test',
    breaches: (sources) =>
      matching(
        sources,
        /\bprocess\.(?:exit|exitCode|stdout|stderr|argv)\b|\bconsole\.\w+/gu,
        /^src\/cli\/|^src\/runner\/worker\.ts$|^src\/models\/tensor\/inspect\.ts$/u,
      ),
    planted: { 'src/ope/planted.ts': "/** P. */\nconsole.log('hello');\n" },
  },
  {
    law: 'environment variables are read by the command line',
    reason: 'results may depend on the config alone, not on what a shell happens to export',
    breaches: (sources) => matching(sources, /\bprocess\.env\b(?!\['(?:TF_|ADSIM_NATIVE'))/gu, /^src\/cli\//u),
    planted: { 'src/models/planted.ts': "/** P. */\nexport const x = process.env['HOME'];\n" },
  },
  {
    law: 'powers are whole',
    reason: 'pow differs between versions of V8 for other exponents (stack.md, fact 4), and digests with it',
    breaches: (sources) => matching(sources, /\bMath\.pow\b|\*\*(?! -?\d+\b(?!\.)).*/gu, NEVER),
    planted: { 'src/core/planted.ts': '/** P. */\nexport const x = (y: number): number => y ** 0.5;\n' },
  },
  {
    law: 'a file begins with its sentence and stays within 300 lines',
    reason: 'one idea per file, said first; what cannot be said in a sentence is two files',
    breaches: (sources) =>
      [...sources]
        .filter(([, text]) => !/^(?:#!.*\n)?\/\*\*/u.test(text) || linesOf(text) > 300)
        .map(([path, text]) => `${path}: ${linesOf(text)} lines, begins ${JSON.stringify(text.slice(0, 20))}`),
    planted: { 'src/core/planted.ts': 'export const x = 1;\n' },
  },
];

describe.each(LAWS.map((law) => [`${law.law}: ${law.reason}`, law] as const))('%s', (_, { breaches, planted }) => {
  it('holds', () => {
    expect(breaches(REAL)).toEqual([]);
  });

  it('a planted breach is seen', () => {
    const added = breaches(new Map([...REAL, ...Object.entries(planted)])).filter(
      (one) => !breaches(REAL).includes(one),
    );
    expect(added.length).toBeGreaterThan(0);
  });
});

it('the parser of imports knows every form', () => {
  const text = [
    "import a from 'a';",
    "import type { B } from '../b.ts';",
    "import {\n  c,\n  d,\n} from '@c/d/e';",
    "import './f.ts';",
    "export { g } from './g.ts';",
    "export type { H } from './h.ts';",
    "export * from './i.ts';",
    "const j = await import('./j.ts');",
    "// import k from 'k';",
    "/* import l from 'l'; */",
    'const m = "import n from \'n\'";',
  ].join('\n');
  expect(importsOf('src/x/y.ts', text).map(({ to, kind }) => `${kind} ${to}`)).toEqual([
    'value a',
    'type src/b.ts',
    'value @c/d',
    'value src/x/f.ts',
    'value src/x/g.ts',
    'type src/x/h.ts',
    'value src/x/i.ts',
    'dynamic src/x/j.ts',
  ]);
});

it('all of src is under these laws', () => {
  expect(REAL.size).toBeGreaterThan(50);
  expect([...REAL.keys()].map(floorOf).filter((floor) => !(floor in FLOORS))).toEqual([]);
});
