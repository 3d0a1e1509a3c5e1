/** Balanced IPS: the classifier's odds are the weights, cross-fitted, and replace the propensities' own. */
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/core/contracts.ts';
import { matrix, matrixFrom, row } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { balancedWeights } from '../../src/ope/balanced-weights.ts';
import { banditLog } from '../../src/ope/bandit-log.ts';
import { evaluate } from '../../src/ope/evaluate.ts';
import { rowTerms } from '../../src/ope/evidence.ts';
import { createEstimators } from '../../src/ope/registry.ts';
import { lcg } from './lcg.ts';

const ODDS = (x: number, slope: number): number[] => {
  const z = [0, slope * x, -slope * x].map(Math.exp);
  const sum = z.reduce((a, b) => a + b, 0);
  return z.map((e) => e / sum);
};
const RATE = (x: number, a: number): number => 0.5 + 0.4 * x * (a - 1);

/** Two soft-max policies: their log ratio is nearly linear in the context, as the classifier supposes. */
function logOf(m: number, seed: number): { evidence: Evidence; truth: number } {
  const u = lcg(seed);
  const evaluation = matrix(m, 3);
  const action: number[] = [];
  const propensity: number[] = [];
  const reward: number[] = [];
  const context: number[][] = [];
  let truth = 0;
  for (let i = 0; i < m; i++) {
    const x = 2 * u() - 1;
    const odds = ODDS(x, 1);
    row(evaluation, i).set(ODDS(x, -1));
    ODDS(x, -1).forEach((p, a) => (truth += (p * RATE(x, a)) / m));
    const draw = u();
    const a = draw < odds[0] ? 0 : draw < odds[0] + odds[1] ? 1 : 2;
    action.push(a);
    propensity.push(odds[a]);
    context.push([x]);
    reward.push(u() < RATE(x, a) ? 1 : 0);
  }
  return {
    evidence: { log: banditLog({ actions: 3, action, propensity, reward, context: matrixFrom(context) }), evaluation },
    truth,
  };
}

describe('balanced IPS', () => {
  const { evidence, truth } = logOf(20_000, 9);
  const weight = balancedWeights(evidence, randomFrom('balanced'));

  test('the odds are near the true weights, and average 1', () => {
    const exact = rowTerms(evidence).weight;
    const relative = weight.map((w, i) => Math.abs(w / exact[i] - 1)).sort();
    expect(relative[10_000]).toBeLessThan(0.1);
    expect(weight.reduce((a, b) => a + b, 0) / 20_000).toBeCloseTo(1, 1);
  });

  test('every estimator takes them in the place of the propensities’ own', () => {
    // Within 4 standard errors: about .01 in 20,000 rows, and as much for the classifier. The log's own mean is far off.
    const [ips, snips] = evaluate({ ...evidence, weight }, createEstimators(['ips', 'snips']));
    const mean = evidence.log.outcomes.reward.reduce((a, b) => a + b, 0) / 20_000;
    expect(Math.abs(mean - truth)).toBeGreaterThan(0.07);
    for (const { value } of [ips, snips]) expect(Math.abs(value - truth)).toBeLessThan(0.03);
    const ones = new Float64Array(20_000).fill(1);
    expect(evaluate({ ...evidence, weight: ones }, createEstimators(['ips']))[0].value).toBeCloseTo(mean, 12);
  });

  test('only rows of the other fold decide about a row’s weight', () => {
    const { evidence: small } = logOf(200, 4);
    const own = (e: Evidence): number => balancedWeights(e, randomFrom('small'))[7];
    const before = own(small);
    // Another context in a row of the same fold changes nothing; in one of the other fold it does.
    const moved = Array.from({ length: 200 }, (_, i) => {
      const { evidence: again } = logOf(200, 4);
      again.log.requests.context.data[i] += 2;
      return i === 7 ? before : own(again);
    });
    const changed = moved.filter((w) => w !== before).length;
    expect(changed).toBeGreaterThan(80);
    expect(changed).toBeLessThan(120);
  });

  test('weights that are none are refused, with their row', () => {
    const { evidence: small } = logOf(10, 4);
    const spoilt = (w: number) => () =>
      evaluate(
        { ...small, weight: Float64Array.from({ length: 10 }, (_, i) => (i === 3 ? w : 1)) },
        createEstimators(['ips']),
      );
    for (const w of [NaN, -1, Infinity]) expect(spoilt(w)).toThrow(/^Row 4 .*importance weight/);
    expect(() => evaluate({ ...small, weight: new Float64Array(9) }, createEstimators(['ips']))).toThrow(
      /weight has 9 rows/,
    );
  });
});
