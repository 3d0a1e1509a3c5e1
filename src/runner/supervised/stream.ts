/**
 * `adsim train --split stream`: a table of any length, read once and never held. Each row is predicted before the models learn from
 * it (progressive validation: Blum, Kalai & Langford 1999, Beating the hold-out), so every prediction is of a row not seen before.
 */
import { InputError } from '../../core/errors.ts';
import type { Warning } from '../../core/warnings.ts';
import { distinctWarnings } from '../../core/warnings.ts';
import { isOnline } from '../../models/supervised/online/ftrl.ts';
import type { OnlineClassifier } from '../../models/supervised/online/ftrl.ts';
import { judge } from '../../models/supervised/validation/cross-validate.ts';
import type { Candidate } from '../../models/supervised/validation/cross-validate.ts';
import { VERSION } from '../../version.ts';
import { curvesOf, LEVEL, resultsOf } from './assemble.ts';
import { candidatesOf, keptModel } from './candidates.ts';
import { sealModel } from './model-folder.ts';
import { openStreamedRows } from './open-rows.ts';
import type { TrainConfig } from './train-config.ts';
import type { Trained, TrainOptions } from './train.ts';
import { streamLearner } from './stream-learner.ts';
import type { StreamLearner } from './stream-learner.ts';
import { trainingDoubts } from './training-doubts.ts';

/** Rows whose predictions are held for the metrics where nobody says otherwise. */
const MEASURED = 1_000_000;
const RULE = 'one pass in the file’s order, each row predicted before it is learned from';

/** Reads, learns, judges. Writes nothing. Throws `InputError`, one sentence, for what cannot be learned from a row at a time. */
export async function trainOnStream(path: string, config: TrainConfig, options: TrainOptions): Promise<Trained> {
  const candidates = candidatesOf(config);
  const models = candidates.map((candidate, i) => onlineModel(candidate, config, i));
  refuseWhole(config);
  const stream = await openStreamedRows(path, config.columns, options.skipBad);
  let learner: StreamLearner | undefined;
  for await (const block of stream.blocks) {
    learner ??= streamLearner(block, stream.roles, models, { most: options.most ?? MEASURED, path });
    learner.add(block);
    options.onProgress?.({ stage: 'training', done: learner.rows(), total: Infinity, unit: 'rows' });
  }
  if (!learner) throw new InputError(`${path} has no rows; give a table with rows`);
  const rows = learner.rows();
  options.onProgress?.({ stage: 'training', done: rows, total: rows, unit: 'rows' });
  const { measured, losses, notices, ...learned } = learner.end();
  const { group, predicted } = measured;
  const judged = judge(candidates, { ...measured, warnings: candidates.map(() => []) }, { group, level: LEVEL });
  const kept = keptModel(judged.models, config.keep, 'progressive validation');
  const names = candidates.map(({ name }) => name);
  const { preparation } = learned;
  const data = await stream.facts(rows);
  const found = resultsOf({
    ...learned,
    data,
    groups: group ? new Set(group).size : null,
    validation: { rule: RULE, folds: 1, rows: measured.label.length, ...judged },
    kept,
    curves: curvesOf(names, kept.model.name, { ...measured, predicted, classNames: preparation.label.classes }),
    notices: [...stream.notices, ...notices, ...measuredNotices(measured.label.length, rows)],
    seed: config.seed,
  });
  const model = models[names.indexOf(kept.model.name)];
  return {
    results: { ...found, stream: losses, warnings: distinctWarnings([...found.warnings, ...trainingDoubts(found)]) },
    model: sealModel({
      adsim: VERSION,
      name: kept.model.name,
      preparation,
      data,
      seed: config.seed,
      saved: model.save(),
    }),
  };
}

/** Throws `InputError` for a model that needs its rows together. */
function onlineModel({ name, create }: Candidate, { models }: TrainConfig, i: number): OnlineClassifier {
  const model = create();
  if (!isOnline(model)) {
    throw new InputError(
      `models.${i}: "${name}" learns from rows held together, and a stream holds none; use --model ftrl, or another --split`,
    );
  }
  if (Number(models[i]['passes']) > 1) throw new InputError(`models.${i}.passes: a stream is read once; leave it at 1`);
  return model;
}

/** Throws `InputError` for what asks of all rows at once. */
function refuseWhole({ encoder, columns: { deduplicate }, precision, validation }: TrainConfig): void {
  const asked = { encoder, deduplicate: deduplicate || undefined, precision, validation };
  for (const [key, value] of Object.entries(asked)) {
    if (value !== undefined)
      throw new InputError(`${key}: has no meaning for a stream; leave it out, or use another --split`);
  }
}

function measuredNotices(measured: number, rows: number): Warning[] {
  if (measured === rows) return [];
  return [
    {
      kind: 'measured-on-some',
      message: `${measured} of ${rows} rows were drawn by hash for the metrics; all of them were predicted and learned from`,
      advice: 'measure more with --rows, where memory allows',
    },
  ];
}
