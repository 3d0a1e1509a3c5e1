/** A behaviour policy that the log has whole is held to itself: odds that sum to 1, and say what the propensity says. */
import type { Matrix } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { SUM_TOLERANCE } from '../../ope/evidence.ts';
import type { LogBlock } from '../logs/source.ts';

/** How far the propensity may be from the odds of the logged action: room for columns written to a few digits. */
const RELATIVE = 0.01;
const ABSOLUTE = 1e-4;

/** The same matrix (n×k). Throws `InputError` with the place of the first row that fails. */
export function checkedBehaviour(behaviour: Matrix, block: LogBlock): Matrix {
  const { columns: k, data } = behaviour;
  const { log } = block;
  const { action, propensity } = log.decisions;
  for (let i = 0, at = 0; i < log.size; i++) {
    const odds = data[at + action[i]];
    let sum = 0;
    for (const end = at + k; at < end; at++) sum += data[at];
    // Written so that NaN fails too.
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      throw new InputError(
        `${block.where(i)}: the behaviour policy's probabilities sum to ${Number(sum.toPrecision(12))}, not to 1; correct the row`,
      );
    }
    if (!(odds > 0 && Math.abs(propensity[i] - odds) <= RELATIVE * odds + ABSOLUTE)) {
      throw new InputError(
        `${block.where(i)}: the propensity is ${propensity[i]}, and the behaviour policy gives the logged action "${log.spec.actions[action[i]]}" the probability ${odds}; correct the one or the other`,
      );
    }
  }
  return behaviour;
}
