/** The commands: what they take, and where their code is. Nothing of it is loaded before it is asked for. */
import type { Options, PositionalOptions } from 'yargs';
import { MODEL_COMMANDS } from './model-commands.ts';
import { flag, json, text } from './option-kinds.ts';
import type { Terminal } from './terminal.ts';

/** What was typed: options by name, positionals by name. */
export type Arguments = Readonly<Record<string, unknown>>;

/** A command's code: answers with the exit code. */
export type Action = (given: Arguments, terminal: Terminal) => Promise<number>;

export interface Command {
  name: string;
  /** In yargs' notation: `run <config>`. */
  usage: string;
  summary: string;
  example: string;
  positionals: Readonly<Record<string, PositionalOptions>>;
  options: Readonly<Record<string, Options>>;
  load(): Promise<Action>;
}

const config: PositionalOptions = { describe: 'A YAML or JSON file; `adsim init` writes one', type: 'string' };
const directory: PositionalOptions = { describe: 'A results folder of `adsim run`', type: 'string' };
const workers = text('Worker processes; default: one per core; 0 stays in this process');

const log: PositionalOptions = {
  describe: 'CSV, JSONL, Parquet, Arrow, Vowpal Wabbit text or dsjson, Open Bandit Dataset, or adsim’s own',
  type: 'string',
};
const policy: Options = {
  ...text('uniform, column:NAME, columns:PREFIX, vw:FILE, command:PROGRAM or a rule file (.yaml)'),
  demandOption: true,
};

/** What every command takes that reads a log and a policy. */
const readingOptions: Readonly<Record<string, Options>> = {
  columns: text('YAML that says which column is which: action, propensity, reward, context, …'),
  model: { ...text('Reward model of DM and DR, cross-fitted; default: means'), choices: ['means', 'logistic'] },
  folds: text('Folds of cross-fitting; default: 2'),
  'propensity-floor': text('The least probability that the logging policy gave any action, if known: bounds weights'),
  'skip-bad': flag('Leave bad rows out and count them, instead of stopping at the first'),
  seed: text('Seed of folds, resamples and made-up logs; default: 1'),
};

const LIFTS = ['relative', 'absolute'];
const coverage: Options = {
  ...text('How to measure the coverage of intervals; default: quick'),
  choices: ['off', 'quick', 'full'],
};

/** What `adsim list` can list. */
export const LISTS = ['worlds', 'agents', 'models', 'estimators'] as const;

/** What `adsim native` does. */
export const NATIVE_ACTIONS = ['build', 'check', 'remove'] as const;

