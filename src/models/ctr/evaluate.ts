/** How well a click model predicts sessions it has not seen; poolable over seeds. */
import type { ImpressionLog, RewardModel } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import { areaUnderCurve, calibrationBins, calibrationError, logLoss, rocCurve } from './metrics.ts';
import type { CalibrationBin, RocCurve } from './metrics.ts';

/** One seed's evaluation. */
export interface ModelEvaluation {
  /** NaN where the test rows have one class only. */
  auc: number;
  /** [nats] */
  logLoss: number;
  /** [nats] of predicting the training click rate for every row. */
  baselineLogLoss: number;
  /** Expected calibration error over ten equal-size bins. */
  calibrationError: number;
  /** The same against the true click rates of the rows, which have no luck in them; where the log carries them. */
  trueCalibrationError?: number;
  /** (test impressions) P(click) of the action shown. */
  predicted: Float64Array;
  /** (test impressions) 0 or 1. */
  observed: Uint8Array;
}

/**
 * Evaluates on the impressions of `test`; `train` gives the baseline's click rate. Throws `InputError` where one of
 * them holds no impression.
 */
export function evaluateModel(model: RewardModel, train: ImpressionLog, test: ImpressionLog): ModelEvaluation {
  const k = test.spec.actions.length;
  const L = test.spec.slots;
  const all = matrix(test.size, k);
  model.predict(test.requests, all);
  const rows = impressionRows(test, 'test log');
  const predicted = Float64Array.from(rows, (i) => all.data[i * k + test.decisions.action[i * L]]);
  const observed = Uint8Array.from(rows, (i) => test.outcomes.click[i * L]);
  const rate = clickRate(train);
  const { truth } = test;
  // Truth is in the unit of the reward: a click rate only where clicks are what is earned.
  const known = truth !== undefined && test.spec.rewardUnit === 'click';
  const trueRates = known ? rows.map((i) => truth.data[i * k + test.decisions.action[i * L]]) : undefined;
  return {
    auc: areaUnderCurve(predicted, observed),
    logLoss: logLoss(predicted, observed),
    baselineLogLoss: logLoss(new Float64Array(rows.length).fill(rate), observed),
    calibrationError: calibrationError(predicted, observed),
    ...(trueRates && { trueCalibrationError: calibrationError(predicted, trueRates) }),
    predicted,
    observed,
  };
}

/** ROC curve and calibration of all seeds' test rows together. */
export function poolPredictions(evaluations: readonly Pick<ModelEvaluation, 'predicted' | 'observed'>[]): {
  roc: RocCurve;
  calibration: CalibrationBin[];
} {
  const size = evaluations.reduce((sum, { predicted }) => sum + predicted.length, 0);
  const predicted = new Float64Array(size);
  const observed = new Uint8Array(size);
  let at = 0;
  for (const part of evaluations) {
    predicted.set(part.predicted, at);
    observed.set(part.observed, at);
    at += part.predicted.length;
  }
  return { roc: rocCurve(predicted, observed), calibration: calibrationBins(predicted, observed) };
}

/** Clicks per impression, smoothed by half a click and half a miss so that its log loss is finite (Jeffreys). */
function clickRate(log: ImpressionLog): number {
  const rows = impressionRows(log, 'training log');
  const L = log.spec.slots;
  const clicks = rows.reduce((sum, i) => sum + log.outcomes.click[i * L], 0);
  return (clicks + 0.5) / (rows.length + 1);
}

function impressionRows(log: ImpressionLog, part: string): number[] {
  const L = log.spec.slots;
  const rows: number[] = [];
  for (let i = 0; i < log.size; i++) {
    if (log.outcomes.won[i] === 1 && log.decisions.action[i * L] >= 0) rows.push(i);
  }
  if (rows.length === 0) throw new InputError(`${part}: no impression in ${log.size} requests; log more requests`);
  return rows;
}
