/** A file that somebody brought as rows to learn from: which columns it has, what they are, and the rows themselves. */
import type { Warning } from '../../core/warnings.ts';
import { distinctRows } from '../../models/supervised/preparation/duplicates.ts';
import { neededColumns, numbersOf } from '../../models/supervised/preparation/preparation.ts';
import type { Preparation } from '../../models/supervised/preparation/preparation.ts';
import { columnRoles, namedColumns } from '../../models/supervised/preparation/roles.ts';
import type { ColumnRoles } from '../../models/supervised/preparation/roles.ts';
import { selectTable } from '../../models/supervised/preparation/rows.ts';
import type { TableRows } from '../../models/supervised/preparation/rows.ts';
import { InputError } from '../../core/errors.ts';
import { sha256OfFile } from '../digest.ts';
import { checkColumn, listed } from '../logs/names.ts';
import { fileOf } from '../logs/open-log.ts';
import { openTable } from '../logs/open-table.ts';
import { sniff } from '../logs/sniff.ts';
import type { SkippedRows } from '../logs/source.ts';
import type { Table } from '../logs/table.ts';
import { encodedBlocks } from './encoded-texts.ts';
import { layoutOf } from './layouts.ts';
import type { Layout } from './layouts.ts';
import { readRows, rowBlocks } from './read-rows.ts';
import type { ColumnWant, ReadOptions } from './read-rows.ts';

/** What of the data a model's card keeps. */
export interface DataFacts {
  /** As the user wrote it. */
  path: string;
  sha256: string;
  /** Rows in the file, and those left out: torn, not shown (logs), equal to an earlier one (null: not looked for). */
  read: number;
  /** Rows drawn of them, where there were too many to hold; null where all were taken. */
  sampled: number | null;
  torn: number;
  notShown: number;
  duplicates: number | null;
  /** True where repeats were left out. */
  deduplicated: boolean;
  /** Rows that are left. */
  rows: number;
}

export interface TrainingTable {
  rows: TableRows;
  roles: ColumnRoles;
  data: DataFacts;
  notices: readonly Warning[];
}

/** A table that is read once, of which nothing is held. */
export interface StreamedTable {
  roles: ColumnRoles;
  /** Rows that count as shown, block by block. */
  blocks: AsyncIterable<TableRows>;
  notices: readonly Warning[];
  /** What was read; `rows`: those learned from. Once the last block has come. */
  facts(rows: number): Promise<DataFacts>;
}

/** What a person says of the columns, before defaults. */
export type GivenRoles = { [K in keyof ColumnRoles]?: ColumnRoles[K] | undefined };

/** Reads every row to learn from. Throws `InputError`, one sentence, for what cannot be read or is not there. */
export async function openTrainingRows(
  path: string,
  given: GivenRoles,
  { skipBad, most }: Pick<ReadOptions, 'skipBad' | 'most'> = {},
): Promise<TrainingTable> {
  const { table, layout, file, roles, wants, undropped } = await openTraining(path, given);
  const { rows: all, read, skipped } = await readRows(table, wants, { skipBad, most, group: roles.group });
  const shown = shownRows(all, layout);
  const rows = undropped(shown);
  const distinct = distinctRows(rows);
  const duplicates = rows.size - distinct.length;
  const kept = roles.deduplicate && duplicates > 0 ? selectTable(rows, distinct) : rows;
  const data = {
    path,
    sha256: await sha256OfFile(file),
    read,
    sampled: all.size < read ? all.size : null,
    torn: tornRows(skipped),
    notShown: all.size - shown.size,
    duplicates,
    deduplicated: roles.deduplicate,
    rows: kept.size,
  };
  return {
    rows: kept,
    roles,
    data,
    notices: [...layout.notices, ...sampleNotices(data), ...duplicateNotices(data), ...oddNotices(rows)],
  };
}

