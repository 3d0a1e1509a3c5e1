/** What a reward model expects of every action of a log, each row predicted by a model that did not see its user. */
import type { ActionTable, ImpressionLog, Matrix, Random, TrainableModel } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import type { ModelSetup } from '../../models/ctr/labels.ts';
import { actionMeans, crossFit } from '../../ope/cross-fit.ts';
import type { LogBlock } from '../logs/source.ts';

/** `means`: each action's mean reward; `logistic`: clicks from context and action, crossed: better, and far slower. */
export type RewardModelKind = 'means' | 'logistic';

export interface CrossFitted {
  /** (m×k) */
  predicted: Matrix;
  /** What predicted, in words. */
  model: string;
}

/** Throws `InputError` where the log has too few rows, or for `logistic` a reward that is no click. */
export async function crossFittedModel(
  block: LogBlock,
  { kind, folds, random }: { kind: RewardModelKind; folds: number; random: Random },
): Promise<CrossFitted> {
  const { log } = block;
  const logistic = kind === 'logistic';
  const fitted = logistic ? withClicks(block) : log;
  const setup = { actions: plainActions(log.spec.actions), contextNames: log.spec.contextNames };
  const make = logistic ? await regression(setup) : (): TrainableModel => actionMeans();
  return {
    predicted: await crossFit(fitted, make, folds, random.stream('model')).catch((error: unknown) => {
      if (!logistic || !(error instanceof InputError)) throw error;
      const why = error.message.replace(/^training log: /u, '');
      throw new InputError(`--model logistic: ${why}, or use --model means`, { cause: error });
    }),
    model: logistic ? 'logistic regression on context and action' : 'mean reward of each action',
  };
}

/** Loaded where it is asked for: means need none of it. */
async function regression(setup: ModelSetup): Promise<() => TrainableModel> {
  const { createModel } = await import('../../models/ctr/registry.ts');
  return () => createModel({ kind: 'logistic', l2: 30 }, setup);
}

/** The same log with its rewards as clicks, which is what click models learn from. */
function withClicks(block: LogBlock): ImpressionLog {
  const { log } = block;
  const click = Uint8Array.from(log.outcomes.reward.subarray(0, log.size), (r, i) => {
    if (r === 0 || r === 1) return r;
    throw new InputError(
      `--model logistic: ${block.where(i)} has the reward ${r}, which is no click (0 or 1); use --model means`,
    );
  });
  return { ...log, outcomes: { ...log.outcomes, click } };
}

/** Actions of which nothing but the name is known. */
function plainActions(names: readonly string[]): ActionTable {
  const k = names.length;
  return {
    size: k,
    names,
    creative: Int32Array.from({ length: k }, (_, a) => a),
    priceUsd: new Float64Array(k),
    category: Int32Array.from({ length: k }, (_, a) => a),
    campaign: new Int32Array(k),
    features: matrix(k, 0),
    featureNames: [],
  };
}
