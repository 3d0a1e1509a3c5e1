import { describe, expect, it } from 'vitest';
import { matrix, matrixFrom } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { linearShap } from '../../../src/models/explain/linear-shap.ts';
import type { Design } from '../../../src/models/supervised/design.ts';
import type { Examples } from '../../../src/models/supervised/examples.ts';
import { selectExamples } from '../../../src/models/supervised/examples.ts';
import { logisticClassifier } from '../../../src/models/supervised/logistic.ts';
import { mixedRows, wholeColumns } from '../../../src/models/explain/mixed-rows.ts';
import { madeUp } from '../supervised/made-up.ts';
import { shapleyByDefinition } from './by-hand.ts';
import { shap as golden } from './peer/python-shap.ts';

const logit = (p: number): number => Math.log(p / (1 - p));

describe('linear SHAP', () => {
  it('equals the definition, adds up, and takes levels and missing numbers together', async () => {
    const { sequences: _, ...some } = madeUp(400, 2, 'linear');
    const rows = { ...some, sequences: [] };
    const model = logisticClassifier({ kind: 'logistic', l2: 1 });
    await model.fit(rows, randomFrom('fit'));
    const background = selectExamples(rows, [3, 5, 7, 11, 13]);
    const { base, attributions } = linearShap(model.save(), background);
    const phi = attributions(rows);
    const odds = matrix(rows.size, 1);
    model.predict(rows, odds);
    for (let i = 0; i < rows.size; i++) {
      const sum = phi.data.subarray(4 * i, 4 * i + 4).reduce((a, b) => a + b, base);
      expect(Math.abs(sum - logit(odds.data[i]))).toBeLessThan(1e-9);
    }
    const row = rows.numeric.data.findIndex((x, c) => c % 3 === 2 && Number.isNaN(x)) / 3;
    const i = Math.floor(row);
    const columns = wholeColumns(rows);
    const value = (mask: number): number => {
      const donors = columns.map((_c, j) => Int32Array.of(3, 5, 7, 11, 13).map((b) => ((mask >> j) & 1 ? i : b)));
      const out = matrix(5, 1);
      model.predict(mixedRows(rows, columns, donors), out);
      return out.data.reduce((mean, p) => mean + logit(p) / 5, 0);
    };
    const by = shapleyByDefinition(4, value);
    by.forEach((one, j) => expect(phi.data[4 * i + j]).toBeCloseTo(one, 10));
  });

  it('explains a class of several by its score', async () => {
    const rows = { ...madeUp(300, 3, 'classes'), sequences: [] };
    const model = logisticClassifier({ kind: 'logistic', l2: 1 });
    await model.fit(rows, randomFrom('fit'));
    const odds = matrix(rows.size, 3);
    model.predict(rows, odds);
    const scores = [0, 1, 2].map((c) => {
      const { base, attributions } = linearShap(model.save(), rows, c);
      return attributions(rows)
        .data.subarray(0, 4)
        .reduce((a, b) => a + b, base);
    });
    // Softmax leaves a constant open.
    expect(scores[1] - scores[0]).toBeCloseTo(Math.log(odds.data[1] / odds.data[0]), 8);
    expect(scores[2] - scores[0]).toBeCloseTo(Math.log(odds.data[2] / odds.data[0]), 8);
  });

  it(`equals Python's shap ${golden.versions.shap}`, () => {
    const { weights, intercept, base, phi } = golden.linear;
    const design: Design = {
      numbers: weights.map((_, j) => ({ name: `x${j}`, mean: 0, inverseScale: 1, missing: -1 })),
      fields: [],
      columns: weights.length,
      names: [],
    };
    const examples = (rows: number[][]): Examples => ({
      size: rows.length,
      numeric: matrixFrom(rows),
      numericNames: [],
      fields: [],
      sequences: [],
    });
    const saved = {
      kind: 'logistic',
      settings: { design, classes: 2 },
      arrays: { weights: Float64Array.of(...weights, intercept) },
    };
    const ours = linearShap(saved, examples(golden.background));
    expect(ours.base).toBeCloseTo(base, 10);
    const { data } = ours.attributions(examples(golden.rows));
    phi.flat().forEach((one, c) => expect(data[c]).toBeCloseTo(one, 10));
    expect(() => linearShap(saved, { ...examples(golden.rows), size: 0 })).toThrow('no background rows');
  });
});
