import { describe, expect, it } from 'vitest';
import { matrix } from '../../../../src/core/matrix.ts';
import { randomFrom } from '../../../../src/core/random.ts';
import { selectExamples } from '../../../../src/models/supervised/examples.ts';
import type { LabelledExamples } from '../../../../src/models/supervised/examples.ts';
import { ftrlProximal } from '../../../../src/models/supervised/online/ftrl-proximal.ts';
import type { FtrlRates } from '../../../../src/models/supervised/online/ftrl-proximal.ts';
import { ftrl } from '../../../../src/models/supervised/online/ftrl.ts';
import type { FtrlSettings } from '../../../../src/models/supervised/online/ftrl.ts';
import { hashOf } from '../../../../src/core/hash.ts';
import { hashedRows, runningScale } from '../../../../src/models/supervised/online/hashed-rows.ts';
import { madeUp } from '../made-up.ts';

const SETTINGS: FtrlSettings = {
  kind: 'ftrl',
  alpha: 0.1,
  beta: 1,
  l1: 0,
  l2: 0,
  bits: 16,
  pairs: false,
  ngrams: 1,
  passes: 1,
};

/**
 * The definition that algorithm 1 computes step by step: each weight is the argmin of g₁:ₜ·w + ½ Σ σₛ (w − wₛ)² + λ₁|w| + λ₂/2 w²
 * (McMahan et al. 2013, § 3.1), found by golden section from the whole history. `rows` are dense.
 */
function byDefinition(rows: number[][], labels: number[], { alpha, beta, l1, l2 }: FtrlRates): number[] {
  const d = rows[0].length;
  const history: { g: number; w: number }[][] = Array.from({ length: d }, () => []);
  let weights = rows[0].map(() => 0);
  const odds: number[] = [];
  rows.forEach((x, t) => {
    const p = 1 / (1 + Math.exp(-x.reduce((sum, v, j) => sum + v * weights[j], 0)));
    odds.push(p);
    x.forEach((v, j) => history[j].push({ g: (p - labels[t]) * v, w: weights[j] }));
    weights = history.map((steps) => {
      const rate = (upTo: number): number =>
        (beta + Math.sqrt(steps.slice(0, upTo).reduce((sum, { g }) => sum + g * g, 0))) / alpha;
      const objective = (w: number): number =>
        steps.reduce((sum, { g, w: then }, s) => {
          // σ₁ holds β as well, which the closed form counts from the start at w = 0.
          const sigma = rate(s + 1) - (s === 0 ? 0 : rate(s));
          return sum + g * w + (sigma / 2) * (w - then) ** 2;
        }, 0) +
        l1 * Math.abs(w) +
        (l2 / 2) * w * w;
      let [low, high] = [-20, 20];
      for (let s = 0; s < 120; s++) {
        const [a, b] = [low + (high - low) * 0.381966, low + (high - low) * 0.618034];
        if (objective(a) < objective(b)) high = b;
        else low = a;
      }
      return (low + high) / 2;
    });
  });
  return odds;
}

describe('FTRL-Proximal', () => {
  it.each([
    { alpha: 0.5, beta: 1, l1: 0, l2: 0 },
    { alpha: 0.3, beta: 0.5, l1: 0.4, l2: 0.7 },
  ])('takes the steps of its definition: %j', (rates) => {
    const draw = randomFrom('ftrl').sequence();
    const rows = Array.from({ length: 40 }, () => [1, draw.normal(), draw.normal(), draw.uniform() < 0.3 ? 1 : 0]);
    const labels = rows.map(([, a, , c]) => Number(draw.uniform() < 1 / (1 + Math.exp(-a - 2 * c))));
    const online = ftrlProximal({ z: new Float64Array(4), n: new Float64Array(4) }, 1, rates);
    const odds = new Float64Array(1);
    const expected = byDefinition(rows, labels, rates);
    rows.forEach((values, t) => {
      const row = { count: 4, slot: Int32Array.of(0, 1, 2, 3), value: Float64Array.from(values) };
      online.predict(row, odds);
      expect(odds[0]).toBeCloseTo(expected[t], 6);
      online.learn(row, odds, labels[t], 1);
    });
  });

  it('of three classes takes gradients of the softmax', () => {
    const state = { z: new Float64Array(3), n: new Float64Array(3) };
    const online = ftrlProximal(state, 3, { alpha: 1, beta: 1, l1: 0, l2: 0 });
    const row = { count: 1, slot: Int32Array.of(0), value: Float64Array.of(2) };
    const odds = new Float64Array(3);
    online.predict(row, odds);
    odds.forEach((p) => expect(p).toBeCloseTo(1 / 3, 12));
    online.learn(row, odds, 1, 1);
    [2 / 3, -4 / 3, 2 / 3].forEach((g, o) => expect(state.z[o]).toBeCloseTo(g, 12));
  });
});

