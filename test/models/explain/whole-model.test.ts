import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { mixedRows, wholeColumns } from '../../../src/models/explain/mixed-rows.ts';
import { oddsOf } from '../../../src/models/explain/model-game.ts';
import { partialDependence } from '../../../src/models/explain/partial-dependence.ts';
import { permutationImportance } from '../../../src/models/explain/permutation-importance.ts';
import { surrogateOn, surrogateTree } from '../../../src/models/explain/surrogate.ts';
import type { Classifier } from '../../../src/models/supervised/classifier.ts';
import type { Examples, LabelledExamples } from '../../../src/models/supervised/examples.ts';
import { selectExamples } from '../../../src/models/supervised/examples.ts';
import { madeUp } from '../supervised/made-up.ts';

const random = randomFrom('whole model');
const FULL = process.env['ADSIM_FULL'] === '1';
const twins = Int32Array.from({ length: 500 }, (_, i) => i >> 1);

/** Log-odds 2x + 1.5 where kind is b; a look at the truth of rows made by it. */
const law: Pick<Classifier, 'predict'> = {
  predict(rows, out) {
    const d = rows.numeric.columns;
    for (let i = 0; i < rows.size; i++) {
      const z = 2 * rows.numeric.data[i * d] + (rows.fields[0].codes[i] === 2 ? 1.5 : 0);
      out.data[i] = 1 / (1 + Math.exp(-z));
    }
  },
};

function lawful(size: number, seed: string): LabelledExamples {
  const rows = madeUp(size, 2, seed);
  const odds = matrix(size, 1);
  law.predict(rows, odds);
  const draw = randomFrom(seed).stream('labels').sequence();
  return { ...rows, label: Int32Array.from(odds.data, (p) => (draw.uniform() < p ? 1 : 0)) };
}

describe('permutation importance', () => {
  it('finds what the model reads, in order, and nothing in what it does not', () => {
    const rows = lawful(2000, 'importance');
    const columns = wholeColumns(rows);
    const found = permutationImportance([{ model: law, rows }], columns, { repeats: 3, random });
    expect(found.map(({ name }) => name).slice(0, 2)).toEqual(['x', 'kind']);
    for (const { logLoss, auc } of found.slice(0, 2)) {
      expect((logLoss.interval ?? [0])[0]).toBeGreaterThan(0);
      expect((auc.interval ?? [0])[0]).toBeGreaterThan(0);
    }
    for (const { logLoss, auc } of found.slice(2)) {
      expect(logLoss.value).toBeCloseTo(0, 12);
      expect(auc.value).toBeCloseTo(0, 12);
    }
  });

  // Of 40 runs 160 intervals, which hang together by fours: 0.95 ± 0.035 (one sd as of 40); of 1,000 runs ± 0.007.
  it.each([
    { shuffles: 1, grouped: false },
    { shuffles: 4, grouped: false },
    { shuffles: 4, grouped: true },
  ])(
    'holds what endless rows would say in 95 of 100 intervals: $shuffles shuffles, grouped $grouped',
    ({ shuffles, grouped }) => {
      const [runs, endless] = FULL ? [1000, 200_000] : [40, 20_000];
      const big = lawful(endless, 'endless');
      const columns = wholeColumns(big);
      const truth = new Map(
        permutationImportance([{ model: law, rows: big }], columns, { repeats: 3, random }).map((one) => [
          one.name,
          one,
        ]),
      );
      let held = 0;
      for (let run = 0; run < runs; run++) {
        const { group: _, ...alone } = lawful(250, `run ${run}`);
        // Each row twice, as two rows of one user: the intervals may not shrink by it.
        const rows = grouped ? selectExamples({ ...alone, group: twins }, twins) : alone;
        const options = { repeats: shuffles, random: random.stream(run) };
        const found = permutationImportance([{ model: law, rows }], columns, options);
        for (const { name, logLoss, auc } of found.filter((one) => one.name === 'x' || one.name === 'kind')) {
          for (const [mine, theirs] of [
            [logLoss, truth.get(name)?.logLoss],
            [auc, truth.get(name)?.auc],
          ]) {
            const [low, high] = mine?.interval ?? [0, 0];
            const value = theirs?.value ?? Number.NaN;
            if (low <= value && value <= high) held++;
          }
        }
      }
      const coverage = held / (4 * runs);
      if (FULL) console.log({ shuffles, grouped, coverage }); // oxlint-disable-line no-console -- a figure to be copied
      expect(coverage).toBeGreaterThan(FULL ? 0.93 : 0.86);
      expect(coverage).toBeLessThan(FULL ? 0.97 : 0.995);
    },
    FULL ? 600_000 : undefined,
  );

  it('takes folds together by their rows', () => {
    const [a, b] = [lawful(300, 'a'), lawful(600, 'b')];
    const columns = wholeColumns(a);
    const flat: Pick<Classifier, 'predict'> = { predict: (_, out) => void out.data.fill(0.4) };
    const of = (second: Pick<Classifier, 'predict'>): number => {
      const folds = [
        { model: law, rows: a },
        { model: second, rows: b },
      ];
      return permutationImportance(folds, columns, { repeats: 2, random })[0].logLoss.value;
    };
    const alone = permutationImportance([{ model: law, rows: a }], columns, { repeats: 2, random })[0].logLoss.value;
    expect(of(flat)).toBeCloseTo(alone / 3, 12);
  });
});

