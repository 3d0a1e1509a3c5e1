/**
 * What a real shop's log gives: vectors of its products, what its customers want next, and who will buy next quarter. Minutes, so
 * under ADSIM_FULL=1 alone; the figures are printed.
 */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { lookAlikes } from '../../../src/models/audience/look-alikes.ts';
import { countUsers, userFeatures } from '../../../src/models/audience/user-features.ts';
import { nextCategoryExamples } from '../../../src/models/interest/next-category.ts';
import { measured } from '../../../src/models/metrics/influence.ts';
import type { Measured } from '../../../src/models/metrics/influence.ts';
import { assess, compare } from '../../../src/models/metrics/metrics.ts';
import { aucInfluence } from '../../../src/models/metrics/ranking.ts';
import { selectExamples } from '../../../src/models/supervised/examples.ts';
import type { LabelledExamples } from '../../../src/models/supervised/examples.ts';
import { createClassifier } from '../../../src/models/supervised/registry.ts';
import { crossValidate, metricOf } from '../../../src/models/supervised/validation/cross-validate.ts';
import { kFolds } from '../../../src/models/supervised/validation/folds.ts';
import { examplesSource } from '../../../src/models/supervised/validation/row-source.ts';
import { latentSemantics } from '../../../src/models/text/latent-semantics.ts';
import { cosine } from '../../../src/models/text/nearness.ts';
import { skipGram } from '../../../src/models/text/skip-gram.ts';
import type { CodeSequences } from '../../../src/models/text/skip-gram.ts';
import { timesDense } from '../../../src/models/text/terms.ts';
import { tfIdf, vocabularyOf } from '../../../src/models/text/tf-idf.ts';
import { ENGLISH_STOP_WORDS, tokensOf } from '../../../src/models/text/tokens.ts';
import { readBehaviourLog } from '../../../src/runner/fit/behaviour-log.ts';
import type { BehaviourLog } from '../../../src/runner/fit/behaviour-log.ts';
import { dataFolder } from '../../folders.ts';

const data = dataFolder();
const FULL = process.env['ADSIM_FULL'] === '1';

function print(what: string, value: unknown): void {
  process.stdout.write(`${what}: ${JSON.stringify(value)}\n`);
}

/** Products of each visit that `counts`, in the order of the log. */
function basketsOf(log: BehaviourLog, counts: (row: number) => boolean): number[][] {
  const baskets = new Map<string, number[]>();
  for (let i = 0; i < log.size; i++) {
    if (!counts(i)) continue;
    const key = `${log.user[i]} ${log.hour[i]}`;
    const known = baskets.get(key);
    if (known) known.push(log.item[i]);
    else baskets.set(key, [log.item[i]]);
  }
  return [...baskets.values()];
}

function sequencesOf(lists: readonly (readonly number[])[], levels: number): CodeSequences {
  const starts = new Int32Array(lists.length + 1);
  lists.forEach((list, s) => (starts[s + 1] = starts[s] + list.length));
  return { levels, starts, codes: Int32Array.from(lists.flat()) };
}

const SETTINGS = { dimensions: 32, window: 5, epochs: 3, subsample: 1e-3 };

