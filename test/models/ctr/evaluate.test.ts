import { describe, expect, it } from 'vitest';
import type { RewardModel } from '../../../src/core/contracts.ts';
import { evaluateModel, poolPredictions } from '../../../src/models/ctr/evaluate.ts';
import { areaUnderCurve, logLoss } from '../../../src/models/ctr/metrics.ts';
import { toyLog } from '../../support/toy-log.ts';

describe('evaluateModel', () => {
  const train = toyLog({ rows: 900 }).log;
  const test = toyLog({ rows: 600, seed: 'test' }).log;
  const k = 5;
  /** Knows the truth of the test log. */
  const knowing: RewardModel = {
    predict(requests, out) {
      out.data.set(test.truth?.data.subarray(0, requests.size * k) ?? []);
    },
  };

  it('takes the prediction for the action shown, of impressions only', () => {
    test.outcomes.won[0] = 0;
    test.decisions.action[1] = -1;
    const { predicted, observed, auc, baselineLogLoss, logLoss: loss } = evaluateModel(knowing, train, test);
    expect(predicted.length).toBe(598);
    expect(predicted[0]).toBe(test.truth?.data[2 * k + test.decisions.action[2]]);
    expect([...observed]).toEqual([...test.outcomes.click.subarray(2, 600)]);
    expect(auc).toBe(areaUnderCurve(predicted, observed));
    expect(loss).toBe(logLoss(predicted, observed));
    expect(loss).toBeLessThan(baselineLogLoss);
    const clicks = train.outcomes.click.subarray(0, 900).reduce((sum, click) => sum + click, 0);
    expect(baselineLogLoss).toBe(logLoss(new Float64Array(598).fill((clicks + 0.5) / 901), observed));
  });

  it('measures calibration against the truth where it is a click rate', () => {
    const off: RewardModel = {
      predict(requests, out) {
        knowing.predict(requests, out);
        for (let c = 0; c < requests.size * k; c++) out.data[c] += 0.05;
      },
    };
    expect(evaluateModel(knowing, train, test).trueCalibrationError).toBeCloseTo(0, 12);
    expect(evaluateModel(off, train, test).trueCalibrationError).toBeCloseTo(0.05, 12);
    const paid = { ...test, spec: { ...test.spec, rewardUnit: 'USD' } };
    expect(evaluateModel(off, train, paid).trueCalibrationError).toBeUndefined();
  });

  it('pools seeds into one curve', () => {
    const one = evaluateModel(knowing, train, test);
    const pooled = poolPredictions([one, one]);
    expect(pooled.calibration.reduce((sum, bin) => sum + bin.rows, 0)).toBe(2 * 598);
    expect(pooled.roc.truePositiveRate.at(-1)).toBe(1);
    expect(pooled.calibration.length).toBe(10);
  });

  it('refuses a test log without an impression', () => {
    const empty = toyLog({ rows: 30 }).log;
    empty.outcomes.won.fill(0);
    expect(() => evaluateModel(knowing, train, empty)).toThrow('test log: no impression in 30 requests');
  });
});
