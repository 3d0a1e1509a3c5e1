/** Smaller forms of one network: each against plain arithmetic, and what the table says of them. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../../src/core/contracts.ts';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { distil } from '../../../src/models/compression/distilled.ts';
import { prune, sparseScorer } from '../../../src/models/compression/pruned.ts';
import { quantise, quantisedScorer } from '../../../src/models/compression/quantised.ts';
import { halfScorer, parameterCount, singleScorer } from '../../../src/models/compression/scorer.ts';
import type { Scorer } from '../../../src/models/compression/scorer.ts';
import { compressionTable } from '../../../src/models/compression/table.ts';
import { networkOutputs } from '../../../src/models/ctr/network.ts';
import type { DenseLayer } from '../../../src/models/ctr/network.ts';

const random = randomFrom('compression');

function netOf(sizes: readonly number[], seed = 0): DenseLayer[] {
  return sizes.slice(1).map((outputs, l) => {
    const inputs = sizes[l];
    const source = random.stream('net', 100 * seed + l);
    const weights = Float64Array.from(
      { length: inputs * outputs },
      (_, w) => source.normal(w, 0) * Math.sqrt(2 / inputs),
    );
    return {
      inputs,
      outputs,
      weights,
      bias: Float64Array.from({ length: outputs }, (_, o) => 0.1 * source.normal(o, 1)),
    };
  });
}

function rowsOf(rows: number, columns: number, name = 'rows'): Matrix {
  const source = random.stream(name);
  return matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, (_, i) => source.normal(i, 0)),
  );
}

const outputs = (scorer: Scorer, inputs: Matrix): Float64Array => {
  const out = new Float64Array(inputs.rows);
  scorer.predict(inputs, out);
  return out;
};
const logit = (p: number): number => Math.log(p / (1 - p));
/** Labels drawn from the odds that a network states: the network knows all there is to know. */
const labelsOf = (odds: Float64Array, name: string): Uint8Array =>
  Uint8Array.from(odds, (p, i) => Number(random.stream(name).uniform(i, 0) < p));

const teacher = netOf([12, 32, 16, 1]);
const inputs = rowsOf(4000, 12);

describe('forms of plain weights', () => {
  it('single precision and halves are the network itself with rounded weights', () => {
    const exact = networkOutputs(teacher, inputs);
    const single = outputs(singleScorer(teacher), inputs);
    const half = outputs(halfScorer(teacher), inputs);
    const furthest = (other: Float64Array): number =>
      other.reduce((most, p, i) => Math.max(most, Math.abs(p - exact[i])), 0);
    expect(furthest(single)).toBeLessThan(1e-6);
    expect(furthest(half)).toBeLessThan(2e-3);
    expect(furthest(half)).toBeGreaterThan(furthest(single));
    const count = 12 * 32 + 32 + 32 * 16 + 16 + 16 + 1;
    expect([parameterCount(teacher), singleScorer(teacher).bytes, halfScorer(teacher).bytes]).toEqual([
      count,
      4 * count,
      2 * count,
    ]);
  });
});

describe('eight bits', () => {
  it('keep every weight within half a level of its output’s scale', () => {
    for (const [l, layer] of quantise(teacher).entries()) {
      for (let o = 0; o < layer.outputs; o++) {
        for (let j = 0; j < layer.inputs; j++) {
          const kept = layer.weights[j * layer.outputs + o] * layer.scale[o];
          expect(Math.abs(kept - teacher[l].weights[j * layer.outputs + o])).toBeLessThanOrEqual(
            0.501 * layer.scale[o],
          );
        }
      }
    }
  });

  it('compute what plain arithmetic on the rounded numbers does, exactly', () => {
    const [layer] = netOf([7, 1]);
    const [{ weights, scale, bias }] = quantise([layer]);
    const row = rowsOf(1, 7);
    const unit = row.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0) / 127;
    const levels = row.data.map((v) => Math.round(v / unit));
    const sum = levels.reduce((total, q, j) => total + q * weights[j], 0);
    const [p] = outputs(quantisedScorer([layer]), row);
    expect(logit(p)).toBeCloseTo(sum * unit * scale[0] + bias[0], 10);
  });

  it('stay near the network, at a quarter of its bytes', () => {
    const exact = networkOutputs(teacher, inputs);
    const rounded = outputs(quantisedScorer(teacher), inputs);
    const far = exact.reduce((sum, p, i) => sum + Math.abs(logit(p) - logit(rounded[i])), 0) / exact.length;
    expect(far).toBeLessThan(0.03);
    expect(quantisedScorer(teacher).bytes / singleScorer(teacher).bytes).toBeLessThan(0.35);
  });

  it('of zeros are zeros; what has no eight bits is refused', () => {
    const zeros = [{ inputs: 2, outputs: 1, weights: new Float64Array(2), bias: Float64Array.of(0) }];
    expect([...outputs(quantisedScorer(zeros), matrix(1, 2, Float64Array.of(0, 0)))]).toEqual([0.5]);
    expect(() => quantise([{ ...zeros[0], weights: Float64Array.of(1, NaN) }])).toThrow(
      /layer 0 has a weight that is not finite/,
    );
    expect(() =>
      quantise([{ inputs: 200_000, outputs: 1, weights: new Float64Array(200_000), bias: Float64Array.of(0) }]),
    ).toThrow(/more than 133000/);
  });
});

