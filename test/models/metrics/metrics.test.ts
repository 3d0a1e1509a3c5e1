/** Metrics equal scikit-learn's (sklearn.py wrote sklearn.json); influences are derivatives; intervals cover. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../../src/core/quantiles.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { differenceOf, measured, overFolds } from '../../../src/models/metrics/influence.ts';
import type { Influence } from '../../../src/models/metrics/influence.ts';
import { assess, compare, metricsFor } from '../../../src/models/metrics/metrics.ts';
import { aucInfluence, averagePrecisionInfluence, groupedAuc } from '../../../src/models/metrics/ranking.ts';
import { calibrationInfluence } from '../../../src/models/metrics/scores.ts';
import type { Scored } from '../../../src/models/metrics/scores.ts';

interface Golden {
  two: Record<string, number> & { predicted: number[]; other: number[]; label: number[] };
  three: Record<string, number> & { predicted: number[]; label: number[] };
}
const golden = JSON.parse(readFileSync(new URL('sklearn.json', import.meta.url), 'utf8')) as Golden;

const scored = ({ predicted, label }: { predicted: number[]; label: number[] }, classes: number): Scored => ({
  predicted: Float64Array.from(predicted),
  label: Int32Array.from(label),
  classes,
});
const two = scored(golden.two, 2);
const three = scored(golden.three, 3);
const valueOf = (of: Scored, name: string): number =>
  assess(of).values.find((one) => one.name === name)?.value ?? Number.NaN;
const varianceOf = ({ influence }: Influence): number =>
  influence.reduce((sum, psi) => sum + psi * psi, 0) / influence.length ** 2;

describe('scikit-learn', () => {
  it.each(['auc', 'averagePrecision', 'logLoss', 'brier', 'accuracy', 'normalisedEntropy'])(
    '%s of two classes',
    (name) => {
      expect(valueOf(two, name)).toBeCloseTo(golden.two[name], 12);
    },
  );

  it.each(['auc', 'logLoss', 'brier', 'accuracy'])('%s of three classes', (name) => {
    expect(valueOf(three, name)).toBeCloseTo(golden.three[name], 10);
  });

  it('AUC of three classes where one is not there: the mean of the others', () => {
    const rows = [...three.label.keys()].filter((i) => three.label[i] !== 1);
    const without: Scored = {
      predicted: Float64Array.from(rows.flatMap((i) => [0, 1, 2].map((c) => three.predicted[3 * i + c]))),
      label: Int32Array.from(rows, (i) => three.label[i]),
      classes: 3,
    };
    const of = (c: number): number =>
      aucInfluence(
        rows.map((i) => three.predicted[3 * i + c]),
        rows.map((i) => (three.label[i] === c ? 1 : 0)),
      ).value;
    expect(valueOf(without, 'auc')).toBeCloseTo((of(0) + of(2)) / 2, 12);
  });

  it("DeLong's variance, of one AUC and of a difference, from every pair", () => {
    const one = aucInfluence(two.predicted, two.label);
    expect(varianceOf(one)).toBeCloseTo(golden.two['deLongVariance'], 12);
    const difference = differenceOf(one, aucInfluence(golden.two.other, two.label));
    expect(varianceOf(difference)).toBeCloseTo(golden.two['deLongDifferenceVariance'], 12);
    const half = normalQuantile(0.975) * Math.sqrt(golden.two['deLongVariance']);
    expect(measured(one).interval?.[1]).toBeCloseTo(one.value + half, 12);
  });
});

/** d metric / d weight of row k, by counting row k c times more than all others. */
function derivative(of: (rows: Int32Array) => number, m: number, k: number): number {
  const times = 400;
  const rows = Int32Array.from({ length: m * times + 1 }, (_, i) => (i === m * times ? k : i % m));
  return (of(rows) - of(Int32Array.from({ length: m }, (_, i) => i))) * (m * times + 1);
}

