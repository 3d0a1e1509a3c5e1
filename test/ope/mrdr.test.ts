/** MRDR: its form is the variance of DR by exact enumeration, and it varies less than DR with a least-squares model. */
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/core/contracts.ts';
import { matrix, matrixFrom, row } from '../../src/core/matrix.ts';
import type { Matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { factor, solve } from '../../src/models/ctr/cholesky.ts';
import { banditLog } from '../../src/ope/bandit-log.ts';
import { tally } from '../../src/ope/evaluate.ts';
import { mrdrPredictions, varianceForm } from '../../src/ope/mrdr.ts';
import { createEstimators } from '../../src/ope/registry.ts';
import { lcg } from './lcg.ts';

const [DR] = createEstimators(['dr']);

test('exact: averaged over all that may happen in a row, the form is Var(DR | x) but for a constant', () => {
  const x = [0.7, -1.3];
  const behaviour = [0.55, 0.3, 0.15];
  const rates = [0.2, 0.5, 0.9];
  for (const evaluation of [
    [0.2, 0.3, 0.5],
    [0, 0, 1],
  ]) {
    const oneRow = (action: number, reward: number, predicted: number[]): Evidence => ({
      log: banditLog({
        actions: 3,
        action: [action],
        propensity: [behaviour[action]],
        reward: [reward],
        context: matrixFrom([x]),
      }),
      evaluation: matrixFrom([evaluation]),
      behaviour: matrixFrom([behaviour]),
      predicted: matrixFrom([predicted]),
    });
    const gaps = [
      [0, 0, 0, 0, 0],
      [1, -0.5, 0.2, 0.4, -0.1],
      [0.3, 0.9, 2, -1, 0.6],
    ].map((beta) => {
      const predicted = [0, 1, 2].map((a) => beta[a] + beta[3] * x[0] + beta[4] * x[1]);
      let form = 0;
      let mean = 0;
      let square = 0;
      for (const action of [0, 1, 2]) {
        for (const reward of [0, 1]) {
          const chance = behaviour[action] * (reward === 1 ? rates[action] : 1 - rates[action]);
          const evidence = oneRow(action, reward, predicted);
          const { a, b } = varianceForm(evidence, () => true);
          beta.forEach((p, j) => {
            form -= chance * 2 * p * b[j];
            beta.forEach((q, l) => (form += chance * p * a[j * 5 + l] * q));
          });
          const value = tally(evidence, [DR]).moments[0].sums[0];
          mean += chance * value;
          square += chance * value * value;
        }
      }
      return square - mean * mean - form;
    });
    expect(gaps[1]).toBeCloseTo(gaps[0], 12);
    expect(gaps[2]).toBeCloseTo(gaps[0], 12);
  }
});

/** A log of m rows where the best linear guess differs from place to place: rewards bend, and good actions are rare. */
function bentLog(m: number, seed: number): Evidence {
  const u = lcg(seed);
  const behaviour = matrix(m, 3);
  const evaluation = matrix(m, 3);
  const action: number[] = [];
  const context: number[][] = [];
  const reward: number[] = [];
  for (let i = 0; i < m; i++) {
    const x = 2 * u() - 1;
    // Logged mostly where x is below 0 and by actions 0 and 1; evaluated on action 2 and above 0.
    const rare = x > 0 ? 0.03 : 0.3;
    row(behaviour, i).set([(1 - rare) / 2, (1 - rare) / 2, rare]);
    row(evaluation, i).set(x > 0 ? [0.05, 0.05, 0.9] : [0.4, 0.4, 0.2]);
    const draw = u();
    const a = draw < (1 - rare) / 2 ? 0 : draw < 1 - rare ? 1 : 2;
    action.push(a);
    context.push([x]);
    reward.push(1 + a * x * x * 3 - 2 * Math.abs(x) + 0.2 * (u() - 0.5));
  }
  const propensity = action.map((a, i) => row(behaviour, i)[a]);
  return {
    log: banditLog({ actions: 3, action, propensity, reward, context: matrixFrom(context) }),
    evaluation,
    behaviour,
  };
}

/** Least squares with the same features. */
function leastSquares({ log }: Evidence): Matrix {
  const a = new Float64Array(16);
  const b = new Float64Array(4);
  for (let i = 0; i < log.size; i++) {
    const f = [0, 0, 0, log.requests.context.data[i]];
    f[log.decisions.action[i]] = 1;
    f.forEach((p, j) => {
      b[j] += p * log.outcomes.reward[i];
      f.forEach((q, l) => (a[j * 4 + l] += p * q));
    });
  }
  factor(a, 4);
  solve(a, 4, b);
  return matrixFrom(
    Array.from({ length: log.size }, (_, i) => [0, 1, 2].map((c) => b[c] + b[3] * log.requests.context.data[i])),
  );
}

describe('on a log that bends', () => {
  test('DR varies less with this model than with least squares', () => {
    const evidence = bentLog(20_000, 3);
    const predicted = mrdrPredictions(evidence, randomFrom('mrdr'));
    const variance = (q: Matrix): number =>
      tally({ ...evidence, predicted: q }, [DR]).moments[0].cross[0] / evidence.log.size;
    const [ours, usual] = [variance(predicted), variance(leastSquares(evidence))];
    console.info(`variance of DR: MRDR ${ours.toFixed(3)}, least squares ${usual.toFixed(3)}`);
    // The estimated variances of one log of 20,000 rows are good to a few per cent: a tenth is far outside chance.
    expect(ours).toBeLessThan(0.9 * usual);
  });

  test('no row is predicted by a model that saw it', () => {
    const evidence = bentLog(400, 4);
    const before = mrdrPredictions(evidence, randomFrom('mrdr'));
    evidence.log.outcomes.reward[17] = 1000;
    const after = mrdrPredictions(evidence, randomFrom('mrdr'));
    expect([...row(after, 17)]).toEqual([...row(before, 17)]);
    expect([...after.data]).not.toEqual([...before.data]);
  });

  test('on policy there is nothing to learn, and nothing breaks', () => {
    const evidence = bentLog(100, 5);
    const own = mrdrPredictions(
      { ...evidence, evaluation: evidence.behaviour ?? evidence.evaluation },
      randomFrom('mrdr'),
    );
    expect(own.data.every(Number.isFinite)).toBe(true);
  });

  test('it needs the behaviour policy', () => {
    const { behaviour: _, ...rest } = bentLog(20, 6);
    expect(() => mrdrPredictions(rest, randomFrom('mrdr'))).toThrow(/MRDR needs the whole behaviour policy/);
  });
});
