/** From a context row to one of a few states: what a table can be indexed by. */
import { z } from 'zod';
import { InputError } from '../../core/errors.ts';

/** Which of a group of columns is greatest, in which bin a column lies, or a column that is a number of states itself. */
export type StatePart = { argmax: string } | { feature: string; edges: number[] } | { index: string; size: number };

export const statePartSchema: z.ZodType<StatePart> = z.union([
  z.strictObject({
    argmax: z.string().min(1).describe('Columns whose greatest is the state; * stands for any text: affinity*'),
  }),
  z.strictObject({
    feature: z.string().min(1).describe('Column to cut into bins'),
    edges: z.array(z.number()).min(1).max(100).describe('Ascending; a value on an edge belongs to the bin above'),
  }),
  z.strictObject({
    index: z.string().min(1).describe('Column that holds whole numbers from 0: the state itself'),
    size: z.int().min(1).max(1e6).describe('How many states it tells apart, in [1, 1e6]'),
  }),
]);

/** The parts used where the config names none; those whose columns the world lacks are left out. */
export const DEFAULT_STATE: readonly StatePart[] = [
  { argmax: 'affinity*' },
  { feature: 'session-annoyance', edges: [0.25, 0.5, 0.75] },
];

/** The key of agents whose values stand in a table, to spread into a kind's strict object. */
export const stateField = {
  state: z
    .array(statePartSchema)
    .min(1)
    .max(20)
    .optional()
    .describe('What makes the state; default: the greatest of affinity*, and session-annoyance in 4 bins, if shown'),
};

export interface Discretiser {
  /** How many states there are. */
  size: number;
  /** The state of the context row that starts at `at`, in [0, size). */
  state(context: Float64Array, at: number): number;
}

interface Digit {
  base: number;
  value(context: Float64Array, at: number): number;
}

/**
 * States of a context with the columns `names`: the product of the parts. Without parts, `DEFAULT_STATE` as far as the
 * world has its columns, else a single state. Throws `InputError` where a part names a column that is not there, where
 * edges do not ascend, or for more than a million states.
 */
export function discretiser(names: readonly string[], parts?: readonly StatePart[]): Discretiser {
  const used = parts ?? DEFAULT_STATE.filter((part) => columnsOf(names, part).length > 0);
  const digits = used.map((part) => digitOf(names, part));
  const size = digits.reduce((product, digit) => product * digit.base, 1);
  if (size > 1e6) throw new InputError(`state: it has ${size} values; use fewer bins: at most 1,000,000`);
  return {
    size,
    state(context, at) {
      let state = 0;
      for (const digit of digits) state = state * digit.base + digit.value(context, at);
      return state;
    },
  };
}

function columnsOf(names: readonly string[], part: StatePart): number[] {
  if (!('argmax' in part)) return names.flatMap((name, j) => (name === wantedOf(part) ? [j] : []));
  const pieces = part.argmax.split('*').map((text) => text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  const pattern = new RegExp(`^${pieces.join('.*')}$`);
  return names.flatMap((name, j) => (pattern.test(name) ? [j] : []));
}

/** The name, or the pattern, of the part's columns. */
function wantedOf(part: StatePart): string {
  if ('argmax' in part) return part.argmax;
  return 'feature' in part ? part.feature : part.index;
}

function digitOf(names: readonly string[], part: StatePart): Digit {
  const columns = columnsOf(names, part);
  if (columns.length === 0) {
    throw new InputError(`state: no context column is called "${wantedOf(part)}"; there are: ${names.join(', ')}`);
  }
  if ('argmax' in part) return greatest(columns);
  return 'feature' in part ? bins(columns[0], part.edges) : whole(columns[0], part.size, part.index);
}

function whole(column: number, size: number, name: string): Digit {
  return {
    base: size,
    value(context, at) {
      const state = context[at + column];
      if (Number.isInteger(state) && state >= 0 && state < size) return state;
      throw new InputError(`state: ${name} is ${state}, no whole number below ${size}; mend size, or cut it into bins`);
    },
  };
}

function greatest(columns: readonly number[]): Digit {
  return {
    base: columns.length,
    value(context, at) {
      let best = 0;
      for (let c = 1; c < columns.length; c++) {
        if (context[at + columns[c]] > context[at + columns[best]]) best = c;
      }
      return best;
    },
  };
}

function bins(column: number, edges: readonly number[]): Digit {
  if (edges.some((edge, e) => e > 0 && !(edge > edges[e - 1]))) {
    throw new InputError(`state: edges ${edges.join(', ')} do not ascend; sort them and drop repeats`);
  }
  return {
    base: edges.length + 1,
    value(context, at) {
      let bin = 0;
      while (bin < edges.length && context[at + column] >= edges[bin]) bin++;
      return bin;
    },
  };
}
