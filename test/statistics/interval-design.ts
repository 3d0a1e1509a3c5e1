/** Small worlds to measure intervals in: the design of published.md B15, at several overlaps and click rates. */
import type { Estimator, Matrix, Random } from '../../src/core/contracts.ts';
import { matrix } from '../../src/core/matrix.ts';
import type { IntervalRule, IntervalSample } from '../../src/ope/intervals/rule.ts';
import { addRows, moments } from '../../src/ope/moments.ts';

export const LOGGED = [0.6, 0.2, 0.1, 0.07, 0.03];

/** Evaluated policies, from the one that collected the log to one with weights up to 20. */
export const OVERLAPS: Readonly<Record<string, readonly number[]>> = {
  full: LOGGED,
  fair: [0.3, 0.25, 0.2, 0.15, 0.1],
  poor: [0.03, 0.07, 0.1, 0.2, 0.6],
};

export interface Design {
  /** A key of `OVERLAPS`. */
  overlap: string;
  /** Click rate of the middle action. */
  base: number;
  /** n */
  rows: number;
}

/** Click rates of the actions. */
export function rates(base: number): number[] {
  return LOGGED.map((_, a) => base + 0.02 * (a - 2) * Math.min(1, 10 * base));
}

/** The value of the evaluated policy. */
export function truth({ overlap, base }: Design): number {
  return rates(base).reduce((sum, q, a) => sum + q * OVERLAPS[overlap][a], 0);
}

/** (n×columns) contributions to ips (w·r) or snips (w·r, w), drawn anew. */
export function contributions({ overlap, base, rows }: Design, columns: number, random: Random): Matrix {
  const q = rates(base);
  const out = matrix(rows, columns);
  const words = random.burst(2 * rows, 0, 0);
  const edges = LOGGED.map((_, a) => LOGGED.slice(0, a + 1).reduce((x, y) => x + y, 0));
  for (let i = 0; i < rows; i++) {
    const u = (words[2 * i] >>> 0) / 2 ** 32;
    let a = 0;
    while (a < LOGGED.length - 1 && u >= edges[a]) a++;
    const w = OVERLAPS[overlap][a] / LOGGED[a];
    const reward = (words[2 * i + 1] >>> 0) / 2 ** 32 < q[a] ? 1 : 0;
    out.data[columns * i] = w * reward;
    if (columns === 2) out.data[2 * i + 1] = w;
  }
  return out;
}

/** What a rule may look at, of such contributions. */
export function sampleOf(estimator: Estimator, rows: Matrix, overlap: string, random: Random): IntervalSample {
  const sums = moments(estimator.columns);
  addRows(sums, rows);
  const most = Math.max(...LOGGED.map((p, a) => OVERLAPS[overlap][a] / p));
  const sample: IntervalSample = { estimator, moments: sums, rows, binary: true, random };
  if (estimator.columns === 1) sample.range = [0, most];
  return sample;
}

/** Share of repetitions in which the rule holds the truth, and mean width; undefined where it does not suit. */
export function coverage(
  rule: IntervalRule,
  estimator: Estimator,
  design: Design,
  level: number,
  repetitions: number,
  random: Random,
): { share: number; width: number } | undefined {
  const v = truth(design);
  let held = 0;
  let width = 0;
  for (let rep = 0; rep < repetitions; rep++) {
    const own = random.stream(design.overlap, design.base, rep);
    const rows = contributions(design, estimator.columns, own);
    const sample = sampleOf(estimator, rows, design.overlap, own.stream('resample'));
    if (rule.unsuited(sample) !== undefined) return undefined;
    const [low, high] = rule.interval(sample, level);
    if (low <= v && v <= high) held++;
    width += (high - low) / repetitions;
  }
  return { share: held / repetitions, width };
}
