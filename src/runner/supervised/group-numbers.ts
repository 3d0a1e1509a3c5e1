/** Groups, such as users, as numbers that hold over all blocks of a table. */
import { textsOf } from '../../models/supervised/preparation/preparation.ts';
import type { TableRows } from '../../models/supervised/preparation/rows.ts';

/** Numbers names in the order in which they come, over all blocks. */
export function numbering(): (name: string) => number {
  const known = new Map<string, number>();
  let next = 0;
  return (name) => {
    if (name === '') return next++; // each missing group is its own
    let id = known.get(name);
    if (id === undefined) known.set(name, (id = next++));
    return id;
  };
}

/** (m) the group of each row of a block. */
export function groupsOf(block: TableRows, name: string, groupOf: (name: string) => number): Int32Array {
  const { codes, texts } = textsOf(block, name);
  const ids = new Map<number, number>();
  return codes.map((code) => {
    if (code === 0) return groupOf('');
    let id = ids.get(code);
    if (id === undefined) ids.set(code, (id = groupOf(texts[code])));
    return id;
  });
}
