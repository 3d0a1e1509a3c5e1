/**
 * What every learned model must keep to. Each law is a function that throws where a model breaks it, so that broken
 * models can be shown to be caught (test/models/ctr/contract.test.ts does).
 */
import { describe, expect, it } from 'vitest';
import type { ImpressionLog, Matrix, Requests, TrainableModel } from '../../src/core/contracts.ts';
import { InputError } from '../../src/core/errors.ts';
import { slice } from '../../src/core/log.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import type { ModelSetup } from '../../src/models/ctr/labels.ts';
import { areaUnderCurve } from '../../src/models/ctr/metrics.ts';
import { toyLog } from '../support/toy-log.ts';
import type { ToyOptions } from '../support/toy-log.ts';

/** A fresh, untrained model. */
export type MakeModel = (setup: ModelSetup) => TrainableModel;

export interface ModelLaws {
  /** Learns clicks: predictions are probabilities, and a log of one class is refused. */
  clicks: boolean;
  /** Least AUC on fresh rows of the toy world, where the truth has 0.77 and the best that can be seen 0.73. */
  leastAuc: number;
  /** Predictions are the values of few leaves: equal ones are no sign of rows mixed up. */
  leaves?: boolean;
}

const WORLD: ToyOptions = { rows: 6000, seed: 'contract' };
const LEARNED = 4500;

/** Registers the contract suite. */
export function modelContract(name: string, make: MakeModel, laws: ModelLaws): void {
  describe(`${name} keeps the model contract`, () => {
    it('predicts each row on its own, changes nothing, and says the same again', () =>
      expect(rowsStandAlone(make, laws.leaves)).resolves.toBeUndefined());
    it('fits the same from the same log and random source', () =>
      expect(fitIsDeterministic(make)).resolves.toBeUndefined());
    it(`finds a planted signal: AUC at least ${laws.leastAuc}`, () =>
      expect(findsSignal(make, laws.leastAuc)).resolves.toBeUndefined());
    it('recovers the base rate where there is nothing to learn', () =>
      expect(recoversBaseRate(make)).resolves.toBeUndefined());
    it('refuses logs it cannot learn from in one sentence', () =>
      expect(refusesBadLogs(make, laws.clicks)).resolves.toBeUndefined());
    it('refuses to predict before it was fitted', () => {
      const { log, actions, contextNames } = toyLog({ rows: 30 });
      expect(() => predictions(make({ actions, contextNames }), log.requests, 5)).toThrow('before fit');
    });
    it.runIf(laws.clicks)('predicts probabilities', () => expect(predictsProbabilities(make)).resolves.toBeUndefined());
  });
}

/** predict is pure, and a batch is its rows one by one, to the last bit. */
export async function rowsStandAlone(make: MakeModel, leaves = false): Promise<void> {
  const { log, fitted } = await fit(make, { ...WORLD, rows: 1500 });
  const k = log.spec.actions.length;
  const before = Float64Array.from(log.requests.context.data);
  const whole = predictions(fitted, log.requests, k);
  for (let i = 0; i < log.size; i += 37) {
    const alone = predictions(fitted, slice(log, i, i + 1).requests, k);
    expect([...alone]).toEqual([...whole.subarray(i * k, (i + 1) * k)]);
  }
  expect(predictions(fitted, log.requests, k)).toEqual(whole);
  expect(log.requests.context.data).toEqual(before);
  expect(new Set(whole).size).toBeGreaterThan(leaves ? 2 : log.size);
}

/** Two fresh models agree to the last bit. */
export async function fitIsDeterministic(make: MakeModel): Promise<void> {
  const options = { ...WORLD, rows: 1500 };
  const [a, b] = [await fit(make, options), await fit(make, options)];
  expect(predictions(b.fitted, b.log.requests, 5)).toEqual(predictions(a.fitted, a.log.requests, 5));
  expect(b.report).toEqual(a.report);
  expect(a.report.rows).toBeGreaterThan(0);
}

/** On rows not learned from. The seed is fixed, so this never fails by chance. */
export async function findsSignal(make: MakeModel, leastAuc: number): Promise<void> {
  const { log: whole, actions, contextNames } = toyLog(WORLD);
  const model = make({ actions, contextNames });
  await model.fit(slice(whole, 0, LEARNED), randomFrom('fit'));
  const test = slice(whole, LEARNED, whole.size);
  const k = actions.size;
  const all = predictions(model, test.requests, k);
  const shown = Float64Array.from({ length: test.size }, (_, i) => all[i * k + test.decisions.action[i]]);
  expect(areaUnderCurve(shown, test.outcomes.click)).toBeGreaterThan(leastAuc);
}

