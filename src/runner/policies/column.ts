/** Policies whose odds stand in the log: of the logged action alone, or of every action, and the logged policy itself. */
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import { SUM_TOLERANCE } from '../../ope/evidence.ts';
import { suggestion } from '../did-you-mean.ts';
import type { LogBlock, LogSource } from '../logs/source.ts';
import { numbersOf, requireColumn } from './names.ts';
import type { Part } from './part.ts';

/** A column with the odds of the logged action. Throws `InputError` where the log has no such column. */
export function columnPolicy(name: string, source: LogSource): Part {
  requireColumn(source, name);
  return {
    whole: false,
    fromColumns: true,
    odds: async (block) => aroundLogged(block, numbersOf(block, name), `column "${name}"`),
    async close() {},
  };
}

/**
 * Columns with the odds of every action: PREFIX and the action's name, or PREFIX, a colon and the name. Rows may be off 1
 * by as much as float32 makes them, and are rescaled. Throws `InputError` where an action has no column.
 */
export function columnsPolicy(prefix: string, source: LogSource): Part {
  const names = actionColumns(prefix, source);
  return {
    whole: true,
    fromColumns: true,
    odds: async (block) => {
      const out = matrix(block.log.size, names.length);
      names.forEach((name, a) => {
        const value = numbersOf(block, name);
        for (let i = 0; i < out.rows; i++) out.data[i * out.columns + a] = value(i);
      });
      return rescaleRows(out, SUM_TOLERANCE);
    },
    async close() {},
  };
}

/** (k) the names of the columns that hold a number for each action. Throws `InputError` where one is missing. */
export function actionColumns(prefix: string, { spec, columns }: LogSource): string[] {
  const joints = prefix.endsWith(':') ? [''] : ['', ':'];
  const known = new Set(columns);
  const joint = joints.find((one) => spec.actions.some((action) => known.has(prefix + one + action))) ?? joints[0];
  const names = spec.actions.map((action) => prefix + joint + action);
  const missing = names.find((name) => !known.has(name));
  if (missing === undefined) return names;
  throw new InputError(
    `the log has no column "${missing}"${suggestion(missing, columns)}; every action needs a column of its own`,
  );
}

/** The policy that collected the log: whole where the log has π_b whole, else its odds of the logged action. */
export async function loggedPolicy(source: LogSource): Promise<Part> {
  // Where there are no propensities somebody estimates them, and then for every action.
  const whole = !source.propensities || (await keepsBehaviour(source));
  return {
    whole,
    odds: async (block) => {
      const { behaviour, log } = block;
      if (behaviour) return rescaleRows(matrix(log.size, behaviour.columns, behaviour.data.slice()), SUM_TOLERANCE);
      const { propensity } = log.decisions;
      return aroundLogged(block, (i) => propensity[i], 'the logged propensity');
    },
    async close() {},
  };
}

async function keepsBehaviour(source: LogSource): Promise<boolean> {
  for await (const block of source.blocks(1)) return block.behaviour !== undefined;
  return false;
}

/** (n×k) the logged action's odds; the other eligible actions share the rest evenly. */
function aroundLogged(block: LogBlock, value: (i: number) => number, what: string): Matrix {
  const { size, requests, decisions, spec } = block.log;
  const k = spec.actions.length;
  const out = matrix(size, k);
  for (let i = 0, start = 0; i < size; i++, start += k) {
    const p = value(i);
    if (!(p >= 0 && p <= 1 + SUM_TOLERANCE)) {
      throw new InputError(
        `${block.where(i)}: ${what} is ${p}; the odds of the logged action lie in [0, 1]; correct the row`,
      );
    }
    const logged = start + decisions.action[i];
    let others = 0;
    for (let at = start; at < start + k; at++) others += requests.eligible[at];
    others -= requests.eligible[logged];
    if (others === 0 && !(p >= 1 - SUM_TOLERANCE)) {
      throw new InputError(`${block.where(i)}: ${what} is ${p}, though no other action is eligible; it must be 1`);
    }
    const kept = others === 0 ? 1 : Math.min(1, p);
    const rest = others === 0 ? 0 : (1 - kept) / others;
    for (let at = start; at < start + k; at++) if (requests.eligible[at] === 1) out.data[at] = rest;
    out.data[logged] = kept;
  }
  return out;
}

/** A sum this near to 1 is left as it is, so that the logged policy's weights are 1 to the bit. */
const EXACT = 1e-10;

/** Divides rows whose sum is within `tolerance` of 1 by it, in place; others are left for `checkOdds` to refuse. */
export function rescaleRows(odds: Matrix, tolerance: number): Matrix {
  const { columns: k, data } = odds;
  for (let start = 0; start < odds.rows * k; start += k) {
    let sum = 0;
    for (let at = start; at < start + k; at++) sum += data[at];
    const away = Math.abs(sum - 1);
    if (away > EXACT && away <= tolerance) for (let at = start; at < start + k; at++) data[at] /= sum;
  }
  return odds;
}
