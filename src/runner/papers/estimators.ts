/** Estimators on logs of known truth: how far off they are, as others found. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { randomFrom } from '../../core/random.ts';
import type { Classified } from '../../env/classic/classification.ts';
import { crossFit } from '../../ope/cross-fit.ts';
import { evaluate } from '../../ope/evaluate.ts';
import { classifiedBandit } from '../ope-benchmark/classified-bandit.ts';
import type { Design } from '../ope-benchmark/judged-log.ts';
import { obpSynthetic } from '../ope-benchmark/obp-synthetic.ts';
import { withObpGrid } from '../ope-benchmark/tuned.ts';
import { readClassified } from './classified.ts';
import { openBanditResamples } from './open-bandit-resamples.ts';
import type { EstimatorStudy } from './paper.ts';
import { judged, meanOf } from './verdict.ts';
import type { PaperRow } from './verdict.ts';

export interface EstimatorsTask {
  kind: 'estimators';
  study: Pick<EstimatorStudy, 'title' | 'design' | 'folds' | 'tuned'> & { estimators: string[] };
  /** Where the design's data lie; empty where it needs none. */
  dataFolder: string;
  /** Runs [from, to). */
  from: number;
  to: number;
}

export interface EstimatorsResult {
  /** False where the data set is not there. */
  found: boolean;
  /** (estimators)(runs) |estimate − truth| / truth. */
  relativeErrors: number[][];
}

/** Where the data of a study lie; empty where it needs none. */
export function dataOf({ design }: EstimatorStudy, dataFolder: string): string {
  return filesOf(design).length === 0 ? '' : dataFolder;
}

/** What a design reads, below the data folder. */
function filesOf(design: EstimatorStudy['design']): string[] {
  if (design.kind === 'classified') return [design.file];
  return design.kind === 'open-bandit' ? [design.log, design.onPolicy, design.prior] : [];
}

/** Runs of a study. A run is the same whatever task it is in. */
export async function estimatorErrors(
  { study, dataFolder, from, to }: EstimatorsTask,
  onProgress: (runs: number) => void,
): Promise<EstimatorsResult> {
  const relativeErrors: number[][] = study.estimators.map(() => []);
  const found = filesOf(study.design).every((file) => existsSync(join(dataFolder, file)));
  if (!found) {
    onProgress(to - from);
    return { found, relativeErrors };
  }
  const makeLog = await maker(study.design, dataFolder);
  for (let run = from; run < to; run++) {
    const random = randomFrom(`${study.title} ${run}`);
    const { log, candidates, makeModel } = makeLog(random);
    const [{ odds, truth }] = candidates;
    // oxlint-disable-next-line no-await-in-loop -- one run after the other: workers run the parts side by side
    const predicted = await crossFit(log, makeModel, study.folds, random.stream('folds'));
    const evidence = { log, evaluation: odds, predicted };
    const estimators = withObpGrid(study.estimators, new Set(study.tuned), evidence);
    evaluate(evidence, estimators).forEach(({ value }, e) => relativeErrors[e].push(Math.abs(value - truth) / truth));
    onProgress(1);
  }
  return { found, relativeErrors };
}

/** Reads what a design needs, once. */
async function maker(design: EstimatorStudy['design'], dataFolder: string): Promise<Design> {
  if (design.kind === 'obp-synthetic') return (random) => obpSynthetic(design, random);
  if (design.kind === 'open-bandit') return openBanditResamples(design, dataFolder);
  const { behaviour, candidate, logged } = design;
  const data = lastRows(readClassified(join(dataFolder, design.file)), design);
  return (random) =>
    classifiedBandit(data, { behaviour, candidates: [{ name: 'candidate', ...candidate }], logged }, random);
}

/** The last rows of a set, for designs that use a part of it. */
function lastRows(data: Classified, design: EstimatorStudy['design']): Classified {
  if (design.kind !== 'classified' || design.lastRows === undefined) return data;
  const d = data.featureNames.length;
  const from = Math.max(data.label.length - design.lastRows, 0);
  return { ...data, features: data.features.slice(from * d), label: data.label.slice(from) };
}

/** A row for each estimator and one for each claim about their order. */
export function estimatorRows(paper: string, study: EstimatorStudy, parts: readonly EstimatorsResult[]): PaperRow[] {
  const found = parts.every((part) => part.found);
  const means = new Map<string, number>();
  const place = { paper, study: study.title };
  const blank = { source: null, sourceError: null, ours: null, error: null, interval: null };
  const runs = parts.reduce((sum, part) => sum + (part.relativeErrors[0]?.length ?? 0), 0);
  const missing = `${filesOf(study.design).join(', ')} not at hand`;
  const rows = study.checks.map((check, c): PaperRow => {
    const what = `${check.estimator}: relative error`;
    if (!found) return { ...place, ...blank, what, runs, rule: '', verdict: 'needs data', note: missing };
    const { mean, error } = meanOf(parts.flatMap((part) => part.relativeErrors[c]));
    means.set(check.estimator, mean);
    return { ...place, what, runs, ...judged(check, mean, error) };
  });
  const claims = study.order.map(({ larger, than, times, gate, note = '' }): PaperRow => {
    const least = Math.min(...than.map((name) => (means.get(larger) ?? Number.NaN) / (means.get(name) ?? Number.NaN)));
    const most = `${larger} > ${times === 1 ? '' : `${times} × `}${than.join(', ')}`;
    const verdict = !found ? 'needs data' : !gate ? 'not gated' : least > times ? 'same' : 'differs';
    return {
      ...place,
      ...blank,
      what: most,
      ours: found ? `${least.toFixed(2)} times` : null,
      runs,
      rule: 'order of mean errors',
      verdict,
      note: found ? note : missing,
    };
  });
  return [...rows, ...claims];
}
