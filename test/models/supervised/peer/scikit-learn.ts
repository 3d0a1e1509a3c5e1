/** What scikit-learn says of the rows that `scikit-learn.py` made up. */
import { readFileSync } from 'node:fs';
import { matrixFrom } from '../../../../src/core/matrix.ts';
import type { LabelledExamples } from '../../../../src/models/supervised/examples.ts';

export interface TreeGolden {
  leaves: number;
  odds: number[][];
  alphas: number[];
  alpha: number;
  prunedLeaves: number;
  prunedOdds: number[][];
}

export interface ScikitLearn {
  x: number[][];
  /** `x` with some numbers missing. */
  holes: (number | null)[][];
  fresh: number[][];
  two: number[];
  three: number[];
  weight: number[];
  trees: Record<'gini' | 'entropy' | 'three', TreeGolden>;
  /** (rows×classes) of the rows learned from. */
  boosted: Record<'leafWise' | 'deep' | 'missing' | 'three' | 'weighted', number[][]>;
  calibration: {
    p: number[];
    odds: number[][];
    inverseTemperature: number;
    inverseTemperatureOfThree: number;
    slope: number;
    offset: number;
    ask: number[];
    isotonic: number[];
    roundedWeighted: number[];
  };
}

export const scikitLearn = JSON.parse(
  readFileSync(new URL('scikit-learn.json', import.meta.url), 'utf8'),
) as ScikitLearn;

/** Rows of numbers as examples. */
export function examplesOf(
  rows: readonly (readonly (number | null)[])[],
  label: readonly number[],
  weight?: readonly number[],
): LabelledExamples {
  const classes = Math.max(1, ...label) + 1;
  return {
    size: rows.length,
    numeric: matrixFrom(rows.map((row) => row.map((value) => value ?? Number.NaN))),
    numericNames: rows[0].map((_, j) => `x${j}`),
    fields: [],
    sequences: [],
    label: Int32Array.from({ length: rows.length }, (_, i) => label[i] ?? 0),
    classes,
    classNames: Array.from({ length: classes }, (_, c) => String(c)),
    ...(weight && { weight: Float64Array.from(weight) }),
  };
}