/** The same rows block by block. Throws `InputError` likewise, of torn rows at the end. */
export async function openStreamedRows(
  path: string,
  given: GivenRoles,
  skipBad: boolean | undefined,
): Promise<StreamedTable> {
  const { table, layout, file, roles, wants, undropped } = await openTraining(path, given);
  let read = 0;
  let notShown = 0;
  async function* blocks(): AsyncGenerator<TableRows> {
    for await (const block of rowBlocks(table, wants, skipBad)) {
      const shown = shownRows(block, layout);
      read += block.size;
      notShown += block.size - shown.size;
      if (shown.size > 0) yield undropped(shown);
    }
  }
  return {
    roles,
    blocks: blocks(),
    notices: layout.notices,
    facts: async (rows) => ({
      path,
      sha256: await sha256OfFile(file),
      read,
      sampled: null,
      torn: tornRows(await table.rejected()),
      notShown,
      duplicates: null,
      deduplicated: false,
      rows,
    }),
  };
}

/**
 * The rows that a prepared model predicts on, in blocks. The label, where the file has it, comes along. Throws `InputError`
 * naming the nearest column where one is missing.
 */
export async function openPreparedRows(
  path: string,
  preparation: Preparation,
  options: { labelled: boolean; skipBad?: boolean; block?: number; encoder?: string | undefined },
): Promise<{ names: readonly string[]; blocks: AsyncIterable<TableRows> }> {
  const { table, layout } = await open(path);
  const { label, numbers, group, time, weight, click } = preparation;
  for (const name of neededColumns(preparation)) checkColumn(path, 'the model needs it', name, table.names);
  if (options.labelled) checkColumn(path, 'label', label.name, table.names);
  const numeric = new Set([...numbers.map(({ name }) => name), weight, click]);
  const extra = [label.name, group, time, weight, click].filter(
    (name): name is string => name !== undefined && table.names.includes(name),
  );
  const keeping = layout.keep.map(({ column }) => column);
  const names = [...new Set([...neededColumns(preparation), ...extra, ...keeping])];
  const wants = names.map((name): ColumnWant => ({
    name,
    as: numeric.has(name) ? 'number' : name === time ? 'hour' : 'text',
  }));
  const blocks = shownBlocks(rowBlocks(table, wants, options.skipBad, options.block), layout);
  return { names: table.names, blocks: await encodedBlocks(blocks, preparation, options.encoder) };
}

async function* shownBlocks(blocks: AsyncIterable<TableRows>, layout: Layout): AsyncGenerator<TableRows> {
  for await (const block of blocks) {
    const shown = shownRows(block, layout);
    if (shown.size > 0) yield shown;
  }
}

/** The table with what its columns are to a model, and which of them have to be read. */
async function openTraining(path: string, given: GivenRoles) {
  const { table, layout, file } = await open(path);
  const roles = rolesFor(table, layout, given);
  const dropped = new Set(roles.drop);
  const keeping = layout.keep.map(({ column }) => column);
  const wants = table.names
    .filter((name) => !dropped.has(name) || keeping.includes(name))
    .map((name): ColumnWant => ({ name, as: wanted(name, roles) }));
  const undropped = ({ size, columns }: TableRows): TableRows => ({
    size,
    columns: columns.filter(({ name }) => !dropped.has(name)),
  });
  return { table, layout, file, roles, wants, undropped };
}

const tornRows = (skipped: readonly SkippedRows[]): number => skipped.reduce((sum, { count }) => sum + count, 0);

async function open(path: string): Promise<{ table: Table; layout: Layout; file: string }> {
  const file = fileOf(path);
  const sniffed = await sniff(file);
  if (sniffed.form === 'vw' || sniffed.form === 'dsjson') {
    throw new InputError(`${path} is Vowpal Wabbit's, not a table; write it as one with: adsim convert --to csv`);
  }
  const table = await openTable(file, sniffed);
  return { table, layout: layoutOf(table.names), file };
}

