/** Empirical likelihood and its kin: duality checked by hand and by search, intervals by how often they hold. */
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.ts';
import { logGammaCdf } from '../../../src/core/incomplete-gamma.ts';
import { matrixFrom } from '../../../src/core/matrix.ts';
import { banditLog } from '../../../src/ope/bandit-log.ts';
import { likelihoodBound } from '../../../src/ope/whole-log/likelihood-bound.ts';
import { WHOLE_LOG_ESTIMATORS } from '../../../src/ope/whole-log/registry.ts';
import { evaluateWhole, weightedRewards } from '../../../src/ope/whole-log/whole-log.ts';
import { lcg } from '../lcg.ts';

const estimatesOf = (
  said: { reward?: number[]; evaluation?: number[]; propensity?: number[]; action?: number[] },
  options: Parameters<typeof evaluateWhole>[2] = {},
) => {
  const reward = said.reward ?? [1, 0, 0, 1];
  const log = banditLog({
    actions: 2,
    action: said.action ?? reward.map((_, i) => i % 2),
    propensity: said.propensity ?? reward.map(() => 0.5),
    reward,
  });
  const evaluation = matrixFrom(reward.map(() => said.evaluation ?? [0.25, 0.75]));
  return new Map(evaluateWhole({ log, evaluation }, WHOLE_LOG_ESTIMATORS, options).map((e) => [e.estimator, e]));
};

test('the incomplete gamma function: P(1, x) = 1 − e⁻ˣ, P(½, x) = erf √x, and a large one by its recurrence', () => {
  for (const x of [1e-9, 0.3, 1, 5, 40]) expect(logGammaCdf(1, x)).toBeCloseTo(Math.log(-Math.expm1(-x)), 12);
  expect(Math.exp(logGammaCdf(0.5, 1))).toBeCloseTo(0.8427007929497149, 13);
  // P(a + 1, x) = P(a, x) − xᵃ e⁻ˣ / Γ(a + 1), across the place where the method changes.
  for (const x of [80, 100.5, 130]) {
    const step = Math.exp(100 * Math.log(x) - x - logFactorial(100));
    expect(Math.exp(logGammaCdf(101, x))).toBeCloseTo(Math.exp(logGammaCdf(100, x)) - step, 12);
  }
});

function logFactorial(n: number): number {
  let sum = 0;
  for (let i = 2; i <= n; i++) sum += Math.log(i);
  return sum;
}

describe('empirical likelihood', () => {
  test('two rows by hand: weights ½ and 3⁄2 have mean 1 already, so nothing is tilted', () => {
    const found = estimatesOf({});
    expect(found.get('el')?.value).toBeCloseTo(0.5, 12);
    expect(found.get('cr')?.value).toBeCloseTo(0.5, 12);
  });

  test('the bound is the least value that any distribution within the slack reaches (primal search)', () => {
    // Four rows and two that were not seen (weights 0 and 4, reward 0): all distributions are tried at random.
    const weight = Float64Array.of(0.5, 2, 0.25, 3);
    const reward = Float64Array.of(1, 0, 1, 1);
    const slack = 1.2;
    const bound = likelihoodBound(weight, reward, [0, 4], slack);
    const u = lcg(5);
    let least = Infinity;
    for (let draw = 0; draw < 400_000; draw++) {
      const p = Array.from(weight, () => -Math.log(1 - u()));
      const extra = u() < 0.5 ? 0 : -0.3 * Math.log(1 - u());
      const total = p.reduce((a, b) => a + b, 0) + extra;
      const q = p.map((x) => x / total);
      let rest = extra / total;
      // What is left goes to weights 0 and 4 so that the mean weight is 1.
      const mean = q.reduce((sum, x, i) => sum + x * weight[i], 0);
      const heavy = (1 - mean) / 4;
      if (heavy < 0 || heavy > rest) continue;
      rest -= heavy;
      const likelihood = q.reduce((sum, x) => sum + Math.log(4 * x), 0);
      if (likelihood < -slack) continue;
      least = Math.min(
        least,
        q.reduce((sum, x, i) => sum + x * weight[i] * reward[i], 0),
      );
    }
    expect(least).toBeGreaterThan(bound - 1e-12);
    expect(least).toBeLessThan(bound + 0.02);
  });

  test('all rewards at an end: the interval touches it and says no more', () => {
    const zeros = estimatesOf({ reward: Array.from({ length: 40 }, () => 0) });
    for (const name of ['el', 'cr', 'ips-sequence']) {
      const { interval = [NaN, NaN] } = zeros.get(name) ?? {};
      expect(interval[0]).toBeCloseTo(0, 8);
      expect(interval[1]).toBeGreaterThan(0.02);
      expect(interval[1]).toBeLessThan(0.7);
    }
    expect(estimatesOf({ reward: Array.from({ length: 40 }, () => 1) }).get('el')?.interval[1]).toBeCloseTo(1, 12);
  });

  test('rewards moved and stretched move and stretch everything', () => {
    const reward = [0, 1, 1, 0, 0.5, 1, 0, 0.25, 1, 0];
    const plain = estimatesOf({ reward }, { rewardRange: [0, 1] });
    const moved = estimatesOf({ reward: reward.map((r) => 3 - 2 * r) }, { rewardRange: [1, 3] });
    const there = (x: number): number => 3 - 2 * x;
    for (const name of ['el', 'cr']) {
      const [a, b] = [plain.get(name), moved.get(name)];
      expect(b?.interval[0]).toBeCloseTo(there(a?.interval[1] ?? NaN), 10);
      expect(b?.interval[1]).toBeCloseTo(there(a?.interval[0] ?? NaN), 10);
    }
  });
});

