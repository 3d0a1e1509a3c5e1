/** The bandit log of ope.md §5.10, rebuilt from its generator: needs no file. */
import type { Evidence } from '../../src/core/contracts.ts';
import { matrix } from '../../src/core/matrix.ts';
import type { Matrix } from '../../src/core/matrix.ts';
import { banditLog } from '../../src/ope/bandit-log.ts';
import { lcg } from '../ope/lcg.ts';

export const ROWS = 200;
export const ACTIONS = 4;

/** With `rates` (m×k), the true click rates. */
export function goldenVector(): Evidence & { rates: Matrix; predicted: Matrix; behaviour: Matrix } {
  const u = lcg(12345);
  const behaviour = matrix(ROWS, ACTIONS);
  const evaluation = matrix(ROWS, ACTIONS);
  const rates = matrix(ROWS, ACTIONS);
  const predicted = matrix(ROWS, ACTIONS);
  const action: number[] = [];
  const propensity: number[] = [];
  const reward: number[] = [];
  for (let i = 0; i < ROWS; i++) {
    const odds = normalised(Array.from({ length: ACTIONS }, () => 0.1 + u()));
    behaviour.data.set(odds, i * ACTIONS);
    const cube = (x: number): number => x * x * x;
    evaluation.data.set(normalised(Array.from({ length: ACTIONS }, () => 0.02 + cube(u()))), i * ACTIONS);
    const q = Array.from({ length: ACTIONS }, () => 0.2 + 0.6 * u());
    rates.data.set(q, i * ACTIONS);
    predicted.data.set(
      q.map((rate) => Math.min(Math.max(rate + 0.3 * (u() - 0.4), 0), 1)),
      i * ACTIONS,
    );
    let rest = u();
    let a = 0;
    while (a < ACTIONS - 1 && rest >= odds[a]) rest -= odds[a++];
    action.push(a);
    propensity.push(odds[a]);
    reward.push(u() < q[a] ? 1 : 0);
  }
  return { log: banditLog({ actions: ACTIONS, action, propensity, reward }), evaluation, rates, predicted, behaviour };
}

function normalised(z: number[]): number[] {
  const sum = z.reduce((a, b) => a + b, 0);
  return z.map((x) => x / sum);
}
