/** `adsim evaluate`: a trained model on rows it never saw, in blocks: how well it predicts, and how the rows have drifted. */
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import type { Warning } from '../../core/warnings.ts';
import { relativeWeights } from '../../models/metrics/influence.ts';
import { assess } from '../../models/metrics/metrics.ts';
import type { MetricValue } from '../../models/metrics/metrics.ts';
import { outputsOf } from '../../models/supervised/classifier.ts';
import { checkExamples } from '../../models/supervised/examples.ts';
import { driftWatch } from '../../models/supervised/preparation/drift.ts';
import type { ColumnDrift } from '../../models/supervised/preparation/drift.ts';
import { labelCodes } from '../../models/supervised/preparation/label.ts';
import { floats, integers, joined } from '../../models/supervised/preparation/row-draw.ts';
import { checkWeights, prepare, textsOf, weightsOf } from '../../models/supervised/preparation/preparation.ts';
import { groupsOf, numbering } from './group-numbers.ts';
import { readModel } from './model-folder.ts';
import { openPreparedRows } from './open-rows.ts';

export interface EvaluationResults {
  schemaVersion: 1;
  /** Name and digest of the model. */
  model: string;
  digest: string;
  data: string;
  /** Rows predicted, and those of them with a label. */
  rows: number;
  labelled: number;
  label: { name: string; classes: readonly string[] };
  level: number;
  /** Null where no row has a label. */
  metrics: readonly MetricValue[] | null;
  /** Calibration error that chance alone would show. */
  calibrationChance: number | null;
  /** Mean of what was predicted, and share of what was observed, of each class; null without labels. */
  shares: { predicted: readonly number[]; observed: readonly number[] } | null;
  drift: readonly ColumnDrift[];
  warnings: readonly Warning[];
}

/** Predictions in the file's order (of a log: the rows shown). */
export interface Predictions {
  /** (m×outputs) */
  predicted: Float64Array;
  /** (m) −1 where there is no label. */
  label: Int32Array;
  classes: readonly string[];
}

const LEVEL = 0.95;

/** Reads model and rows; writes nothing. Throws `InputError`, one sentence, for a folder or a file that will not do. */
export async function evaluateModel(
  folder: string,
  path: string,
  options: { skipBad?: boolean; encoder?: string | undefined; onRows?: (rows: number) => void } = {},
): Promise<{ results: EvaluationResults; predictions: Predictions }> {
  const { model, preparation, file } = readModel(folder);
  const { label, group, weight } = preparation;
  const classes = label.classes.length;
  const outputs = outputsOf(classes);
  const { names, blocks } = await openPreparedRows(path, preparation, { labelled: false, ...options });
  const watch = driftWatch(preparation);
  const parts: { predicted: Float64Array; label: Int32Array; group?: Int32Array; weight?: Float64Array }[] = [];
  const groupOf = numbering();
  let size = 0;
  for await (const block of blocks) {
    const examples = prepare(preparation, block);
    checkExamples(examples, path);
    const out = matrix(block.size, outputs);
    model.predict(examples, out);
    watch.add(block, examples.fields);
    parts.push({
      predicted: out.data,
      label: names.includes(label.name)
        ? labelCodes(label, textsOf(block, label.name), size)
        : new Int32Array(block.size).fill(-1),
      ...(group !== undefined && names.includes(group) && { group: groupsOf(block, group, groupOf) }),
      ...(weight !== undefined && names.includes(weight) && { weight: weightsOf(block, weight) }),
    });
    size += block.size;
    options.onRows?.(size);
  }
  if (size === 0) throw new InputError(`${path} has no rows; give a table with rows`);
  const predictions = {
    predicted: joined(
      parts.map(({ predicted }) => predicted),
      floats,
    ),
    label: joined(
      parts.map((part) => part.label),
      integers,
    ),
    classes: label.classes,
  };
  const groupParts = parts.flatMap((part) => part.group ?? []);
  const groups = groupParts.length === parts.length ? joined(groupParts, integers) : undefined;
  const weightParts = parts.flatMap((part) => part.weight ?? []);
  const weights = weightParts.length === parts.length ? joined(weightParts, floats) : undefined;
  const drift = watch.columns();
  const measured = measuredOf(predictions, groups, weights);
  return {
    results: {
      schemaVersion: 1,
      model: file.name,
      digest: file.digest,
      data: path,
      rows: size,
      label: { name: label.name, classes: label.classes },
      level: LEVEL,
      ...measured,
      drift,
      warnings: [...driftDoubts(drift), ...classDoubts(measured, label.classes)],
    },
    predictions,
  };
}

