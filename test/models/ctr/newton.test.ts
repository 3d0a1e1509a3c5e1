import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newtonLogistic, scoreOf } from '../../../src/models/ctr/newton.ts';
import type { SparseRows } from '../../../src/models/ctr/newton.ts';
import { goldenFolder } from '../../folders.ts';

/** L2 logistic regressions in golden files: known by their shape. */
interface Golden {
  X: number[][];
  y: number[];
  sample_weight?: number[];
  expected: { C: number; weighted: boolean; coef: number[]; intercept: number; proba_first5?: number[] }[];
}

function isGolden(json: unknown): json is Golden {
  const { X, y, expected } = json as Partial<Golden>;
  return Array.isArray(X) && Array.isArray(y) && Array.isArray(expected) && 'coef' in expected[0] && 'C' in expected[0];
}

const folder = goldenFolder();
const found = folder
  ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.json'))
      .map((file) => ({ file, json: JSON.parse(readFileSync(join(folder, file), 'utf8')) as unknown }))
      .filter(({ json }) => isGolden(json))
  : [];

function dense(rows: readonly number[][]): SparseRows {
  const width = rows[0].length;
  return {
    rows: rows.length,
    columns: width,
    width,
    index: Int32Array.from({ length: rows.length * width }, (_, c) => c % width),
    value: Float64Array.from(rows.flat()),
  };
}

describe.skipIf(folder === undefined)('against scikit-learn (golden folder; skipped where it is missing)', () => {
  it('finds golden regressions', () => expect(found.length).toBeGreaterThan(0));

  for (const { file, json } of found) {
    const { X, y, sample_weight, expected } = json as Golden;
    it.each(expected)(`${file}: C = $C, weighted = $weighted`, ({ C, weighted, coef, intercept, proba_first5 }) => {
      const design = dense(X);
      const weights = weighted && sample_weight ? { rowWeights: sample_weight } : {};
      const fit = newtonLogistic(design, y, { l2: 1 / C, ...weights });
      expect(fit.converged).toBe(true);
      [...coef, intercept].forEach((value, j) => expect(Math.abs(fit.weights[j] - value)).toBeLessThan(1e-6));
      proba_first5?.forEach((p, i) => {
        expect(Math.abs(1 / (1 + Math.exp(-scoreOf(design, i, fit.weights))) - p)).toBeLessThan(1e-6);
      });
    });
  }
});

describe('newtonLogistic', () => {
  it('solves one constant column by hand: the intercept alone is the log-odds', () => {
    const design: SparseRows = { rows: 4, columns: 1, width: 1, index: new Int32Array(4), value: new Float64Array(4) };
    const { weights } = newtonLogistic(design, [1, 0, 0, 0], { l2: 1 });
    expect(weights[0]).toBe(0);
    expect(weights[1]).toBeCloseTo(Math.log(1 / 3), 12);
  });

  it('has a zero gradient where it stops, from a far start too', () => {
    const rows = [
      [1, 2],
      [0.5, -1],
      [-2, 0.3],
      [0.1, 0.2],
      [3, -4],
    ];
    const y = [1, 0, 1, 0, 1];
    const design = dense(rows);
    const l2 = 0.01;
    const { weights } = newtonLogistic(design, y, { l2, start: Float64Array.of(30, -30, 50) });
    const gradient = [l2 * weights[0], l2 * weights[1], 0];
    rows.forEach((x, i) => {
      const slope = 1 / (1 + Math.exp(-scoreOf(design, i, weights))) - y[i];
      [...x, 1].forEach((v, j) => (gradient[j] += slope * v));
    });
    gradient.forEach((g) => expect(Math.abs(g)).toBeLessThan(1e-9));
  });

  it('keeps going on separable data: the penalty holds the weights', () => {
    const { converged, weights } = newtonLogistic(dense([[-2], [-1], [1], [2]]), [0, 0, 1, 1], { l2: 1e-6 });
    expect(converged).toBe(true);
    expect(weights[0]).toBeGreaterThan(5);
    expect(weights[0]).toBeLessThan(50);
  });
});
