/** Logs of a known world without context: five actions, a logging policy with a favourite, an evaluated one with another. */
import type { Evidence } from '../../../src/core/contracts.ts';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { banditLog } from '../../../src/ope/bandit-log.ts';

/** Weights up to 20, 3 and 2. */
export const OVERLAPS: Readonly<Record<string, readonly number[]>> = {
  little: [0.03, 0.07, 0.1, 0.2, 0.6],
  some: [0.2, 0.2, 0.25, 0.2, 0.15],
  much: [0.5, 0.22, 0.12, 0.1, 0.06],
};
const LOGGED = [0.6, 0.2, 0.1, 0.07, 0.03];

/** Click rates around `base`, best action last. */
export function rates(base: number): number[] {
  return [-2, -1, 0, 1, 2].map((step) => base + step * 0.02 * Math.min(1, 10 * base));
}

/** What the evaluated policy is worth. */
export function valueOf(odds: readonly number[], base: number): number {
  return rates(base).reduce((sum, q, a) => sum + q * odds[a], 0);
}

/** Log `world` of n rows; `whole` tells the behaviour policy whole. */
export function logOfWorld(
  odds: readonly number[],
  base: number,
  { n, world, whole }: { n: number; world: number; whole: boolean },
): Evidence {
  const draw = randomFrom('twin tests').stream(base, n, world).sequence();
  const q = rates(base);
  const action = new Int32Array(n);
  const propensity = new Float64Array(n);
  const reward = new Float64Array(n);
  const [evaluation, behaviour] = [matrix(n, 5), matrix(n, 5)];
  for (let i = 0; i < n; i++) {
    let u = draw.uniform();
    let a = 0;
    while (a < 4 && u >= LOGGED[a]) u -= LOGGED[a++];
    action[i] = a;
    propensity[i] = LOGGED[a];
    reward[i] = draw.uniform() < q[a] ? 1 : 0;
    evaluation.data.set(odds, i * 5);
    behaviour.data.set(LOGGED, i * 5);
  }
  const log = banditLog({ actions: 5, action, propensity, reward });
  return { log, evaluation, ...(whole && { behaviour }) };
}