describe('honesty', () => {
  test('no row with weight: nothing is known', () => {
    const found = estimatesOf({ action: [0, 0, 0, 0], evaluation: [0, 1] });
    expect(found.get('el')).toMatchObject({ value: NaN, interval: [0, 1] });
    expect(found.get('cr')).toMatchObject({ value: NaN, interval: [0, 1] });
  });

  test('a range that nobody promised is a doubt; one that rewards leave is refused', () => {
    const kinds = estimatesOf({ reward: [0, 3, 2, 1] })
      .get('el')
      ?.warnings.map((w) => w.kind);
    expect(kinds).toContain('observed-range');
    expect(
      estimatesOf({})
        .get('el')
        ?.warnings.map((w) => w.kind),
    ).not.toContain('observed-range');
    const beyond = () => estimatesOf({ reward: [0, 3, 2, 1] }, { rewardRange: [0, 1] });
    expect(beyond).toThrow(InputError);
    expect(beyond).toThrow(/from 0 to 3, outside the reward range \[0, 1\]/);
    expect(() => estimatesOf({}, { weightRange: [0, 0.5] })).toThrow(/must hold 1/);
    expect(() => estimatesOf({ reward: [0, NaN, 1, 0] })).toThrow(/^Row 2 /);
  });
});

test('intervals hold the truth as often as they say: 2,000 logs of 300 rows, click rate .2, level .9', () => {
  // α = 10⁻⁴ two-sided: 3.9 standard errors of a binomial share. Empirical likelihood is asymptotic, hence within another
  // 1 % where the greatest weight is known; where weights may be anything, it must allow for what was never seen.
  const runs = 2000;
  const rows = 300;
  const behaviour = [0.6, 0.25, 0.1, 0.05];
  const evaluation = [0.2, 0.3, 0.2, 0.3];
  const rates = [0.1, 0.15, 0.25, 0.3];
  const truth = evaluation.reduce((sum, p, a) => sum + p * rates[a], 0);
  const u = lcg(99);
  const held = new Map<string, number>();
  for (let run = 0; run < runs; run++) {
    const action: number[] = [];
    const reward: number[] = [];
    for (let i = 0; i < rows; i++) {
      let rest = u();
      let a = 0;
      while (a < 3 && rest >= behaviour[a]) rest -= behaviour[a++];
      action.push(a);
      reward.push(u() < rates[a] ? 1 : 0);
    }
    const log = banditLog({ actions: 4, action, propensity: action.map((a) => behaviour[a]), reward });
    const evidence = { log, evaluation: matrixFrom(action.map(() => evaluation)) };
    for (const [words, options] of [
      ['any weight', {}],
      ['known weights', { weightRange: [1 / 3, 6] as const }],
    ] as const) {
      const seen = weightedRewards(evidence, options);
      for (const estimator of WHOLE_LOG_ESTIMATORS) {
        const [low, high] = estimator.estimate(seen, 0.9).interval;
        const name = `${estimator.name}, ${words}`;
        held.set(name, (held.get(name) ?? 0) + (low <= truth && truth <= high ? 1 : 0));
      }
    }
  }
  const share = (name: string): number => (held.get(name) ?? 0) / runs;
  const error = 3.9 * Math.sqrt((0.9 * 0.1) / runs);
  console.info([...held.keys()].map((name) => `${name}: ${share(name)}`).join('; '));
  expect(share('el, known weights')).toBeGreaterThan(0.89 - error);
  expect(share('el, known weights')).toBeLessThan(0.91 + error);
  expect(share('el, any weight')).toBeGreaterThan(0.9 - error);
  expect(share('cr, known weights')).toBeGreaterThan(0.9 - error);
  expect(share('cr, any weight')).toBeGreaterThan(0.9 - error);
  expect(share('ips-sequence, any weight')).toBeGreaterThan(0.9);
});
