/** A table in Arrow's IPC form, a file or a stream, read batch by batch; only one batch and one block are held. */
import { open } from 'node:fs/promises';
import type { DataType, RecordBatch, RecordBatchReader, Schema, Vector } from 'apache-arrow';
import { InputError } from '../../core/errors.ts';
import { uniqueNames } from './names.ts';
import { hourOf, numberOf } from './table.ts';
import type { CellKind, Table, TableBlock, Want } from './table.ts';

const MS_PER_HOUR = 3_600_000;

/** The table of a file. Throws `InputError` where it cannot be read. */
export async function arrowTable(path: string): Promise<Table> {
  const arrow = await import('apache-arrow');
  const kind = (type: DataType): CellKind => {
    if (arrow.DataType.isInt(type) || arrow.DataType.isFloat(type) || arrow.DataType.isBool(type)) return 'number';
    return arrow.DataType.isTimestamp(type) || arrow.DataType.isDate(type) ? 'hour' : 'text';
  };

  async function* batches(schema?: (found: Schema) => void): AsyncGenerator<RecordBatch> {
    const handle = await open(path);
    try {
      const reader: RecordBatchReader = await arrow.RecordBatchReader.from(handle);
      await reader.open();
      schema?.(reader.schema);
      for await (const batch of reader as AsyncIterable<RecordBatch>) yield batch;
    } catch (error) {
      const [message] = (error as Error).message.split('\n');
      throw new InputError(`${path} cannot be read as Arrow (${message}); check the file`);
    } finally {
      await handle.close().catch(() => {}); // the reader may have closed it
    }
  }

  const schema = await schemaOf(path, batches);
  const names = uniqueNames(
    path,
    schema.fields.map(({ name }) => name),
  );
  const kinds = new Map(names.map((name, j) => [name, kind(schema.fields[j].type)]));
  const read = (wants: readonly Want[]): Reader[] =>
    wants.map((want) => readerOf(want, names.indexOf(want.name), kinds.get(want.name) as CellKind));
  return {
    path,
    names,
    kinds,
    blocks: (wants, size) => blocksOf(batches(), read(wants), size),
    numeric: async (wanted) => new Set(wanted.filter((name) => kinds.get(name) === 'number')),
    rejected: async () => [],
    where: (row) => `${path} row ${row + 1}`,
    async cell(row, name) {
      let before = 0;
      for await (const batch of batches()) {
        const value: unknown =
          row - before < batch.numRows ? batch.getChildAt(names.indexOf(name))?.get(row - before) : before;
        before += batch.numRows;
        if (row < before) return { place: `${path} row ${row + 1}, column ${name}`, text: textOf(value) };
      }
      return { place: `${path} row ${row + 1}`, text: '' };
    },
  };
}

/** Throws `InputError` for a file that ends before it says what its columns are. */
async function schemaOf(
  path: string,
  batches: (schema: (found: Schema) => void) => AsyncGenerator<RecordBatch>,
): Promise<Schema> {
  let schema: Schema | undefined;
  const reading = batches((found) => {
    schema = found;
  });
  await reading.next();
  await reading.return(undefined);
  if (!schema) throw new InputError(`${path} is empty; give a log with rows`);
  return schema;
}

/** Reads one column's cell; numbers and hours as numbers, NaN where there is none. */
interface Reader {
  column: number;
  text: boolean;
  read: (value: unknown) => number;
}

function readerOf({ as }: Want, column: number, kind: CellKind): Reader {
  const parse = as === 'hour' ? hourOf : numberOf;
  return {
    column,
    text: as === 'text',
    read(value) {
      if (value === null || value === undefined) return NaN;
      if (kind === 'hour') return Number(value) / MS_PER_HOUR; // whatever the unit, the package answers in milliseconds
      return typeof value === 'string' ? parse(value) : Number(value);
    },
  };
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return `${value as string | number | bigint | boolean}`;
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? Number(inner) : inner));
}

async function* blocksOf(
  batches: AsyncIterable<RecordBatch>,
  readers: readonly Reader[],
  size: number,
): AsyncGenerator<TableBlock> {
  const fresh = (): (Float64Array | string[])[] => readers.map(({ text }) => (text ? [] : new Float64Array(size)));
  let [first, filled, cells] = [0, 0, fresh()];
  const block = (): TableBlock => ({
    first,
    size: filled,
    cells: cells.map((column) => (column instanceof Float64Array ? column.subarray(0, filled) : column)),
  });
  for await (const batch of batches) {
    const columns = readers.map(({ column }) => batch.getChildAt(column) as Vector);
    for (let from = 0; from < batch.numRows;) {
      const count = Math.min(batch.numRows - from, size - filled);
      for (const [c, { read }] of readers.entries()) {
        const to = cells[c];
        if (to instanceof Float64Array) for (let i = 0; i < count; i++) to[filled + i] = read(columns[c].get(from + i));
        else for (let i = 0; i < count; i++) to.push(textOf(columns[c].get(from + i)));
      }
      from += count;
      filled += count;
      if (filled < size) continue;
      yield block();
      [first, filled, cells] = [first + filled, 0, fresh()];
    }
  }
  if (filled > 0) yield block();
}
