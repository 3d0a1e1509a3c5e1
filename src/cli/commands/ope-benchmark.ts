/** `adsim ope-benchmark`: which estimators can be trusted, on logs whose truth is known. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../../core/errors.ts';
import { decimal, estimatorName, percent } from '../../report/format.ts';
import type { BenchmarkResults, WorldResult } from '../../runner/ope-benchmark/benchmark.ts';
import type { BenchmarkConfig } from '../../runner/ope-benchmark/config.ts';
import type { Arguments } from '../commands.ts';
import { OK } from '../failure.ts';
import { interruptible } from '../interrupt.ts';
import { countOf, flagOf, textOf } from '../options.ts';
import { progressOn } from '../progress.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';

/** The benchmark that comes with the program. */
const SHIPPED = fileURLToPath(new URL('../../../experiments/estimators/ope-benchmark.yaml', import.meta.url));

export async function opeBenchmark(given: Arguments, terminal: Terminal): Promise<number> {
  const place = textOf(given, 'config') ?? SHIPPED;
  if (!existsSync(place))
    throw new InputError(
      `adsim ope-benchmark: ${place} does not exist; leave it out for the one that comes with adsim`,
    );
  const workers = countOf(given, 'workers', 0);
  const seeds = countOf(given, 'seeds', 2);
  const dataFolder = textOf(given, 'data') ?? terminal.environment['ADSIM_DATA'] ?? '../shared/data';
  const { loadConfig } = await import('../../runner/config-file.ts');
  const { benchmarkSchema } = await import('../../runner/ope-benchmark/config.ts');
  const { runBenchmark } = await import('../../runner/ope-benchmark/benchmark.ts');
  const { keptParts } = await import('../../runner/papers/kept.ts');
  const { scheduler } = await import('../../runner/scheduler.ts');
  const { availableParallelism } = await import('node:os');
  const set = seeds === undefined ? [] : [`seeds=${seeds}`];
  const { config } = loadConfig<BenchmarkConfig>(place, benchmarkSchema, { set });
  const out = textOf(given, 'out') ?? join('results', config.name);
  const kept = keptParts(out);
  const display = await progressOn({ stream: terminal.stderr, seconds: () => performance.now() / 1000 });
  const results = await interruptible(async (signal) => {
    const schedule = scheduler(workers ?? availableParallelism(), signal);
    try {
      return await runBenchmark(config, { schedule, dataFolder, ...kept, onProgress: (one) => display.listen(one) });
    } finally {
      schedule.close();
    }
  }).finally(() => display.stop());
  const { buildOpeBenchmarkReport } = await import('../../report/ope-benchmark.ts');
  const { reportHtml } = await import('../../report/render-html.ts');
  const { writeWhole } = await import('../../runner/atomic.ts');
  writeWhole(join(out, 'report.html'), await reportHtml(buildOpeBenchmarkReport(results)));
  kept.finish(results, 'results.json');
  terminal.out(flagOf(given, 'json') ? JSON.stringify(results, null, 1) : asText(results, out, terminal));
  return OK;
}

function asText({ worlds, leftOut, seeds, level }: BenchmarkResults, out: string, terminal: Terminal): string {
  const sections = worlds.map((world) => {
    const [least, most] = spanOf(world.candidates.map(({ effectiveSampleSize }) => effectiveSampleSize));
    const heading = terminal.paint('out', 'bold', world.name);
    const about =
      `    ${decimal(seeds)} logs of about ${decimal(world.rows)} rows, worth ${decimal(least)} to ${decimal(most)} rows of ` +
      `a candidate; ${world.candidates.length} candidates`;
    return [heading, about, rowsOf(world, level).replaceAll(/^/gmu, '    ')].join('\n');
  });
  const missing = leftOut.map(
    ({ name, file }) => `${name}: left out, ${file} is not at hand; give its folder by --data`,
  );
  return [...sections, ...missing, join(out, 'report.html')].join('\n\n');
}

function rowsOf({ estimators }: WorldResult, level: number): string {
  const [first] = estimators;
  const heading = [
    'estimator',
    'relative error',
    'RMSE',
    'area',
    `coverage of ${percent(level, 0)}`,
    'rank corr.',
    ...first.regret.map(({ k }) => `regret@${k}`),
  ];
  const cells = estimators.map((one) => {
    const { mean, interval } = one.relativeError;
    return [
      estimatorName(one.estimator) + (one.undefinedEstimates > 0 ? ` (${one.undefinedEstimates} undefined)` : ''),
      `${percent(mean, 1)}${interval === null ? '' : ` ± ${percent(interval[1] - mean, 1)}`}`,
      decimal(Math.sqrt(one.meanSquaredError.mean), 5),
      decimal(one.areaUnderCurve, 2),
      `${percent(one.coverage, 0)} (${percent(one.coverageInterval[0], 0)} to ${percent(one.coverageInterval[1], 0)})`,
      one.rankCorrelation === null ? '' : decimal(one.rankCorrelation.mean, 2),
      ...one.regret.map(({ regret }) => percent(regret.mean, 1)),
    ];
  });
  return table([heading, ...cells], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

function spanOf(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}
