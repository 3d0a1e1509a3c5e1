/** Reads columns of a table, whatever its format, block by block: numbers, and texts as codes. */
import { InputError } from '../../core/errors.ts';
import { asNumbers, textCoder } from '../../models/supervised/preparation/rows.ts';
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

/** Every row. Throws `InputError` where the file is damaged, has no rows, or a torn one that `skipBad` doesn't allow. */
export async function readRows(
  table: Table,
  wants: readonly ColumnWant[],
  skipBad = false,
): Promise<{ rows: TableRows; skipped: readonly SkippedRows[] }> {
  const plan = await planOf(table, wants);
  const kept = plan.map(({ want }) => collector(want));
  let size = 0;
  for await (const block of table.blocks(
    plan.map(({ want }) => want),
    BLOCK,
  )) {
    block.cells.forEach((cells, c) => kept[c].add(cells));
    size += block.size;
  }
  const skipped = await checkTorn(table, skipBad);
  if (size === 0) throw new InputError(`${table.path} has no rows; give a table with rows`);
  return { rows: { size, columns: plan.map((one, c) => finished(kept[c].cells(), one)) }, skipped };
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
  add(cells: Cells): void;
  cells(): ColumnCells;
}

function collector({ name, as }: Want): Collector {
  if (as !== 'text') {
    const parts: Float64Array[] = [];
    return {
      add: (cells) => void parts.push(cells as Float64Array),
      cells: () => ({ kind: 'number', name, values: joined(parts, (size) => new Float64Array(size)), odd: 0 }),
    };
  }
  const coder = textCoder();
  const parts: Int32Array[] = [];
  return {
    add: (cells) => void parts.push(Int32Array.from(cells as readonly string[], (text) => coder.code(text))),
    cells: () => ({ kind: 'text', name, codes: joined(parts, (size) => new Int32Array(size)), texts: coder.texts }),
  };
}

function joined<T extends Int32Array | Float64Array>(parts: readonly T[], make: (size: number) => T): T {
  if (parts.length === 1) return parts[0];
  const out = make(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part as never, at);
    at += part.length;
  }
  return out;
}