describe('the influence of a row is how its weight moves the metric', () => {
  const group = Int32Array.from({ length: 40 }, (_, i) => i % 6);
  const few = (rows: Int32Array): Scored => ({
    predicted: Float64Array.from(rows, (i) => two.predicted[i]),
    label: Int32Array.from(rows, (i) => two.label[i]),
    classes: 2,
  });
  const first = Int32Array.from({ length: 40 }, (_, i) => i);
  const cases = metricsFor(2).map((one) => [one.name, (rows: Int32Array) => one.of(few(rows))] as const);
  const within = (rows: Int32Array): ReturnType<typeof groupedAuc> => {
    const { predicted, label } = few(rows);
    return groupedAuc(
      predicted,
      label,
      Int32Array.from(rows, (i) => group[i]),
    );
  };

  it.each(cases.filter(([name]) => name !== 'calibrationError'))('%s', (_, of) => {
    const { influence } = of(first);
    expect(Math.abs(influence.reduce((a, b) => a + b))).toBeLessThan(1e-9);
    for (const k of [0, 3, 17, 39]) {
      // A row counted once more moves bounds of classes too: to first order in 1 / 400.
      const slope = derivative((rows) => of(rows).value, 40, k);
      expect(Math.abs(influence[k] - slope)).toBeLessThan(0.03 * (0.3 + Math.abs(slope)));
    }
  });

  it('AUC within groups, summed over the group', () => {
    const { influence, groups, rows } = within(first);
    expect([groups, rows]).toEqual([6, 40]);
    expect(Math.abs(influence.reduce((a, b) => a + b))).toBeLessThan(1e-9);
    const big = first.filter((i) => group[i] === 2);
    const weighted = (times: number): number => {
      const repeated = [...first].flatMap((i) => Array.from({ length: group[i] === 2 ? times : 1 }, () => i));
      // Repeats of a whole group raise its weight and leave its AUC.
      return within(Int32Array.from(repeated)).value;
    };
    const total = big.reduce((sum, i) => sum + influence[i], 0) / 40;
    const aucOfTwo = within(Int32Array.from(big)).value;
    const share = big.length / 40;
    expect(total).toBeCloseTo(share * (aucOfTwo - within(first).value), 12);
    expect(weighted(2)).toBeCloseTo((within(first).value + share * aucOfTwo) / (1 + share), 12);
  });
});

describe('intervals', () => {
  const drawn = (name: string, rows: number): Scored => {
    const draw = randomFrom(name).sequence();
    const predicted = new Float64Array(rows);
    const label = new Int32Array(rows);
    for (let i = 0; i < rows; i++) {
      predicted[i] = 1 / (1 + Math.exp(1.5 - 1.2 * draw.normal()));
      label[i] = draw.uniform() < predicted[i] ? 1 : 0;
    }
    return { predicted, label, classes: 2 };
  };

  // 400 samples of 300 rows: a 95 % interval covers in 0.95 ± 0.033 of them (3 sd; α = 0.3 % for each metric).
  it('cover the value of a big sample', () => {
    const truth = new Map(assess(drawn('truth', 100_000)).values.map(({ name, value }) => [name, value]));
    const hits = new Map<string, number>();
    for (let s = 0; s < 400; s++) {
      for (const { name, interval } of assess(drawn(`sample ${s}`, 300)).values) {
        const [low, high] = interval as [number, number];
        const value = truth.get(name) as number;
        if (low <= value && value <= high) hits.set(name, (hits.get(name) ?? 0) + 1);
      }
    }
    for (const name of ['auc', 'averagePrecision', 'logLoss', 'normalisedEntropy', 'brier', 'accuracy']) {
      const covered = (hits.get(name) as number) / 400;
      expect({ name, fits: covered > 0.917 && covered < 0.984 }).toEqual({ name, fits: true });
    }
  });

  it('of rows that come in copies are as wide as of the rows once, if the copies are one group', () => {
    const rows = Int32Array.from({ length: 300 }, (_, i) => i);
    const copies = Int32Array.from({ length: 1200 }, (_, i) => i % 300);
    const sample = drawn('copies', 300);
    const of = (at: Int32Array, group: Int32Array | undefined): number => {
      const auc = aucInfluence(
        Float64Array.from(at, (i) => sample.predicted[i]),
        Float64Array.from(at, (i) => sample.label[i]),
      );
      const [low, high] = measured(auc, { group }).interval as [number, number];
      return high - low;
    };
    expect(of(copies, copies) / of(rows, undefined)).toBeCloseTo(1, 1);
    expect(of(copies, undefined) / of(rows, undefined)).toBeLessThan(0.55);
  });

  it('ask not how groups are numbered', () => {
    const sample = drawn('numbered', 200);
    const auc = aucInfluence(sample.predicted, sample.label);
    const of = (name: (g: number) => number) =>
      measured(auc, { group: Int32Array.from(sample.label, (_, i) => name(i % 37)) }).interval as [number, number];
    const plain = of((g) => g);
    for (const other of [of((g) => 1e9 - 7 * g), of((g) => g - 20)]) {
      expect(other[0]).toBeCloseTo(plain[0], 12);
      expect(other[1]).toBeCloseTo(plain[1], 12);
    }
  });

  it('are none where a class is missing', () => {
    expect(measured(aucInfluence([0.1, 0.2], [1, 1]))).toEqual({ value: Number.NaN, interval: null });
    expect(averagePrecisionInfluence([0.1, 0.2], [0, 0]).value).toBeNaN();
  });

  it('chance explains the calibration error of a model that means what it says, and of no other', () => {
    const honest = drawn('honest', 4000);
    const { value, chance } = calibrationInfluence(honest);
    expect(value / chance).toBeGreaterThan(0.5);
    expect(value / chance).toBeLessThan(1.6);
    const sure = { ...honest, predicted: honest.predicted.map((p) => 1.5 * p * (1 - p) + p * p) };
    expect(calibrationInfluence(sure).value / calibrationInfluence(sure).chance).toBeGreaterThan(3);
  });
});

