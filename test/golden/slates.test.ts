/** Open Bandit Pipeline's slate estimates, wherever the golden folder has some, and the vector of ope.md §5.12, at 1e-9. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSlateEstimators, evaluateSlates, SLATE_ESTIMATORS } from '../../src/ope/slates/evaluate.ts';
import { givenFromCascade } from '../../src/ope/slates/evidence.ts';
import type { SlateEvidence } from '../../src/ope/slates/evidence.ts';
import { rowContributions } from '../../src/ope/row-estimator.ts';
import { goldenFolder } from '../folders.ts';
import { lcg } from '../ope/lcg.ts';
import { peerBootstrap, peerValues } from './peer-bootstrap.ts';

type Columns = Record<string, number[]>;
interface GoldenSlates {
  input: Columns;
  expected: {
    estimator: string;
    value: number;
    bootstrap?: { n_bootstrap: number; random_state: number; mean: number; lower95: number; upper95: number };
  }[];
}

/** Slates say so by their shape: a slate and a place for every row, and the odds down to it. */
function isSlates(json: unknown): json is GoldenSlates {
  const { input, expected } = json as Partial<GoldenSlates>;
  return Array.isArray(input?.['slate_id']) && Array.isArray(input['pscore_cascade']) && Array.isArray(expected);
}

function evidenceOf(input: Columns): SlateEvidence {
  const slots = Math.max(...input['position']) + 1;
  const cells = input['slate_id'].length;
  const odds = (prefix: string): SlateEvidence['behaviour'] => ({
    given: givenFromCascade(input[`${prefix}pscore_cascade`], slots),
    marginal: Float64Array.from(input[`${prefix}pscore_item_position`]),
  });
  return {
    size: cells / slots,
    slots,
    reward: Float64Array.from(input['reward']),
    behaviour: odds(''),
    evaluation: odds('evaluation_policy_'),
    model: {
      actions: input['q_hat'].length / cells,
      action: Int32Array.from(input['action']),
      predicted: Float64Array.from(input['q_hat']),
      distribution: Float64Array.from(input['evaluation_policy_action_dist']),
    },
  };
}

const folder = goldenFolder();

describe.skipIf(folder === undefined)('golden slates', () => {
  const cases = readdirSync(folder ?? '.', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .sort()
    .map((path) => [path, JSON.parse(readFileSync(join(folder ?? '.', path), 'utf8')) as unknown] as const)
    .filter((entry): entry is [string, GoldenSlates] => isSlates(entry[1]));

  test('there are cases', () => expect(cases.length).toBeGreaterThan(0));

  test.each(cases)('%s', (_, { input, expected }) => {
    const evidence = evidenceOf(input);
    const ours = expected.filter((e) => SLATE_ESTIMATORS.some(({ name }) => name === e.estimator));
    expect(ours.length).toBe(expected.length);
    const estimators = createSlateEstimators(
      ours.map((e) => e.estimator),
      evidence.slots,
    );
    evaluateSlates(evidence, estimators).forEach(({ estimator, value }, e) => {
      const golden = ours[e].value;
      expect(gap(value, golden), `${estimator}: ${value}, not ${golden}`).toBeLessThanOrEqual(1e-9);
      const { bootstrap } = ours[e];
      if (!bootstrap) return;
      const values = peerValues(rowContributions(evidence, estimators[e]));
      const found = peerBootstrap(values, bootstrap.n_bootstrap, bootstrap.random_state);
      [bootstrap.mean, bootstrap.lower95, bootstrap.upper95].forEach((bound, at) => {
        expect(gap(found[at], bound), `${estimator} bootstrap: ${found[at]}, not ${bound}`).toBeLessThanOrEqual(1e-9);
      });
    });
  });
});

/** Distance, relative above 1. */
function gap(actual: number, golden: number): number {
  return Math.abs(actual - golden) / Math.max(1, Math.abs(golden));
}

test('the vector of ope.md §5.12', () => {
  const evidence = vector();
  const golden: Record<string, number> = {
    sips: 0.794379928086,
    iips: 0.847508746323,
    rips: 0.801856616844,
    snsips: 0.983628596044,
    sniips: 0.893768582381,
    snrips: 0.910090208077,
    'cascade-dr': 0.955453439662,
    pi: 0.894832688987,
    wpi: 1.070404478275,
  };
  expect(evidence.reward.reduce((a, b) => a + b, 0) / evidence.size).toBeCloseTo(0.966666666667, 11);
  for (const { estimator, value } of evaluateSlates(evidence, createSlateEstimators(Object.keys(golden), 3))) {
    expect(Math.abs(value - golden[estimator]), `${estimator}: ${value}`).toBeLessThanOrEqual(1e-9);
  }
});

/** Seed 4242, 60 slates of 3 slots and 3 actions; slots are drawn by themselves. */
function vector(): SlateEvidence {
  const [n, L, K] = [60, 3, 3];
  const u = lcg(4242);
  const [reward, behaviour, evaluation, action, predicted, distribution]: number[][] = [[], [], [], [], [], []];
  const odds = (floor: number): number[] => {
    const z = Array.from({ length: K }, () => floor + u());
    const sum = z.reduce((a, b) => a + b, 0);
    return z.map((x) => x / sum);
  };
  for (let cell = 0; cell < n * L; cell++) {
    const l = cell % L;
    const b = odds(0.2);
    const e = odds(0.1);
    for (let a = 0; a < K; a++) predicted.push((L - l) * (0.2 + 0.3 * u()));
    let rest = u();
    let a = 0;
    while (a < K - 1 && rest >= b[a]) rest -= b[a++];
    reward.push(u() < 0.2 + 0.15 * a + (l === 0 ? 0.1 : 0) ? 1 : 0);
    action.push(a);
    behaviour.push(b[a]);
    evaluation.push(e[a]);
    distribution.push(...e);
  }
  const of = (column: number[]): Float64Array => Float64Array.from(column);
  return {
    size: n,
    slots: L,
    reward: of(reward),
    behaviour: { given: of(behaviour), marginal: of(behaviour) },
    evaluation: { given: of(evaluation), marginal: of(evaluation) },
    model: { actions: K, action: Int32Array.from(action), predicted: of(predicted), distribution: of(distribution) },
  };
}
