/** Policies with the same odds in every row, as far as the row's eligible actions allow: `uniform` and `fixed`. */
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import type { LogBlock, LogSource } from '../logs/source.ts';
import { actionAt } from './names.ts';
import type { Part } from './part.ts';
import type { RuleOf } from './schema.ts';

/** How far odds written by hand may be from 1: room for thirds written to six digits. */
const WRITTEN = 1e-5;

/** Every eligible action alike, or those of `over`. Throws `InputError` for an action that the log has not. */
export function uniformPolicy({ over }: Pick<RuleOf<'uniform'>, 'over'>, source: LogSource): Part {
  const odds = new Float64Array(source.spec.actions.length).fill(over ? 0 : 1);
  for (const name of over ?? []) odds[actionAt(source, name)] = 1;
  return constant(odds);
}

/** One action, or odds by action. Throws `InputError` for an action that the log has not, and odds that do not sum to 1. */
export function fixedPolicy({ action, odds: written }: RuleOf<'fixed'>, source: LogSource): Part {
  const odds = new Float64Array(source.spec.actions.length);
  if (action !== undefined) odds[actionAt(source, action)] = 1;
  for (const [name, p] of Object.entries(written ?? {})) odds[actionAt(source, name)] = p;
  const sum = odds.reduce((a, b) => a + b, 0);
  if (!(Math.abs(sum - 1) <= WRITTEN)) throw new InputError(`sum to ${sum}, not to 1; rescale them`);
  return constant(odds);
}

function constant(odds: Float64Array): Part {
  return { whole: true, odds: async (block) => rescaled(odds, block), async close() {} };
}

/** (n×k) odds of the eligible actions, rescaled to sum to 1; alike where all that is eligible has 0. */
function rescaled(odds: Float64Array, { log: { size, requests } }: LogBlock): Matrix {
  const k = odds.length;
  const { eligible } = requests;
  const out = matrix(size, k);
  for (let i = 0, start = 0; i < size; i++, start += k) {
    let sum = 0;
    let count = 0;
    for (let a = 0; a < k; a++) {
      sum += odds[a] * eligible[start + a];
      count += eligible[start + a];
    }
    for (let a = 0; a < k; a++) {
      if (eligible[start + a] === 1) out.data[start + a] = sum > 0 ? odds[a] / sum : 1 / count;
    }
  }
  return out;
}
