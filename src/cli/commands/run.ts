/** `adsim run CONFIG`: one config in, one report out. */
import { isAbsolute, join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import type { ConfigSource } from '../../runner/config-file.ts';
import type { Population } from '../../env/population.ts';
import type { Experiment } from '../../runner/config.ts';
import type { FinishedRun, RunOptions } from '../../runner/experiment.ts';
import type { Arguments } from '../commands.ts';
import { OK } from '../failure.ts';
import { interruptible } from '../interrupt.ts';
import { cacheFolderOf } from '../cache-folder.ts';
import { backendOrderOf, countOf, flagOf, shellWords, textOf, textsOf } from '../options.ts';
import { progressOn } from '../progress.ts';
import { asJson, asText } from '../summary.ts';
import type { Terminal } from '../terminal.ts';

/** What does the work; tests put something quicker in its place. */
export interface Services {
  load(path: string, set: readonly string[]): { config: Experiment; source: ConfigSource };
  run(experiment: Experiment, options: RunOptions): Promise<FinishedRun>;
  render: NonNullable<RunOptions['render']>;
}

async function realServices(): Promise<Services> {
  const { loadConfig } = await import('../../runner/config-file.ts');
  const { experimentSchema } = await import('../../runner/config.ts');
  return {
    load: (path, set) => loadConfig<Experiment>(path, experimentSchema, { set }),
    run: async (experiment, options) => (await import('../../runner/experiment.ts')).runExperiment(experiment, options),
    render: async (results, manifest) => (await import('../../report/render-html.ts')).renderHtml(results, manifest),
  };
}

export async function run(given: Arguments, terminal: Terminal, services?: Services): Promise<number> {
  const path = String(given['config']);
  if (path === '') throw new InputError('adsim run: CONFIG is empty; `adsim init` writes one to start from');
  const seeds = countOf(given, 'seeds', 1);
  const workers = countOf(given, 'workers', 0);
  const set = textsOf(given, 'set');
  if (seeds !== undefined) set.push(`seeds=${seeds}`);
  const does = services ?? (await realServices());
  const { config, source } = does.load(path, set);
  const { loadPopulation } = await import('../../runner/population-file.ts');
  const words = ['adsim', 'run', path, ...set.flatMap((one) => ['--set', one])];
  const options = { directory: textOf(given, 'out'), workers, command: shellWords(words), now: () => new Date() };
  const finished = await runVisibly(withPaths(config, source, loadPopulation), options, source, does, terminal);
  const report = join(finished.directory, 'report.html');
  const json = flagOf(given, 'json');
  for (const { message, advice } of finished.notices) terminal.note(`note: ${message}; ${advice}`);
  terminal.out(json ? asJson(finished, report) : asText(finished, report, terminal));
  if (!json) terminal.note(`\nnext: open ${report}, or check it with: adsim verify ${finished.directory}`);
  return OK;
}

async function runVisibly(
  config: Experiment,
  options: Pick<RunOptions, 'directory' | 'workers' | 'command' | 'now'>,
  source: ConfigSource,
  does: Services,
  terminal: Terminal,
): Promise<FinishedRun> {
  const { environment, stderr } = terminal;
  const display = await progressOn({ stream: stderr, seconds: () => performance.now() / 1000 });
  try {
    return await interruptible((signal) =>
      does.run(config, {
        ...options,
        signal,
        backendOrder: backendOrderOf(environment),
        cacheFolder: cacheFolderOf(environment),
        onProgress: display.listen,
        render: does.render,
      }),
    );
  } catch (error) {
    throw source.placed(error);
  } finally {
    display.stop();
  }
}

/** Relative paths start where they are written: at the config's folder, or here for a `--set`. Populations are read. */
function withPaths(config: Experiment, source: ConfigSource, loadPopulation: (path: string) => Population): Experiment {
  const placed = (path: string, ...key: string[]): string => {
    const folder = source.folder(key);
    return isAbsolute(path) || folder === '.' ? path : join(folder, path);
  };
  const { creatives, headlineTests, world } = config;
  const fitted = world.population?.fitted;
  const images =
    creatives.images === 'silhouettes' ? creatives.images : placed(creatives.images, 'creatives', 'images');
  return {
    ...config,
    creatives: { ...creatives, images },
    ...(typeof fitted === 'string' && {
      world: {
        ...world,
        population: { ...world.population, fitted: loadPopulation(placed(fitted, 'world', 'population', 'fitted')) },
      },
    }),
    ...(headlineTests && {
      headlineTests: { ...headlineTests, file: placed(headlineTests.file, 'headlineTests', 'file') },
    }),
  };
}
