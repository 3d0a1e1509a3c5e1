/** Reads columns of a table, whatever its format, block by block: numbers, and texts as codes. */
import { InputError } from '../../core/errors.ts';
import { hashOf } from '../../core/hash.ts';
import { asNumbers, textCoder } from '../../models/supervised/preparation/rows.ts';
import { floats, integers, picked, pieces, rowDraw } from '../../models/supervised/preparation/row-draw.ts';
import type { ColumnCells, TableRows } from '../../models/supervised/preparation/rows.ts';
import { listed } from '../logs/names.ts';
import type { SkippedRows } from '../logs/source.ts';
import type { Cells, Table, Want } from '../logs/table.ts';

/** Rows of a block where nobody says otherwise. */
const BLOCK = 65_536;

/** As what a column is read. */
export interface ColumnWant {
  name: string;
  /** `any`: numbers where every cell is one or missing, else texts. */
  as: 'number' | 'text' | 'hour' | 'any';
}

export interface ReadOptions {
  /** Leave torn rows out, where else they are refused. */
  skipBad?: boolean | undefined;
  /**
   * Rows to keep at most, of a table that may not fit into memory: while it is read once, rows are drawn evenly over all of it,
   * by a hash of their number; whole groups, by a hash of their name, where `group` names a column. Default: all.
   */
  most?: number | undefined;
  group?: string | undefined;
}

/** The rows of a table. Throws `InputError` where the file is damaged, has no rows, or a torn one that is not to be skipped. */
export async function readRows(
  table: Table,
  wants: readonly ColumnWant[],
  { skipBad = false, most = Infinity, group }: ReadOptions = {},
): Promise<{ rows: TableRows; read: number; skipped: readonly SkippedRows[] }> {
  const plan = await planOf(table, wants);
  const groupAt = plan.findIndex(({ want }) => want.name === group);
  const kept = plan.map(({ want }) => collector(want));
  const drawn = rowDraw();
  let read = 0;
  for await (const block of table.blocks(
    plan.map(({ want }) => want),
    BLOCK,
  )) {
    const names = groupAt < 0 ? undefined : (block.cells[groupAt] as readonly string[]);
    const rows = drawn.next(block.size, (i) => (names ? hashOf(names[i]) : hashOf(String(read + i))));
    block.cells.forEach((cells, c) => kept[c].add(cells, rows));
    read += block.size;
    drawn.keepBelow(most, (left) => kept.forEach((column) => column.thin(left)));
  }
  const skipped = await checkTorn(table, skipBad);
  if (read === 0) throw new InputError(`${table.path} has no rows; give a table with rows`);
  const columns = plan.map((one, c) => finished(kept[c].cells(), one));
  return { rows: { size: drawn.size(), columns }, read, skipped };
}

/** The rows in blocks, none of which is kept. Torn rows are refused at the end, unless `skipBad`. */
export async function* rowBlocks(
  table: Table,
  wants: readonly ColumnWant[],
  skipBad = false,
  size: number = BLOCK,
): AsyncGenerator<TableRows> {
  const plan = await planOf(table, wants);
  for await (const block of table.blocks(
    plan.map(({ want }) => want),
    size,
  )) {
    const columns = block.cells.map((cells, c) => {
      const kept = collector(plan[c].want);
      kept.add(cells);
      return finished(kept.cells(), plan[c]);
    });
    yield { size: block.size, columns };
  }
  await checkTorn(table, skipBad);
}

async function checkTorn(table: Table, skipBad: boolean): Promise<readonly SkippedRows[]> {
  const torn = await table.rejected();
  if (torn.length === 0 || skipBad) return torn;
  throw new InputError(`${torn[0].first}; correct the row, or leave such rows out with --skip-bad`);
}

interface Planned {
  want: Want;
  as: ColumnWant['as'];
  nominal: boolean;
}

/** Numbers are read as numbers only where every cell is one: what says `NA` has to be seen as a text first. */
async function planOf(table: Table, wants: readonly ColumnWant[]): Promise<Planned[]> {
  const missing = wants.find(({ name }) => !table.names.includes(name));
  if (missing) throw new InputError(`${table.path} has no column "${missing.name}"; it has ${listed(table.names)}`);
  const asked = wants.filter(({ as }) => as === 'number' || as === 'any').map(({ name }) => name);
  const numeric = await table.numeric(asked);
  return wants.map(({ name, as }) => {
    const nominal = table.nominal?.has(name) ?? false;
    if (as === 'hour') return { want: { name, as: 'hour' }, as, nominal };
    const plain = numeric.has(name) && !(as === 'any' && nominal);
    return { want: { name, as: as !== 'text' && plain ? 'number' : 'text' }, as, nominal };
  });
}

function finished(cells: ColumnCells, { as, nominal }: Planned): ColumnCells {
  if (cells.kind === 'number' || as === 'text') return cells;
  const numbers = as === 'number' || !nominal ? asNumbers(cells) : undefined;
  return numbers && (as === 'number' || numbers.odd === 0) ? numbers : cells;
}

interface Collector {
  /** Keeps the cells of some rows of a block, or of all. */
  add(cells: Cells, rows?: Int32Array): void;
  /** Keeps of the rows so far these alone. */
  thin(rows: Int32Array): void;
  cells(): ColumnCells;
}

function collector({ name, as }: Want): Collector {
  if (as !== 'text') {
    const kept = pieces(floats);
    return {
      add: (cells, rows) => kept.add(picked(cells as Float64Array, rows, floats)),
      thin: (rows) => kept.thin(rows),
      cells: () => ({ kind: 'number', name, values: kept.whole(), odd: 0 }),
    };
  }
  const coder = textCoder();
  const kept = pieces(integers);
  return {
    add(cells, rows) {
      const texts = cells as readonly string[];
      kept.add(
        rows ? Int32Array.from(rows, (i) => coder.code(texts[i])) : Int32Array.from(texts, (text) => coder.code(text)),
      );
    },
    thin: (rows) => kept.thin(rows),
    cells: () => ({ kind: 'text', name, codes: kept.whole(), texts: coder.texts }),
  };
}
