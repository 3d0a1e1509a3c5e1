/** `adsim train`: rows of a table, models compared by cross-validation, the best one trained on all rows and kept. */
import { InputError } from '../../core/errors.ts';
import { randomFrom } from '../../core/random.ts';
import type { Warning } from '../../core/warnings.ts';
import { distinctWarnings } from '../../core/warnings.ts';
import type { LabelledExamples } from '../../models/supervised/examples.ts';
import { labelCodes, labelFor } from '../../models/supervised/preparation/label.ts';
import { planColumns } from '../../models/supervised/preparation/plan.ts';
import { learnPreparation, prepareLabelled, textsOf } from '../../models/supervised/preparation/preparation.ts';
import type { PreparationSettings } from '../../models/supervised/preparation/preparation.ts';
import { selectTable } from '../../models/supervised/preparation/rows.ts';
import type { TableRows } from '../../models/supervised/preparation/rows.ts';
import { crossValidate } from '../../models/supervised/validation/cross-validate.ts';
import { kFolds, timeFolds, withValidation } from '../../models/supervised/validation/folds.ts';
import type { Folds } from '../../models/supervised/validation/folds.ts';
import { preparedSource } from '../../models/supervised/validation/row-source.ts';
import type { RowSource } from '../../models/supervised/validation/row-source.ts';
import { VERSION } from '../../version.ts';
import type { ProgressListener } from '../progress.ts';
import { curvesOf, LEVEL, resultsOf } from './assemble.ts';
import { candidatesOf, keptModel } from './candidates.ts';
import { encodeTexts, openEncoder } from './encoded-texts.ts';
import { sealModel } from './model-folder.ts';
import type { SealedModel } from './model-folder.ts';
import { openTrainingRows } from './open-rows.ts';
import type { TrainingTable } from './open-rows.ts';
import type { TrainConfig } from './train-config.ts';
import { roundingOf } from './rounding.ts';
import { trainOnStream } from './stream.ts';
import { trainingDoubts } from './training-doubts.ts';
import type { TrainingResults } from './training-results.ts';

/** What fits into the memory of a small machine, with a hundred columns. */
const MOST_ROWS = 2_000_000;

export interface TrainOptions {
  /** Leave torn rows out, where else the first one throws. */
  skipBad?: boolean;
  /** Rows to learn from at most; default: two million. */
  most?: number | undefined;
  /** Back ends to try where a network is trained, in order; default: the gate's own order. */
  backends?: readonly string[] | undefined;
  onProgress?: ProgressListener;
}

export interface Trained {
  results: TrainingResults;
  model: SealedModel;
}

/** Reads, compares, trains. Writes nothing. Throws `InputError`, one sentence, for what cannot be learned from. */
export async function trainModels(path: string, config: TrainConfig, options: TrainOptions = {}): Promise<Trained> {
  if (config.split === 'stream') return trainOnStream(path, config, options);
  const candidates = candidatesOf(config, options.backends);
  const opened = await openTrainingRows(path, config.columns, {
    skipBad: options.skipBad,
    most: options.most ?? MOST_ROWS,
  });
  const { table, settings, unlabelled } = await encoded(labelledTable(opened), config.encoder);
  const random = randomFrom(config.seed);
  const source = preparedSource(table, settings);
  const folds = foldsOf(source, config, random);
  const total = candidates.length * (folds.folds.length + 1);
  const { result, outOfFold } = await crossValidate(candidates, source, folds, {
    random,
    level: LEVEL,
    onFold: (done) => options.onProgress?.({ stage: 'training', done, total, unit: 'fits' }),
  });
  const kept = keptModel(result.models, config.keep, 'cross-validation');
  const candidate = candidates[result.models.indexOf(kept.model)];
  const preparation = learnPreparation(table, settings);
  const { examples } = prepareLabelled(preparation, table);
  const model = candidate.create();
  const report = await model.fit(examples, random.stream('model', candidate.name, 'whole'));
  options.onProgress?.({ stage: 'training', done: total, total, unit: 'fits' });
  const names = candidates.map(({ name }) => name);
  const data = { ...opened.data, rows: table.size };
  const { classes, classNames, group, weight } = examples;
  const found = resultsOf({
    data,
    preparation,
    counts: countsOf(examples),
    unlabelled,
    groups: group ? new Set(group).size : null,
    validation: result,
    kept,
    curves: curvesOf(names, kept.model.name, {
      ...outOfFold,
      classes,
      classNames,
      weight: weight && Float64Array.from(outOfFold.rows, (i) => weight[i]),
    }),
    notices: [...opened.notices, ...settings.plan.notices],
    seed: config.seed,
  });
  const halves = config.precision === 'float16';
  const about = {
    adsim: VERSION,
    name: candidate.name,
    preparation,
    data,
    seed: config.seed,
    saved: model.save(),
  };
  const whole = sealModel(about);
  const sealed = halves ? sealModel(about, { halves }) : whole;
  const rounding = roundingOf(model, whole, sealed, examples, LEVEL);
  const unrounded = halves && !rounding ? [nothingToRound(candidate.name)] : [];
  const warnings = [...found.warnings, ...report.warnings, ...trainingDoubts(found), ...unrounded];
  return {
    results: {
      ...found,
      ...(rounding && { rounding }),
      warnings: distinctWarnings(warnings),
    },
    model: sealed,
  };
}

/** (classes) rows of each. */
function countsOf({ label, classes }: LabelledExamples): Float64Array {
  const counts = new Float64Array(classes);
  for (const c of label) counts[c]++;
  return counts;
}

function nothingToRound(name: string): Warning {
  return {
    kind: 'nothing-to-round',
    message: `${name} has no weights of single precision, so float16 changes nothing`,
    advice: 'ask for it with a network: mlp, wide-and-deep, deepfm, din, gru, esmm or separate',
  };
}

interface LabelledTable {
  table: TableRows;
  settings: PreparationSettings;
  unlabelled: number;
}

/** Rows with a label, and how columns are prepared; nothing is learned of single rows yet. */
function labelledTable({ rows, roles }: TrainingTable): LabelledTable {
  const cells = textsOf(rows, roles.label);
  const label = labelFor(cells, roles.positive);
  const codes = labelCodes(label, cells);
  const kept = Int32Array.from(codes.keys()).filter((i) => codes[i] >= 0);
  const table = kept.length < rows.size ? selectTable(rows, kept) : rows;
  const plan = planColumns(table, roles);
  return { table, settings: { plan, roles, label }, unlabelled: rows.size - kept.length };
}

/** The same with vectors of the texts, where an encoder was named. Throws `InputError` where there is none, or no text. */
async function encoded(labelled: LabelledTable, folder: string | undefined): Promise<LabelledTable> {
  if (folder === undefined) return labelled;
  const { table, settings } = labelled;
  const { texts } = settings.plan;
  if (texts.length === 0) {
    throw new InputError('--encoder: no column is free text; name one with --text, or leave the encoder out');
  }
  const { encoder, facts } = await openEncoder(folder);
  return {
    ...labelled,
    table: await encodeTexts(table, texts, encoder),
    settings: { ...settings, encoder: facts },
  };
}

function foldsOf(source: RowSource, config: TrainConfig, random: ReturnType<typeof randomFrom>): Folds {
  const { folds, split, validation } = config;
  const made = split === 'time' ? timeFolds(source, folds) : kFolds(source, folds, random.stream('folds'));
  return validation === undefined ? made : withValidation(source, made, validation, random.stream('folds'));
}
