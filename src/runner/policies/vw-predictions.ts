/**
 * A predictions file of Vowpal Wabbit as a policy: what `vw -t -d LOG -p FILE` wrote of the same log. Lists of
 * `action:probability` (--cb_explore, --cb_explore_adf) number actions from 0, single numbers are actions that are always
 * shown: from 0 where blank lines stand between the rows (--cb_adf), from 1 where not (--cb).
 */
import { createReadStream } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import type { LogSource } from '../logs/source.ts';
import type { Part, PartSetup } from './part.ts';
import { sparseRows } from './sparse-rows.ts';
import type { RuleOf } from './schema.ts';

/** vw writes probabilities to six digits: each may be off by half a unit of the last, and by float32. */
const ROUNDED = 1e-6;
const LIST = /^\d+:[-+.\deE]+(?:,\d+:[-+.\deE]+)*$/u;
const SINGLE = /^\d+(?:\.0+)?$/u;
/** A tag follows a prediction after a blank; a second number is a prediction of another kind. */
const TAGGED = /^(\S+)(?: +(?![-+.\d]+$)\S+)?$/u;

/** Throws `InputError` with file and line where a row cannot be read, and where there are not as many as in the log. */
export async function vwPredictions(rule: RuleOf<'vw-predictions'>, { source, folder }: PartSetup): Promise<Part> {
  const path = isAbsolute(rule.file) ? rule.file : join(folder, rule.file);
  const rows = await readPredictions(path, rule.take, source);
  const k = source.spec.actions.length;
  return {
    whole: true,
    async odds({ first, log: { size } }) {
      const out = matrix(size, k);
      for (let i = 0; i < size; i++) rows.fill(first + i, out.data, i * k);
      return out;
    },
    async close() {},
  };
}

async function readPredictions(path: string, take: 'odds' | 'first', source: LogSource) {
  const rows = sparseRows(source.rows);
  const singles: number[] = [];
  const place = numbering(source.spec.actions);
  let line = 0;
  let blanks = 0;
  let joined = 0; // the first line that follows another without a blank one between
  let filled = false;
  for await (const text of linesOf(path)) {
    line++;
    if (text.trim() === '') {
      blanks++;
      filled = false;
      continue;
    }
    if (filled && joined === 0) joined = line;
    filled = true;
    const [, prediction] = TAGGED.exec(text.trim()) ?? [];
    if (prediction !== undefined && SINGLE.test(prediction)) {
      singles.push(line);
      rows.add(Number(prediction), 1);
    } else if (prediction !== undefined && LIST.test(prediction)) addList(prediction, line);
    else throw at(line, `${JSON.stringify(text.slice(0, 60))} is neither a list of action:probability nor an action`);
    rows.end();
  }
  if (blanks > 0 && joined > 0) throw at(joined, 'a second line for one row; pages of several slots are not read here');
  if (rows.count !== source.rows) throw new InputError(mismatch(path, rows.count, source));
  if (singles.length > 0 && singles.length < rows.count) {
    throw at(singles[0], 'a single action in a file of lists; give one kind of prediction');
  }
  const base = singles.length > 0 && blanks === 0 ? 1 : 0;
  rows.renumber((action, row) => {
    const a = place(action - base);
    if (a >= 0) return a;
    const known = `the log's ${source.spec.actions.length} actions are numbered from ${base}`;
    throw new InputError(`${path}: row ${row + 1} of the predictions names action ${action}; ${known}`);
  });
  return rows;

  function addList(prediction: string, where: number): void {
    const entries = prediction.split(',').map((entry) => entry.split(':').map(Number));
    if (take === 'first') {
      rows.add(entries[0][0], 1);
      return;
    }
    const bad = entries.find(([, p]) => !(p >= 0 && p <= 1));
    const sum = entries.reduce((total, [, p]) => total + p, 0);
    const scores = 'if these are scores (--cb_adf), write a rule file with `take: first`';
    if (bad) throw at(where, `action ${bad[0]} has ${bad[1]}, which is no probability; ${scores}`);
    if (!(Math.abs(sum - 1) <= ROUNDED * Math.max(entries.length, 2))) {
      throw at(where, `the probabilities sum to ${sum}, not to 1; ${scores}`);
    }
    for (const [action, p] of entries) rows.add(action, p / sum);
  }

  function at(where: number, what: string): InputError {
    return new InputError(`${path}:${where}: ${what}`);
  }
}

function mismatch(path: string, count: number, source: LogSource): string {
  const skipped = source.skipped.reduce((sum, one) => sum + one.count, 0);
  const left = skipped > 0 ? ` (${skipped} bad ones left out, which vw did not leave out)` : '';
  return `${path}: has predictions for ${count} rows, ${source.path} has ${source.rows}${left}; predict on the same rows, in their order`;
}

/** The log's action of vw's number, −1 where there is none: by name where names are numbers in a row, else by order. */
function numbering(actions: readonly string[]): (number: number) => number {
  const numbers = actions.map(Number);
  const least = Math.min(...numbers);
  const sorted = [...numbers].sort((a, b) => a - b);
  const named = (least === 0 || least === 1) && sorted.every((number, i) => number === least + i);
  if (named) return (number) => numbers.indexOf(least + number);
  return (number) => (number >= 0 && number < actions.length ? number : -1);
}

async function* linesOf(path: string): AsyncIterable<string> {
  try {
    yield* createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new InputError(`${path}: cannot be read (${code}); check the path`, { cause: error });
  }
}