describe('partial dependence', () => {
  const rows = lawful(1500, 'dependence');
  const columns = wholeColumns(rows);
  const score = oddsOf(law, 2);

  it('is the mean of the model with the column set, at quantiles of the number', () => {
    const { points, curves, accumulated } = partialDependence(score, rows, columns, 0, { points: 7 });
    expect(points).toHaveLength(7);
    expect(points.reduce((sum, point) => sum + point.rows, 0)).toBe(1500);
    points.forEach(({ at, mean }, p) => {
      const share = rows.fields[0].codes.filter((code) => code === 2).length / 1500;
      const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
      const by = share * sigmoid(2 * Number(at) + 1.5) + (1 - share) * sigmoid(2 * Number(at));
      expect(mean.value).toBeCloseTo(by, 9);
      const [low, high] = mean.interval ?? [0, 0];
      expect(low < by && by < high).toBe(true);
      expect(mean.value).toBeGreaterThan(points[p - 1]?.mean.value ?? 0);
    });
    expect(curves).toHaveLength(20);
    expect(accumulated).toHaveLength(7);
  });

  it('accumulates effects where rows lie: of columns that hang together, only what the model reads', () => {
    // "near x" hangs together with x, but the model doesn't read it.
    const near = partialDependence(score, rows, columns, 2);
    for (const one of near.accumulated ?? []) expect(one.value).toBeCloseTo(0, 12);
    const linear = partialDependence(
      (some) => Float64Array.from({ length: some.size }, (_, i) => 3 * some.numeric.data[3 * i]),
      rows,
      columns,
      0,
    );
    const effect = linear.accumulated ?? [];
    linear.points.forEach(({ at }, p) => {
      expect(effect[p].value - effect[0].value).toBeCloseTo(3 * (Number(at) - Number(linear.points[0].at)), 9);
    });
  });

  it('takes the commonest levels of a field by name, and refuses a sequence', () => {
    const { points, accumulated } = partialDependence(score, rows, columns, 3, { points: 3 });
    expect(points).toHaveLength(3);
    expect(points.map(({ at }) => at).every((name) => ['a', 'b', 'c', 'd'].includes(String(name)))).toBe(true);
    expect(accumulated).toBeNull();
    expect(() => partialDependence(score, rows, columns, 4)).toThrow('neither one number nor one field');
  });
});

describe('a surrogate tree', () => {
  const rows = lawful(4000, 'surrogate');
  const halves = [0, 1].map((half) =>
    selectExamples(
      rows,
      Array.from(rows.label.keys()).filter((i) => i % 2 === half),
    ),
  );
  const predictions = (some: Examples): Float64Array => oddsOf(law, 2)(some);

  it('says in rules what a model of rules does, and how well', () => {
    const rule = (some: Examples): Float64Array =>
      Float64Array.from({ length: some.size }, (_, i) =>
        some.numeric.data[3 * i] > 0.5 ? 0.9 : some.fields[0].codes[i] === 2 ? 0.4 : 0.1,
      );
    const tree = surrogateTree(halves[0], rule(halves[0]), { maxLeaves: 3 });
    const { fidelity, agreement, rules, heldOut } = surrogateOn(tree, halves[1], rule(halves[1]));
    expect(heldOut).toBe(2000);
    expect(fidelity.value).toBeGreaterThan(0.97);
    expect(agreement.value).toBeGreaterThan(0.98);
    expect(rules[0].where).toMatch(/^x is above 0\.\d+$/u);
    expect(rules[1].where).toMatch(/^x is at most 0\.\d+ and kind is b$/u);
    expect(rules[2].where).toMatch(/^x is at most 0\.\d+ and kind is not b$/u);
    expect(rules.reduce((sum, one) => sum + one.rows, 0)).toBe(2000);
    for (const { observed } of rules) expect((observed.interval ?? [0])[0]).toBeLessThan(observed.value);
  });

  it('admits that it is not the model where it is not', () => {
    const tree = surrogateTree(halves[0], predictions(halves[0]), { maxLeaves: 2 });
    const { fidelity } = surrogateOn(tree, halves[1], predictions(halves[1]));
    expect(fidelity.value).toBeLessThan(0.8);
    expect(fidelity.interval?.[0]).toBeLessThan(fidelity.value);
    const swapped = mixedRows(
      halves[1],
      wholeColumns(rows),
      wholeColumns(rows).map(() => Int32Array.from({ length: 2000 }, (_, i) => 1999 - i)),
    );
    const other = surrogateOn(tree, halves[1], predictions(swapped));
    expect(other.fidelity.value).toBeLessThan(0.1);
  });
});
