/** One of many cells by chance, in constant time: Walker's alias method (Vose 1991, IEEE Trans. Software Eng. 17). */

export interface AliasTable {
  /** (n) below it, a uniform draw keeps the cell that was picked evenly; at or above, it goes to the other. */
  threshold: Float64Array;
  /** (n) */
  other: Int32Array;
}

/** `chance` (n): not negative, any sum above 0. Throws RangeError otherwise. */
export function aliasTable(chance: readonly number[]): AliasTable {
  const n = chance.length;
  let total = 0;
  for (const p of chance) total += p;
  if (!(total > 0 && Number.isFinite(total))) throw new RangeError(`aliasTable: the chances sum to ${total}`);
  const threshold = Float64Array.from(chance, (p) => (p * n) / total);
  const other = Int32Array.from({ length: n }, (_, i) => i);
  const small: number[] = [];
  const large: number[] = [];
  threshold.forEach((p, i) => (p < 1 ? small : large).push(i));
  while (small.length > 0 && large.length > 0) {
    const poor = small.pop() as number;
    const rich = large.pop() as number;
    other[poor] = rich;
    threshold[rich] -= 1 - threshold[poor];
    (threshold[rich] < 1 ? small : large).push(rich);
  }
  for (const i of [...small, ...large]) threshold[i] = 1; // what rounding left
  return { threshold, other };
}
