/** What must hold of the odds of every policy, whatever it was made from, before anything is weighted by them. */
import { InputError } from '../../core/errors.ts';
import type { Matrix } from '../../core/matrix.ts';
import type { LogBlock } from '../logs/source.ts';

/** How far a row's sum may be from 1: that of `decide`, by which the same policy would be served. */
const TOLERANCE = 1e-9;

/**
 * The odds (n×k), checked: probabilities that sum to 1 within 1e-9, and 0 where an action is not eligible. Throws
 * `InputError` with the place of the first row that fails.
 */
export function checkOdds(odds: Matrix, block: LogBlock, policy: string): Matrix {
  const { columns: k, data } = odds;
  const { eligible } = block.log.requests;
  if (odds.rows !== block.log.size || k !== block.log.spec.actions.length) {
    throw new InputError(
      `policy "${policy}" gives odds of ${odds.rows} rows × ${k} actions for a block of ${block.log.size} × ${block.log.spec.actions.length}; give one row for each`,
    );
  }
  for (let i = 0, at = 0; i < odds.rows; i++) {
    let sum = 0;
    let sound = true;
    for (const end = at + k; at < end; at++) {
      const p = data[at];
      sum += p;
      if (!(p >= 0) || (p > 0 && eligible[at] === 0)) sound = false;
    }
    if (!sound || !(Math.abs(sum - 1) <= TOLERANCE)) refuse(odds, block, policy, i, sum);
  }
  return odds;
}

function refuse(odds: Matrix, block: LogBlock, policy: string, i: number, sum: number): never {
  const k = odds.columns;
  const { actions } = block.log.spec;
  const { eligible } = block.log.requests;
  const place = `${block.where(i)}: policy "${policy}"`;
  for (let a = 0; a < k; a++) {
    const p = odds.data[i * k + a];
    if (!(p >= 0)) throw new InputError(`${place} gives "${actions[a]}" the probability ${p}; give one in [0, 1]`);
    if (p > 0 && eligible[i * k + a] === 0) {
      throw new InputError(`${place} gives "${actions[a]}" the probability ${p}, though it is not eligible; give it 0`);
    }
  }
  if (!eligible.subarray(i * k, (i + 1) * k).includes(1)) {
    throw new InputError(`${place} has nothing to choose from, as no action is eligible; leave the row out`);
  }
  throw new InputError(`${place} has probabilities that sum to ${sum}, not to 1; mend them or the row`);
}