describe.skipIf(data === undefined || !FULL)('Online Retail (ADSIM_DATA, ADSIM_FULL=1)', () => {
  let log: BehaviourLog;
  let cut: number;
  let titles: Matrix;

  beforeAll(async () => {
    log = await readBehaviourLog(join(data as string, 'online_retail', 'online_retail.csv.gz'));
    const [first, last] = [Math.min, Math.max].map((of) => log.hour.reduce((a, b) => of(a, b)));
    cut = first + 0.75 * (last - first);
    const texts = log.items.map((title) => tokensOf(title, { stopWords: ENGLISH_STOP_WORDS }));
    const rows = tfIdf(vocabularyOf(texts), texts);
    titles = timesDense(rows, latentSemantics(rows, 32, randomFrom('titles')).directions);
  }, 120_000);

  /** Chance that a pair bought together after the cut is nearer than one product of it with any product sold. */
  function companyAuc(vectors: Matrix, known: ReadonlySet<number>): Measured {
    const luck = randomFrom('pairs').sequence();
    const baskets = basketsOf(log, (i) => log.hour[i] >= cut && known.has(log.item[i])).filter((b) => b.length > 1);
    const sold = baskets.flat();
    const [near, together, group]: number[][] = [[], [], []];
    for (const [g, basket] of baskets.entries()) {
      for (let pair = 0; pair < 5; pair++) {
        const one = basket[luck.integer(basket.length)];
        for (const [met, other] of [
          [1, basket[luck.integer(basket.length)]],
          [0, sold[luck.integer(sold.length)]],
        ]) {
          if (other === one) continue;
          near.push(cosine(vectors, one, other));
          together.push(met);
          group.push(g);
        }
      }
    }
    return measured(aucInfluence(near, together), { group: Int32Array.from(group) });
  }

  it('vectors of baskets and of titles tell what will be bought together, and categories that they were not told', () => {
    const before = basketsOf(log, (i) => log.hour[i] < cut);
    const known = new Set(before.flat());
    const { vectors, loss } = skipGram(sequencesOf(before, log.items.length), randomFrom('baskets'), SETTINGS);
    const [byBaskets, byTitles] = [companyAuc(vectors, known), companyAuc(titles, known)];
    print('bought together, AUC', { byBaskets, byTitles, loss });
    expect(byBaskets.interval?.[0]).toBeGreaterThan(0.6);
    expect(byTitles.interval?.[0]).toBeGreaterThan(0.5);
    // Categories are words of titles, which the baskets' vectors never saw; a product is a group.
    const categoryOf = new Map(Array.from(log.item, (item, i) => [item, log.category[i]]));
    const named = [...known].filter((item) => (categoryOf.get(item) ?? 9) < log.categories.length - 1);
    const luck = randomFrom('categories').sequence();
    const pairs = Array.from({ length: 40_000 }, () => [luck.integer(named.length), luck.integer(named.length)]).filter(
      ([a, b]) => a !== b,
    );
    const sameCategory = measured(
      aucInfluence(
        pairs.map(([a, b]) => cosine(vectors, named[a], named[b])),
        pairs.map(([a, b]) => (categoryOf.get(named[a]) === categoryOf.get(named[b]) ? 1 : 0)),
      ),
      { group: Int32Array.from(pairs, ([a]) => a) },
    );
    print('same category, AUC of the baskets’ vectors', sameCategory);
    expect(sameCategory.interval?.[0]).toBeGreaterThan(0.55);
  }, 300_000);

  it('what customers want next: counts, and the vectors of what they took, learned without them', async () => {
    const things = { code: log.item, levels: log.items.length };
    const plain = nextCategoryExamples(log);
    const { size, label, classes, group = new Int32Array(size) } = plain;
    const random = randomFrom('interest');
    const folds = kFolds(plain, 3, random.stream('folds'));
    /** Odds of all rows, whose columns may be learned anew from the users of each training side. */
    const judged = async (rowsOf: (users: ReadonlySet<number>) => LabelledExamples) => {
      const source = {
        ...examplesSource(plain),
        sides({ train, test }: { train: Int32Array; test: Int32Array }) {
          const rows = rowsOf(new Set(Array.from(train, (i) => group[i])));
          return { train: selectExamples(rows, train), test: selectExamples(rows, test) };
        },
      };
      const model = { name: 'logistic', kind: 'logistic', create: () => createClassifier({ kind: 'logistic' }) };
      const { result, outOfFold } = await crossValidate([model], source, folds, { random });
      return { result, assessed: assess({ predicted: outOfFold.predicted[0], label, classes }, { group }) };
    };
    const counts = await judged(() => plain);
    const vectors = await judged((users) => {
      const baskets = basketsOf(log, (i) => users.has(log.user[i]));
      return nextCategoryExamples(
        log,
        things,
        skipGram(sequencesOf(baskets, things.levels), randomFrom('fold'), SETTINGS).vectors,
      );
    });
    const text = await judged(() => nextCategoryExamples(log, things, titles));
    for (const [name, { result, assessed }] of Object.entries({ counts, vectors, text })) {
      const told = ['accuracy', 'logLoss', 'auc'].map((metric) => metricOf(result.models[0], metric));
      print(name, { told, againstCounts: compare(assessed, counts.assessed, { group }) });
    }
    const gain = counts.result.models[0].overBaseRate.find(({ metric }) => metric === 'logLoss');
    expect(gain?.interval?.[1]).toBeLessThan(-0.2);
  }, 600_000);

  it('who buys bags in the last quarter is told from what they did before', async () => {
    const rows = Array.from({ length: log.size }, (_, i) => i).filter((i) => log.hour[i] < cut);
    const users = new Map<number, number>();
    for (const i of rows) if (!users.has(log.user[i])) users.set(log.user[i], users.size);
    const past = {
      size: rows.length,
      users: users.size,
      categories: log.categories,
      user: Int32Array.from(rows, (i) => users.get(log.user[i]) ?? 0),
      category: Int32Array.from(rows, (i) => log.category[i]),
      hour: Float64Array.from(rows, (i) => log.hour[i]),
    };
    const bag = log.categories.indexOf('bag');
    const bags = new Map<number, number>();
    for (let i = 0; i < log.size; i++) {
      const u = users.get(log.user[i]);
      if (u !== undefined && log.hour[i] >= cut && log.category[i] === bag) bags.set(u, (bags.get(u) ?? 0) + 1);
    }
    const seeds = [...bags].filter(([, count]) => count >= 5).map(([u]) => u);
    const features = userFeatures(countUsers(past));
    const names = Array.from({ length: features.columns }, (_, j) => `feature ${j}`);
    const { auc, reach } = await lookAlikes(
      features,
      names,
      seeds,
      () => createClassifier({ kind: 'logistic' }),
      randomFrom('bags'),
    );
    print('five bags or more in the last quarter', { seeds: seeds.length, users: users.size, auc, reach });
    expect(reach[2].liftInterval[0]).toBeGreaterThan(1.5);
  }, 120_000);
});
