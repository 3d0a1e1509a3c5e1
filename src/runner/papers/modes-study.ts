/** Generators of points on mixtures of known modes: how many of them each finds. */
import { randomFrom } from '../../core/random.ts';
import { findModes, grid, learnMixture, ring } from '../../models/gan/mixtures.ts';
import { openTensorGate } from '../../models/tensor.ts';
import type { ModesStudy } from './modes-schema.ts';
import { judged, meanOf, orderRows } from './verdict.ts';
import type { PaperRow } from './verdict.ts';

export interface ModesTask {
  kind: 'modes-study';
  title: string;
  mixture: 'ring' | 'grid';
  deviation: number;
  generator: Omit<ModesStudy['generators'][number], 'runs' | 'fullRuns' | 'checks'>;
  run: number;
}

/** Of 2,500 points; `found` and `well-found` are counts of modes, `near` a share of points. */
export type ModesResult = Record<'found' | 'well-found' | 'near', number>;

/** One training; on wasm, so that it is the same everywhere. */
export async function modesRun(task: ModesTask, onProgress: (runs: number) => void): Promise<ModesResult> {
  const { title, generator, run } = task;
  const gate = await openTensorGate(['wasm']);
  const mixture = (task.mixture === 'ring' ? ring : grid)(task.deviation);
  const settings = {
    ...generator,
    generatorLearningRate: generator.learningRate,
    discriminatorLearningRate: generator.learningRate,
  };
  const points = await learnMixture(gate, mixture, settings, randomFrom(`${title} ${generator.name} ${run}`));
  const { found, wellFound, near } = findModes(mixture, points);
  onProgress(1);
  return { found, 'well-found': wellFound, near };
}

/** A task for each run of each generator. */
export function modesTasks(study: ModesStudy, full: boolean): ModesTask[][] {
  const { title, mixture, deviation } = study;
  return study.generators.map(({ runs, fullRuns, checks: _checks, ...generator }) =>
    Array.from({ length: full ? fullRuns : runs }, (_, run): ModesTask => ({
      kind: 'modes-study',
      title,
      mixture,
      deviation,
      generator,
      run,
    })),
  );
}

/** A row for each check and each order; a generator that this form leaves out has none. */
export function modesRows(paper: string, study: ModesStudy, results: readonly (readonly ModesResult[])[]): PaperRow[] {
  const rows = study.generators.flatMap(({ name, checks }, g) => {
    const runs = results[g];
    if (runs.length === 0) return [];
    return checks.map((check): PaperRow => {
      const { mean, error } = meanOf(runs.map((run) => run[check.what]));
      const what = `${name}: ${WORDS[check.what]}`;
      const place = { paper, study: study.title, what, runs: runs.length };
      return { ...place, ...judged(check, mean, Number.isNaN(error) ? null : error) };
    });
  });
  const orders = study.ascending.flatMap(({ what, order }) => {
    const run = study.generators.flatMap(({ name }, g) => (results[g].length > 0 ? [{ name, runs: results[g] }] : []));
    const means = new Map(run.map(({ name, runs }) => [name, meanOf(runs.map((one) => one[what])).mean]));
    const fewest = Math.min(...run.map(({ runs }) => runs.length));
    return orderRows({ paper, study: study.title, runs: fewest }, order, means, `: ${WORDS[what]}`);
  });
  return [...rows, ...orders];
}

const WORDS = { found: 'modes found', 'well-found': 'modes well found', near: 'share of points near a mode' };
