/** Estimators on logs of known truth: how far off they are, as others found. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { randomFrom } from '../../core/random.ts';
import type { Random } from '../../core/random.ts';
import type { Classified } from '../../env/classic/classification.ts';
import { crossFit } from '../../ope/cross-fit.ts';
import { evaluate } from '../../ope/evaluate.ts';
import { classifiedBandit } from '../ope-benchmark/classified-bandit.ts';
import type { JudgedLog } from '../ope-benchmark/judged-log.ts';
import { obpSynthetic } from '../ope-benchmark/obp-synthetic.ts';
import { withObpGrid } from '../ope-benchmark/tuned.ts';
import { readClassified } from './classified.ts';
import type { EstimatorStudy } from './paper.ts';
import { judged, meanOf } from './verdict.ts';
import type { PaperRow } from './verdict.ts';

export interface EstimatorsTask {
  kind: 'estimators';
  study: Pick<EstimatorStudy, 'title' | 'design' | 'folds' | 'tuned'> & { estimators: string[] };
  /** Of the design's data set; empty where it needs none. */
  file: string;
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

/** Where the data of a study lies; empty where it needs none. */
export function dataOf({ design }: EstimatorStudy, dataFolder: string): string {
  return design.kind === 'classified' ? join(dataFolder, design.file) : '';
}

/** Runs of a study. A run is the same whatever task it is in. */
export async function estimatorErrors(
  { study, file, from, to }: EstimatorsTask,
  onProgress: (runs: number) => void,
): Promise<EstimatorsResult> {
  const relativeErrors: number[][] = study.estimators.map(() => []);
  const found = file === '' || existsSync(file);
  if (!found) {
    onProgress(to - from);
    return { found, relativeErrors };
  }
  const data = file !== '' ? lastRows(readClassified(file), study.design) : undefined;
  for (let run = from; run < to; run++) {
    const random = randomFrom(`${study.title} ${run}`);
    const { log, candidates, makeModel } = designed(study.design, data, random);
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

function designed(design: EstimatorStudy['design'], data: Classified | undefined, random: Random): JudgedLog {
  if (design.kind === 'obp-synthetic') return obpSynthetic(design, random);
  if (!data) throw new RangeError('designed: no classified rows');
  const { behaviour, candidate, logged } = design;
  return classifiedBandit(data, { behaviour, candidates: [{ name: 'candidate', ...candidate }], logged }, random);
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
  const missing = study.design.kind === 'classified' ? `${study.design.file} is not at hand` : '';
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
