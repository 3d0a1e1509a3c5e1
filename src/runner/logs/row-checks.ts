/** What makes a row of a log bad, and the one sentence that says so. */
import type { Cells } from './table.ts';

/** A law that the cells of one column must keep. */
export interface RowCheck {
  column: string;
  /** Name of the fault, as skipped rows are counted by it. */
  reason: string;
  /** Writes `mark` to `bad` (n) at each row that breaks the law and has no mark yet. */
  scan(cells: Cells, bad: Uint8Array, mark: number): void;
  /** The same law of a cell in the words of SQL, where a database can look for itself; true where the cell is sound. */
  sql?: (cell: string) => string;
  /** What is wrong with the cell `text`. */
  say(text: string): string;
}

/** Products of a weight and an amount are cubed where intervals allow for skewness: at these limits that is 1e300. */
const LEAST_PROPENSITY = 1e-50;
const MOST_AMOUNT = 1e50;
const LEAST_AMOUNT = 1e-50;

/** What is wrong with a logged propensity; undefined where nothing is. NaN fails too. */
export function probabilityFault(p: number): string | undefined {
  if (p >= LEAST_PROPENSITY && p <= 1) return undefined;
  return p > 0 && p <= 1
    ? `is below ${LEAST_PROPENSITY}: an action of such odds is never taken, so it is no propensity`
    : 'is not in (0, 1]';
}

/** What is wrong with a reward, cost or prediction; undefined where nothing is. NaN fails too. */
export function amountFault(x: number): string | undefined {
  const size = Math.abs(x);
  if (size === 0 || (size >= LEAST_AMOUNT && size <= MOST_AMOUNT)) return undefined;
  if (!Number.isFinite(x)) return 'is not a finite number';
  return size > 1
    ? `is beyond ±${MOST_AMOUNT}, too large to square; give it in a larger unit`
    : `is nearer to 0 than ±${LEAST_AMOUNT}, too small to square; give it in a smaller unit`;
}

const blankOr = (text: string, what: string): string => (text.trim() === '' ? 'is missing' : `${text} ${what}`);

function numbers(
  column: string,
  reason: string,
  what: string | ((text: string) => string),
  sound: (value: number) => boolean,
  sql: (cell: string) => string,
): RowCheck {
  return {
    column,
    reason: `${column} ${reason}`,
    scan(cells, bad, mark) {
      const values = cells as Float64Array;
      for (let i = 0; i < values.length; i++) if (!sound(values[i]) && bad[i] === 0) bad[i] = mark;
    },
    sql,
    say: (text) => `${column} ${blankOr(text, typeof what === 'string' ? what : what(text))}`,
  };
}

/** In (0, 1], and not so small that squares of weights overflow; written so that NaN fails too. */
export const probabilityCheck = (column: string): RowCheck =>
  numbers(
    column,
    'not in (0, 1]',
    (text) => probabilityFault(Number(text)) ?? 'is not in (0, 1]',
    (p) => probabilityFault(p) === undefined,
    (p) => `${p} >= ${LEAST_PROPENSITY} AND ${p} <= 1`,
  );

/** In [0, 1]: an action's odds may be nought. */
export const oddsCheck = (column: string): RowCheck =>
  numbers(
    column,
    'not in [0, 1]',
    'is not in [0, 1]',
    (p) => p >= 0 && p <= 1,
    (p) => `${p} >= 0 AND ${p} <= 1`,
  );

export const finiteCheck = (column: string): RowCheck =>
  numbers(column, 'no number', 'is not a finite number', Number.isFinite, (x) => `isfinite(${x})`);

/** A reward, a cost or a prediction: finite, and of a size whose squares are finite and not 0. */
export const amountCheck = (column: string): RowCheck =>
  numbers(
    column,
    'no number',
    (text) => amountFault(Number(text)) ?? 'is not a finite number',
    (x) => amountFault(x) === undefined,
    (x) => `(${x} = 0 OR abs(${x}) BETWEEN ${LEAST_AMOUNT} AND ${MOST_AMOUNT})`,
  );

export const bitCheck = (column: string): RowCheck =>
  numbers(
    column,
    'neither 0 nor 1',
    'is neither 0 nor 1',
    (x) => x === 0 || x === 1,
    (x) => `${x} IN (0, 1)`,
  );

export const rangeCheck = (column: string, [low, high]: readonly [number, number]): RowCheck =>
  numbers(
    column,
    `not in [${low}, ${high}]`,
    `is not in [${low}, ${high}], the reward's range`,
    (x) => x >= low && x <= high,
    (x) => `${x} >= ${low} AND ${x} <= ${high}`,
  );

export const dateCheck = (column: string): RowCheck =>
  numbers(column, 'no time', 'is neither an ISO date nor a number of hours', Number.isFinite, (x) => `isfinite(${x})`);

/** One of the actions, where they are declared; else any that is named. */
export function actionCheck(column: string, known: ReadonlySet<string> | undefined): RowCheck {
  const sound = (name: string): boolean => name !== '' && name !== 'NaN' && (known === undefined || known.has(name));
  return {
    column,
    reason: known === undefined ? `${column} missing` : `${column} unknown`,
    scan(cells, bad, mark) {
      const asked = new Map<string | number, boolean>(); // actions are few, rows many
      for (let i = 0; i < cells.length; i++) {
        const cell = cells[i];
        let good = asked.get(cell);
        if (good === undefined) asked.set(cell, (good = sound(nameOf(cell))));
        if (!good && bad[i] === 0) bad[i] = mark;
      }
    },
    say: (text) =>
      `${column} ${blankOr(text, known === undefined ? 'is no number, as those before are (say categories: [action] if it is a name)' : `is not one of the ${known.size} actions`)}`,
  };
}

/** An action's cell as its name: 3 and 3.0 are one action. */
export const nameOf = (cell: string | number): string => (typeof cell === 'number' ? String(cell) : cell.trim());
