import { array, assert, constantFrom, property, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import { matrixFrom } from '../../src/core/matrix.ts';
import { banditLog } from '../../src/ope/bandit-log.ts';
import { diagnostics, mergeDiagnostics } from '../../src/ope/diagnostics.ts';
import { tally } from '../../src/ope/evaluate.ts';
import { sliceEvidence } from '../../src/ope/evidence.ts';
import { createEstimators } from '../../src/ope/registry.ts';

test('diagnostics of two halves, merged, are those of the whole', () => {
  const estimators = createEstimators(['ips']);
  // Halves and quarters: their sums are exact, in whatever order.
  const row = tuple(constantFrom(0, 1, 2), constantFrom(0.125, 0.25, 0.5), constantFrom(0, 1, -2));
  assert(
    property(array(row, { minLength: 2, maxLength: 30 }), (rows) => {
      const log = banditLog({
        actions: 3,
        action: rows.map(([action]) => action),
        propensity: rows.map(([, propensity]) => propensity),
        reward: rows.map(([, , reward]) => reward),
      });
      const evidence = { log, evaluation: matrixFrom(rows.map(() => [0.25, 0.25, 0.5])) };
      const middle = Math.floor(rows.length / 2);
      const merged = diagnostics(3);
      for (const part of [sliceEvidence(evidence, 0, middle), sliceEvidence(evidence, middle, rows.length)]) {
        mergeDiagnostics(merged, tally(part, estimators).diagnostics);
      }
      expect(merged).toEqual(tally(evidence, estimators).diagnostics);
    }),
  );
});
