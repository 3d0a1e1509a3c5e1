/** What somebody probably meant by a word that we don't know. */
import { distance } from 'fastest-levenshtein';

/** Case and separators are not what people get wrong: `LinUCB`, `lin_ucb` and `lin-ucb` are one word. */
const folded = (word: string): string => word.toLowerCase().replaceAll(/[-_ .]/gu, '');

/** True for two neighbours typed in the wrong order, `rnu` for `run`: one slip, though two edits. */
function swapped(a: string, b: string): boolean {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return a !== b && a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2);
}

/**
 * The candidate nearest to `word`, or undefined where none is near: at most a third of the letters may differ. A word
 * that begins a candidate also counts (`budget` for `budgetUsd`).
 */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = folded(word);
  const limit = Math.max(1, Math.ceil(wanted.length / 3));
  let best: string | undefined;
  let least = limit + 1;
  for (const candidate of candidates) {
    const known = folded(candidate);
    const away = swapped(wanted, known) ? 1 : distance(wanted, known);
    if (away < least && away < Math.max(wanted.length, known.length)) [best, least] = [candidate, away];
  }
  if (best !== undefined || wanted.length < 3) return best;
  return candidates.find((candidate) => folded(candidate).startsWith(wanted));
}

/** The end of a sentence about an unknown word: the nearest candidate, or all of them. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const near = closest(word, candidates);
  if (near !== undefined) return ` - did you mean "${near}"?`;
  if (candidates.length === 0) return '; remove it';
  return `; use ${candidates.length > 1 ? 'one of ' : ''}${candidates.join(', ')}`;
}