describe('hashed rows', () => {
  it('are the same however codes are numbered, where levels have labels', () => {
    const rows = madeUp(20, 2, 'rows');
    const field = rows.fields[0];
    const turned = [...(field.labels ?? [])].toReversed();
    const other = {
      ...rows,
      fields: [
        { ...field, labels: turned, codes: field.codes.map((code) => turned.indexOf(field.labels?.[code] ?? '')) },
      ],
    };
    const read = (from: LabelledExamples, i: number): number[] => {
      const { count, slot } = hashedRows(from, 12, SETTINGS, runningScale(3)).read(i);
      return [...slot.subarray(0, count)];
    };
    for (let i = 0; i < 20; i++) expect(read(other, i)).toEqual(read(rows, i));
  });

  it('spread evenly over the slots', () => {
    const counts = new Int32Array(64);
    for (let c = 0; c < 6400; c++) counts[hashOf(`user=${c}`) & 63]++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
    // 63 degrees of freedom: beyond with a chance of 1e-4.
    expect(chiSquare).toBeLessThan(112);
  });
});

describe('the online model', () => {
  const train = madeUp(2000, 2, 'train');

  it('its progressive loss is that of predictions before learning, in any pieces', async () => {
    const whole = ftrl(SETTINGS);
    const { loss } = await whole.fit(train, randomFrom('fit'));
    const piecewise = ftrl(SETTINGS);
    const cuts = [0, 1, 700, 2000];
    const parts = cuts.slice(1).map((to, c) =>
      selectExamples(
        train,
        Array.from({ length: to - cuts[c] }, (_, i) => cuts[c] + i),
      ),
    );
    const sum = parts.reduce((all, part) => all + part.size * piecewise.learn(part), 0);
    expect(sum / 2000).toBeCloseTo(loss[0], 12);
    const out = [whole, piecewise].map((model) => {
      const odds = matrix(2000, 1);
      model.predict(train, odds);
      return odds.data;
    });
    expect(out[1]).toEqual(out[0]);
    // Fresh rows are predicted as well as the stream was, or better: it was judged while it learned.
    const test = madeUp(2000, 2, 'test');
    const odds = matrix(2000, 1);
    whole.predict(test, odds);
    const testLoss = odds.data.reduce((all, p, i) => all - Math.log(test.label[i] === 1 ? p : 1 - p), 0) / 2000;
    expect(testLoss).toBeLessThan(loss[0] + 0.02);
    expect(testLoss).toBeGreaterThan(loss[0] - 0.1);
  });

  it('keeps weights at 0 under a large λ₁', async () => {
    const count = async (l1: number): Promise<number> => {
      const model = ftrl({ ...SETTINGS, l1 });
      await model.fit(train, randomFrom('fit'));
      return model.save().arrays['z'].filter((z) => Math.abs(z) > l1).length;
    };
    expect(await count(100)).toBeLessThan((await count(0)) - 3);
  });

  it('goes on from what was saved', async () => {
    const [one, more] = ['one', 'more'].map((seed) => madeUp(500, 3, seed));
    const model = ftrl(SETTINGS);
    await model.fit(one, randomFrom('fit'));
    const copy = ftrl(SETTINGS, model.save());
    expect(copy.learn(more)).toBe(model.learn(more));
    expect(copy.save()).toEqual(model.save());
    expect(() => copy.learn(madeUp(5, 2, 'two'))).toThrow('2 classes, other than before');
  });

  it('with pairs it learns what two fields say together alone', async () => {
    const rows = madeUp(3000, 2, 'pairs');
    rows.numeric.data.fill(0);
    const codes = rows.fields[0].codes.map((code) => code % 2);
    const other = Int32Array.from({ length: 3000 }, (_, i) => (i >> 1) % 2);
    rows.fields = [
      { name: 'a', levels: 2, codes },
      { name: 'b', levels: 2, codes: other },
    ];
    rows.label = codes.map((code, i) => code ^ other[i]);
    const lossWith = async (pairs: boolean): Promise<number> =>
      (await ftrl({ ...SETTINGS, pairs }).fit(rows, randomFrom('fit'))).loss[0];
    expect(await lossWith(false)).toBeGreaterThan(0.65);
    expect(await lossWith(true)).toBeLessThan(0.2);
  });

  it('reads the words of a text, and with n-grams which one comes first', async () => {
    const draw = randomFrom('words').sequence();
    const size = 2000;
    const words = ['', 'not', 'bad', 'good'];
    // "not good" is bad, "good not" is good: each word alone says nothing.
    const first = Int32Array.from({ length: size }, () => 1 + draw.integer(3));
    const second = first.map((word) => (word === 1 ? 2 + draw.integer(2) : 1));
    const codes = Int32Array.from({ length: 2 * size }, (_, c) => (c % 2 === 0 ? first : second)[c >> 1]);
    const rows: LabelledExamples = {
      ...madeUp(size, 2, 'words'),
      numeric: matrix(size, 0),
      numericNames: [],
      fields: [],
      sequences: [{ name: 'text', levels: 4, steps: 2, codes, length: new Int32Array(size).fill(2), labels: words }],
      label: first.map((word, i) => Number(word === 1 ? second[i] === 2 : word === 3)),
    };
    const lossWith = async (ngrams: number): Promise<number> =>
      (await ftrl({ ...SETTINGS, ngrams }).fit(rows, randomFrom('fit'))).loss[0];
    expect(await lossWith(1)).toBeGreaterThan(0.6);
    expect(await lossWith(2)).toBeLessThan(0.3);
    const unnamed = { ...rows, sequences: [{ ...rows.sequences[0], labels: undefined as never }] };
    const { loss } = await ftrl(SETTINGS).fit(unnamed, randomFrom('fit'));
    expect(loss[0]).toBeGreaterThan(0.68);
  });
});
