/** What groups of users like: shares of categories, and a name by what sets a group apart. */
import type { Matrix } from '../../core/matrix.ts';
import { REST } from './behaviour-rows.ts';

/** Share of a group's events from which on a category may name it. */
const TELLING_SHARE = 0.02;

/** (C) events (U×C) in each category, of the users that count. */
export function totals(
  { data, rows, columns: C }: Matrix,
  counts: (user: number) => boolean = () => true,
): Float64Array {
  const sums = new Float64Array(C);
  for (let u = 0; u < rows; u++) if (counts(u)) for (let c = 0; c < C; c++) sums[c] += data[u * C + c];
  return sums;
}

/** Shares that add up to 1, as if each category had been met `prior` times more. */
export function sharesOf(sums: Float64Array, prior: number): number[] {
  const total = sums.reduce((a, b) => a + b + prior, 0);
  return Array.from(sums, (x) => (x + prior) / total);
}

/** What a group likes more than others do, in words: up to two categories, best first, that mean something in it. */
export function likingName(
  affinity: readonly number[],
  everybody: readonly number[],
  categories: readonly string[],
): string {
  const liked = affinity
    .map((share, c) => ({ share, lift: share / everybody[c], name: categories[c] }))
    .filter(({ share, lift, name }) => share >= TELLING_SHARE && lift > 1 && name !== REST)
    .toSorted((a, b) => b.lift - a.lift)
    .slice(0, 2);
  return liked.length > 0 ? `more ${liked.map(({ name }) => name).join(' and ')}` : 'a bit of everything';
}