export const COMMANDS: readonly Command[] = [
  {
    name: 'run',
    usage: 'run <config>',
    summary: 'Run an experiment: one config in, one report out',
    example: 'adsim run experiments/quickstart.yaml --set world.preset=fatigue',
    positionals: { config },
    options: {
      out: text('Results folder; default: results/NAME'),
      seeds: text('How many seeds; short for --set seeds=N'),
      workers,
      set: { ...text('Change one value: path=value, for instance agents.0.epsilon=0.1; repeatable'), array: true },
      json,
    },
    load: async () => (await import('./commands/run.ts')).run,
  },
  {
    name: 'report',
    usage: 'report <dir>',
    summary: 'Write the report of a finished run again',
    example: 'adsim report results/quickstart',
    positionals: { dir: directory },
    options: { static: flag('Without interactive charts: a tenth of the size, no script'), json },
    load: async () => (await import('./commands/report.ts')).report,
  },
  {
    name: 'verify',
    usage: 'verify <dir>',
    summary: 'Run again and compare: does the same come out?',
    example: 'adsim verify results/quickstart',
    positionals: { dir: directory },
    options: { workers, json },
    load: async () => (await import('./commands/verify.ts')).verify,
  },
  {
    name: 'ope',
    usage: 'ope <log>',
    summary: 'What a policy is worth, from a log that another one collected; and whether to trust it',
    example: 'adsim ope log.csv --policy uniform --out results/ope',
    positionals: { log },
    options: {
      policy,
      ...readingOptions,
      estimators: text(
        'Names, with commas between; default: the usual ones; `adsim list estimators` shows those of rows',
      ),
      episode: text('Column that says which rows are one episode: their rewards are summed, their odds multiplied'),
      discount: text('What a step later is worth of one now, in [0, 1]; for episodes; default: 1'),
      slate: text('Column that says which rows are one page, from its first place to its last'),
      level: text('Nominal level of the intervals, in [0.5, 1); default: 0.95'),
      coverage,
      rule: text('How intervals are made; default: the simplest rule whose measured coverage holds'),
      out: text('Folder for report.html and ope.json'),
      json,
    },
    load: async () => (await import('./commands/ope.ts')).ope,
  },
  {
    name: 'launch',
    usage: 'launch <log>',
    summary: 'Launch a policy, hold, drop it, or can’t tell: a verdict one can sign; the exit code says which',
    example: 'adsim launch log.csv --policy new.yaml --baseline behaviour --min-lift 0.02 --risk 0.05',
    positionals: { log },
    options: {
      policy: { ...policy, array: true, describe: `${String(policy.describe)}; repeat for several candidates` },
      baseline: text('What it would replace: behaviour (default), or a policy as above'),
      'min-lift': text('What the lift must reach: 0.02 for 2 % more than the baseline; default: 0'),
      risk: text('Chance of launching anything whose lift is below that, at most; default: 0.05'),
      measure: { ...text('Lift relative to the baseline (default) or in the reward’s unit'), choices: LIFTS },
      power: text('Chance of an answer that “how many more rows” plans for; default: 0.8'),
      tolerance: text('Loss that a partial launch may cost, relative; default: 0.01'),
      looks: text('How often this log has been asked, this time included; default: 1'),
      'rows-per-day': text('Traffic, for the plan; default: as the log’s times say'),
      ...readingOptions,
      coverage,
      out: text('Folder for report.html and verdict.json'),
      json,
    },
    load: async () => (await import('./commands/launch.ts')).launch,
  },
  {
    name: 'fit',
    usage: 'fit <log>',
    summary: 'Fit users, click response or headline weights to logs of your own, for a world of your own',
    example: 'adsim fit log.csv --response --out response.yaml',
    positionals: {
      log: {
        describe: 'Behaviour log (CSV, plain or gzipped), or with --response an ad log',
        type: 'string',
      },
    },
    options: {
      response: flag('Fit when ads are clicked: base rate, position, hour, items or categories, headline, fatigue'),
      headlines: flag('Fit what words are worth, from randomised headline tests in the layout of the Upworthy archive'),
      columns: text(
        'YAML that says which column is which: user, time, text or category; with --response action, click, …',
      ),
      out: text('Where the result goes; default: population.yaml, or response.yaml'),
      json,
    },
    load: async () => (await import('./commands/fit.ts')).fit,
  },
  ...MODEL_COMMANDS,
  {
    name: 'convert',
    usage: 'convert <log>',
    summary: 'Write a log in another form: Vowpal Wabbit, Open Bandit Dataset, CSV, Parquet',
    example: 'adsim convert log.csv --to vw-adf --out log.vw',
    positionals: {
      log: { describe: 'A log in any form that adsim reads; its layout is recognised', type: 'string' },
    },
    options: {
      to: text(
        'vw (a line each), vw-adf (a paragraph each), dsjson, obd (and item_context.csv beside), csv or parquet',
      ),
      out: text('The file to write'),
      columns: text('YAML that says which column is which: action, propensity, reward, context, …'),
      'skip-bad': flag('Leave bad rows out and count them, where else the first one ends the command'),
      json,
    },
    load: async () => (await import('./commands/convert.ts')).convert,
  },
  {
    name: 'ab',
    usage: 'ab <action> [plan] [result]',
    summary: 'Size the A/B test that follows a launch decision (plan), and read it (check)',
    example: 'adsim ab plan --base-rate 0.02 --min-lift 0.05 --risk 0.05 --power 0.8',
    positionals: {
      action: { describe: 'plan or check', type: 'string' },
      plan: { describe: 'check: a plan of `adsim ab plan --json`', type: 'string' },
      result: { describe: 'check: CSV (arm,rows,conversions) or JSON of control and treatment', type: 'string' },
    },
    options: {
      'base-rate': text('Click or conversion rate of the control; its mean where --sd is given'),
      sd: text('Standard deviation of one reward, where rewards are not 0 or 1'),
      'min-lift': text('Relative lift to be seen: 0.05 for 5 % more'),
      risk: text('Chance of launching what has no lift; default 0.05'),
      power: text('Chance of seeing the lift if it is there; default 0.8'),
      sides: text('1: look for more alone (default); 2: for less too, as most calculators do'),
      allocation: text('Share of the rows that go to the treatment; default 0.5'),
      'any-day': flag('Bounds that may be looked at every day, for about twice the rows'),
      'rows-per-day': text('Rows of both arms in a day, to say how many days it takes'),
      'from-launch': text('A verdict of `adsim launch --json` that says rate, lift, risk and traffic'),
      verdict: text('check: a verdict of `adsim launch --json` to hold against the result'),
      'control-rows': text('check: the result without a file, in four numbers'),
      'control-conversions': text('check: conversions of the control'),
      'treatment-rows': text('check: rows of the treatment'),
      'treatment-conversions': text('check: conversions of the treatment'),
      json,
    },
    load: async () => (await import('./commands/ab.ts')).ab,
  },
  {
    name: 'papers',
    usage: 'papers [place]',
    summary: 'Run published results again, each beside what comes out here; fails where one differs',
    example: 'adsim papers --full --out results/papers',
    positionals: {
      place: { describe: 'A paper’s YAML, or a folder of them; default: those of adsim', type: 'string' },
    },
    options: {
      full: flag('As many runs as the sources had, and studies too long for every day; about an hour'),
      out: text('Folder for papers.json; what is finished is kept there, so a stopped run goes on'),
      workers,
      json,
    },
    load: async () => (await import('./commands/papers.ts')).papers,
  },
  {
    name: 'ope-benchmark',
    usage: 'ope-benchmark [config]',
    summary: 'Judge off-policy estimators where the truth is known: markets, classified rows, published designs',
    example: 'adsim ope-benchmark --out results/estimators',
    positionals: { config: { describe: 'A benchmark’s YAML; default: the one of adsim', type: 'string' } },
    options: {
      out: text('Folder for results.json and report.html; what is finished is kept there; default: results/NAME'),
      seeds: text('How many logs of each world'),
      data: text('Folder of data sets (ARFF); worlds whose file is not there are left out'),
      workers,
      json,
    },
    load: async () => (await import('./commands/ope-benchmark.ts')).opeBenchmark,
  },
  {
    name: 'list',
    usage: 'list [kind]',
    summary: 'What there is: worlds, agents, models, estimators',
    example: 'adsim list agents',
    positionals: { kind: { describe: `One of ${LISTS.join(', ')}; default: all`, type: 'string' } },
    options: { json },
    load: async () => (await import('./commands/list.ts')).list,
  },
  {
    name: 'doctor',
    usage: 'doctor',
    summary: 'What this machine offers, and what to install for more',
    example: 'adsim doctor',
    positionals: {},
    options: { json },
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'native',
    usage: 'native <action>',
    summary: 'Train networks on TensorFlow’s own kernels: build, check or remove them',
    example: 'adsim native build --tensorflow ~/venv',
    positionals: { action: { describe: NATIVE_ACTIONS.join(', '), type: 'string' } },
    options: {
      tensorflow: text('A TensorFlow of pip’s: its folder, a virtual environment or a wheel; default: Python’s'),
      out: text('Folder of the build; default: ADSIM_NATIVE, else a folder in the cache'),
      json,
    },
    load: async () => (await import('./commands/native.ts')).native,
  },
  {
    name: 'init',
    usage: 'init [file]',
    summary: 'Write a commented config to start from',
    example: 'adsim init my-experiment.yaml',
    positionals: {
      file: { describe: 'Where to write it; never overwrites', type: 'string', default: 'experiment.yaml' },
    },
    options: {},
    load: async () => (await import('./commands/init.ts')).init,
  },
  {
    name: 'schema',
    usage: 'schema',
    summary: 'JSON Schema of a config, for editors',
    example: 'adsim schema > adsim.schema.json',
    positionals: {},
    options: {},
    load: async () => (await import('./commands/schema.ts')).schema,
  },
];
