/** Logs of worlds whose lift is known exactly: five actions, a logging policy with a favourite, click rates of any size. */
import type { Evidence } from '../../src/core/contracts.ts';
import { matrix } from '../../src/core/matrix.ts';
import type { Random } from '../../src/core/random.ts';
import { banditLog } from '../../src/ope/bandit-log.ts';

export interface World {
  /** Odds of each action when logged. */
  logged: readonly number[];
  /** Click rate of each action. */
  rates: readonly number[];
  rows: number;
}

export const valueOf = (rates: readonly number[], odds: readonly number[]): number =>
  rates.reduce((sum, rate, a) => sum + rate * odds[a], 0);

export const liftOf = ({ logged, rates }: World, odds: readonly number[]): number =>
  valueOf(rates, odds) / valueOf(rates, logged) - 1;

/** One log, and the evidence for each policy on it. With `model`, q̂ is the rates, each off by a tenth. */
export function evidenceOf(
  world: World,
  policies: readonly (readonly number[])[],
  random: Random,
  model = false,
): Evidence[] {
  const { logged, rates, rows } = world;
  const k = logged.length;
  const action = new Int32Array(rows);
  const propensity = new Float64Array(rows);
  const reward = new Float64Array(rows);
  const counters = random.counters(rows);
  for (let i = 0; i < rows; i++) counters[2 * i] = i;
  const drawn = random.pairs(rows);
  for (let i = 0; i < rows; i++) {
    let u = drawn[2 * i];
    let a = 0;
    while (a < k - 1 && u >= logged[a]) u -= logged[a++];
    action[i] = a;
    propensity[i] = logged[a];
    reward[i] = drawn[2 * i + 1] < rates[a] ? 1 : 0;
  }
  const log = banditLog({ actions: k, action, propensity, reward });
  const constant = (odds: readonly number[]): Evidence['evaluation'] => {
    const out = matrix(rows, k);
    for (let i = 0; i < rows; i++) for (let a = 0; a < k; a++) out.data[i * k + a] = odds[a];
    return out;
  };
  const known = model
    ? { behaviour: constant(logged), predicted: constant(rates.map((rate, a) => rate * (a % 2 === 0 ? 1.1 : 0.9))) }
    : {};
  return policies.map((odds) => ({ log, evaluation: constant(odds), ...known }));
}
