/** Improves on the behaviour policy where the log knows enough, and does as it did where it does not. */
import { z } from 'zod';
import type { Agent, ImpressionLog } from '../../core/contracts.ts';
import { constantBid } from '../bid.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { spread } from '../odds.ts';
import { logOf, transitionsOf } from './logged.ts';
import { discretiser, stateField } from './session-state.ts';
import type { Discretiser, StatePart } from './session-state.ts';
import { lookingAheadFields } from './value-table.ts';

export interface SpibbConfig extends CommonConfig {
  kind: 'spibb';
  discount: number;
  least: number;
  state?: StatePart[] | undefined;
}

export interface SpibbOptions {
  name?: string;
  bidUsd?: number;
  /** γ in [0, 1]. */
  discount: number;
  /** N∧: pairs seen less often keep the behaviour policy's odds. */
  least: number;
}

/** SPIBB with its policy open to view. */
export interface Spibb extends Agent {
  /** (states×k) what it does where everything is eligible. */
  policy: Float64Array;
  /** (states×k) what the behaviour policy did. */
  behaviour: Float64Array;
}

const SWEEPS = 200;

/**
 * Safe policy improvement with baseline bootstrapping (Laroche, Trichelair & Tachet des Combes 2019, Algorithm 1, Π_b-SPIBB) on
 * session states: policy iteration in the process that the log's transitions make, where pairs seen fewer than N∧ times keep
 * the behaviour policy's odds (its shares in the log) and the rest of each state's odds goes to the best of the others.
 * Frozen once made. Where not everything is eligible, the odds are those of what is, scaled to sum to 1.
 */
export function spibb(k: number, states: Discretiser, log: ImpressionLog, options: SpibbOptions): Spibb {
  const { name = 'spibb', discount, least } = options;
  const { data, columns } = log.requests.context;
  const stateOf = (row: number): number => states.state(data, row * columns);
  const moves = transitionsOf(log).map(({ row, action, reward, next }) => ({
    pair: stateOf(row) * k + action,
    reward,
    next: next < 0 ? -1 : stateOf(next),
  }));
  const count = new Float64Array(states.size * k);
  for (const { pair } of moves) count[pair]++;
  const behaviour = sharesOf(count, k);
  const policy = behaviour.slice();
  const values = new Float64Array(states.size * k);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    evaluateOnce();
    improve();
  }
  return {
    name,
    policy,
    behaviour,
    distribution(requests, out) {
      for (let i = 0; i < requests.size; i++) {
        const from = states.state(requests.context.data, i * requests.context.columns) * k;
        let sum = 0;
        for (let a = 0; a < k; a++) {
          out.data[i * k + a] = requests.eligible[i * k + a] === 1 ? policy[from + a] : 0;
          sum += out.data[i * k + a];
        }
        if (sum === 0) spread(rowOf(out, i), { ...requests, size: 1, eligible: requests.eligible.subarray(i * k) }, 1);
        else for (let a = 0; a < k; a++) out.data[i * k + a] /= sum;
      }
    },
    bid: constantBid(options.bidUsd ?? 0),
    learn() {},
  };

  /** Q of the policy, one sweep over the transitions. */
  function evaluateOnce(): void {
    const worth = new Float64Array(states.size);
    for (let s = 0; s < states.size; s++) {
      for (let a = 0; a < k; a++) worth[s] += policy[s * k + a] * values[s * k + a];
    }
    values.fill(0);
    for (const { pair, reward, next } of moves) {
      values[pair] += (reward + (next < 0 ? 0 : discount * worth[next])) / count[pair];
    }
  }

  function improve(): void {
    for (let s = 0; s < states.size; s++) {
      let best = -1;
      let free = 0;
      for (let a = 0, cell = s * k; a < k; a++, cell++) {
        policy[cell] = behaviour[cell];
        if (count[cell] < least) continue;
        free += behaviour[cell];
        policy[cell] = 0;
        if (best < 0 || values[cell] > values[s * k + best]) best = a;
      }
      if (best >= 0) policy[s * k + best] = free;
    }
  }
}

/** Row i as a matrix of its own. */
function rowOf(
  { columns, data }: Parameters<Agent['distribution']>[1],
  i: number,
): Parameters<Agent['distribution']>[1] {
  return { rows: 1, columns, data: data.subarray(i * columns, (i + 1) * columns) };
}

/** Shares of each state's counts; even where a state was never seen. */
function sharesOf(count: Float64Array, k: number): Float64Array {
  return count.map((n, cell) => {
    const from = cell - (cell % k);
    const total = count.subarray(from, from + k).reduce((sum, one) => sum + one, 0);
    return total === 0 ? 1 / k : n / total;
  });
}

const schema = z.strictObject({
  kind: z.literal('spibb').describe('Improves on the log’s policy where the log knows enough'),
  discount: lookingAheadFields.discount,
  least: z
    .number()
    .min(0)
    .max(1e9)
    .default(50)
    .describe('N∧: pairs of state and action seen less often keep the behaviour policy’s odds; default 50'),
  ...stateField,
  ...commonFields,
}) satisfies z.ZodType<SpibbConfig>;

export const spibbKind: AgentKind<SpibbConfig> = {
  kind: 'spibb',
  summary: 'improves on the behaviour policy where the log has seen enough, and does as it did elsewhere',
  reference: 'Laroche, Trichelair & Tachet des Combes (2019), Safe policy improvement with baseline bootstrapping',
  schema,
  sees: 'context',
  needs: ['log'],
  create({ kind, name = kind, ...config }, setup) {
    const { rows } = logOf(setup, name);
    return spibb(setup.actions.size, discretiser(setup.spec.contextNames, config.state), rows, { ...config, name });
  },
};
