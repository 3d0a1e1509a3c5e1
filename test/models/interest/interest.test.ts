/** The interest model: nearly as good as knowing the latent interest, judged on users it has not seen. */
import { describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { nextCategoryExamples } from '../../../src/models/interest/next-category.ts';
import { assess, compare } from '../../../src/models/metrics/metrics.ts';
import type { Assessment, Comparison } from '../../../src/models/metrics/metrics.ts';
import type { LabelledExamples } from '../../../src/models/supervised/examples.ts';
import { createClassifier } from '../../../src/models/supervised/registry.ts';
import { crossValidate, metricOf } from '../../../src/models/supervised/validation/cross-validate.ts';
import type { CandidateResult } from '../../../src/models/supervised/validation/cross-validate.ts';
import { kFolds } from '../../../src/models/supervised/validation/folds.ts';
import { examplesSource } from '../../../src/models/supervised/validation/row-source.ts';
import { readClassified } from '../../../src/runner/papers/classified.ts';
import { dataFolder } from '../../folders.ts';
import { marketVisits } from './market-visits.ts';

const MODELS = [{ kind: 'logistic', l2: 3 }, { kind: 'tree' }];

/** A model on users (rows, where there are none) that it had not seen; the same parts of the same rows for each. */
async function judged(
  examples: LabelledExamples,
  k: number,
  config: { kind: string } & Record<string, unknown> = { kind: 'logistic' },
): Promise<{ model: CandidateResult; assessed: Assessment }> {
  const source = examplesSource(examples);
  const random = randomFrom('folds');
  const candidate = { name: 'model', kind: config.kind, create: () => createClassifier(config) };
  const { result, outOfFold } = await crossValidate([candidate], source, kFolds(source, k, random), { random });
  const { label, classes, group } = examples;
  const [predicted] = outOfFold.predicted;
  return { model: result.models[0], assessed: assess({ predicted, label, classes }, { group }) };
}

/** Of log losses [nats]. */
function differenceOf(differences: readonly Comparison[]): Comparison {
  return differences.find(({ metric }) => metric === 'logLoss') as Comparison;
}

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

describe('users of a market, whose latent interest is known', () => {
  const rows = marketVisits(5000, 500, 5, 'interest');
  const examples = nextCategoryExamples(rows);

  it.each(MODELS)('$kind is better than frequencies, and short of the truth by less', async (config) => {
    const { model, assessed } = await judged(examples, 4, config);
    const gain = differenceOf(model.overBaseRate);
    expect(gain.interval?.[1]).toBeLessThan(0);
    expect(metricOf(model, 'auc').interval?.[0]).toBeGreaterThan(0.5);
    // Odds from the interest itself are of the world's own family, softmax(z·v / τ): nothing can be better but by luck.
    const known = await judged(truthOf(), 4, { kind: 'logistic', l2: 0.1 });
    const short = differenceOf(compare(assessed, known.assessed, { group: examples.group }));
    if (process.env['ADSIM_FULL'] === '1') {
      const told = ['accuracy', 'logLoss', 'auc'].map((name) => metricOf(model, name));
      process.stdout.write(`${JSON.stringify({ kind: config.kind, told, gain, short })}\n`);
    }
    expect(short.interval?.[0]).toBeGreaterThan(-0.02);
    expect(short.value).toBeLessThan(-gain.value);
  });

  it('a mutant whose label leaks is told: its odds are too good to be true', async () => {
    const leaking = { ...examples, fields: [{ name: 'leak', levels: 6, codes: examples.label.map((c) => c + 1) }] };
    const [leaked, known] = [await judged(leaking, 4), await judged(truthOf(), 4)];
    const gain = differenceOf(compare(leaked.assessed, known.assessed, { group: examples.group }));
    expect(gain.interval?.[1]).toBeLessThan(-0.1);
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
    const { model } = await judged(examples, 10);
    const [low, high] = metricOf(model, 'accuracy').interval ?? [0, 0];
    expect(low).toBeLessThanOrEqual(accuracy);
    expect(high).toBeGreaterThanOrEqual(accuracy);
  });
});