/** What the layout knows, overruled by what was said; each column named is there. */
function rolesFor({ path, names }: Table, { roles: known, ofLabel }: Layout, given: GivenRoles): ColumnRoles {
  const label = given.label ?? known.label;
  if (label === undefined) {
    throw new InputError(`${path}: which column is to be predicted? Say --label NAME; it has ${listed(names)}`);
  }
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { positive: _, ...others } = known;
  const merged = columnRoles.parse({
    ...(label === known.label ? known : others),
    ...ofLabel?.[label],
    ...said,
    label,
  });
  const claimed = new Set([
    label,
    merged.click,
    ...(['numeric', 'categorical', 'text'] as const).flatMap((key) => given[key] ?? []),
  ]);
  const drop = [...new Set([...(known.drop ?? []), ...(given.drop ?? [])])].filter((name) => !claimed.has(name));
  const unclaimed = (key: 'numeric' | 'categorical'): string[] => [
    ...(given[key] ?? []),
    ...(known[key] ?? []).filter((name) => !claimed.has(name) && !(given.drop ?? []).includes(name)),
  ];
  const roles = { ...merged, drop, numeric: unclaimed('numeric'), categorical: unclaimed('categorical') };
  for (const [key, name] of namedColumns(roles)) checkColumn(path, key, name, names);
  checkOnce(path, roles);
  return roles;
}

/** Throws `InputError` where a column is named as two things. */
function checkOnce(path: string, roles: ColumnRoles): void {
  const keys = new Map<string, string>();
  for (const [key, name] of namedColumns(roles)) {
    const other = keys.get(name);
    if (other !== undefined && other !== key && !(other === 'categorical' && key === 'hash')) {
      throw new InputError(`${path}: column "${name}" is named both as ${other} and as ${key}; name it once`);
    }
    keys.set(name, key);
  }
}

function wanted(name: string, roles: ColumnRoles): ColumnWant['as'] {
  if (name === roles.time) return 'hour';
  if (name === roles.weight || name === roles.click || roles.numeric.includes(name)) return 'number';
  const texts = [roles.label, roles.group, ...roles.categorical, ...roles.text, ...Object.keys(roles.hash)];
  return texts.includes(name) ? 'text' : 'any';
}

function shownRows(rows: TableRows, { keep }: Layout): TableRows {
  if (keep.length === 0) return rows;
  const columns = keep.map(({ column, least }) => ({ values: numbersOf(rows, column).values, least }));
  const shown: number[] = [];
  for (let i = 0; i < rows.size; i++) if (columns.every(({ values, least }) => values[i] >= least)) shown.push(i);
  return shown.length < rows.size ? selectTable(rows, shown) : rows;
}

function sampleNotices({ read, sampled }: DataFacts): Warning[] {
  if (sampled === null) return [];
  return [
    {
      kind: 'sampled',
      message: `${sampled} of ${read} rows were drawn by hash, the others were only counted`,
      advice: 'take more with --rows, where memory allows',
    },
  ];
}

function duplicateNotices({ duplicates, deduplicated, read, sampled }: DataFacts): Warning[] {
  if (duplicates === null || duplicates === 0 || deduplicated) return [];
  return [
    {
      kind: 'duplicate-rows',
      message: `${duplicates} of ${sampled ?? read} rows are equal to an earlier one in every column`,
      advice:
        'where they are copies, leave them out with --deduplicate: copies in two folds make a model look better than it is',
    },
  ];
}

function oddNotices({ columns }: TableRows): Warning[] {
  return columns.flatMap((column) =>
    column.kind === 'number' && column.odd > 0 ? [oddNotice(column.name, column.odd)] : [],
  );
}

/** Of a column of numbers in which some cells say something else. */
export function oddNotice(name: string, odd: number): Warning {
  return {
    kind: 'not-a-number',
    message: `column "${name}": ${odd} cells are no numbers, and count as missing`,
    advice: 'if it is a category, name it under categorical',
  };
}
