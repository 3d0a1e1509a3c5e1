/** The click models of a seed: trained on the earlier part of its log, judged on sessions of it that they have not seen. */
import type { Environment, ImpressionLog, Warning } from '../core/contracts.ts';
import { firstAds } from '../core/first-ads.ts';
import { slice } from '../core/log.ts';
import type { ClickModel } from '../models/ctr/click-model.ts';
import { evaluateModel } from '../models/ctr/evaluate.ts';
import type { ModelEvaluation } from '../models/ctr/evaluate.ts';
import type { ModelSetup } from '../models/ctr/labels.ts';
import { createModel } from '../models/ctr/registry.ts';
import type { ModelConfig } from '../models/ctr/registry.ts';
import { splitBySession } from '../models/ctr/split.ts';
import type { LogSplit } from '../models/ctr/split.ts';
import type { ResolvedExperiment } from './config.ts';
import { seedRandom } from './collect-log.ts';

export interface FittedModel {
  name: string;
  model: ClickModel;
  rows: { train: number; validation: number; test: number };
  evaluation: ModelEvaluation;
  warnings: readonly Warning[];
}

/** A log as models and estimators read it, single ads that were shown, in the parts that each may use. */
export interface LogParts {
  /** Every row, with the one ad that was shown. */
  shown: ImpressionLog;
  /** Rows that models may learn from, the first ones; `parts` are of these. */
  boundary: number;
  parts: LogSplit;
  /** The rows behind: no model learned from them, and they share no luck with the agents' own episodes. */
  heldOut: ImpressionLog;
}

/** Models and estimators speak of single ads that were shown; what an auction charges is not the ad's doing. */
export function logParts(
  { holdOut }: ResolvedExperiment,
  { spec }: Environment,
  collected: ImpressionLog,
  seed: string,
): LogParts {
  const shown = firstAds(collected, spec.auction !== undefined && spec.rewardUnit === 'USD');
  const boundary = Math.round((1 - holdOut) * shown.size);
  const parts = splitBySession(slice(shown, 0, boundary), seedRandom(seed).stream('split'));
  return { shown, boundary, heldOut: slice(shown, boundary, shown.size), parts };
}

/** Trains and judges one model. Throws `InputError` on a log that it can't learn from. */
export async function fitModel(
  config: ModelConfig,
  setup: ModelSetup,
  { parts: { train, validation, test } }: LogParts,
  seed: string,
): Promise<FittedModel> {
  const name = config.name ?? config.kind;
  const model = createModel(config, setup);
  const report = await model.fit(train, seedRandom(seed).stream('model', name), validation);
  return {
    name,
    model,
    rows: { train: report.rows, validation: validation.size, test: test.size },
    evaluation: evaluateModel(model, train, test),
    warnings: report.warnings,
  };
}

/** How well a model tells clicks on creatives that its log never showed. */
export type ScoresOnNew = Pick<ModelEvaluation, 'logLoss' | 'baselineLogLoss'>;

/** `shown` holds single ads of such creatives. */
export function scoresOnNew(model: ClickModel, { parts }: LogParts, shown: ImpressionLog): ScoresOnNew {
  const { logLoss, baselineLogLoss } = evaluateModel(model, parts.train, shown);
  return { logLoss, baselineLogLoss };
}