describe('weights', () => {
  const draw = randomFrom('weights').sequence();
  const weight = Float64Array.from({ length: 200 }, (_, i) => (i % 7 === 0 ? 0 : draw.integer(4)));
  const copies = Int32Array.from([...weight].flatMap((times, i) => Array.from({ length: times }, () => i)));
  const made = (classes: number): Scored => {
    const outputs = classes === 2 ? 1 : classes;
    // Many are equal; none is what a bin observes, where the sign of the error would be up to rounding.
    const predicted = Float64Array.from({ length: 200 * outputs }, () => (1 + draw.integer(8)) / 9.7);
    if (classes > 2) {
      for (let i = 0; i < 200; i++) {
        const row = predicted.subarray(i * classes, (i + 1) * classes);
        const sum = row.reduce((a, b) => a + b);
        row.forEach((p, c) => (row[c] = p / sum));
      }
    }
    return { predicted, label: Int32Array.from({ length: 200 }, () => draw.integer(classes)), classes };
  };
  const repeated = (of: Scored, rows: Int32Array): Scored => {
    const outputs = of.classes === 2 ? 1 : of.classes;
    const predicted = Float64Array.from(
      [...rows].flatMap((i) => [...of.predicted.subarray(i * outputs, (i + 1) * outputs)]),
    );
    return { predicted, label: rows.map((i) => of.label[i]), classes: of.classes };
  };
  const cases = [2, 3].flatMap((classes) => metricsFor(classes).map((one) => ({ ...one, classes })));

  it.each(cases)(
    '$name of $classes classes: a row of weight 3 is three rows that belong together',
    ({ of, classes }) => {
      const scored = made(classes);
      const [weighted, plain] = [of({ ...scored, weight }), of(repeated(scored, copies))];
      expect(weighted.value).toBeCloseTo(plain.value, 12);
      // Both as groups, so that both count the same number of them; a sample's variance is of 200 rows here, there of the copies.
      const own = Int32Array.from(weight.keys()).filter((i) => weight[i] > 0);
      const half = (influence: Influence, group: Int32Array): number => {
        const [low, high] = measured(influence, { group }).interval as [number, number];
        return high - low;
      };
      const kept = repeated(scored, own);
      const narrow = of({ ...kept, weight: Float64Array.from(own, (i) => weight[i]) });
      expect(narrow.value).toBeCloseTo(plain.value, 12);
      expect(half(narrow, own) / half(plain, copies)).toBeCloseTo(1, 1.7);
      expect(half(weighted, Int32Array.from(weight.keys())) / half(narrow, own)).toBeCloseTo(1, 1.7);
      expect(of(scored).value).not.toBeCloseTo(plain.value, 4);
    },
  );

  it('even ones change nothing, and folds count by theirs', () => {
    const even = { ...two, weight: new Float64Array(two.label.length).fill(0.3) };
    const fold = Int32Array.from(two.label, (_, i) => i % 3);
    const group = Int32Array.from(two.label, (_, i) => i % 11);
    const [a, b] = [two, even].map((one) => assess(one, { fold, folds: 3, group }));
    b.values.forEach(({ value, interval }, v) => {
      expect(value).toBeCloseTo(a.values[v].value, 12);
      expect(interval?.[0]).toBeCloseTo(a.values[v].interval?.[0] ?? 0, 12);
    });
    const heavy = { ...two, weight: Float64Array.from(fold, (k) => (k === 1 ? 1 : 0)) };
    const rows = Int32Array.from(fold.keys()).filter((i) => fold[i] === 1);
    const alone = assess(repeated(two, rows));
    assess(heavy, { fold, folds: 3 }).values.forEach(({ value }, v) => {
      expect(value).toBeCloseTo(alone.values[v].value, 12);
    });
  });

  it('AUC within groups', () => {
    const scored = made(2);
    const group = Int32Array.from(scored.label, (_, i) => i % 9);
    const plain = repeated(scored, copies);
    const expected = groupedAuc(
      plain.predicted,
      plain.label,
      copies.map((i) => group[i]),
    );
    expect(groupedAuc(scored.predicted, scored.label, group, weight).value).toBeCloseTo(expected.value, 12);
  });

  it('of 0 alone are refused', () => {
    expect(() => assess({ ...two, weight: new Float64Array(two.label.length) })).toThrow('all weights are 0');
  });
});

