/** A log from plain columns: for data that comes from elsewhere and for designs on paper. */
import { decisionsOf, outcomesOf, requestsOf } from '../core/batch.ts';
import type { ImpressionLog } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import type { Matrix } from '../core/matrix.ts';

export interface BanditColumns {
  /** k: how many actions there are to choose from. */
  actions: number;
  /** (m) */
  action: ArrayLike<number>;
  /** (m) in (0, 1] */
  propensity: ArrayLike<number>;
  /** (m) */
  reward: ArrayLike<number>;
  /** (m×d) */
  context?: Matrix;
}

/** A log of one slot whose rows are m users of one request each. Throws `InputError` where columns differ in length. */
export function banditLog({ actions, action, propensity, reward, context }: BanditColumns): ImpressionLog {
  const m = action.length;
  for (const [name, length] of [
    ['propensity', propensity.length],
    ['reward', reward.length],
    ['context', context?.rows ?? m],
  ] as const) {
    if (length !== m) throw new InputError(`The column ${name} has ${length} rows, the column action ${m}.`);
  }
  const shape = { rows: m, context: context?.columns ?? 0, actions, slots: 1 };
  const log: ImpressionLog = {
    size: m,
    spec: {
      contextNames: Array.from({ length: shape.context }, (_, j) => `x${j}`),
      actions: Array.from({ length: actions }, (_, a) => `action ${a}`),
      slots: 1,
      rewardUnit: 'reward',
      schemaVersion: 1,
    },
    requests: { ...requestsOf(shape), size: m },
    decisions: decisionsOf(shape),
    outcomes: outcomesOf({ ...shape, context: 0 }),
  };
  const { requests, decisions, outcomes } = log;
  for (let i = 0; i < m; i++) requests.impression[i] = requests.session[i] = requests.user[i] = i;
  for (let i = 0; i < m; i++) {
    // An Int32Array would make 1.5 and NaN into actions that exist.
    if (!Number.isInteger(action[i])) throw new InputError(`Row ${i + 1} of the log: action ${action[i]} is no index.`);
  }
  requests.eligible.fill(1);
  decisions.action.set(action);
  decisions.propensity.set(propensity);
  outcomes.won.fill(1);
  outcomes.slot.fill(0);
  outcomes.reward.set(reward);
  if (context) requests.context.data.set(context.data.subarray(0, m * context.columns));
  return log;
}
