/** Golden states of bandits: every JSON file under golden/bandit, each case recognised by its shape. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { goldenFolder } from '../folders.ts';

export type Json = { readonly [key: string]: unknown };
type Numbers = number | string | readonly Numbers[];

export interface LinearCase {
  params: { n_arms: number; dim: number; alpha: number; l2_lambda: number };
  sequence: { contexts: number[][]; arms: number[]; rewards: number[]; test_contexts: number[][] };
  /** State by peer; a list holds one regression per action. */
  expected: Readonly<Record<string, Json | { arm: number; fit_intercept: boolean; coef: number[]; ucb: number[] }[]>>;
  reference_exact: Json;
}

export interface ContextFreeCase {
  n_arms: number;
  arms: number[];
  rewards: number[];
  expected: Readonly<Record<string, unknown>>;
  thompson_probability_best_exact_ours: number[];
}

/** What a peer gets wrong about an action without data. */
export interface UntouchedCase {
  l2_lambda: number;
  x: number[];
  alpha: number;
  correct: number;
}

/** Indices that there are. */
export const INDICES = [
  'kl_ucb',
  'kl_lcb',
  'kl_ucb_gauss_sig2_quarter',
  'ucb1',
  'bayes_ucb_quantile',
  'moss_K10',
  'hoeffding_ucb_delta05',
] as const;

export interface IndexCase extends Record<(typeof INDICES)[number], number> {
  mean: number;
  n: number;
  t: number;
  /** Weight of ln ln t, and the radius (ln t + c ln ln t) / n. */
  c: number;
  d: number;
}

export interface LogisticCase {
  dim: number;
  batch: number;
  lambda_: number;
  contexts: number[][];
  rewards01: number[];
  trace: { after: number; m: number[]; q: number[] }[];
}

export interface DivergenceCase {
  p: number;
  q: number;
  kl_bern: number;
}

export interface BoundCase {
  means: number[];
  lai_robbins_constant: number;
  gaussian_sigma_half: number;
}

export interface Cases {
  linear: [name: string, LinearCase][];
  contextFree: [name: string, ContextFreeCase][];
  untouched: [name: string, UntouchedCase][];
  indices: [name: string, IndexCase[]][];
  divergences: [name: string, DivergenceCase[]][];
  bounds: [name: string, BoundCase[]][];
  logistic: [name: string, LogisticCase][];
  /** Cases without an agent yet: how many, by name. */
  waiting: ReadonlyMap<string, number>;
}

/** Sorts all cases by shape; undefined where there is no golden folder. */
export function banditCases(): Cases | undefined {
  const folder = goldenFolder();
  if (!folder) return undefined;
  const waiting = new Map<string, number>();
  const wait = (name: string, count = 1): void => void waiting.set(name, (waiting.get(name) ?? 0) + count);
  const cases: Cases = {
    linear: [],
    contextFree: [],
    untouched: [],
    indices: [],
    divergences: [],
    bounds: [],
    logistic: [],
    waiting,
  };
  const place = join(folder, 'bandit');
  for (const file of readdirSync(place).filter((name) => name.endsWith('.json'))) {
    const golden = JSON.parse(readFileSync(join(place, file), 'utf8')) as Json;
    for (const [key, value] of Object.entries(golden)) {
      if (Array.isArray(value))
        value.forEach((entry, i) => sort(entry as Json, `${file} ${key} ${i}`, `${file} ${key}`));
    }
    const defect = (golden['peer_defect'] as Json | undefined)?.['example'] as Json | undefined;
    if (defect && 'l2_lambda' in defect) cases.untouched.push([file, defect as unknown as UntouchedCase]);
    const indices = Object.values(golden).flatMap((value) => (Array.isArray(value) ? value : [])) as Json[];
    const having = <T>(key: string): [string, T[]][] => {
      const some = indices.filter((entry) => key in entry);
      return some.length > 0 ? [[file, some as unknown as T[]]] : [];
    };
    cases.indices.push(...having<IndexCase>('ucb1'));
    cases.divergences.push(...having<DivergenceCase>('kl_bern'));
    cases.bounds.push(...having<BoundCase>('lai_robbins_constant'));
  }
  return cases;

  function sort(entry: Json, name: string, list: string): void {
    if ('sequence' in entry && 'l2_lambda' in ((entry['params'] ?? {}) as Json)) {
      cases.linear.push([name, entry as unknown as LinearCase]);
    } else if ('arms' in entry && 'n_arms' in entry) {
      cases.contextFree.push([name, entry as unknown as ContextFreeCase]);
      for (const kind of Object.keys(entry['expected'] as Json)) if (!CONTEXT_FREE.test(kind)) wait(kind);
    } else if ('rewards01' in entry && 'trace' in entry) {
      cases.logistic.push([name, entry as unknown as LogisticCase]);
    } else if ('kl_bern' in entry || 'lai_robbins_constant' in entry) {
      return; // sorted with the indices
    } else if ('ucb1' in entry) {
      for (const index of Object.keys(entry))
        if (!INDICES.includes(index as (typeof INDICES)[number]) && !GIVEN.test(index)) wait(`${index} index`);
    } else wait(list);
  }
}

/** Context-free agents that there are. */
const CONTEXT_FREE = /^(EpsilonGreedy|UCB1 alpha=.+|Softmax tau=.+|Popularity|ThompsonSampling beta)$/;
/** What indices are computed from, and a peer's approximations. */
const GIVEN = /^(mean|n|t|c|d|smpybandits.*)$/;

/** What differs by more than relative 1e-9 (absolute below 1), or than the file allows; empty where nothing does. */
export function differences(what: string, ours: ArrayLike<number>, expected: unknown, tolerance = 1e-9): string[] {
  const wanted = flat(expected as Numbers);
  if (wanted.length !== ours.length) return [`${what}: ${ours.length} numbers, not ${wanted.length}`];
  return wanted.flatMap((value, i) => {
    const close = Number.isFinite(value)
      ? Math.abs(ours[i] - value) <= tolerance * Math.max(1, Math.abs(value))
      : Object.is(ours[i], value);
    return close ? [] : [`${what}[${i}]: ${ours[i]}, not ${value}`];
  });
}

/** All numbers, in order; "inf", "-inf" and "nan" stand for what JSON lacks. */
function flat(value: Numbers): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value === 'string') return [value === 'inf' ? Infinity : value === '-inf' ? -Infinity : NaN];
  return value.flatMap(flat);
}
