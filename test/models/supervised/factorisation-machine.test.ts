import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import type { SparseRows } from '../../../src/models/ctr/newton.ts';
import type { LabelledExamples } from '../../../src/models/supervised/examples.ts';
import { adagradSteps, blockOf, scoreRow, stepRow } from '../../../src/models/supervised/factor-scores.ts';
import { factorisationMachine } from '../../../src/models/supervised/factorisation-machine.ts';
import type { FactorisationSettings } from '../../../src/models/supervised/factorisation-machine.ts';
import { logisticClassifier } from '../../../src/models/supervised/logistic.ts';
import { madeUp } from './made-up.ts';

const SETTINGS: FactorisationSettings = {
  kind: 'fm',
  factors: 4,
  learningRate: 0.1,
  l2: 1e-4,
  epochs: 30,
  patience: 3,
};

const ROWS: SparseRows = {
  rows: 1,
  columns: 5,
  width: 4,
  index: Int32Array.of(0, 3, 1, 4),
  value: Float64Array.of(0.7, -1.2, 0, 1),
};

/** Eq. 1 as it is written, pair by pair. */
function byDefinition(parameters: Float64Array, factors: number, from: number): number {
  const x = [0.7, 0, 0, -1.2, 1];
  let score = parameters[from];
  for (let i = 0; i < 5; i++) {
    score += parameters[from + 1 + i] * x[i];
    for (let j = 0; j < i; j++) {
      let product = 0;
      for (let f = 0; f < factors; f++) {
        product += parameters[from + 6 + i * factors + f] * parameters[from + 6 + j * factors + f];
      }
      score += product * x[i] * x[j];
    }
  }
  return score;
}

describe.each([1, 3])('a row of %i outputs', (outputs) => {
  const shape = { columns: 5, factors: 3, outputs };
  const block = blockOf(shape);
  const draw = randomFrom('fm').sequence();
  const parameters = Float64Array.from({ length: outputs * block }, () => 0.4 * draw.normal());
  const lossOf = (weights: Float64Array, label: number): number => {
    const scores = Array.from({ length: outputs }, (_, o) => byDefinition(weights, 3, o * block));
    if (outputs === 1) return Math.log1p(Math.exp(label === 1 ? -scores[0] : scores[0]));
    return Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0)) - scores[label];
  };

  it('is scored as the pairs say', () => {
    const odds = new Float64Array(outputs);
    scoreRow(shape, parameters, ROWS, 0, new Float64Array(3), odds);
    const label = outputs - 1;
    expect(-Math.log(outputs === 1 ? 1 - odds[0] : odds[label])).toBeCloseTo(lossOf(parameters, label), 12);
  });

  it('steps along the gradient of the loss: finite differences', () => {
    const label = 1 % (outputs + 1);
    const odds = new Float64Array(outputs);
    const moved = parameters.slice();
    // So short a step that the gradient is the same throughout.
    const steps = adagradSteps(moved, { learningRate: 1e-7, l2: 0 });
    scoreRow(shape, moved, ROWS, 0, new Float64Array(3), odds);
    stepRow(shape, moved, ROWS, 0, label, 2, odds, new Float64Array(3), steps);
    parameters.forEach((value, p) => {
      const gradient = ((value - moved[p]) / 1e-7) * Math.sqrt(steps.squares[p]);
      const [up, down] = [1e-5, -1e-5].map((by) => lossOf(parameters.with(p, value + by), label));
      expect(gradient).toBeCloseTo((2 * (up - down)) / 2e-5, 5);
    });
  });
});

describe('a factorisation machine', () => {
  /** The label depends on two fields together alone. */
  function pairsOnly(seed: string): LabelledExamples {
    const rows = madeUp(1500, 2, seed);
    rows.numeric.data.fill(0);
    const draw = randomFrom(seed).sequence();
    const code = (): Int32Array => Int32Array.from({ length: 1500 }, () => 1 + draw.integer(4));
    const [a, b] = [code(), code()];
    rows.fields = [
      { name: 'a', levels: 5, codes: a },
      { name: 'b', levels: 5, codes: b },
    ];
    rows.label = a.map((one, i) => Number(draw.uniform() < ((one + b[i]) % 2 === 0 ? 0.9 : 0.1)));
    return rows;
  }

  it('learns what two fields say together, which no linear model can', async () => {
    const [train, test] = [pairsOnly('train'), pairsOnly('test')];
    const loss = async (model: ReturnType<typeof factorisationMachine>): Promise<number> => {
      await model.fit(train, randomFrom('fit'));
      const odds = matrix(test.size, 1);
      model.predict(test, odds);
      return odds.data.reduce((sum, p, i) => sum - Math.log(test.label[i] === 1 ? p : 1 - p), 0) / test.size;
    };
    // The truth has an entropy of 0.325 nats.
    expect(await loss(factorisationMachine(SETTINGS))).toBeLessThan(0.37);
    expect(await loss(logisticClassifier({ kind: 'logistic', l2: 1 }))).toBeGreaterThan(0.68);
  });

  it('keeps the epoch that did best on the rows given, and stops after its patience', async () => {
    const [train, held] = [madeUp(300, 2, 'train'), madeUp(300, 2, 'held')];
    const model = factorisationMachine({ ...SETTINGS, learningRate: 0.5, l2: 0, epochs: 200 });
    const { validationLoss } = await model.fit(train, randomFrom('fit'), held);
    const odds = matrix(held.size, 1);
    model.predict(held, odds);
    const loss = odds.data.reduce((sum, p, i) => sum - Math.log(held.label[i] === 1 ? p : 1 - p), 0) / held.size;
    const least = Math.min(...validationLoss);
    expect(loss).toBeCloseTo(least, 12);
    expect(validationLoss.length).toBe(validationLoss.indexOf(least) + 1 + 3);
  });
});
