/** What every estimator must do, whatever it estimates: to be called from a test file with a factory. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Estimator, Evidence } from '../../src/core/contracts.ts';
import { matrix, matrixFrom } from '../../src/core/matrix.ts';
import { banditLog } from '../../src/ope/bandit-log.ts';
import { sliceEvidence } from '../../src/ope/evidence.ts';
import { gradient, standardError } from '../../src/ope/intervals/delta.ts';
import { addRows, merge, moments } from '../../src/ope/moments.ts';
import type { Moments } from '../../src/ope/moments.ts';
import { selectRows } from '../../src/core/log.ts';

// The same examples in every run: a failure can be looked at again.
fc.configureGlobal({ seed: 20 });

/** Numbers that no estimator should mind: rewards of either sign, heavy weights, rows in which nothing happens. */
interface Rows {
  k: number;
  behaviour: number[][];
  evaluation: number[][];
  predicted: number[][];
  /** Two dimensions of two and three categories. */
  seen: number[][];
  given: number[][][];
  action: number[];
  reward: number[];
}

const K = 3;
const odds = fc
  .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: K, maxLength: K })
  .map((z) => z.map((x) => x / z.reduce((a, b) => a + b, 0)));
const numbers = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: K, maxLength: K });
/** p(e_d | action) of the two dimensions: actions overlap in part. */
const GIVEN = [
  [
    [0.9, 0.1],
    [0.4, 0.6],
    [0.2, 0.8],
  ],
  [
    [0.5, 0.3, 0.2],
    [0.1, 0.1, 0.8],
    [0.25, 0.5, 0.25],
  ],
];
const rowsOf: fc.Arbitrary<Rows> = fc
  .array(
    fc.record({
      seen: fc.tuple(fc.nat(1), fc.nat(2)),
      behaviour: odds,
      evaluation: odds,
      predicted: numbers,
      action: fc.nat(K - 1),
      reward: fc.constantFrom(0, 1, 1, -3.5, 120.25),
    }),
    { minLength: 2, maxLength: 60 },
  )
  .map((rows) => ({
    k: K,
    behaviour: rows.map((r) => r.behaviour),
    evaluation: rows.map((r) => r.evaluation),
    predicted: rows.map((r) => r.predicted),
    seen: rows.map((r) => r.seen),
    given: GIVEN,
    action: rows.map((r) => r.action),
    reward: rows.map((r) => r.reward),
  }));

function evidenceOf(rows: Rows): Evidence {
  const propensity = rows.action.map((a, i) => rows.behaviour[i][a]);
  return {
    log: banditLog({ actions: rows.k, action: rows.action, propensity, reward: rows.reward }),
    evaluation: matrixFrom(rows.evaluation),
    behaviour: matrixFrom(rows.behaviour),
    predicted: matrixFrom(rows.predicted),
    embedding: { seen: matrixFrom(rows.seen), given: rows.given.map((odds) => matrixFrom(odds)) },
  };
}

function momentsOf(estimator: Estimator, evidence: Evidence): Moments {
  const sums = moments(estimator.columns);
  const out = matrix(evidence.log.size, estimator.columns);
  estimator.contributions(evidence, out);
  addRows(sums, out);
  return sums;
}

function estimateOf(estimator: Estimator, evidence: Evidence): number {
  return estimator.value(momentsOf(estimator, evidence).sums, evidence.log.size);
}

/** Distance relative to the size of what was added up: sums that cancel are not held to their small remainder. */
function apart(actual: number, expected: number, scale: number): number {
  return Math.abs(actual - expected) / Math.max(1, scale);
}

const ROUNDING = 1e-12;

/** Largest |contribution|, as the scale of sums. */
function size(estimator: Estimator, evidence: Evidence): number {
  const out = matrix(evidence.log.size, estimator.columns);
  estimator.contributions(evidence, out);
  return out.data.reduce((largest, x) => Math.max(largest, Math.abs(x)), 1);
}

