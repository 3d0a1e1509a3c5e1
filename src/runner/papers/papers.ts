/** Published results, run again: every file of a folder, every row judged. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { VERSION } from '../../version.ts';
import { loadConfig } from '../config-file.ts';
import { digestOf } from '../digest.ts';
import type { ProgressListener } from '../progress.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Task } from '../tasks.ts';
import { bakeOffRows, bakeOffTasks } from './bake-off.ts';
import type { BakeOffResult } from './bake-off.ts';
import { coverageRows } from './coverage-study.ts';
import type { CoverageStudyResult, CoverageStudyTask } from './coverage-study.ts';
import { dataOf, estimatorRows } from './estimators.ts';
import type { EstimatorsResult, EstimatorsTask } from './estimators.ts';
import { factOf } from './facts.ts';
import type { MipsStudy } from './mips-schema.ts';
import { mipsRows } from './mips-study.ts';
import type { MipsResult, MipsTask } from './mips-study.ts';
import { modesRows, modesTasks } from './modes-study.ts';
import type { ModesResult } from './modes-study.ts';
import { openBanditRows } from './open-bandit.ts';
import { paperSchema } from './paper.ts';
import type { CoverageStudy, EstimatorStudy, FactStudy, Paper, PlayStudy } from './paper.ts';
import type { PlayResult, PlayTask } from './play.ts';
import { judged, meanOf, orderRows, peakOf } from './verdict.ts';
import type { PaperRow } from './verdict.ts';

/** A paper with its rows judged. */
export interface JudgedPaper {
  id: string;
  title: string;
  source: string;
  rows: PaperRow[];
  /** Studies that only the long form runs. */
  leftOut: string[];
}

export interface PaperOptions {
  /** The long form: as many runs as the source had. */
  full: boolean;
  schedule: Scheduler;
  /** Where data sets lie; a row whose data is not there says so. */
  dataFolder: string;
  /** Finished parts of an earlier, interrupted run, by name. */
  recall?: (name: string) => unknown;
  keep?: (name: string, value: unknown) => void;
  onProgress?: ProgressListener;
}

/** The papers of a folder, or of one file. Throws `InputError` where there are none or one cannot be read. */
export function loadPapers(place: string): Paper[] {
  const files = /\.ya?ml$/u.test(place)
    ? [place]
    : readdirSync(place)
        .filter((name) => name.endsWith('.yaml'))
        .sort(new Intl.Collator('en', { numeric: true }).compare)
        .map((name) => join(place, name));
  if (files.length === 0) throw new InputError(`${place}: holds no .yaml file; give a folder of papers`);
  return files.map((file) => loadConfig<Paper>(file, paperSchema).config);
}

/** Runs about this long [runs] are one task for a worker. */
const TASKS_PER_PLAY = 8;

/** Runs every study of the papers and judges every row. Same papers, same rows, at any number of workers. */
export async function runPapers(papers: readonly Paper[], options: PaperOptions): Promise<JudgedPaper[]> {
  const { onProgress = () => {} } = options;
  let done = 0;
  let total = 0;
  const advance = (runs: number): void => {
    done += runs;
    onProgress({ stage: 'papers', done, total, unit: 'runs' });
  };

  /** The result of a task: recalled, or worked out and kept. */
  async function result<T>(label: string, task: Task, runs: number): Promise<T> {
    total += runs;
    await Promise.resolve(); // all tasks are counted before the first is done, or recalled
    const name = `task-${digestOf({ version: VERSION, task }).slice(0, 32)}`;
    const known = options.recall?.(name);
    if (known !== undefined) {
      advance(runs);
      return known as T;
    }
    const value = await options.schedule.run(label, task, advance);
    options.keep?.(name, value);
    return value as T;
  }

  async function studyRows(paper: Paper, study: Paper['studies'][number]): Promise<PaperRow[]> {
    if (study.kind === 'facts') return factRows(paper, study);
    if (study.kind === 'bake-off') {
      const tasks = bakeOffTasks(study, options);
      const each = tasks.map((task) => result<BakeOffResult>(study.title, task, 1));
      return bakeOffRows(paper.id, study, await Promise.all(each));
    }
    if (study.kind === 'open-bandit') return openBanditRows(paper.id, study, options.dataFolder);
    if (study.kind === 'estimators') return estimatorRows(paper.id, study, await estimatorParts(study));
    if (study.kind === 'modes') {
      const each = modesTasks(study, options.full).map((tasks) =>
        Promise.all(tasks.map((task) => result<ModesResult>(`${study.title}: ${task.generator.name}`, task, 1))),
      );
      return modesRows(paper.id, study, await Promise.all(each));
    }
    if (study.kind === 'mips') return mipsRows(paper.id, study, await mipsParts(study));
    if (study.kind === 'coverage') return coverageRows(paper.id, study, await coverageParts(study));
    const plays = await Promise.all(study.plays.map((play) => playResult(study, play)));
    return playRows(paper, study, plays);
  }

  async function playResult(study: PlayStudy, play: PlayStudy['plays'][number]): Promise<PlayResult> {
    const runs = options.full ? (play.fullRuns ?? study.fullRuns) : (play.runs ?? study.runs);
    const { title, world, lanes, feedbackEvery, requests, sessions } = study;
    const each = Math.ceil(runs / TASKS_PER_PLAY);
    const parts: Promise<PlayResult>[] = [];
    for (let from = 0; from < runs; from += each) {
      const task: PlayTask = {
        kind: 'play',
        study: { title, world, lanes, feedbackEvery, requests, sessions },
        play: { agent: play.agent, checks: play.checks },
        from,
        to: Math.min(runs, from + each),
      };
      parts.push(result<PlayResult>(`${title}: ${nameOf(play)}`, task, task.to - from));
    }
    const results = await Promise.all(parts);
    return play.checks.map((_, c) => results.flatMap((part) => part[c]));
  }

  function estimatorParts(study: EstimatorStudy): Promise<EstimatorsResult[]> {
    const { title, design, folds, tuned } = study;
    const estimators = study.checks.map(({ estimator }) => estimator);
    const runs = options.full ? study.fullRuns : study.runs;
    return inParts(runs, (from, to) => {
      const task: EstimatorsTask = {
        kind: 'estimators',
        study: { title, design, folds, tuned, estimators },
        dataFolder: dataOf(study, options.dataFolder),
        from,
        to,
      };
      return result<EstimatorsResult>(title, task, to - from);
    });
  }

  function coverageParts({ title, level, repetitions, settings }: CoverageStudy): Promise<CoverageStudyResult[][]> {
    const each = settings.map(({ checks: _checks, ...setting }) =>
      inParts(repetitions, (from, to) => {
        const task: CoverageStudyTask = { kind: 'coverage-study', title, setting, level, from, to };
        return result<CoverageStudyResult>(`${title}: ${setting.title}`, task, to - from);
      }),
    );
    return Promise.all(each);
  }

  function mipsParts({ title, rows, spread, settings }: MipsStudy): Promise<MipsResult[][]> {
    const each = settings.map(({ actions, runs, fullRuns }) =>
      inParts(options.full ? fullRuns : runs, (from, to) => {
        const task: MipsTask = { kind: 'mips-study', title, actions, rows, spread, from, to };
        return result<MipsResult>(`${title}: ${actions} actions`, task, to - from);
      }),
    );
    return Promise.all(each);
  }

  async function judgedPaper(paper: Paper): Promise<JudgedPaper> {
    const { id, title, source } = paper;
    const rows = await Promise.all(paper.studies.map((study) => studyRows(paper, study)));
    const leftOut = options.full ? [] : paper.studies.flatMap(leftOutOf);
    return { id, title, source, rows: rows.flat(), leftOut };
  }

  // Trainings of networks are the longest tasks: they start first, or the last of them would run alone at the end.
  const trains = ({ studies }: Paper): boolean => studies.some(({ kind }) => kind === 'modes');
  const order = papers.toSorted((a, b) => Number(trains(b)) - Number(trains(a)));
  const judgedPapers = await Promise.all(order.map(judgedPaper));
  return papers.map((paper) => judgedPapers[order.indexOf(paper)]);
}

