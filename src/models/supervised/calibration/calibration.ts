/** A calibration of all outputs of a classifier: each class against the rest, or one temperature. */
import type { Matrix } from '../../../core/contracts.ts';
import type { SavedModel } from '../classifier.ts';
import type { LabelledExamples } from '../examples.ts';
import { inverseTemperature, isotonicAt, isotonicCurve, logitOf, plattCurve } from './calibrators.ts';
import type { CalibrationMethod, IsotonicCurve } from './calibrators.ts';

/** Changes the odds (rows×outputs) in place. */
export type Calibration = (odds: Matrix) => void;

/** What a calibration is made of. */
export type CalibrationArrays = SavedModel['arrays'];

/**
 * Learns from odds (rows×outputs) and labels. Platt's curve reads logits, the isotonic one probabilities. Of three and more classes
 * each is calibrated against the rest, then rows are brought to sum to 1 (Zadrozny & Elkan 2002), or one temperature serves all.
 */
export function learnCalibration(
  method: CalibrationMethod,
  odds: Matrix,
  { label, weight, classes, size }: LabelledExamples,
): CalibrationArrays {
  const outputs = odds.columns;
  if (method === 'temperature') {
    const logs =
      outputs > 1
        ? odds.data.map((p) => Math.log(Math.max(p, 1e-15)))
        : Float64Array.from({ length: 2 * size }, (_, c) => (c % 2 === 1 ? logitOf(odds.data[c >> 1]) : 0));
    return { inverse: Float64Array.of(inverseTemperature(logs, classes, label, weight)) };
  }
  const columns = Array.from({ length: outputs }, (_, o) => ({
    score: Float64Array.from({ length: size }, (__, i) => odds.data[i * outputs + o]),
    own: label.map((one) => Number(one === (outputs === 1 ? 1 : o))),
  }));
  if (method === 'platt') {
    const curves = columns.map(({ score, own }) => plattCurve(score.map(logitOf), own, weight));
    return { platt: Float64Array.from(curves.flatMap(({ slope, offset }) => [slope, offset])) };
  }
  const curves = columns.map(({ score, own }) => isotonicCurve(score, own, weight));
  let corners = 0;
  return {
    from: Float64Array.from(curves.flatMap(({ from }) => [...from])),
    to: Float64Array.from(curves.flatMap(({ to }) => [...to])),
    start: Int32Array.from([...curves.map(({ from }) => (corners += from.length) - from.length), corners]),
    // No block of rows proves that something never happens: half a row of them says otherwise.
    least: Float64Array.of(0.5 / size),
  };
}

/** The calibration that was learned. */
export function calibrationOf(method: CalibrationMethod, outputs: number, arrays: CalibrationArrays): Calibration {
  if (method === 'temperature') return temperature(arrays['inverse'][0], outputs);
  if (method === 'platt') {
    const curves = arrays['platt'];
    return eachOutput(outputs, (p, o) => 1 / (1 + Math.exp(curves[2 * o] * logitOf(p) + curves[2 * o + 1])));
  }
  const { start, least } = arrays;
  const part = (name: 'from' | 'to', o: number): Float64Array =>
    (arrays[name] as Float64Array).subarray(start[o], start[o + 1]);
  const curves = Array.from({ length: outputs }, (_, o): IsotonicCurve => ({
    from: part('from', o),
    to: part('to', o),
  }));
  return eachOutput(outputs, (p, o) => Math.min(Math.max(isotonicAt(curves[o], p), least[0]), 1 - least[0]));
}

/** Each output by itself; rows of several are brought to sum to 1 again. */
function eachOutput(outputs: number, curve: (p: number, output: number) => number): Calibration {
  return ({ rows, data }) => {
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let o = 0; o < outputs; o++) sum += data[i * outputs + o] = curve(data[i * outputs + o], o);
      if (outputs > 1) for (let o = 0; o < outputs; o++) data[i * outputs + o] /= sum;
    }
  };
}

function temperature(inverse: number, outputs: number): Calibration {
  return ({ rows, data }) => {
    for (let i = 0; i < rows; i++) {
      if (outputs === 1) {
        data[i] = 1 / (1 + Math.exp(-inverse * logitOf(data[i])));
        continue;
      }
      const row = data.subarray(i * outputs, (i + 1) * outputs);
      const most = row.reduce((a, b) => Math.max(a, b));
      let sum = 0;
      for (let o = 0; o < outputs; o++) sum += row[o] = Math.exp(inverse * Math.log(Math.max(row[o], 1e-15) / most));
      for (let o = 0; o < outputs; o++) row[o] /= sum;
    }
  };
}
