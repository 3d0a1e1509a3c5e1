/** Every part of every network: its gradients, its two forms, and what it is for. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../../src/core/matrix.ts';
import { randomFrom } from '../../../../src/core/random.ts';
import { logLoss } from '../../../../src/models/ctr/metrics.ts';
import { weights } from '../../../../src/models/gan/layers.ts';
import type { Weights } from '../../../../src/models/gan/layers.ts';
import { selectExamples } from '../../../../src/models/supervised/examples.ts';
import type { LabelledExamples } from '../../../../src/models/supervised/examples.ts';
import { NETWORK_KINDS, architecture } from '../../../../src/models/supervised/networks/architectures.ts';
import { networkClassifier } from '../../../../src/models/supervised/networks/classifier.ts';
import { inputDesign, inputsOf } from '../../../../src/models/supervised/networks/inputs.ts';
import { logitsOf, plainTowers, tensorTowers } from '../../../../src/models/supervised/networks/network.ts';
import { pairsPart } from '../../../../src/models/supervised/networks/pairs.ts';
import { createClassifier } from '../../../../src/models/supervised/registry.ts';
import { openTensorGate } from '../../../../src/models/tensor.ts';
import type { TensorGate } from '../../../../src/models/tensor.ts';
import { checkGradients } from '../../../support/gradients.ts';
import { madeUp } from '../made-up.ts';

const SMALL = { embedding: 3, hidden: [5, 4] };
const rows = madeUp(40, 2, 'networks');
/** A second field, and a sequence whose events are compared with nothing. */
rows.fields = [...rows.fields, { name: 'other', levels: 3, codes: Int32Array.from(rows.label, (c, i) => (c + i) % 3) }];
rows.sequences = [...rows.sequences, { ...rows.sequences[0], name: 'apart', target: undefined as never }];

