import { assert, boolean, constantFrom, integer, nat, oneof, property } from 'fast-check';
import { expect, test } from 'vitest';
import type { Evidence } from '../../src/core/contracts.ts';
import { matrix } from '../../src/core/matrix.ts';
import { banditLog } from '../../src/ope/bandit-log.ts';
import { blockSums } from '../../src/ope/block-sums.ts';
import { tally } from '../../src/ope/evaluate.ts';
import type { Tally } from '../../src/ope/evaluate.ts';
import { createEstimators } from '../../src/ope/registry.ts';
import { randomFrom } from '../../src/core/random.ts';

// Parameters that bite: weights go up to 3.
const WITHOUT_MODEL = ['ips', 'snips', { kind: 'clipped-ips', max: 0.8 }, { kind: 'sg-ips', lambda: 0.3 }];
const SUMS = [
  ...WITHOUT_MODEL,
  'dm',
  'dr',
  'sndr',
  { kind: 'clipped-dr', max: 0.8 },
  { kind: 'switch-dr', threshold: 0.8 },
  { kind: 'dros', lambda: 0.5 },
  { kind: 'dros', lambda: 0 },
  { kind: 'sg-dr', lambda: 0.3 },
];

/** A log of m rows and k actions, weights from 0 to about k. */
function evidenceOf(m: number, seed: number, model: boolean, k = 3): Evidence {
  const cells = 2 * k + 2;
  const words = randomFrom('block-sums').burst(cells * m, seed, 0);
  const u = (at: number): number => (words[at] >>> 0) / 2 ** 32;
  const evaluation = matrix(m, k);
  const predicted = matrix(m, k);
  const action = new Int32Array(m);
  const reward = new Float64Array(m);
  for (let i = 0, at = 0; i < m; i++, at += cells) {
    const odds = Array.from({ length: k }, (_, a) => u(at + a) ** 3 + 1e-3);
    const total = odds.reduce((x, y) => x + y, 0);
    for (let a = 0; a < k; a++) {
      evaluation.data[k * i + a] = odds[a] / total;
      predicted.data[k * i + a] = u(at + k + a);
    }
    action[i] = Math.floor(k * u(at + 2 * k));
    reward[i] = u(at + 2 * k + 1) - 0.2;
  }
  const log = banditLog({ actions: k, action, propensity: new Float64Array(m).fill(1 / k), reward });
  return { log, evaluation, ...(model ? { predicted } : {}) };
}

/** By rows: who visits gets to see them, so that they have to be there. */
const byRows = (evidence: Evidence, asked: Parameters<typeof createEstimators>[0]): Tally =>
  tally(evidence, createEstimators(asked), undefined, () => {});

test('sums without rows are the sums of the rows, to the bit, whatever the size of the log', () => {
  const some = evidenceOf(1, 1, true);
  expect(blockSums(createEstimators(SUMS), some)).toHaveLength(SUMS.length);
  const size = oneof(integer({ min: 1, max: 40 }), constantFrom(2047, 2048, 2049, 4101));
  assert(
    property(size, nat(1000), boolean(), constantFrom(1, 2, 3, 10, 129), (m, seed, model, k) => {
      const evidence = evidenceOf(m, seed, model, k);
      const asked = model ? SUMS : WITHOUT_MODEL;
      expect(tally(evidence, createEstimators(asked))).toEqual(byRows(evidence, asked));
    }),
    { numRuns: 25 },
  );
});

test('a bad row is refused by name, wherever it stands in its block', () => {
  const asked = createEstimators(SUMS);
  const faults: [name: string, spoil: (evidence: Evidence, i: number) => void][] = [
    ['propensity 0', ({ log }, i) => (log.decisions.propensity[i] = 0)],
    ['propensity NaN', ({ log }, i) => (log.decisions.propensity[i] = NaN)],
    ['propensity 1.5', ({ log }, i) => (log.decisions.propensity[i] = 1.5)],
    ['action 3', ({ log }, i) => (log.decisions.action[i] = 3)],
    ['action -1', ({ log }, i) => (log.decisions.action[i] = -1)],
    ['reward Infinity', ({ log }, i) => (log.outcomes.reward[i] = Infinity)],
    ['sum to', ({ evaluation }, i) => (evaluation.data[3 * i + 2] += 1e-4)],
    ['hold -', ({ evaluation }, i) => evaluation.data.set([-0.5, 0.75, 0.75], 3 * i)],
    ['sum to NaN', ({ evaluation }, i) => (evaluation.data[3 * i] = NaN)],
    ['predicted reward', ({ predicted }, i) => predicted && (predicted.data[3 * i + 1] = NaN)],
  ];
  for (const [name, spoil] of faults) {
    for (const i of [0, 1, 2046, 2047, 2048, 4100]) {
      const evidence = evidenceOf(4101, 1, true);
      spoil(evidence, i);
      expect(() => tally(evidence, asked), `${name} in row ${i + 1}`).toThrow(
        new RegExp(`^Row ${i + 1} of the log: .*${name}`, 'u'),
      );
    }
  }
});

test('beside an estimator that has rows only, and that evaluates another log while its own is read, nothing is mixed up', () => {
  const evidence = evidenceOf(5000, 1, true);
  const other = evidenceOf(3000, 2, true);
  const [first] = createEstimators(['ips']);
  const nosy = {
    ...first,
    name: 'nosy',
    contributions(...[part, out]: Parameters<typeof first.contributions>): void {
      tally(other, createEstimators(SUMS));
      first.contributions(part, out);
    },
  };
  expect(blockSums([nosy], evidence)).toBeUndefined();
  const mixed = tally(evidence, [createEstimators(['sndr'])[0], nosy, createEstimators(['dr'])[0]]);
  const plain = byRows(evidence, ['sndr', 'ips', 'dr']);
  expect(mixed.moments).toEqual(plain.moments);
});
