/** Some rows of a block of a log, as a block. */
import { selectRows, slice } from '../../core/log.ts';
import { matrix, rowRange } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import type { LogBlock } from './source.ts';

/** A view on rows [from, to), but for texts. */
export function blockRange(block: LogBlock, from: number, to: number): LogBlock {
  if (from === 0 && to === block.log.size) return block;
  const columns = new Map(
    [...block.columns].map(([name, values]) => [
      name,
      values instanceof Float64Array ? values.subarray(from, to) : values.slice(from, to),
    ]),
  );
  const part: LogBlock = {
    ...block,
    first: block.first + from,
    log: slice(block.log, from, to),
    columns,
    where: (i) => block.where(from + i),
  };
  if (block.behaviour) part.behaviour = rowRange(block.behaviour, from, to);
  if (block.predicted) part.predicted = rowRange(block.predicted, from, to);
  return part;
}

/** A copy of the rows with these indices; `first` rows come before it. */
export function blockRows(block: LogBlock, rows: Int32Array, first: number): LogBlock {
  const columns = new Map(
    [...block.columns].map(([name, values]) => [
      name,
      values instanceof Float64Array ? Float64Array.from(rows, (i) => values[i]) : Array.from(rows, (i) => values[i]),
    ]),
  );
  const part: LogBlock = {
    ...block,
    first,
    log: selectRows(block.log, rows),
    columns,
    where: (i) => block.where(rows[i]),
  };
  if (block.behaviour) part.behaviour = picked(block.behaviour, rows);
  if (block.predicted) part.predicted = picked(block.predicted, rows);
  return part;
}

function picked({ columns, data }: Matrix, rows: Int32Array): Matrix {
  const out = matrix(rows.length, columns);
  rows.forEach((i, at) => out.data.set(data.subarray(i * columns, (i + 1) * columns), at * columns));
  return out;
}
