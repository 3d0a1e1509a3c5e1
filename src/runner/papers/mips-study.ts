/** Marginalised IPS beside IPS where actions are many: squared errors, biases and weights on worlds of known value. */
import { randomFrom } from '../../core/random.ts';
import { ips } from '../../ope/estimators/ips.ts';
import { mips } from '../../ope/estimators/mips.ts';
import { snips } from '../../ope/estimators/snips.ts';
import { evaluate } from '../../ope/evaluate.ts';
import { mipsWorld } from '../../ope/mips-design.ts';
import type { MipsStudy } from './mips-schema.ts';
import { judged, meanOf } from './verdict.ts';
import type { PaperRow } from './verdict.ts';

export interface MipsTask {
  kind: 'mips-study';
  title: string;
  actions: number;
  rows: number;
  spread: number;
  /** Runs [from, to). */
  from: number;
  to: number;
}

/** (runs) by estimator estimate − truth, and the largest weight of each log. */
export type MipsResult = Record<Estimate | 'largestWeight', number[]>;
type Estimate = 'ips' | 'snips' | 'mips' | 'product';
type Check = MipsStudy['settings'][number]['checks'][number];

/** Each run a world of its own and one log: run r is the same whatever task it is in. */
export function mipsRuns(task: MipsTask, onProgress: (runs: number) => void): MipsResult {
  const { title, actions, rows, spread, from, to } = task;
  const result: MipsResult = { ips: [], snips: [], mips: [], product: [], largestWeight: [] };
  const names = ['ips', 'snips', 'mips', 'product'] as const;
  for (let run = from; run < to; run++) {
    const random = randomFrom(`${title} ${actions} ${run}`);
    const { evidence, truth } = mipsWorld({ actions, spread }, random.stream('world')).draw(rows, random.stream('log'));
    const estimates = evaluate(evidence, [ips(), snips(), mips(), mips({ product: true })]);
    names.forEach((name, e) => result[name].push(estimates[e].value - truth));
    let largest = 0;
    for (let i = 0; i < rows; i++) {
      const at = i * actions + evidence.log.decisions.action[i];
      largest = Math.max(largest, evidence.evaluation.data[at] / evidence.behaviour.data[at]);
    }
    result.largestWeight.push(largest);
    onProgress(1);
  }
  return result;
}

/** A row for each check; a setting that this form leaves out has none. */
export function mipsRows(paper: string, study: MipsStudy, parts: readonly (readonly MipsResult[])[]): PaperRow[] {
  return study.settings.flatMap(({ actions, checks }, s) => {
    const [first, ...more] = parts[s];
    if (!first) return [];
    const all = { ...first };
    for (const part of more)
      for (const key of Object.keys(all) as (keyof MipsResult)[]) all[key] = [...all[key], ...part[key]];
    return checks.map((check): PaperRow => {
      const { value, error } = numberOf(check.what, all);
      const what = `${actions} actions: ${check.what.replaceAll('-', ' ')}`;
      return { paper, study: study.title, what, runs: all.ips.length, ...judged(check, value, error) };
    });
  });
}

function numberOf(what: Check['what'], all: MipsResult): { value: number; error: number | null } {
  const squares = (estimate: Estimate): number[] => all[estimate].map((miss) => miss * miss);
  if (what === 'largest-weight') return { value: Math.max(...all.largestWeight), error: null };
  if (what === 'ips-over-mips-mse')
    return { value: meanOf(squares('ips')).mean / meanOf(squares('mips')).mean, error: null };
  if (what === 'product-bias-in-errors') {
    const { mean, error } = meanOf(all.product);
    return { value: Math.abs(mean) / error, error: null };
  }
  const [estimate, measure] = what.split('-') as [Estimate, 'mse' | 'bias'];
  const { mean, error } = meanOf(measure === 'mse' ? squares(estimate) : all[estimate]);
  return { value: mean, error };
}
