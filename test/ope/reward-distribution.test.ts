/** The distribution of the reward: by hand, against the truth, and its intervals. */
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/core/contracts.ts';
import { matrixFrom } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { banditLog } from '../../src/ope/bandit-log.ts';
import { evaluate } from '../../src/ope/evaluate.ts';
import { createEstimators } from '../../src/ope/registry.ts';
import {
  conditionalValueAtRisk,
  distributionInterval,
  rewardDistribution,
  rewardQuantile,
} from '../../src/ope/reward-distribution.ts';
import { lcg } from './lcg.ts';

/** Weights ½, 3⁄2, ½, 3⁄2. */
const small: Evidence = {
  log: banditLog({ actions: 2, action: [0, 1, 0, 1], propensity: [0.5, 0.5, 0.5, 0.5], reward: [5, 2, 2, 9] }),
  evaluation: matrixFrom(Array.from({ length: 4 }, () => [0.25, 0.75])),
};

test('four rows by hand', () => {
  const found = rewardDistribution(small);
  expect([...found.reward]).toEqual([2, 5, 9]);
  expect([...found.cumulative]).toEqual([0.5, 0.625, 1]);
  expect([0.1, 0.5, 0.6, 0.7, 1].map((p) => rewardQuantile(found, p))).toEqual([2, 2, 5, 9, 9]);
  expect(conditionalValueAtRisk(found, 0.5)).toBeCloseTo(2, 14);
  expect(conditionalValueAtRisk(found, 0.75)).toBeCloseTo((0.5 * 2 + 0.125 * 5 + 0.125 * 9) / 0.75, 14);
  // The whole of it is the mean: SNIPS.
  const [{ value }] = evaluate(small, createEstimators(['snips']));
  expect(conditionalValueAtRisk(found, 1)).toBeCloseTo(value, 14);
});

test('divided by m it is clipped to 1; what is missing counts as the greatest reward', () => {
  const heavy = { ...small, evaluation: matrixFrom(Array.from({ length: 4 }, () => [0, 1])) };
  expect([...rewardDistribution(heavy, { selfNormalised: false }).cumulative]).toEqual([0.5, 0.5, 1]);
  const light = rewardDistribution(
    {
      ...small,
      evaluation: matrixFrom([
        [1, 0],
        [1, 0],
        [0, 1],
        [0, 1],
      ]),
    },
    { selfNormalised: false },
  );
  expect([...light.cumulative]).toEqual([0, 0.5, 1]);
  const log = banditLog({ actions: 2, action: [0, 0, 1], propensity: [0.5, 1, 1], reward: [1, 2, 3] });
  const over = rewardDistribution(
    {
      log,
      evaluation: matrixFrom([
        [1, 0],
        [1, 0],
        [0, 1],
      ]),
    },
    { selfNormalised: false },
  );
  expect([...over.cumulative]).toEqual([2 / 3, 1, 1]);
});

test('no row with weight gives NaN and an interval that says nothing', () => {
  const log = banditLog({ actions: 2, action: [0, 0], propensity: [0.5, 0.5], reward: [1, 2] });
  const evidence = {
    log,
    evaluation: matrixFrom([
      [0, 1],
      [0, 1],
    ]),
  };
  expect(rewardDistribution(evidence).cumulative.every(Number.isNaN)).toBe(true);
  expect(distributionInterval(evidence, (d) => d.cumulative[0], randomFrom('none'))).toEqual([-Infinity, Infinity]);
});

describe('on logs with a known truth', () => {
  // Reward a + u of action a in {0, 1, 2}, u uniform: F(r) is a mixture; P(r ≤ 1) = π(0) and so on.
  const evaluation = [0.2, 0.3, 0.5];
  const behaviour = [0.5, 0.3, 0.2];
  const logOf = (u: () => number, m: number): Evidence => {
    const action = Array.from({ length: m }, () => {
      const draw = u();
      return draw < 0.5 ? 0 : draw < 0.8 ? 1 : 2;
    });
    const log = banditLog({
      actions: 3,
      action,
      propensity: action.map((a) => behaviour[a]),
      reward: action.map((a) => a + u()),
    });
    return { log, evaluation: matrixFrom(action.map(() => evaluation)) };
  };

  test('F̂, the median and the CVaR are near the true ones in a long log', () => {
    const found = rewardDistribution(logOf(lcg(8), 50_000));
    const upTo = (r: number): number => found.cumulative[found.reward.findLastIndex((x) => x <= r)];
    // 4 standard errors of a share with about 30,000 effective rows: 0.012.
    expect(Math.abs(upTo(1) - 0.2)).toBeLessThan(0.012);
    expect(Math.abs(upTo(2) - 0.5)).toBeLessThan(0.012);
    expect(Math.abs(rewardQuantile(found, 0.35) - 1.5)).toBeLessThan(0.04);
    expect(Math.abs(conditionalValueAtRisk(found, 0.2) - 0.5)).toBeLessThan(0.04);
  });

  test('bootstrap intervals of a quantile and a CVaR hold the truth about as often as they say', () => {
    // 300 logs of 300 rows, level .9: a share within 3.9 standard errors (α = 10⁻⁴) of .9, and 3 % for the bootstrap.
    const u = lcg(21);
    let [quantiles, risks] = [0, 0];
    for (let run = 0; run < 300; run++) {
      const evidence = logOf(u, 300);
      const options = { level: 0.9, resamples: 100 };
      const random = randomFrom(`run ${run}`);
      const [a, b] = distributionInterval(evidence, (d) => rewardQuantile(d, 0.35), random, options);
      if (a <= 1.5 && 1.5 <= b) quantiles++;
      const [c, d] = distributionInterval(evidence, (x) => conditionalValueAtRisk(x, 0.2), random, options);
      if (c <= 0.5 && 0.5 <= d) risks++;
    }
    console.info(`coverage: quantile ${quantiles / 300}, CVaR ${risks / 300}`);
    const room = 0.03 + 3.9 * Math.sqrt(0.09 / 300);
    for (const held of [quantiles, risks]) expect(Math.abs(held / 300 - 0.9)).toBeLessThan(room);
  });
});
