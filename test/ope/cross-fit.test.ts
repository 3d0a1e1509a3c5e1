/** No row is predicted by a model that saw it. */
import { describe, expect, test } from 'vitest';
import type { ImpressionLog, TrainableModel } from '../../src/core/contracts.ts';
import { matrixFrom, row } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { banditLog } from '../../src/ope/bandit-log.ts';
import { actionMeans, assignFolds, crossFit } from '../../src/ope/cross-fit.ts';
import { selectRows } from '../../src/core/log.ts';

const random = randomFrom('cross-fit');

function logOf(m: number, users: number): ImpressionLog {
  const rows = Array.from({ length: m }, (_, i) => i);
  const log = banditLog({
    actions: 2,
    action: rows.map((i) => i % 2),
    propensity: rows.map(() => 0.5),
    reward: rows.map((i) => i),
    context: matrixFrom(rows.map((i) => [i])),
  });
  rows.forEach((i) => (log.requests.user[i] = i % users));
  return log;
}

/** Predicts 1 for every row (told by its context) that it was fitted on: a perfect memory. */
function memory(): TrainableModel {
  const seen = new Set<number>();
  return {
    name: 'memory',
    fit(log) {
      for (let i = 0; i < log.size; i++) seen.add(log.requests.context.data[i]);
      return Promise.resolve({ model: 'memory', rows: log.size, steps: 1, loss: [], validationLoss: [], warnings: [] });
    },
    predict({ size, context }, out) {
      for (let i = 0; i < size; i++) row(out, i).fill(seen.has(context.data[i]) ? 1 : 0);
    },
  };
}

describe('cross-fitting', () => {
  test.each([
    [103, 103, 2],
    [103, 7, 3],
    [200, 100, 5],
  ])('%i rows of %i users in %i folds: nothing is remembered', async (m, users, folds) => {
    const predicted = await crossFit(logOf(m, users), memory, folds, random);
    expect([...predicted.data]).toEqual(Array.from({ length: 2 * m }, () => 0));
  });

  test('rows of one user stay together, folds are even', () => {
    const log = logOf(500, 100);
    const fold = assignFolds(log, 3, random);
    const home = new Map<number, number>();
    fold.forEach((f, i) => home.set(log.requests.user[i], f));
    fold.forEach((f, i) => expect(home.get(log.requests.user[i])).toBe(f));
    const load = [0, 1, 2].map((f) => fold.filter((x) => x === f).length);
    expect(Math.max(...load) - Math.min(...load)).toBeLessThanOrEqual(5);
  });

  test('two folds of action means, by hand', async () => {
    const log = banditLog({ actions: 2, action: [0, 0, 1, 1], propensity: [1, 1, 1, 1], reward: [1, 3, 5, 7] });
    const fold = assignFolds(log, 2, random.stream('folds'));
    const predicted = await crossFit(log, () => actionMeans(1), 2, random);
    for (let i = 0; i < 4; i++) {
      const seen = [0, 1, 2, 3].filter((j) => fold[j] !== fold[i]);
      const mean = seen.reduce((sum, j) => sum + log.outcomes.reward[j], 0) / seen.length;
      for (const a of [0, 1]) {
        const own = seen.filter((j) => log.decisions.action[j] === a);
        const sum = own.reduce((total, j) => total + log.outcomes.reward[j], 0);
        expect(predicted.data[2 * i + a]).toBeCloseTo((sum + mean) / (own.length + 1), 14);
      }
    }
  });

  test('the same source gives the same folds', () => {
    const log = logOf(100, 100);
    expect(assignFolds(log, 2, random)).toEqual(assignFolds(log, 2, randomFrom('cross-fit')));
    expect(assignFolds(log, 2, random)).not.toEqual(assignFolds(log, 2, randomFrom('other')));
  });

  test('too few rows or folds are refused', async () => {
    await expect(crossFit(logOf(2, 2), memory, 3, random)).rejects.toThrow(/2 rows/);
    await expect(crossFit(logOf(10, 2), memory, 1, random)).rejects.toThrow(/folds: 1/);
  });
});

test('selectRows copies every column of the rows asked for', () => {
  const log = logOf(10, 10);
  log.truth = matrixFrom(Array.from({ length: 10 }, (_, i) => [i, i + 0.5]));
  log.decisions.distribution = matrixFrom(Array.from({ length: 10 }, (_, i) => [i / 10, 1 - i / 10]));
  const picked = selectRows(log, [7, 0, 7]);
  expect(picked.size).toBe(3);
  expect([...picked.outcomes.reward]).toEqual([7, 0, 7]);
  expect([...picked.decisions.action]).toEqual([1, 0, 1]);
  expect([...picked.requests.impression]).toEqual([7, 0, 7]);
  expect([...picked.requests.context.data]).toEqual([7, 0, 7]);
  expect([...(picked.truth?.data ?? [])]).toEqual([7, 7.5, 0, 0.5, 7, 7.5]);
  expect([...(picked.decisions.distribution?.data ?? [])]).toEqual([0.7, 1 - 0.7, 0, 1, 0.7, 1 - 0.7]);
});
