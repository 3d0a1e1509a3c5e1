/**
 * Rows as networks read them: numbers standardised and held inside the range learned from, codes of fields and events as
 * rows of one table of embeddings. Events stand at the end of their T places, the latest last, padding before them.
 */
import type { Design } from '../design.ts';
import { designFor, designMatrix } from '../design.ts';
import type { Examples } from '../examples.ts';

/** How rows become inputs, learned from the training rows; JSON values only, so that a model can keep it. */
export interface InputDesign {
  /** Of the numbers alone. */
  numbers: Design;
  /** (columns of `numbers`) range of each over the training rows: beyond it nothing is known. */
  low: readonly number[];
  high: readonly number[];
  fields: readonly { name: string; levels: number; first: number }[];
  sequences: readonly SequenceDesign[];
  /** Rows of the table of embeddings. A field's rows are [first, first + levels); its first is for code 0. */
  levels: number;
}

export interface SequenceDesign {
  name: string;
  levels: number;
  steps: number;
  /** Rows of its events: those of the field that is its target, where there is one. */
  first: number;
  /** Position of the field that its events are compared with; −1 where there is none. */
  target: number;
}

/** m encoded rows. */
export interface Inputs {
  size: number;
  /** d */
  columns: number;
  /** (m×d) */
  numbers: Float32Array;
  /** (m×F) rows of the table of embeddings. */
  codes: Int32Array;
  sequences: readonly {
    /** (m×T) rows of the table of embeddings; what stands before the events is not read. */
    codes: Int32Array;
    /** (m) in [0, T] */
    length: Int32Array;
  }[];
}

/** Learns the design from the training rows. */
export function inputDesign(train: Examples): InputDesign {
  const numbers = designFor({ ...train, fields: [] });
  const { data } = designMatrix(numbers, { ...train, fields: [] });
  const d = numbers.columns;
  const low = Array.from({ length: d }, () => Infinity);
  const high = Array.from({ length: d }, () => -Infinity);
  for (let c = 0; c < data.length; c++) {
    low[c % d] = Math.min(low[c % d], data[c]);
    high[c % d] = Math.max(high[c % d], data[c]);
  }
  let first = 0;
  const fields = train.fields.map(({ name, levels }) => {
    const field = { name, levels, first };
    first += levels;
    return field;
  });
  const sequences = train.sequences.map(({ name, levels, steps, target: of }): SequenceDesign => {
    const target = fields.findIndex((field) => field.name === of && field.levels === levels);
    const sequence = { name, levels, steps, first: target < 0 ? first : fields[target].first, target };
    if (target < 0) first += levels;
    return sequence;
  });
  return { numbers: { ...numbers, names: [] }, low, high, fields, sequences, levels: first };
}

/** Throws RangeError where the rows have other columns than those learned from. */
export function inputsOf(design: InputDesign, rows: Examples): Inputs {
  const { fields, sequences } = design;
  if (rows.fields.length !== fields.length || rows.sequences.length !== sequences.length) {
    throw new RangeError(
      `network: ${rows.fields.length} fields and ${rows.sequences.length} sequences, not ${fields.length} and ${sequences.length}`,
    );
  }
  const m = rows.size;
  const codes = new Int32Array(m * fields.length);
  fields.forEach(({ levels, first }, f) => {
    const from = rows.fields[f].codes;
    for (let i = 0; i < m; i++) codes[i * fields.length + f] = first + known(from[i], levels);
  });
  return {
    size: m,
    columns: design.numbers.columns,
    numbers: numbersOf(design, rows),
    codes,
    sequences: sequences.map(({ levels, steps: T, first, name }, s) => {
      const { steps, length, codes: from } = rows.sequences[s];
      if (steps !== T) throw new RangeError(`network: "${name}" has ${steps} steps, not ${T}`);
      const events = new Int32Array(m * T).fill(first);
      for (let i = 0; i < m; i++) {
        const n = length[i];
        for (let t = 0; t < n; t++) events[(i + 1) * T - n + t] = first + known(from[i * T + t], levels);
      }
      return { codes: events, length: length.slice(0, m) };
    }),
  };
}

function known(code: number, levels: number): number {
  return code > 0 && code < levels ? code : 0;
}

function numbersOf({ numbers, low, high }: InputDesign, rows: Examples): Float32Array {
  const { data } = designMatrix(numbers, { ...rows, fields: [] });
  const d = numbers.columns;
  return Float32Array.from(data, (value, c) => Math.min(high[c % d], Math.max(low[c % d], value)));
}