export function estimatorContract(name: string, make: () => Estimator): void {
  describe(`estimator contract: ${name}`, () => {
    test('shards of any size add up to the whole', () => {
      fc.assert(
        fc.property(rowsOf, fc.array(fc.nat(59), { maxLength: 6 }), (rows, cuts) => {
          const estimator = make();
          const evidence = evidenceOf(rows);
          const m = evidence.log.size;
          const whole = momentsOf(estimator, evidence);
          const merged = moments(estimator.columns);
          const edges = [0, ...cuts.filter((c) => c < m).sort((a, b) => a - b), m];
          for (let e = 1; e < edges.length; e++) {
            merge(merged, momentsOf(estimator, sliceEvidence(evidence, edges[e - 1], edges[e])));
          }
          const scale = m * size(estimator, evidence);
          expect(merged.count).toBe(whole.count);
          whole.sums.forEach((sum, c) => expect(apart(merged.sums[c], sum, scale)).toBeLessThan(ROUNDING));
          whole.cross.forEach((product, c) =>
            expect(apart(merged.cross[c], product, scale * scale)).toBeLessThan(ROUNDING),
          );
        }),
      );
    });

    test('the order of rows does not matter', () => {
      fc.assert(
        fc.property(rowsOf, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (rows, keys) => {
          const estimator = make();
          const evidence = evidenceOf(rows);
          const order = rows.action.map((_, i) => ({ i, key: keys.next().value as number }));
          const shuffled = order.sort((a, b) => a.key - b.key).map(({ i }) => i);
          const pick = (values: number[][]): number[][] => shuffled.map((i) => values[i]);
          const mixed: Evidence = {
            log: selectRows(evidence.log, shuffled),
            evaluation: matrixFrom(pick(rows.evaluation)),
            behaviour: matrixFrom(pick(rows.behaviour)),
            predicted: matrixFrom(pick(rows.predicted)),
            embedding: { seen: matrixFrom(pick(rows.seen)), given: rows.given.map((odds) => matrixFrom(odds)) },
          };
          const scale = size(estimator, evidence);
          const gap = apart(estimateOf(estimator, mixed), estimateOf(estimator, evidence), scale);
          expect(gap).toBeLessThan(ROUNDING);
        }),
      );
    });

    test('it is equivariant: rewards and predictions times c give the estimate times c', () => {
      fc.assert(
        fc.property(rowsOf, fc.constantFrom(-2, 0.001, 1000), (rows, c) => {
          const estimator = make();
          const evidence = evidenceOf(rows);
          const scaled = evidenceOf({
            ...rows,
            reward: rows.reward.map((r) => c * r),
            predicted: rows.predicted.map((q) => q.map((x) => c * x)),
          });
          const expected = c * estimateOf(estimator, evidence);
          const scale = Math.abs(c) * size(estimator, evidence);
          expect(apart(estimateOf(estimator, scaled), expected, scale)).toBeLessThan(ROUNDING);
        }),
      );
    });

    test('it keeps its laws, and declares those that it keeps', () => {
      const worst = { selfNormalised: 0, exactOnPolicy: 0 };
      fc.assert(
        fc.property(rowsOf, (rows) => {
          const estimator = make();
          const ones = evidenceOf({ ...rows, reward: rows.reward.map(() => 1) });
          worst.selfNormalised = Math.max(worst.selfNormalised, apart(estimateOf(estimator, ones), 1, 1));
          const own = evidenceOf({ ...rows, evaluation: rows.behaviour });
          const mean = rows.reward.reduce((x, y) => x + y, 0) / rows.reward.length;
          const gap = apart(estimateOf(estimator, own), mean, size(estimator, own));
          worst.exactOnPolicy = Math.max(worst.exactOnPolicy, gap);
        }),
      );
      const { laws } = make();
      expect(worst.selfNormalised < ROUNDING).toBe(laws.selfNormalised);
      expect(worst.exactOnPolicy < ROUNDING).toBe(laws.exactOnPolicy);
    });

    test('its value is smooth: the interval follows from the jackknife too', () => {
      // The delta method's standard error is that of the infinitesimal jackknife: with rows enough, leave-one-out agrees.
      fc.assert(
        fc.property(
          fc.array(rowsOf, { minLength: 20, maxLength: 20 }).map((parts) => ({
            k: K,
            behaviour: parts.flatMap((p) => p.behaviour),
            evaluation: parts.flatMap((p) => p.evaluation),
            predicted: parts.flatMap((p) => p.predicted),
            seen: parts.flatMap((p) => p.seen),
            given: GIVEN,
            action: parts.flatMap((p) => p.action),
            // Bounded weights and rewards keep the comparison about smoothness, not about outliers.
            reward: parts.flatMap((p) => p.reward.map((r) => (r > 0 ? 1 : 0))),
          })),
          (rows) => {
            const estimator = make();
            const calm = rows.evaluation.map((pi, i) => pi.map((p, a) => 0.1 * p + 0.9 * rows.behaviour[i][a]));
            const evidence = evidenceOf({ ...rows, evaluation: calm });
            const m = evidence.log.size;
            const sums = momentsOf(estimator, evidence);
            fc.pre(m >= 100 && standardError(estimator, sums) > 1e-9);
            expect([...gradient(estimator, sums)].every(Number.isFinite)).toBe(true);
            const out = matrix(m, estimator.columns);
            estimator.contributions(evidence, out);
            const leftOut = Array.from({ length: m }, (_, i) => {
              const without = sums.sums.map((sum, c) => sum - out.data[i * estimator.columns + c]);
              return estimator.value(without, m - 1);
            });
            const mean = leftOut.reduce((a, b) => a + b, 0) / m;
            const spread = leftOut.reduce((sum, x) => sum + (x - mean) * (x - mean), 0);
            const jackknife = Math.sqrt(((m - 1) / m) * spread);
            expect(jackknife / standardError(estimator, sums)).toBeGreaterThan(0.9);
            expect(jackknife / standardError(estimator, sums)).toBeLessThan(1.1);
          },
        ),
        { numRuns: 20 },
      );
    });
  });
}
