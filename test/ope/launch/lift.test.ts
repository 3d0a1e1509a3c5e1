/** The lift keeps an estimator's contract, and is what it says: two values on the same rows. */
import { describe, expect, test } from 'vitest';
import type { Estimator, Evidence, Matrix } from '../../../src/core/contracts.ts';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { banditLog } from '../../../src/ope/bandit-log.ts';
import { dr } from '../../../src/ope/estimators/dr.ts';
import { ips } from '../../../src/ope/estimators/ips.ts';
import { sndr } from '../../../src/ope/estimators/sndr.ts';
import { snips } from '../../../src/ope/estimators/snips.ts';
import { evaluate } from '../../../src/ope/evaluate.ts';
import { standardError } from '../../../src/ope/intervals/delta.ts';
import { disagreement, lift } from '../../../src/ope/launch/lift.ts';
import type { PairedEvidence } from '../../../src/ope/launch/lift.ts';
import { addRows, moments } from '../../../src/ope/moments.ts';
import type { Moments } from '../../../src/ope/moments.ts';
import { estimatorContract } from '../../contracts/estimator.ts';

const ALL = [ips, snips, dr, sndr];
for (const make of ALL) {
  estimatorContract(`absolute lift by ${make().name}`, () => lift(make(), { measure: 'absolute' }));
  estimatorContract(`half of the traffic, by ${make().name}`, () => lift(make(), { measure: 'absolute', share: 0.5 }));
}
estimatorContract('disagreement of DR and SNIPS', () => disagreement(dr(), snips()));

const K = 3;
const M = 500;

function world(seed: string): Required<Omit<Evidence, 'embedding' | 'weight'>> & { other: Matrix } {
  const draw = randomFrom(seed).sequence();
  const odds = (): Matrix => {
    const out = matrix(M, K);
    for (let i = 0; i < M; i++) {
      const z = Array.from({ length: K }, () => 0.1 + draw.uniform());
      const sum = z.reduce((a, b) => a + b, 0);
      out.data.set(
        z.map((x) => x / sum),
        i * K,
      );
    }
    return out;
  };
  const [behaviour, evaluation, other] = [odds(), odds(), odds()];
  const predicted = matrix(M, K);
  const [action, propensity, reward] = [0, 1, 2].map(() => new Float64Array(M));
  for (let i = 0; i < M; i++) {
    let u = draw.uniform();
    let a = 0;
    while (a < K - 1 && u >= behaviour.data[i * K + a]) u -= behaviour.data[i * K + a++];
    action[i] = a;
    propensity[i] = behaviour.data[i * K + a];
    reward[i] = draw.uniform() < 0.3 + 0.1 * a ? 1 : 0;
    for (let b = 0; b < K; b++) predicted.data[i * K + b] = 0.3 + 0.1 * b + 0.02 * draw.normal();
  }
  return { log: banditLog({ actions: K, action, propensity, reward }), evaluation, behaviour, predicted, other };
}

function momentsOf(estimator: Estimator, evidence: Evidence): Moments {
  const out = matrix(evidence.log.size, estimator.columns);
  estimator.contributions(evidence, out);
  const sums = moments(estimator.columns);
  addRows(sums, out);
  return sums;
}

const valueOf = (estimator: Estimator, evidence: Evidence): number =>
  estimator.value(momentsOf(estimator, evidence).sums, evidence.log.size);

describe.each(ALL.map((make) => [make().name, make] as const))('lift by %s', (_, make) => {
  const evidence = world('lift');

  test('against another policy it is the ratio of the two values', () => {
    const paired: PairedEvidence = { ...evidence, baseline: { ...evidence, evaluation: evidence.other } };
    const [{ value }] = evaluate(evidence, [make()]);
    const [{ value: base }] = evaluate({ ...evidence, evaluation: evidence.other }, [make()]);
    expect(valueOf(lift(make()), paired)).toBeCloseTo(value / base - 1, 12);
    expect(valueOf(lift(make(), { measure: 'absolute' }), paired)).toBeCloseTo(value - base, 12);
  });

  test('against the logged policy it is the lift over that policy as the estimator values it', () => {
    const logged: PairedEvidence = { ...evidence, baseline: { ...evidence, evaluation: evidence.behaviour } };
    expect(valueOf(lift(make()), evidence)).toBeCloseTo(valueOf(lift(make()), logged), 12);
  });

  test('a policy has no lift over itself, and no doubt about it', () => {
    const own = momentsOf(lift(make()), { ...evidence, evaluation: evidence.behaviour });
    expect(lift(make()).value(own.sums, M)).toBeCloseTo(0, 12);
    expect(standardError(lift(make()), own)).toBeLessThan(1e-9);
  });

  test('a share of the traffic is the policy that mixes both row by row', () => {
    const share = 0.3;
    const evaluation = matrix(M, K);
    evaluation.data.forEach((_p, at) => {
      evaluation.data[at] = share * evidence.evaluation.data[at] + (1 - share) * evidence.behaviour.data[at];
    });
    expect(valueOf(lift(make(), { share }), evidence)).toBeCloseTo(
      valueOf(lift(make()), { ...evidence, evaluation }),
      12,
    );
  });

  test('relative lift does not mind the unit of the reward', () => {
    const scaled = { ...evidence, log: { ...evidence.log, outcomes: { ...evidence.log.outcomes } } };
    scaled.log.outcomes.reward = evidence.log.outcomes.reward.map((r) => 1000 * r);
    scaled.predicted = { ...evidence.predicted, data: evidence.predicted.data.map((q) => 1000 * q) };
    expect(valueOf(lift(make()), scaled)).toBeCloseTo(valueOf(lift(make()), evidence), 12);
  });
});

test('pairing on the same rows is far narrower than two separate estimates', () => {
  const evidence = world('pairing');
  const near = matrix(M, K);
  near.data.forEach((_p, at) => {
    near.data[at] = 0.9 * evidence.behaviour.data[at] + 0.1 * evidence.evaluation.data[at];
  });
  const close = { ...evidence, evaluation: near };
  const paired = standardError(
    lift(ips(), { measure: 'absolute' }),
    momentsOf(lift(ips(), { measure: 'absolute' }), close),
  );
  const apart = Math.SQRT2 * standardError(ips(), momentsOf(ips(), close));
  expect(paired / apart).toBeLessThan(0.2);
});
