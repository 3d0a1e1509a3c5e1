/**
 * Propensities for a log that was kept without them: estimated from context, each row by a model that saw neither the row
 * nor its user, calibrated on held-out rows, and doubted aloud. They can only know of reasons for a decision that stand in
 * the log.
 */
import type { ImpressionLog } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import type { Warning } from '../../core/warnings.ts';
import { assignFolds } from '../cross-fit.ts';
import { marginalOdds, segmentOdds } from './frequencies.ts';
import { multinomial } from './multinomial.ts';
import { leastPropensity, requireOverlap } from './overlap.ts';
import { lossOf, reliability } from './reliability.ts';
import { fitTemperature, temper } from './temperature.ts';

export type PropensityMethod = 'logistic' | 'segments' | 'marginal';

export interface PropensityOptions {
  random: Random;
  /** Default 5. */
  folds?: number;
  /** (m) segment of each row, by which frequencies are counted as well. */
  segments?: ArrayLike<number | string>;
  /** (m×k) the policy that is to be valued: overlap is asked for where it needs it. Default: every eligible action alike. */
  evaluation?: Matrix;
}

export interface PropensityFigures {
  /** What predicted held-out actions best: logistic regression on context, frequencies by segment, or overall. */
  method: PropensityMethod;
  folds: number;
  /** Held-out [nats per row]; of every method that was tried. */
  logLoss: number;
  losses: Readonly<Partial<Record<PropensityMethod, number>>>;
  marginalLogLoss: number;
  /** Mean distance of odds from frequencies, and how much of it chance explains. */
  calibrationError: number;
  calibrationNoise: number;
  /** (folds) see `fitTemperature`. */
  temperatures: readonly number[];
  /** Of a logged action. */
  smallestPropensity: number;
  /** Share of the policy's probability on actions too rare to be weighted. */
  thinShare: number;
}

export interface EstimatedPropensities {
  /** (m×k) π̂_b(a | row i): rows sum to 1, 0 where not eligible. */
  behaviour: Matrix;
  /** (m) π̂_b of the logged action. */
  propensity: Float64Array;
  figures: PropensityFigures;
  warnings: readonly Warning[];
}

/** Held-out calibration error beyond so many times its noise is no longer chance. */
const MISCALIBRATED = 2;
const THIN = 1e-3;

/**
 * Deterministic in (log, random). Throws `InputError` where rows are bad, where there are fewer than folds, and where
 * overlap is too small to weight by estimates (`requireOverlap`).
 */
export function estimatePropensities(log: ImpressionLog, options: PropensityOptions): EstimatedPropensities {
  const { random, folds = 5, segments, evaluation } = options;
  const m = log.size;
  const k = log.spec.actions.length;
  checkLog(log, folds);
  const fold = assignFolds(log, folds, random.stream('folds'));
  const rows = Array.from({ length: folds }, (_, f) => split(fold, f));
  const base = matrix(m, k);
  for (const { held, rest } of rows) marginalOdds(log, rest, held, base);
  const tried: { method: PropensityMethod; odds: Matrix; loss: number; temperatures: number[] }[] = [
    { method: 'marginal', odds: base, loss: lossOf(log, base), temperatures: rows.map(() => 1) },
  ];
  const attempt = (method: PropensityMethod, fill: (f: number, raw: Matrix) => void): void => {
    const raw = matrix(m, k);
    for (let f = 0; f < folds; f++) fill(f, raw);
    const { odds, temperatures } = calibrated(log, raw, base, rows);
    tried.push({ method, odds, loss: lossOf(log, odds), temperatures });
  };
  if (segments) attempt('segments', (f, raw) => segmentOdds(log, segments, rows[f].rest, rows[f].held, base, raw));
  if (log.requests.context.columns > 0) {
    attempt('logistic', (f, raw) => multinomial(log, rows[f].rest, rows[f].held, base, raw));
  }
  const { method, odds, loss, temperatures } = tried.reduce((best, one) => (one.loss < best.loss ? one : best));
  const { error, noise } = reliability(log, odds);
  const propensity = Float64Array.from({ length: m }, (_, i) => odds.data[i * k + log.decisions.action[i]]);
  const figures: PropensityFigures = {
    method,
    folds,
    logLoss: loss,
    losses: Object.fromEntries(tried.map((one) => [one.method, one.loss])),
    marginalLogLoss: tried[0].loss,
    calibrationError: error,
    calibrationNoise: noise,
    temperatures,
    smallestPropensity: propensity.reduce((least, p) => Math.min(least, p), 1),
    thinShare: requireOverlap(log, odds, evaluation),
  };
  return { behaviour: odds, propensity, figures, warnings: doubtsOf(figures, log) };
}

