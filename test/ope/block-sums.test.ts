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

/** A log of m rows and three actions, weights from 0 to about 3. */
function evidenceOf(m: number, seed: number, model: boolean): Evidence {
  const words = randomFrom('block-sums').burst(8 * m, seed, 0);
  const u = (at: number): number => (words[at] >>> 0) / 2 ** 32;
  const evaluation = matrix(m, 3);
  const predicted = matrix(m, 3);
  const action = new Int32Array(m);
  const reward = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    const odds = [0, 1, 2].map((a) => u(8 * i + a) ** 3 + 1e-3);
    const total = odds.reduce((x, y) => x + y, 0);
    for (let a = 0; a < 3; a++) {
      evaluation.data[3 * i + a] = odds[a] / total;
      predicted.data[3 * i + a] = u(8 * i + 3 + a);
    }
    action[i] = Math.floor(3 * u(8 * i + 6));
    reward[i] = u(8 * i + 7) - 0.2;
  }
  const log = banditLog({ actions: 3, action, propensity: new Float64Array(m).fill(1 / 3), reward });
  return { log, evaluation, ...(model ? { predicted } : {}) };
}

/** By rows: who visits gets to see them, so that they have to be there. */
const byRows = (evidence: Evidence, asked: Parameters<typeof createEstimators>[0]): Tally =>
  tally(evidence, createEstimators(asked), undefined, () => {});

test('sums without rows are the sums of the rows, to the bit, whatever the size of the log', () => {
  expect(createEstimators(SUMS).filter((estimator) => !blockSums(estimator))).toEqual([]);
  const size = oneof(integer({ min: 1, max: 40 }), constantFrom(2047, 2048, 2049, 4101));
  assert(
    property(size, nat(1000), boolean(), (m, seed, model) => {
      const evidence = evidenceOf(m, seed, model);
      const asked = model ? SUMS : WITHOUT_MODEL;
      expect(tally(evidence, createEstimators(asked))).toEqual(byRows(evidence, asked));
    }),
    { numRuns: 25 },
  );
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
  expect(blockSums(nosy)).toBeUndefined();
  const mixed = tally(evidence, [createEstimators(['sndr'])[0], nosy, createEstimators(['dr'])[0]]);
  const plain = byRows(evidence, ['sndr', 'ips', 'dr']);
  expect(mixed.moments).toEqual(plain.moments);
});
