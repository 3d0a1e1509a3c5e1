/**
 * Real tables, with scikit-learn 1.9.1 on the same folds (sklearn-folds.py printed the numbers). ADSIM_FULL=1 trains every kind of
 * model in the registry, not the quick one alone.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CLASSIFIERS } from '../../../src/models/supervised/registry.ts';
import { metricOf } from '../../../src/models/supervised/validation/cross-validate.ts';
import { loadConfig } from '../../../src/runner/config-file.ts';
import { trainConfig } from '../../../src/runner/supervised/train-config.ts';
import { trainModels } from '../../../src/runner/supervised/train.ts';
import { dataFolder } from '../../folders.ts';

const data = dataFolder();
const FULL = process.env['ADSIM_FULL'] === '1';
const EXPERIMENTS = fileURLToPath(new URL('../../../experiments/models/', import.meta.url));

interface Case {
  name: string;
  file: string;
  /** Of logistic regression, C = 1; and the AUC of HistGradientBoostingClassifier as it comes. */
  sklearn: { auc: number; logLoss: number; averagePrecision: number; trees: number };
}

const CASES: readonly Case[] = [
  {
    name: 'coupon',
    file: 'coupon/in-vehicle-coupon-recommendation.csv.gz',
    sklearn: {
      auc: 0.7375761579184018,
      logLoss: 0.595237720345901,
      averagePrecision: 0.775416293523695,
      trees: 0.8236004977357736,
    },
  },
  {
    name: 'online-shoppers',
    file: 'online_shoppers/online_shoppers_intention.csv',
    sklearn: {
      auc: 0.8938134227595587,
      logLoss: 0.29267952960234933,
      averagePrecision: 0.6406799864128916,
      trees: 0.9314112685962129,
    },
  },
];

/** Kinds that are trained in every run; and all that need neither clicks nor another model to wrap. */
const QUICK = ['logistic'];
const kinds = CLASSIFIERS.filter(
  ({ kind, schema, clicks }) => (FULL || QUICK.includes(kind)) && !clicks && schema.safeParse({ kind }).success,
);

describe.skipIf(data === undefined)('real tables (ADSIM_DATA)', () => {
  it.each(CASES)('$name: every model beats the base rate; logistic regression is scikit-learn’s', async (one) => {
    const { config } = loadConfig(join(EXPERIMENTS, `${one.name}.yaml`), trainConfig);
    const models = kinds.map(({ schema, kind }) => schema.parse({ kind })) as typeof config.models;
    const path = join(data as string, ...one.file.split('/'));
    const { results } = await trainModels(path, { ...config, models });
    for (const model of results.validation.models) {
      const gain = model.overBaseRate.find(({ metric }) => metric === 'logLoss');
      expect({ model: model.name, better: (gain?.interval?.[1] ?? 1) < 0 }).toEqual({
        model: model.name,
        better: true,
      });
      if (FULL) {
        const [auc, loss] = ['auc', 'logLoss'].map((name) => metricOf(model, name));
        // oxlint-disable-next-line no-console -- figures to be copied
        console.log(one.name, model.name, auc.value, auc.interval, loss.value, loss.interval);
      }
    }
    const logistic = results.validation.models.find(({ kind }) => kind === 'logistic');
    for (const name of ['auc', 'logLoss', 'averagePrecision'] as const) {
      const { value, interval } = metricOf(logistic as NonNullable<typeof logistic>, name);
      // scikit-learn's optimiser stops a little earlier.
      expect(value).toBeCloseTo(one.sklearn[name], 5);
      expect(interval?.[0]).toBeLessThan(one.sklearn[name]);
      expect(interval?.[1]).toBeGreaterThan(one.sklearn[name]);
    }
    const trees = results.validation.models.filter(({ kind }) => kind === 'gbdt');
    const short = trees.filter((model) => (metricOf(model, 'auc').interval?.[1] ?? 0) < one.sklearn.trees);
    expect(short).toEqual([]);
  });
});
