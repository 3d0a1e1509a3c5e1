/** Levenshtein's distance of word lists with its trace, within a beam, preferring what Tercom prefers. */

/** The edits that turn one list into another: keep, substitute, delete (from it), insert (into it). */
export type Edit = 'keep' | 'substitute' | 'delete' | 'insert';

export interface EditPath {
  distance: number;
  path: Edit[];
}

const BEAM = 25;
const EDITS: readonly Edit[] = ['keep', 'substitute', 'delete', 'insert'];
const FAR = 1e9;

/** How `words` becomes `reference`. Cells further than 25 from the diagonal aren't looked at. */
export function editPath(words: readonly string[], reference: readonly string[]): EditPath {
  const [n, m] = [words.length, reference.length];
  const width = m + 1;
  const cost = new Int32Array((n + 1) * width).fill(FAR);
  const edit = new Uint8Array((n + 1) * width);
  for (let j = 0; j <= m; j++) {
    cost[j] = j;
    edit[j] = 3;
  }
  const ratio = n > 0 ? m / n : 1;
  const beam = BEAM < ratio / 2 ? Math.ceil(ratio / 2 + BEAM) : BEAM;
  for (let i = 1; i <= n; i++) {
    const diagonal = Math.floor(i * ratio);
    const end = i === n ? width : Math.min(width, diagonal + beam);
    for (let j = Math.max(0, diagonal - beam); j < end; j++) {
      const at = i * width + j;
      const offer = (price: number, kind: number): void => {
        if (price >= cost[at]) return;
        cost[at] = price;
        edit[at] = kind;
      };
      if (j > 0) {
        const same = words[i - 1] === reference[j - 1];
        offer(cost[at - width - 1] + (same ? 0 : 1), same ? 0 : 1);
      }
      offer(cost[at - width] + 1, 2);
      if (j > 0) offer(cost[at - 1] + 1, 3);
    }
  }
  const path: Edit[] = [];
  for (let i = n, j = m; i > 0 || j > 0;) {
    const kind = EDITS[edit[i * width + j]];
    path.push(kind);
    if (kind !== 'insert') i--;
    if (kind !== 'delete') j--;
  }
  return { distance: cost[n * width + m], path: path.toReversed() };
}