/** Weights with nothing left at 0 or near a kink. */
async function shaken({ tf }: TensorGate, list: Weights): Promise<Float32Array[]> {
  const draws = randomFrom('shaken').sequence();
  for (const variable of list.variables) {
    const values = Float32Array.from({ length: variable.size }, () => 0.4 * draws.normal());
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
  return Promise.all(list.variables.map(async (one) => (await one.data()).slice() as Float32Array));
}

describe.each(['wasm', 'cpu'])('on %s', (id) => {
  const STARTS = [-1, [0.5, -1, 0]];
  const CASES = NETWORK_KINDS.flatMap((kind) => STARTS.map((start) => ({ kind, start })));
  it.each(CASES)(
    '$kind of $start: gradients agree with differences, and plain loops with tensors',
    async ({ kind, start }) => {
      const gate = await openTensorGate([id]);
      const design = inputDesign(rows);
      const shape = architecture(kind, design, SMALL);
      const list = weights(gate.tf, randomFrom('init'));
      const logits = tensorTowers(gate, shape, list, [start]);
      const values = await shaken(gate, list);
      const inputs = inputsOf(design, rows);
      const some = Uint32Array.of(3, 0, 17, 8, 25, 39);
      await checkGradients(gate, () => logits(inputs, some)[0], [], { variables: list.variables });
      const out = gate.tf.tidy(() => logits(inputs, some)[0]);
      const outputs = logitsOf(start);
      const [plain] = plainTowers(shape, [outputs], values);
      const expected = await out.data();
      some.forEach((row, i) =>
        plain(inputs, row).forEach((logit, o) =>
          expect(Math.abs(logit - expected[i * outputs + o])).toBeLessThan(1e-5),
        ),
      );
      out.dispose();
      list.dispose();
    },
  );
});

describe('parts', () => {
  it('a factorisation machine adds up every pair once', () => {
    const design = inputDesign({ ...rows, sequences: [] });
    const inputs = inputsOf(design, { ...rows, sequences: [] });
    const e = 3;
    const draw = randomFrom('pairs').sequence();
    const numbers = (n: number): Float32Array => Float32Array.from({ length: n }, () => draw.normal());
    const d = design.numbers.columns;
    const [table, ofNumber] = [numbers(design.levels * e), numbers(d * e)];
    const out = new Float64Array(1);
    pairsPart({ design, embedding: e }).use(() => ofNumber, table)(inputs, 5, out, 0);
    const vectors = [
      ...Array.from({ length: d }, (_, j) =>
        [...ofNumber.subarray(j * e, (j + 1) * e)].map((v) => v * inputs.numbers[5 * d + j]),
      ),
      ...[0, 1].map((f) => [...table.subarray(inputs.codes[10 + f] * e, (inputs.codes[10 + f] + 1) * e)]),
    ];
    let sum = 0;
    vectors.forEach((v, i) => vectors.slice(i + 1).forEach((w) => v.forEach((x, j) => (sum += x * w[j]))));
    expect(out[0]).toBeCloseTo(sum, 4);
  });

  it('numbers are held inside the range learned from; unseen codes and events are padding', () => {
    const design = inputDesign(rows);
    const strange = selectExamples(rows, [0, 1]);
    strange.numeric.data.fill(1e9);
    strange.fields[0].codes.fill(77);
    strange.sequences[0].codes.fill(99);
    const inputs = inputsOf(design, strange);
    expect(Math.max(...inputs.numbers)).toBe(Math.fround(Math.max(...design.high)));
    expect(inputs.codes[0]).toBe(design.fields[0].first);
    const n = inputs.sequences[0].length[1];
    expect([...inputs.sequences[0].codes.subarray(8 - n, 8)]).toEqual(Array(n).fill(design.fields[0].first));
  });
});

/** Clicks on what was looked at last, which a bag of events can't know: 6 events fall evenly on 4 levels. */
function lastMatters(size: number, seed: string): LabelledExamples {
  const draw = randomFrom(seed).sequence();
  const T = 6;
  const codes = Int32Array.from({ length: size }, () => 1 + draw.integer(4));
  const events = Int32Array.from({ length: size * T }, () => 1 + draw.integer(4));
  const label = Int32Array.from({ length: size }, (_, i) =>
    draw.uniform() < (events[i * T + T - 1] === codes[i] ? 0.8 : 0.2) ? 1 : 0,
  );
  return {
    size,
    numeric: matrix(size, 0),
    numericNames: [],
    fields: [{ name: 'shown', levels: 5, codes }],
    sequences: [
      { name: 'seen', levels: 5, steps: T, codes: events, length: new Int32Array(size).fill(T), target: 'shown' },
    ],
    label,
    classes: 2,
    classNames: ['no click', 'click'],
  };
}

describe('what each is for', () => {
  it('attention and recurrence know which event was the last; a bag of events does not', async () => {
    const [train, test] = [lastMatters(2000, 'train'), lastMatters(1000, 'test')];
    const lossOf = async (kind: string): Promise<number> => {
      const quick = { hidden: [16], embedding: 4, batch: 128, epochs: 25, learningRate: 0.02 };
      const model = createClassifier({ kind, ...quick });
      await model.fit(train, randomFrom('fit'));
      const out = matrix(test.size, 1);
      model.predict(test, out);
      return logLoss(out.data, test.label);
    };
    // A click rate of 0.35 has an entropy of 0.647; knowing the last event, one of 0.500.
    expect(await lossOf('mlp')).toBeGreaterThan(0.59);
    expect(await lossOf('din')).toBeLessThan(0.54);
    expect(await lossOf('gru')).toBeLessThan(0.54);
  });

  it('weights count: rows of weight 0 teach nothing but the scale of numbers', async () => {
    const train = lastMatters(600, 'weighted');
    const twisted = { ...train, label: train.label.slice(), weight: new Float64Array(600).fill(1) };
    for (let i = 0; i < 600; i += 2) [twisted.label[i], twisted.weight[i]] = [0, 0];
    const settings = { kind: 'mlp', hidden: [8], embedding: 4, batch: 600, epochs: 30, patience: 30 } as const;
    const model = networkClassifier({ ...settings, learningRate: 0.02, weightDecay: 0 });
    await model.fit(twisted, randomFrom('fit'), train);
    const out = matrix(600, 1);
    model.predict(train, out);
    const rate = train.label.filter((_, i) => i % 2 === 1).reduce((sum, y) => sum + y, 0) / 300;
    expect(out.data.reduce((sum, p) => sum + p, 0) / 600).toBeCloseTo(rate, 1);
  });
});