interface Fold {
  held: Int32Array;
  rest: Int32Array;
}

function split(fold: Uint8Array, f: number): Fold {
  const all = Int32Array.from(fold, (_, i) => i);
  return { held: all.filter((i) => fold[i] === f), rest: all.filter((i) => fold[i] !== f) };
}

/** Each fold is calibrated by what the others' held-out rows ask for. */
function calibrated(
  log: ImpressionLog,
  raw: Matrix,
  base: Matrix,
  rows: readonly Fold[],
): { odds: Matrix; temperatures: number[] } {
  const odds = matrix(raw.rows, raw.columns);
  const temperatures = rows.map(({ held, rest }) => {
    const tau = fitTemperature(log, rest, raw, base);
    for (const i of held) temper(raw, base, i, tau, odds.data.subarray(i * raw.columns, (i + 1) * raw.columns));
    return tau;
  });
  return { odds, temperatures };
}

function checkLog({ size, spec, requests, decisions }: ImpressionLog, folds: number): void {
  const k = spec.actions.length;
  const d = requests.context.columns;
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= 255)) {
    throw new InputError(`folds: ${folds} is not a whole number from 2 to 255.`);
  }
  if (spec.slots !== 1) throw new InputError(`Propensities are estimated for one slot; the log has ${spec.slots}.`);
  if (size < folds)
    throw new InputError(`The log has ${size} rows: to estimate propensities over ${folds} folds needs more.`);
  for (let i = 0; i < size; i++) {
    const a = decisions.action[i];
    if (!(a >= 0 && a < k))
      throw new InputError(`Row ${i + 1} of the log: action ${a} is not one of the ${k} actions.`);
    if (requests.eligible[i * k + a] !== 1) {
      throw new InputError(
        `Row ${i + 1} of the log: action ${a} was taken though it was not eligible. Correct the row.`,
      );
    }
    for (let j = 0; j < d; j++) {
      const x = requests.context.data[i * d + j];
      if (Number.isFinite(x)) continue;
      throw new InputError(
        `Row ${i + 1} of the log: context ${spec.contextNames[j]} is ${x}, from which no propensity can be estimated. Fill or remove it.`,
      );
    }
  }
}

const BY: Readonly<Record<PropensityMethod, string>> = {
  logistic: 'logistic regression on context',
  segments: 'frequencies by segment',
  marginal: 'overall frequencies, as nothing in the log foretells the action',
};

function doubtsOf(found: PropensityFigures, log: ImpressionLog): Warning[] {
  const percent = (share: number): string => `${(100 * share).toPrecision(2)} %`;
  const warnings: Warning[] = [
    {
      kind: 'estimated-propensities',
      message: `the log has no propensities; they are estimated by ${BY[found.method]}, cross-fitted over ${found.folds} folds (log loss ${found.logLoss.toPrecision(4)}, ${found.marginalLogLoss.toPrecision(4)} without context; calibration error ${percent(found.calibrationError)}, of which chance explains ${percent(found.calibrationNoise)})`,
      advice:
        'values hold only as far as the context holds every reason the logged policy had, and intervals do not know of it: prefer SNIPS or DR to IPS, log the propensities that actions are drawn with, and take this as a first look',
    },
  ];
  if (found.calibrationError > MISCALIBRATED * found.calibrationNoise) {
    warnings.push({
      kind: 'propensity-calibration',
      message: `the estimated propensities are off by ${percent(found.calibrationError)} on average, where chance explains ${percent(found.calibrationNoise)}`,
      advice:
        'the logged policy decided by something that the model cannot follow: add what it looked at as context or as a segment',
    });
  }
  if (found.thinShare > THIN) {
    warnings.push({
      kind: 'thin-overlap',
      message: `${percent(found.thinShare)} of the policy's probability lies on actions that were taken with a probability below ${leastPropensity(log.size).toPrecision(2)}, by the estimate`,
      advice: 'their weights are guesses: collect rows with more exploration, or take those actions from the policy',
    });
  }
  return warnings;
}