describe('pruning', () => {
  it('takes the smallest weights of each layer, and no bias', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.99, noNaN: true }), fc.nat(9), (share, seed) => {
        const net = netOf([5, 6, 1], seed);
        prune(net, share).forEach((layer, l) => {
          const gone = net[l].weights.filter((_, w) => layer.weights[w] === 0).map(Math.abs);
          const left = layer.weights.filter((w) => w !== 0).map(Math.abs);
          expect(gone.length).toBe(Math.round(share * layer.weights.length));
          expect(Math.max(0, ...gone)).toBeLessThanOrEqual(Math.min(...left, Infinity));
          expect(layer.bias).toEqual(net[l].bias);
        });
      }),
      { numRuns: 50 },
    );
    for (const share of [1, -0.1, NaN]) expect(() => prune(teacher, share)).toThrow(/is not a share in \[0, 1\)/);
  });

  it('computes sparsely what the pruned network says', () => {
    const pruned = prune(teacher, 0.7);
    const expected = outputs(singleScorer(pruned), inputs);
    const actual = outputs(sparseScorer(pruned, 'pruned'), inputs);
    actual.forEach((p, i) => expect(p).toBeCloseTo(expected[i], 6));
    expect(sparseScorer(pruned, 'pruned').bytes).toBeLessThan(0.6 * singleScorer(teacher).bytes);
  });
});

describe('distillation', () => {
  it('teaches a small network more than few labels do', () => {
    const few = rowsOf(600, 12, 'few');
    const odds = networkOutputs(teacher, few);
    const labels = labelsOf(odds, 'few-labels');
    const options = { hidden: [8], epochs: 30 };
    const taught = distil(few, odds, labels, { ...options, share: 1 }, random.stream('student'));
    const alone = distil(few, odds, labels, { ...options, share: 0 }, random.stream('student'));
    const exact = networkOutputs(teacher, inputs);
    const truth = labelsOf(exact, 'truth');
    const [, a, b] = compressionTable(
      [singleScorer(teacher), singleScorer(taught, 'taught'), singleScorer(alone, 'alone')],
      inputs,
      truth,
    );
    expect(a.logLoss.value).toBeLessThan(b.logLoss.value);
    expect(a.auc.value).toBeGreaterThan(b.auc.value);
    expect(a.bytes).toBe(4 * (12 * 8 + 8 + 8 + 1));
    expect(distil(few, odds, labels, { ...options, share: 1 }, random.stream('student'))).toEqual(taught);
  });
});

describe('the table', () => {
  const truth = labelsOf(networkOutputs(teacher, inputs), 'truth');
  const broken: Scorer = { ...singleScorer(netOf([12, 4, 1], 3)), name: 'another network' };
  const table = compressionTable(
    [singleScorer(teacher), halfScorer(teacher), sparseScorer(prune(teacher, 0.95), 'pruned'), broken],
    inputs,
    truth,
  );

  it('holds every form against the first: harm shows beyond its interval, rounding does not', () => {
    const [first, half, pruned, other] = table;
    expect(first.aucGain).toEqual({ value: 0, interval: [0, 0] });
    expect(half.logLossLost.interval?.[0]).toBeLessThan(1e-3);
    expect(Math.abs(half.aucGain.value)).toBeLessThan(1e-3);
    for (const row of [pruned, other]) {
      expect(row.logLossLost.interval?.[0]).toBeGreaterThan(0.01);
      expect(row.aucGain.interval?.[1]).toBeLessThan(0);
    }
    expect(first.microsecondsOfOne).toBeNull();
  });

  it('measures time with the clock it is given: medians a row', () => {
    let now = 0;
    const clock = (): number => (now += 0.5);
    const [{ microsecondsOfOne, microsecondsOfMany }] = compressionTable([singleScorer(teacher)], inputs, truth, {
      clock,
    });
    expect(microsecondsOfOne).toBeCloseTo(500 / 200, 9);
    expect(microsecondsOfMany).toBeCloseTo(500 / 1024, 9);
  });

  it('refuses rows of one class, and forms that predict no number', () => {
    expect(() => compressionTable([singleScorer(teacher)], inputs, new Uint8Array(4000))).toThrow(
      /one class only; take more/,
    );
    const bad = teacher.map((layer) => ({ ...layer, bias: layer.bias.map(() => NaN) }));
    expect(() => compressionTable([singleScorer(bad)], inputs, truth)).toThrow(
      /float32 predicts NaN for row 0; check its weights/,
    );
  });
});