/** Predictions as CSV: `row` from 1, the label, and a column of odds for each class (of two classes, for the second). */
export function predictionsCsv({ predicted, label, classes }: Predictions): string {
  const outputs = outputsOf(classes.length);
  const shown = outputs === 1 ? [classes[1]] : classes;
  const lines = [['row', 'label', ...shown.map((name) => quoted(`P(${name})`))].join(',')];
  for (let i = 0; i < label.length; i++) {
    const odds = predicted.subarray(i * outputs, (i + 1) * outputs);
    lines.push(`${i + 1},${label[i] < 0 ? '' : quoted(classes[label[i]])},${odds.join(',')}`);
  }
  return `${lines.join('\n')}\n`;
}

const quoted = (text: string): string => (/[",\n\r]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

type MeasuredPart = Pick<EvaluationResults, 'labelled' | 'metrics' | 'calibrationChance' | 'shares'>;

function measuredOf(
  { predicted, label, classes }: Predictions,
  group: Int32Array | undefined,
  weights: Float64Array | undefined,
): MeasuredPart {
  const rows = Int32Array.from(label.keys()).filter((i) => label[i] >= 0);
  if (rows.length === 0) return { labelled: 0, metrics: null, calibrationChance: null, shares: null };
  const outputs = outputsOf(classes.length);
  const odds = new Float64Array(rows.length * outputs);
  rows.forEach((i, t) => odds.set(predicted.subarray(i * outputs, (i + 1) * outputs), t * outputs));
  const weight = weights && Float64Array.from(rows, (i) => weights[i]);
  if (weight) checkWeights(weight);
  const scored = { predicted: odds, label: rows.map((i) => label[i]), classes: classes.length, weight };
  const { values, calibrationChance } = assess(scored, {
    group: group && rows.map((i) => group[i]),
    level: LEVEL,
  });
  const shares = { predicted: classes.map(() => 0), observed: classes.map(() => 0) };
  const by = relativeWeights(rows.length, weight);
  for (let t = 0; t < rows.length; t++) {
    const share = by[t] / rows.length;
    shares.observed[scored.label[t]] += share;
    for (let c = 0; c < outputs; c++) shares.predicted[outputs === 1 ? 1 : c] += odds[t * outputs + c] * share;
  }
  if (outputs === 1) shares.predicted[0] = 1 - shares.predicted[1];
  return { labelled: rows.length, metrics: values, calibrationChance, shares };
}

/** Noticeable by convention, and more than chance over all columns explains. */
function driftDoubts(drift: readonly ColumnDrift[]): Warning[] {
  return drift.flatMap(({ name, missing, unseen, index, pValue }) => {
    const doubts: Warning[] = [];
    const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
    if (index > 0.1 && pValue < 0.01 / drift.length) {
      doubts.push({
        kind: 'drift',
        message: `column "${name}" is distributed otherwise than in training (stability index ${index.toFixed(2)})`,
        advice: 'predictions may be off; train again on rows like these',
      });
    }
    if (unseen > 0.01) {
      doubts.push({
        kind: 'unseen',
        message: `column "${name}": ${percent(unseen)} of the rows are beyond what training saw`,
        advice: 'they count as missing where they are names; train again on rows like these',
      });
    }
    if (missing[1] > missing[0] + 0.05) {
      doubts.push({
        kind: 'missing',
        message: `column "${name}" is missing in ${percent(missing[1])} of the rows, in training in ${percent(missing[0])}`,
        advice: 'look at where the rows come from',
      });
    }
    return doubts;
  });
}

function classDoubts({ shares }: MeasuredPart, classes: readonly string[]): Warning[] {
  const only = shares?.observed.findIndex((share) => share > 1 - 1e-9) ?? -1;
  if (only < 0) return [];
  return [
    {
      kind: 'one-class',
      message: `every row has the label "${classes[only]}", so nothing can be said of ranking`,
      advice: 'bring rows of all classes',
    },
  ];
}
