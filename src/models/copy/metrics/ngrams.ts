/** Counts of n-grams, and how many two texts have in common. */

/** How often each n-gram occurs; tokens hold no white space. */
export type NgramCounts = ReadonlyMap<string, number>;

/** n-grams of exactly `n` tokens. */
export function ngramCounts(tokens: readonly string[], n: number, joint = ' '): NgramCounts {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= tokens.length; i++) {
    let gram = tokens[i];
    for (let j = 1; j < n; j++) gram += joint + tokens[i + j];
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/** Occurrences that both have: Σ min(a, b). */
export function common(a: NgramCounts, b: NgramCounts): number {
  let sum = 0;
  for (const [gram, count] of a) sum += Math.min(count, b.get(gram) ?? 0);
  return sum;
}

/** The largest count of each n-gram in any of the texts. */
export function largest(all: readonly NgramCounts[]): NgramCounts {
  if (all.length === 1) return all[0];
  const most = new Map<string, number>();
  for (const counts of all) {
    for (const [gram, count] of counts) most.set(gram, Math.max(count, most.get(gram) ?? 0));
  }
  return most;
}
