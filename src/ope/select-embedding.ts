/**
 * Which dimensions of an embedding to trust: with fewer, weights are calmer, and what the dimensions left out do to the
 * reward becomes bias. SLOPE walks from all of them downwards for as long as the estimates agree. Saito & Joachims 2022, §4.
 */
import type { Estimator, Evidence } from '../core/contracts.ts';
import type { MipsOptions } from './estimators/mips.ts';
import { SLOPE_REACH, slopeCandidates } from './slope.ts';
import type { SlopeCandidate } from './slope.ts';

export interface SelectionOptions {
  /**
   * `exact` looks at every set of dimensions (2^D of them), larger ones first; `greedy`, the default, at each step at those
   * that lack one dimension more.
   */
  method?: 'exact' | 'greedy';
  /** Intervals hold with probability 1 − δ; default 0.05. */
  delta?: number;
  /** Least number of dimensions; default 1. */
  least?: number;
}

interface Candidate extends SlopeCandidate {
  dimensions: readonly number[];
}

export interface Selection extends Candidate {
  /** The sets that agree, in the order of the walk; the last is the one chosen. */
  walk: readonly Candidate[];
  /** True where the walk went to its end: no set disagreed. */
  complete: boolean;
}

/** The smallest set that agrees with all larger ones looked at. `make` is `mips` or `snmips`. */
export function selectEmbedding(
  evidence: Evidence,
  make: (options: MipsOptions) => Estimator,
  { method = 'greedy', delta = 0.05, least = 1 }: SelectionOptions = {},
): Selection {
  const all = Array.from({ length: evidence.embedding?.seen.columns ?? 0 }, (_, d) => d);
  const accepted = look([all]);
  let current: readonly number[] = all;
  for (let size = all.length - 1; size >= least; size--) {
    const sets = method === 'exact' ? subsets(all, size) : current.map((d) => current.filter((other) => other !== d));
    for (const candidate of look(sets).sort((a, b) => b.width - a.width)) {
      const agrees = accepted.every(
        ({ value, width }) => Math.abs(value - candidate.value) <= candidate.width + SLOPE_REACH * width,
      );
      if (!agrees) return chosen(false);
      accepted.push(candidate);
      current = candidate.dimensions;
    }
  }
  return chosen(true);

  function chosen(complete: boolean): Selection {
    return { ...accepted[accepted.length - 1], walk: accepted, complete };
  }

  function look(sets: readonly (readonly number[])[]): Candidate[] {
    const found = slopeCandidates(
      sets.map((dimensions) => make({ dimensions })),
      evidence,
      delta / 2,
    );
    return sets.map((dimensions, s) => ({ dimensions, ...found[s] }));
  }
}

/** All sets of so many of the values, in their order. */
export function subsets(values: readonly number[], size: number): number[][] {
  if (size === 0) return [[]];
  return values.flatMap((value, i) => subsets(values.slice(i + 1), size - 1).map((rest) => [value, ...rest]));
}