describe('over folds', () => {
  const fold = Int32Array.from(two.label, (_, i) => i % 3);

  it('a metric is taken within folds: shifting the predictions of one fold changes no AUC', () => {
    const shifted = { ...two, predicted: two.predicted.map((p, i) => (fold[i] === 1 ? p / 10 : p)) };
    const [a, b] = [two, shifted].map((one) => assess(one, { fold, folds: 3 }).values[0]);
    expect(b).toEqual(a);
    expect(assess(shifted).values[0].value).not.toBeCloseTo(a.value, 2);
    expect(a.perFold?.reduce((sum, value) => sum + value / 3, 0)).toBeCloseTo(a.value, 12);
  });

  it('leave out a fold without both classes', () => {
    const labels = two.label.map((label, i) => (fold[i] === 0 ? 1 : label));
    const { whole, perFold } = overFolds(fold, 3, (rows) =>
      aucInfluence(
        Float64Array.from(rows, (i) => two.predicted[i]),
        Int32Array.from(rows, (i) => labels[i]),
      ),
    );
    expect(perFold[0]).toBeNaN();
    expect(whole.value).toBeCloseTo((perFold[1] + perFold[2]) / 2, 12);
  });

  it('a difference is paired: two models that err alike differ surely', () => {
    const worse = { ...two, predicted: two.predicted.map((p) => 0.9 * p + 0.02) };
    const [a, b] = [assess(two, { fold, folds: 3 }), assess(worse, { fold, folds: 3 })];
    const loss = compare(a, b).find(({ metric }) => metric === 'logLoss');
    const single = a.values.find(({ name }) => name === 'logLoss');
    const width = ([low, high]: readonly [number, number]): number => high - low;
    expect(width(loss?.interval as [number, number])).toBeLessThan(width(single?.interval as [number, number]) / 4);
    expect(compare(a, b).find(({ metric }) => metric === 'auc')).toMatchObject({ value: 0, interval: [0, 0] });
  });
});
