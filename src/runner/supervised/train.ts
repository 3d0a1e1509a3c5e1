/** `adsim train`: rows of a table, models compared by cross-validation, the best one trained on all rows and kept. */
import { InputError } from '../../core/errors.ts';
import { randomFrom } from '../../core/random.ts';
import type { Warning } from '../../core/warnings.ts';
import { distinctWarnings } from '../../core/warnings.ts';
import { calibrationBins, rocCurve } from '../../models/ctr/metrics.ts';
import { classAgainstRest } from '../../models/metrics/scores.ts';
import type { Scored } from '../../models/metrics/scores.ts';
import type { LabelledExamples } from '../../models/supervised/examples.ts';
import { labelCodes, labelFor } from '../../models/supervised/preparation/label.ts';
import { planColumns } from '../../models/supervised/preparation/plan.ts';
import { learnPreparation, prepareLabelled, textsOf } from '../../models/supervised/preparation/preparation.ts';
import type { Preparation, PreparationSettings } from '../../models/supervised/preparation/preparation.ts';
import { selectTable } from '../../models/supervised/preparation/rows.ts';
import type { TableRows } from '../../models/supervised/preparation/rows.ts';
import type { Classifier } from '../../models/supervised/classifier.ts';
import { createClassifier } from '../../models/supervised/registry.ts';
import { crossValidate, leastLoss } from '../../models/supervised/validation/cross-validate.ts';
import type {
  Candidate,
  CandidateResult,
  CrossValidated,
  OutOfFold,
} from '../../models/supervised/validation/cross-validate.ts';
import { kFolds, timeFolds, withValidation } from '../../models/supervised/validation/folds.ts';
import type { Folds } from '../../models/supervised/validation/folds.ts';
import { preparedSource } from '../../models/supervised/validation/row-source.ts';
import type { RowSource } from '../../models/supervised/validation/row-source.ts';
import { VERSION } from '../../version.ts';
import { suggestion } from '../did-you-mean.ts';
import type { ProgressListener } from '../progress.ts';
import { encodeTexts, openEncoder } from './encoded-texts.ts';
import { featureFacts } from './features.ts';
import { sealModel } from './model-folder.ts';
import type { SealedModel } from './model-folder.ts';
import { openTrainingRows } from './open-rows.ts';
import type { TrainingTable } from './open-rows.ts';
import type { ModelInput, TrainConfig } from './train-config.ts';
import { roundingOf } from './rounding.ts';
import { trainingDoubts } from './training-doubts.ts';
import type { Curves, TrainingResults } from './training-results.ts';

const LEVEL = 0.95;
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
  const candidates = candidatesOf(config.models as ModelInput[], options.backends);
  const keep = config.keep;
  if (keep !== undefined && !candidates.some(({ name }) => name === keep)) {
    const names = candidates.map(({ name }) => name);
    throw new InputError(`keep: there is no model "${keep}"${suggestion(keep, names)}`);
  }
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
  const kept = keptModel(result, keep);
  const candidate = candidates[result.models.indexOf(kept.model)];
  const preparation = learnPreparation(table, settings);
  const { examples } = prepareLabelled(preparation, table);
  const model = candidate.create();
  const report = await model.fit(examples, random.stream('model', candidate.name, 'whole'));
  options.onProgress?.({ stage: 'training', done: total, total, unit: 'fits' });
  const { notices } = settings.plan;
  const found = resultsOf({ opened, unlabelled, preparation, examples, result, kept, notices, seed: config.seed });
  const halves = config.precision === 'float16';
  const about = {
    adsim: VERSION,
    name: candidate.name,
    preparation,
    data: { ...opened.data, rows: table.size },
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
      curves: curvesOf(result, outOfFold, kept.model, examples),
    },
    model: sealed,
  };
}

function nothingToRound(name: string): Warning {
  return {
    kind: 'nothing-to-round',
    message: `${name} has no weights of single precision, so float16 changes nothing`,
    advice: 'ask for it with a network: mlp, wide-and-deep, deepfm, din, gru, esmm or separate',
  };
}

/** Models by name. Throws `InputError` where two have one name. */
function candidatesOf(models: readonly ModelInput[], backends?: readonly string[]): Candidate[] {
  const names = models.map(({ kind, name }) => name ?? kind);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new InputError(`models: two are called "${twice}"; give one of them another name`);
  const create = (config: ModelInput): Classifier => createClassifier(config, { backends });
  return models.map((config, i) => ({ name: names[i], kind: config.kind, create: () => create(config) }));
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

interface Kept {
  model: CandidateResult;
  why: string;
}

function keptModel({ models }: CrossValidated, keep: string | undefined): Kept {
  const named = models.find(({ name }) => name === keep);
  if (named) return { model: named, why: 'asked for' };
  const why = models.length === 1 ? 'the only one' : 'the least log loss in cross-validation';
  return { model: leastLoss(models), why };
}

interface Found {
  opened: TrainingTable;
  unlabelled: number;
  preparation: Preparation;
  examples: LabelledExamples;
  result: CrossValidated;
  kept: Kept;
  notices: readonly Warning[];
  seed: string;
}

function resultsOf({ opened, unlabelled, preparation, examples, result, kept, notices, seed }: Found): TrainingResults {
  const { size, label, classes, classNames, group } = examples;
  const shares = new Float64Array(classes);
  for (let i = 0; i < size; i++) shares[label[i]] += 1 / size;
  return {
    schemaVersion: 1,
    adsim: VERSION,
    data: { ...opened.data, rows: size },
    label: { name: preparation.label.name, classes: classNames, shares: Array.from(shares) },
    unlabelled,
    groups: group ? new Set(group).size : null,
    features: featureFacts(preparation),
    seed,
    level: LEVEL,
    validation: result,
    kept: { name: kept.model.name, kind: kept.model.kind, why: kept.why },
    curves: [],
    warnings: [...opened.notices, ...notices, ...kept.model.warnings],
  };
}

function curvesOf(
  { models }: CrossValidated,
  { rows, label, predicted }: OutOfFold,
  kept: CandidateResult,
  { classes, classNames, weight: all }: LabelledExamples,
): Curves[] {
  const weight = all && Float64Array.from(rows, (i) => all[i]);
  const scored = (c: number): Scored => ({ predicted: predicted[c], label, classes, weight });
  if (classes === 2) return models.map(({ name }, c) => curves(name, scored(c)));
  const whole = scored(models.indexOf(kept));
  return classNames.map((name, c) => curves(name, classAgainstRest(whole, c)));
}

function curves(name: string, { predicted, label, weight }: Scored): Curves {
  return {
    name,
    roc: rocCurve(predicted, label, { points: 100, weight }),
    calibration: calibrationBins(predicted, label, weight),
  };
}
