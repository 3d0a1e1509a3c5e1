/** Which columns a model may learn from, and as what: as the roles say, and for the rest as the cells suggest. */
import { InputError } from '../../../core/errors.ts';
import type { Warning } from '../../../core/warnings.ts';
import type { ColumnRoles } from './roles.ts';
import type { ColumnCells, NumberCells, TableRows, TextCells } from './rows.ts';

export interface ColumnPlan {
  /** Each in the table's order. */
  numbers: readonly string[];
  fields: readonly string[];
  texts: readonly string[];
  /** What was left out, and why. */
  notices: readonly Warning[];
}

/** A text column of as many words a cell as this, mostly distinct, is free text. */
const WORDS = 3;
/** So many rows must be distinct before a column counts as an id. */
const LEAST_ROWS = 20;
/** More levels than this are hashed, or are no category. */
export const MOST_LEVELS = 10_000;

/** A column of different texts of which no more than this share is no number is one of numbers with slips in it. */
const MOSTLY = 0.1;

type Use = 'number' | 'field' | 'text';

/** Looks at the cells, never at the labels. Throws `InputError` where no column is left to learn from. */
export function planColumns(rows: TableRows, roles: ColumnRoles): ColumnPlan {
  const apart = new Set([roles.label, roles.group, roles.time, roles.weight, roles.click, ...roles.drop]);
  const uses: Record<Use, string[]> = { number: [], field: [], text: [] };
  const notices: Warning[] = [];
  for (const cells of rows.columns) {
    if (apart.has(cells.name)) continue;
    const said = saidUse(cells.name, roles);
    const use = said ?? inferredUse(cells, rows.size);
    if (typeof use === 'string') uses[use].push(cells.name);
    else notices.push(use);
  }
  if (uses.number.length + uses.field.length + uses.text.length === 0) {
    throw new InputError(
      `no column is left to learn from: ${notices.map(({ message }) => message).join('; ') || 'the table has none but the label'}; name some with numeric, categorical or text`,
    );
  }
  return { numbers: uses.number, fields: uses.field, texts: uses.text, notices };
}

function saidUse(name: string, { numeric, categorical, text, hash }: ColumnRoles): Use | undefined {
  if (numeric.includes(name)) return 'number';
  if (categorical.includes(name) || Object.hasOwn(hash, name)) return 'field';
  return text.includes(name) ? 'text' : undefined;
}

function inferredUse(cells: ColumnCells, size: number): Use | Warning {
  return cells.kind === 'number' ? numberUse(cells, size) : textUse(cells, size);
}

function numberUse({ name, values }: NumberCells, size: number): Use | Warning {
  const there = values.filter((value) => !Number.isNaN(value));
  if (there.length === 0) return left(name, 'is missing in every row', 'drop');
  const first = there[0];
  if (there.length === size && there.every((value) => value === first)) {
    return left(name, `is ${first} in every row`, 'drop');
  }
  if (there.length < LEAST_ROWS || !there.every(Number.isInteger)) return 'number';
  const distinct = new Set(there).size === size;
  const step = Math.sign(there[1] - first);
  const inOrder = distinct && there.every((value, i) => i === 0 || Math.sign(value - there[i - 1]) === step);
  if (inOrder || (distinct && /(?:^|[\s_-])id$|[a-z]I[dD]$/u.test(name))) {
    return left(name, 'is another whole number in every row, so it names rows', 'numeric');
  }
  return 'number';
}

function textUse({ name, codes, texts }: TextCells, size: number): Use | Warning {
  const rows = new Int32Array(texts.length);
  for (let i = 0; i < codes.length; i++) rows[codes[i]]++;
  const used = texts.filter((_, code) => code > 0 && rows[code] > 0);
  if (used.length === 0) return left(name, 'is missing in every row', 'drop');
  if (used.length === 1 && rows[0] === 0) return left(name, `is ${JSON.stringify(used[0])} in every row`, 'drop');
  if (used.every((text) => /^\d{4}-\d\d-\d\d/u.test(text))) {
    return left(name, 'is a date', 'time');
  }
  const strange = used.filter((text) => text.trim() === '' || !Number.isFinite(Number(text)));
  if (used.length >= LEAST_ROWS && strange.length > 0 && strange.length <= MOSTLY * used.length) {
    return left(name, `holds numbers, and also ${JSON.stringify(strange[0])}`, 'mixed');
  }
  const sample = used.slice(0, 1000);
  const words = sample.reduce((sum, text) => sum + text.split(/\s+/u).length, 0) / sample.length;
  if (words >= WORDS && used.length > size / 2) return 'text';
  if (used.length === size && size >= LEAST_ROWS) return left(name, 'is another text in every row', 'categorical');
  if (used.length > MOST_LEVELS) return left(name, `has ${used.length} different texts`, 'hash');
  return 'field';
}

function left(name: string, why: string, key: 'drop' | 'numeric' | 'mixed' | 'categorical' | 'hash' | 'time'): Warning {
  const advice = {
    drop: 'nothing can be learned from it',
    numeric: 'if it is an amount, name it under numeric',
    mixed: 'mend those cells, or name it under numeric: what is no number is then missing',
    categorical: 'if it is a category all the same, name it under categorical',
    hash: 'name it under hash with a number of bits, or under categorical',
    time: 'if rows are to be split by it, name it as time',
  }[key];
  return { kind: 'column-left-out', message: `column "${name}" ${why}`, advice };
}
