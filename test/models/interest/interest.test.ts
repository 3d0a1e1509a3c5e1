/** The interest model: nearly as good as knowing the latent interest, judged on users it has not seen. */
import { describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { areaUnderCurve } from '../../../src/models/ctr/metrics.ts';
import { frequencyOdds, heldOutOdds } from '../../../src/models/interest/held-out-odds.ts';
import { groupedAuc, logLossDifference, multiClassScores } from '../../../src/models/interest/multi-class-scores.ts';
import { nextCategoryExamples } from '../../../src/models/interest/next-category.ts';
import { CLASSIFIERS, createClassifier } from '../../../src/models/supervised/registry.ts';
import type { LabelledExamples } from '../../../src/models/supervised/examples.ts';
import { readClassified } from '../../../src/runner/papers/classified.ts';
import { dataFolder } from '../../folders.ts';
import { marketVisits } from './market-visits.ts';

const logistic = () => createClassifier({ kind: 'logistic' });
/** What can be said of many classes; the tree joins where it is registered. */
const MODELS = [
  { kind: 'logistic', l2: 3 },
  ...CLASSIFIERS.filter(({ kind }) => kind === 'tree').map(({ kind }) => ({ kind })),
];

describe('next category', () => {
  const rows = {
    size: 6,
    users: 2,
    categories: ['boot', 'bag', 'other'],
    user: Int32Array.of(0, 0, 0, 1, 0, 0),
    category: Int32Array.of(1, 0, 1, 0, 2, 0),
    hour: Float64Array.of(5, 9, 9, 9, 11, 30),
  };

  it('knows what came before and no more, and names what is taken most', () => {
    // User 0: bag at 5 h; boot and bag at 9 h; only "other" at 11 h (no class); boot at 30 h. User 1 came once.
    const { size, label, classes, numeric, numericNames, fields, group } = nextCategoryExamples(rows);
    expect([size, classes]).toEqual([2, 2]);
    expect([...label]).toEqual([0, 0]);
    expect([...(group ?? [])]).toEqual([0, 0]);
    const first = [...numeric.data.subarray(0, numeric.columns)];
    const third = 1 / 3;
    [third / 2, (1 + third) / 2, third / 2, Math.log(2), 0, Math.log1p(4), Math.sin((9 * Math.PI) / 12)].forEach(
      (value, j) => expect(first[j]).toBeCloseTo(value, 12),
    );
    expect(numericNames).toHaveLength(numeric.columns);
    expect([...fields[0].codes]).toEqual([2, 3]);
    expect(
      nextCategoryExamples(
        rows,
        { code: rows.category, levels: 3 },
        matrix(3, 1, Float64Array.of(1, 3, 8)),
      ).numeric.data.at(-1),
    ).toBe((3 + 1 + 3 + 8) / 4);
  });

  it('refuses a log in which nobody comes twice', () => {
    const once = { ...rows, user: Int32Array.of(0, 0, 0, 0, 0, 0), hour: new Float64Array(6) };
    expect(() => nextCategoryExamples(once)).toThrow(/nobody came twice.*bring a log/u);
  });
});

describe('scores of many classes', () => {
  const draw = randomFrom('scores').sequence();
  const N = 400;
  const predicted = Float64Array.from({ length: N }, () => Math.round(20 * draw.uniform()) / 20);
  const observed = Uint8Array.from(predicted, (p) => (draw.uniform() < p ? 1 : 0));
  const group = Int32Array.from({ length: N }, (_, i) => i);

  it('have the area that pairs give, and an interval as wide as over seeds', () => {
    const { value, interval } = groupedAuc(predicted, observed, group, N, randomFrom('boot'));
    expect(value).toBeCloseTo(areaUnderCurve(predicted, observed), 12);
    const [low, high] = interval ?? [0, 0];
    expect(low < value && value < high).toBe(true);
    // Hanley & McNeil (1982): standard error of an area A of n₁ and n₀ rows.
    const [n1, n0] = [observed.reduce((a, b) => a + b, 0), N - observed.reduce((a, b) => a + b, 0)];
    const [q1, q2] = [value / (2 - value), (2 * value * value) / (1 + value)];
    const se = Math.sqrt(
      (value * (1 - value) + (n1 - 1) * (q1 - value * value) + (n0 - 1) * (q2 - value * value)) / (n1 * n0),
    );
    expect((high - low) / (2 * 1.96 * se)).toBeGreaterThan(0.8);
    expect((high - low) / (2 * 1.96 * se)).toBeLessThan(1.25);
  });

  it('rows of one group count as one: said twice, no surer', () => {
    const twice = (of: ArrayLike<number>): number[] => [...Array.from(of), ...Array.from(of)];
    const once = groupedAuc(predicted, observed, group, N, randomFrom('boot'));
    const both = groupedAuc(
      Float64Array.from(twice(predicted)),
      Uint8Array.from(twice(observed)),
      Int32Array.from(twice(group)),
      N,
      randomFrom('boot'),
    );
    expect(both.value).toBeCloseTo(once.value, 12);
    both.interval?.forEach((bound, b) => expect(bound).toBeCloseTo(once.interval?.[b] ?? 0, 12));
    expect(groupedAuc(predicted, new Uint8Array(N), group, N, randomFrom('boot'))).toEqual({
      value: Number.NaN,
      interval: null,
    });
  });
});

describe('users of a market, whose latent interest is known', () => {
  const rows = marketVisits(5000, 500, 5, 'interest');
  const examples = nextCategoryExamples(rows);
  const folds = 4;
  const random = randomFrom('folds');

  it.each(MODELS)('$kind is better than frequencies, and short of the truth by less', async (config) => {
    const odds = await heldOutOdds(examples, () => createClassifier(config), folds, random);
    const scores = multiClassScores(odds, examples, randomFrom('scores'));
    const frequencies = frequencyOdds(examples, folds, random);
    const gain = logLossDifference(odds, frequencies, examples);
    expect(gain.interval?.[1]).toBeLessThan(0);
    for (const { auc } of scores.classes.filter(({ share }) => share > 0.05)) {
      expect(auc.interval?.[0]).toBeGreaterThan(0.5);
    }
    if (process.env['ADSIM_FULL'] === '1')
      process.stdout.write(
        `${JSON.stringify({ kind: config.kind, accuracy: scores.accuracy, logLoss: scores.logLoss, meanAuc: scores.meanAuc, gain })}\n`,
      );
    // Odds from the interest itself are of the world's own family, softmax(z·v / τ): nothing can be better but by luck.
    const known = await heldOutOdds(truthOf(), () => createClassifier({ kind: 'logistic', l2: 0.1 }), folds, random);
    const short = logLossDifference(odds, known, examples);
    if (process.env['ADSIM_FULL'] === '1') process.stdout.write(`${JSON.stringify({ short })}\n`);
    expect(short.interval?.[0]).toBeGreaterThan(-0.02);
    expect(short.value).toBeLessThan(-gain.value);
  });

  it('says the same again, and nothing of a user it learned from', async () => {
    const [a, b] = [
      await heldOutOdds(examples, logistic, folds, random),
      await heldOutOdds(examples, logistic, folds, random),
    ];
    expect(a).toEqual(b);
    let looked = 0;
    const spied = await heldOutOdds(examples, logistic, folds, random, (users) => {
      looked += users.size;
      return examples;
    });
    expect(looked).toBe(new Set(examples.group).size);
    expect(spied).toEqual(a);
  });

  it('a mutant whose label leaks is told: its odds are too good to be true', async () => {
    const leaking = { ...examples, fields: [{ name: 'leak', levels: 6, codes: examples.label.map((c) => c + 1) }] };
    const odds = await heldOutOdds(leaking, logistic, folds, random);
    const known = await heldOutOdds(truthOf(), logistic, folds, random);
    expect(logLossDifference(odds, known, examples).interval?.[1]).toBeLessThan(-0.1);
  });

  /** The same rows, told the latent interest. */
  function truthOf(): LabelledExamples {
    const D = rows.dimensions;
    const numeric = matrix(examples.size, D);
    const latentOf = new Map(Array.from(rows.user, (user, i) => [user, i]));
    for (let i = 0; i < examples.size; i++) {
      const from = (latentOf.get(examples.group?.[i] ?? -1) ?? 0) * D;
      numeric.data.set(rows.latent.subarray(from, from + D), i * D);
    }
    return { ...examples, numeric, numericNames: Array.from({ length: D }, (_, j) => `z${j}`), fields: [] };
  }
});

const data = dataFolder();

describe.skipIf(data === undefined)('uci_multiclass (ADSIM_DATA)', () => {
  // sklearn 1.9.1: LogisticRegression(C=1, tol=1e-8) on columns that each fold standardises, 10 shuffled folds, mean of 5 shuffles.
  it.each([
    { name: 'iris', accuracy: 0.956 },
    { name: 'vehicle', accuracy: 0.795 },
    { name: 'glass', accuracy: 0.633 },
  ])('$name: accuracy within its interval of scikit-learn’s', async ({ name, accuracy }) => {
    const { features, featureNames, classes, label } = readClassified(
      join(data as string, 'uci_multiclass', `${name}.arff`),
    );
    const examples: LabelledExamples = {
      size: label.length,
      numeric: matrix(label.length, featureNames.length, features),
      numericNames: featureNames,
      fields: [],
      sequences: [],
      label,
      classes: classes.length,
      classNames: classes,
    };
    const odds = await heldOutOdds(examples, logistic, 10, randomFrom('uci'));
    const scores = multiClassScores(odds, examples, randomFrom('uci'));
    const [low, high] = scores.accuracy.interval ?? [0, 0];
    expect(low).toBeLessThanOrEqual(accuracy);
    expect(high).toBeGreaterThanOrEqual(accuracy);
  });
});
