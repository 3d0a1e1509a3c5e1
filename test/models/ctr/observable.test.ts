import { describe, expect, it } from 'vitest';
import { slice } from '../../../src/core/log.ts';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { observable } from '../../../src/models/ctr/observable.ts';
import { toyLog } from '../../support/toy-log.ts';

const BLUR = 0.5;
const LEARNED = 12_000;

/** E[truth | context] of the toy world: z given x is normal with mean x/(1 + b²) and variance b²/(1 + b²). */
function exact(x: number, angle: number, action: number, k: number): number {
  const shrink = 1 / (1 + BLUR * BLUR);
  const spread = BLUR * Math.sqrt(shrink);
  let mean = 0;
  let mass = 0;
  for (let t = -6; t <= 6; t += 0.05) {
    const weight = Math.exp(-0.5 * t * t);
    const z = shrink * x + spread * t;
    mean += weight / (1 + Math.exp(-(-1.5 + 1.2 * (0.25 * (action / k) + z + 0.4 * z * Math.sin(angle)))));
    mass += weight;
  }
  return mean / mass;
}

describe('observable', async () => {
  const { log: whole, ...setup } = toyLog({ rows: LEARNED + 3000, blur: BLUR, seed: 'observable' });
  const k = setup.actions.size;
  const d = setup.contextNames.length;
  const model = observable(setup);
  const report = await model.fit(slice(whole, 0, LEARNED), randomFrom('fit'));
  const test = slice(whole, LEARNED, whole.size);
  const predicted = matrix(test.size, k);
  model.predict(test.requests, predicted);
  const best = matrix(test.size, k);
  for (let i = 0; i < test.size; i++) {
    const angle = (2 * Math.PI * test.requests.hour[i]) / 24;
    for (let a = 0; a < k; a++) best.data[i * k + a] = exact(test.requests.context.data[i * d + a], angle, a, k);
  }
  const greedyValue = (q: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < test.size; i++) {
      const row = q.subarray(i * k, (i + 1) * k);
      sum += test.truth?.data[i * k + row.indexOf(Math.max(...row))] ?? NaN;
    }
    return sum / test.size;
  };

  it('comes within 0.03 of E[truth | context] on average, and explains what can be explained', () => {
    const squares = best.data.map((value, c) => (value - predicted.data[c]) ** 2);
    expect(Math.sqrt(squares.reduce((sum, s) => sum + s, 0) / squares.length)).toBeLessThan(0.03);
    const truth = test.truth?.data ?? new Float64Array();
    const mean = truth.reduce((sum, v) => sum + v, 0) / truth.length;
    const share = (q: Float64Array): number =>
      1 - truth.reduce((s, v, c) => s + (v - q[c]) ** 2, 0) / truth.reduce((s, v) => s + (v - mean) ** 2, 0);
    expect(share(predicted.data)).toBeGreaterThan(share(best.data) - 0.03);
    expect(Math.abs(report.heldOutR2 - share(predicted.data))).toBeLessThan(0.05);
  });

  it('is from below: its greedy policy earns at most what the exact one does, and at least 98 % of it', () => {
    expect(greedyValue(predicted.data)).toBeLessThanOrEqual(greedyValue(best.data) * 1.003);
    expect(greedyValue(predicted.data)).toBeGreaterThan(0.98 * greedyValue(best.data));
  });

  it('chooses among several fits by what they miss', () => {
    expect(report.validationLoss.length).toBeGreaterThan(10);
    expect(1 - report.heldOutR2).toBeCloseTo(Math.min(...report.validationLoss), 12);
  });

  it('works for rewards that are no probabilities, and for a log of few rows', async () => {
    const { log } = toyLog({ rows: 40 });
    log.truth?.data.forEach((value, c, data) => (data[c] = 100 * value - 30));
    const money = observable(setup);
    await money.fit(log, randomFrom('fit'));
    const out = matrix(log.size, k);
    money.predict(log.requests, out);
    expect([...out.data].every((value) => Number.isFinite(value))).toBe(true);
    expect(Math.min(...out.data)).toBeLessThan(0);
  });
});
