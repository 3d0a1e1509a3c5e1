/** The models that a training compares, and the one of them that is kept. */
import { InputError } from '../../core/errors.ts';
import { createClassifier } from '../../models/supervised/registry.ts';
import { leastLoss } from '../../models/supervised/validation/cross-validate.ts';
import type { Candidate, CandidateResult } from '../../models/supervised/validation/cross-validate.ts';
import { suggestion } from '../did-you-mean.ts';
import type { ModelInput, TrainConfig } from './train-config.ts';

/** Models by name. Throws `InputError` where two have one name, or none has the name of the one to keep. */
export function candidatesOf({ models, keep }: TrainConfig, backends?: readonly string[]): Candidate[] {
  const configs = models as ModelInput[];
  const names = configs.map(({ kind, name }) => name ?? kind);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new InputError(`models: two are called "${twice}"; give one of them another name`);
  if (keep !== undefined && !names.includes(keep)) {
    throw new InputError(`keep: there is no model "${keep}"${suggestion(keep, names)}`);
  }
  return configs.map((config, i) => ({
    name: names[i],
    kind: config.kind,
    create: () => createClassifier(config, { backends }),
  }));
}

export interface Kept {
  model: CandidateResult;
  why: string;
}

/** The model called `keep`, else the one of the least log loss on the rows that all were tested on. */
export function keptModel(models: readonly CandidateResult[], keep: string | undefined, test: string): Kept {
  const named = models.find(({ name }) => name === keep);
  if (named) return { model: named, why: 'asked for' };
  const why = models.length === 1 ? 'the only one' : `the least log loss in ${test}`;
  return { model: leastLoss(models), why };
}
