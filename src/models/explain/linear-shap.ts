/**
 * Shapley values of a logistic regression, exactly: on its log-odds each column adds w·(x − E[x]), whatever the other columns are,
 * where the mean is over background rows. A number and its "is missing" column are one, and so are the levels of a field.
 * Štrumbelj & Kononenko 2014 (Knowledge and Information Systems 41, § 2); Lundberg & Lee 2017 (NIPS, corollary 1).
 */
import type { Matrix } from '../../core/contracts.ts';
import { matrix } from '../../core/matrix.ts';
import type { SavedModel } from '../supervised/classifier.ts';
import { designRows } from '../supervised/design.ts';
import type { Design } from '../supervised/design.ts';
import type { Examples } from '../supervised/examples.ts';

/** Explains one class: φ of a row and `base` add up to its score. */
export interface LinearExplainer {
  /** Mean score of the background rows. */
  base: number;
  /** φ (m×columns) of rows: numbers, then fields. */
  attributions: (rows: Examples) => Matrix;
}

/**
 * Of a saved `logistic`. Two classes: log-odds of the second; more: the score of class `output`, before softmax. Throws
 * RangeError without background rows.
 */
export function linearShap({ settings, arrays }: SavedModel, background: Examples, output = 0): LinearExplainer {
  if (background.size === 0) throw new RangeError('linear SHAP: no background rows');
  const { design } = settings as unknown as { design: Design };
  const size = design.columns + 1;
  const weights = (arrays['weights'] as Float64Array).subarray(output * size, (output + 1) * size);
  const parts = (rows: Examples): Matrix => partsOf(design, weights, rows);
  const width = design.numbers.length + design.fields.length;
  const mean = new Float64Array(width);
  const { data } = parts(background);
  for (let c = 0; c < data.length; c++) mean[c % width] += data[c] / background.size;
  return {
    base: mean.reduce((sum, value) => sum + value, weights[design.columns]),
    attributions(rows) {
      const out = parts(rows);
      for (let c = 0; c < out.data.length; c++) out.data[c] -= mean[c % width];
      return out;
    },
  };
}

/** (m×columns) what each column adds to a row's score. */
function partsOf(design: Design, weights: Float64Array, rows: Examples): Matrix {
  const { numbers, fields } = design;
  const { width, index, value } = designRows(design, rows);
  const flagged = [...numbers.keys()].filter((j) => numbers[j].missing >= 0);
  const owner = [...numbers.keys(), ...flagged, ...fields.map((_, f) => numbers.length + f)];
  const out = matrix(rows.size, numbers.length + fields.length);
  for (let i = 0; i < rows.size; i++) {
    for (let e = 0; e < width; e++) {
      const at = i * width + e;
      out.data[i * out.columns + owner[e]] += weights[index[at]] * value[at];
    }
  }
  return out;
}