/** What of a study only the long form runs. */
function leftOutOf(study: Paper['studies'][number]): string[] {
  if (study.kind === 'play') return study.runs === 0 ? [study.title] : [];
  if (study.kind === 'modes') {
    return study.generators.filter(({ runs }) => runs === 0).map(({ name }) => `${study.title}: ${name}`);
  }
  if (study.kind !== 'mips') return [];
  const left = study.settings.filter(({ runs }) => runs === 0);
  return left.map(({ actions }) => `${study.title}: ${actions} actions`);
}

/** Runs [0, runs) in a few parts. */
function inParts<T>(runs: number, part: (from: number, to: number) => Promise<T>): Promise<T[]> {
  const each = Math.ceil(runs / TASKS_PER_PLAY);
  const parts: Promise<T>[] = [];
  for (let from = 0; from < runs; from += each) parts.push(part(from, Math.min(runs, from + each)));
  return Promise.all(parts);
}

function factRows({ id }: Paper, study: FactStudy): PaperRow[] {
  return study.facts.map((fact) => {
    const ours = factOf(fact);
    const place = { paper: id, study: fact.title, what: fact.fact, runs: 1 };
    if (fact.fact !== 'random') return { ...place, ...judged(fact, ours as number, null) };
    return {
      ...place,
      source: fact.words,
      sourceError: null,
      ours,
      error: null,
      interval: null,
      rule: 'exact',
      verdict: ours === fact.words ? 'same' : 'differs',
      note: '',
    };
  });
}

/** What was played, judged; studies that this form leaves out have no rows. */
function playRows({ id }: Paper, study: PlayStudy, plays: readonly PlayResult[]): PaperRow[] {
  const means = new Map<string, number>();
  const rows = study.plays.flatMap((play, p) =>
    play.checks.flatMap((check, c): PaperRow[] => {
      const values = plays[p][c];
      if (values.length === 0) return [];
      const { mean, error } =
        values[0] instanceof Float64Array ? peakOf(values as Float64Array[]) : meanOf(values as number[]);
      if (c === 0) means.set(nameOf(play), mean);
      const place = { paper: id, study: study.title, what: `${nameOf(play)}: ${wordsOf(check)}`, runs: values.length };
      return [{ ...place, ...judged(check, mean, Number.isNaN(error) ? null : error) }];
    }),
  );
  if (study.ascending && rows.length > 0) {
    rows.push(...orderRows({ paper: id, study: study.title, runs: rows[0].runs }, study.ascending, means));
  }
  return rows;
}

function nameOf({ agent }: PlayStudy['plays'][number]): string {
  return agent.name ?? agent.kind;
}

/** `reward 901–1000`. */
function wordsOf(check: PlayStudy['plays'][number]['checks'][number]): string {
  if (check.measure === 'value-error') return `value error after ${check.after} sessions`;
  if (check.measure === 'final-return') return `return of the last ${check.last} sessions`;
  if (check.measure === 'first-action' && check.peak) return 'peak share of first action';
  const words = { 'first-action': 'share of first action', best: 'best action' }[check.measure as string];
  const range = 'from' in check && check.from !== undefined ? ` ${check.from}–${check.to ?? 'end'}` : '';
  return `${words ?? check.measure.replaceAll('-', ' ')}${range}`;
}
