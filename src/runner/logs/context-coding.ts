/** Context columns as numbers: amounts as they are, categories one column for each level, or hashed where they are many. */
import type { Matrix } from '../../core/contracts.ts';
import { hashOf } from '../../core/hash.ts';
import type { Cells, CellKind } from './table.ts';

/** A category of more levels than this is hashed into as many columns. */
export const LEVELS = 32;

export interface ContextColumn {
  name: string;
  as: CellKind;
  /** Levels of a text, sorted; undefined where there are more than `LEVELS`. */
  levels?: readonly string[];
}

/** (d) `age` of an amount, `device=phone` of a level, `city#7` of a hash. */
export function contextNames(columns: readonly ContextColumn[]): string[] {
  return columns.flatMap(({ name, as, levels }) => {
    if (as !== 'text') return [name.replace(/^context:/u, '')];
    return levels
      ? levels.map((level) => `${name}=${level}`)
      : Array.from({ length: LEVELS }, (_, bucket) => `${name}#${bucket}`);
  });
}

/** Fills `out` (n×d) from one column of cells for each context column. */
export function fillContext(columns: readonly ContextColumn[], cells: readonly Cells[], out: Matrix): void {
  const { rows, columns: d, data } = out;
  let at = 0;
  for (const [c, { as, levels }] of columns.entries()) {
    const column = cells[c];
    if (as !== 'text') {
      const numbers = column as Float64Array;
      for (let i = 0; i < rows; i++) data[i * d + at] = numbers[i];
      at++;
      continue;
    }
    const texts = column as readonly string[];
    const width = levels?.length ?? LEVELS;
    const indices = new Map(levels?.map((level, j) => [level, j]));
    for (let i = 0; i < rows; i++) {
      const level = levels ? indices.get(texts[i]) : hashOf(texts[i]) % LEVELS;
      if (level !== undefined) data[i * d + at + level] = 1;
    }
    at += width;
  }
}