/**
 * Where every click has the same odds, the mean prediction is the log's click rate within 4 standard errors (α = 6e-5
 * for a model that gives back the mean of four fifths of the rows), and predictions hardly vary.
 */
export async function recoversBaseRate(make: MakeModel): Promise<void> {
  const { log, fitted } = await fit(make, { ...WORLD, signal: 0 });
  const all = predictions(fitted, log.requests, 5);
  const mean = all.reduce((sum, p) => sum + p, 0) / all.length;
  const rate = 1 / (1 + Math.exp(1.5));
  const error = Math.sqrt((rate * (1 - rate)) / (0.8 * log.size));
  expect(Math.abs(mean - rate)).toBeLessThan(4 * error);
  const spread = Math.sqrt(all.reduce((sum, p) => sum + (p - mean) ** 2, 0) / all.length);
  expect(spread).toBeLessThan(0.1);
}

/** Each bad log is refused with an `InputError`. */
export async function refusesBadLogs(make: MakeModel, clicks: boolean): Promise<void> {
  const { actions, contextNames, log } = toyLog({ rows: 300 });
  const spoilt = (spoil: (log: ImpressionLog) => ImpressionLog | void): ImpressionLog => {
    const fresh = toyLog({ rows: 300 }).log;
    return spoil(fresh) ?? fresh;
  };
  const bad: [ImpressionLog, RegExp][] = [
    [slice(log, 0, 0), /no rows/],
    [spoilt((l) => void (l.requests.context.data[7] = NaN)), /row 0: context "noise-0" is NaN/],
    [spoilt((l) => void (l.requests.context.data[9] = Infinity)), /row 1: context .* is Infinity/],
    [toyLog({ rows: 300, noiseColumns: 1 }).log, /8 context columns, but the model was set up for 9/],
    [toyLog({ rows: 300, actions: 4, noiseColumns: 3 }).log, /4 actions, but the model was set up for 5/],
  ];
  if (clicks) {
    bad.push(
      [spoilt((l) => void l.outcomes.click.fill(0)), /no click in 300 impressions/],
      [spoilt((l) => void l.outcomes.click.fill(1)), /only clicks in 300 impressions/],
      [spoilt((l) => void l.outcomes.won.fill(0)), /none of the 300 requests was won/],
      [spoilt((l) => void (l.decisions.action[3] = 5)), /row 3: action 5 does not exist/],
      [spoilt((l) => void (l.outcomes.click[2] = 2)), /row 2: click is 2/],
    );
  } else {
    bad.push([spoilt(({ truth: _truth, ...rest }) => rest), /truth/]);
    bad.push([spoilt((l) => void (l.truth && (l.truth.data[11] = NaN))), /row 2: its truth is NaN/]);
  }
  for (const [wrong, sentence] of bad) {
    // oxlint-disable-next-line no-await-in-loop
    const error = await make({ actions, contextNames })
      .fit(wrong, randomFrom('fit'))
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toMatch(sentence);
  }
}

/** In [0, 1] and finite, far outside of what was seen as well. */
export async function predictsProbabilities(make: MakeModel): Promise<void> {
  const { log, fitted } = await fit(make, { ...WORLD, rows: 1500 });
  log.requests.context.data.forEach((value, c, data) => (data[c] = value * 10 ** (c % 7)));
  for (const p of predictions(fitted, log.requests, 5)) {
    if (!(p >= 0 && p <= 1)) throw new Error(`${fitted.name}: ${p} is not a probability`);
  }
}

async function fit(
  make: MakeModel,
  options: ToyOptions,
): Promise<{ log: ImpressionLog; fitted: TrainableModel; report: Awaited<ReturnType<TrainableModel['fit']>> }> {
  const { log, actions, contextNames } = toyLog(options);
  const fitted = make({ actions, contextNames });
  return { log, fitted, report: await fitted.fit(log, randomFrom('fit')) };
}

function predictions(model: TrainableModel, requests: Requests, k: number): Float64Array {
  const out: Matrix = matrix(requests.size, k);
  out.data.fill(NaN);
  model.predict(requests, out);
  return out.data;
}
