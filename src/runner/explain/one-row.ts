/** `adsim explain DIR --row N`: why a trained model says of a row what it says. */
import { InputError } from '../../core/errors.ts';
import { randomFrom } from '../../core/random.ts';
import { kernelShap } from '../../models/explain/kernel-shap.ts';
import { linearShap } from '../../models/explain/linear-shap.ts';
import { wholeColumns } from '../../models/explain/mixed-rows.ts';
import type { ExplainedColumn } from '../../models/explain/mixed-rows.ts';
import { logOddsOf, modelGame, oddsOf } from '../../models/explain/model-game.ts';
import { oddsTrees, treeAttributions, treeShap } from '../../models/explain/tree-shap.ts';
import { selectExamples } from '../../models/supervised/examples.ts';
import type { Examples } from '../../models/supervised/examples.ts';
import type { TrainedModel } from '../supervised/model-folder.ts';
import { openExplained, rowsAround } from './read.ts';

/** Ways to explain a row; `auto` takes the exact one of the model's kind where there is one. */
export const ROW_METHODS = ['auto', 'linear', 'tree', 'kernel'] as const;
export type RowMethod = (typeof ROW_METHODS)[number];

export interface ColumnShare {
  name: string;
  /** What the row has there, as a person writes it. */
  value: string;
  /** What the column adds to the score. */
  phi: number;
  /** Of the drawing of coalitions; null where the share is exact. */
  standardError: number | null;
}

export interface RowExplanation {
  schemaVersion: 1;
  model: string;
  kind: string;
  digest: string;
  data: string;
  row: number;
  label: string;
  /** The class that is explained, and the row's own where it is known. */
  class: string;
  observed: string | null;
  /** P(class). */
  predicted: number;
  method: Exclude<RowMethod, 'auto'>;
  /** log-odds of the class; score: before softmax, of three classes and more. */
  scale: 'log-odds' | 'score';
  /** Rows that unknown columns are taken from; null: those that the trees grew on, by their cover. */
  background: number | null;
  /** `base` and the shares add up to `score`. */
  base: number;
  score: number;
  /** The largest share first. */
  columns: ColumnShare[];
}

export interface RowOptions {
  row: number;
  data?: string | undefined;
  /** Where the encoder of its texts is, if not where it was in training. */
  encoder?: string | undefined;
  method?: RowMethod;
}

const BACKGROUND = 100;
const COALITIONS = 2048;

/** Reads and explains; writes nothing. Throws `InputError` in one sentence. */
export async function explainRow(
  folder: string,
  { row, data, encoder, method = 'auto' }: RowOptions,
): Promise<RowExplanation> {
  const explained = await openExplained(folder, data, encoder);
  const { trained } = explained;
  const { file, preparation, model } = trained;
  const way = methodFor(file.kind, method);
  const { examples, at, observed } = await rowsAround(explained, row);
  const { classes, name: label } = preparation.label;
  const one = selectExamples(examples, [at]);
  const odds = classes.map((_, c) => oddsOf(model, classes.length, c)(one)[0]);
  const c = classes.length === 2 ? 1 : odds.indexOf(Math.max(...odds));
  const columns = wholeColumns(examples);
  const told = WAYS[way](trained, { examples, at, c, columns });
  const shares = columns.map((column, j): ColumnShare => ({
    name: column.name,
    value: valueOf(one, column),
    phi: told.phi[j],
    standardError: told.standardError?.[j] ?? null,
  }));
  return {
    schemaVersion: 1,
    model: file.name,
    kind: file.kind,
    digest: file.digest,
    data: explained.data,
    row,
    label,
    class: classes[c],
    observed,
    predicted: odds[c],
    method: way,
    scale: classes.length > 2 && way !== 'kernel' && file.kind !== 'tree' ? 'score' : 'log-odds',
    background: told.background,
    base: told.base,
    score: shares.reduce((sum, { phi }) => sum + phi, told.base),
    columns: shares.sort((a, b) => Math.abs(b.phi) - Math.abs(a.phi)),
  };
}

const EXACT: Readonly<Record<string, 'linear' | 'tree'>> = { logistic: 'linear', tree: 'tree', gbdt: 'tree' };

/** The way to explain a model of a kind. Throws `InputError` where it is none of its ways. */
export function methodFor(kind: string, method: RowMethod): Exclude<RowMethod, 'auto'> {
  const exact = EXACT[kind];
  if (method === 'auto') return exact ?? 'kernel';
  if (method === 'kernel' || method === exact) return method;
  throw new InputError(
    `--method ${method}: the model is of kind ${kind}; use ${exact === undefined ? '' : `${exact} or `}kernel`,
  );
}

interface Asked {
  examples: Examples;
  at: number;
  c: number;
  columns: readonly ExplainedColumn[];
}

interface Told {
  base: number;
  /** By `columns`. */
  phi: Float64Array;
  standardError: Float64Array | null;
  background: number | null;
}

const WAYS: Record<Exclude<RowMethod, 'auto'>, (trained: TrainedModel, asked: Asked) => Told> = {
  linear({ model, preparation }, { examples, at, c, columns }) {
    const output = preparation.label.classes.length === 2 ? 0 : c;
    const { base, attributions } = linearShap(model.save(), examples, output);
    const { data } = attributions(selectExamples(examples, [at]));
    return { base, phi: together(data, examples, columns), standardError: null, background: examples.size };
  },
  tree({ model, preparation }, { examples, at, c, columns }) {
    const output = preparation.label.classes.length === 2 ? 0 : c;
    const explainer = treeShap(oddsTrees(model.save()), output);
    const { data } = treeAttributions(explainer, selectExamples(examples, [at]));
    return { base: explainer.base, phi: together(data, examples, columns), standardError: null, background: null };
  },
  kernel({ model, preparation }, { examples, at, c, columns }) {
    const random = randomFrom('explain').stream('row');
    const some = random
      .stream('background')
      .sequence()
      .shuffle(Int32Array.from({ length: examples.size }, (_, i) => i));
    const background = some.subarray(0, BACKGROUND);
    const score = logOddsOf(model, preparation.label.classes.length, c);
    const game = modelGame(score, selectExamples(examples, [at, ...background]), columns);
    const told = kernelShap(game, { coalitions: COALITIONS, random: random.stream('coalitions') });
    return { ...told, background: background.length };
  },
};

/** Shares of numbers and fields as those of the columns they belong to. */
function together(data: Float64Array, { numeric }: Examples, columns: readonly ExplainedColumn[]): Float64Array {
  return Float64Array.from(columns, ({ numbers, fields }) => {
    let sum = 0;
    for (const j of numbers) sum += data[j];
    for (const f of fields) sum += data[numeric.columns + f];
    return sum;
  });
}

function valueOf(one: Examples, { numbers, fields, sequences }: ExplainedColumn): string {
  if (sequences.length > 0) {
    const words = one.sequences[sequences[0]].length[0];
    return words === 1 ? '1 word' : `${words} words`;
  }
  if (fields.length > 0) {
    const { codes, labels } = one.fields[fields[0]];
    return codes[0] === 0 ? 'missing or unseen' : (labels?.[codes[0]] ?? `bucket ${codes[0]}`);
  }
  const value = one.numeric.data[numbers[0]];
  return Number.isNaN(value) ? 'missing' : String(Number(value.toPrecision(6)));
}
