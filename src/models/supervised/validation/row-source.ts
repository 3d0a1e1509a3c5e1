/** Rows that folds are cut from. What a fold's model may know is learned from its training side alone. */
import type { Examples, LabelledExamples } from '../examples.ts';
import { selectExamples } from '../examples.ts';
import { checkWeights, learnPreparation, prepareLabelled } from '../preparation/preparation.ts';
import type { Preparation, PreparationSettings } from '../preparation/preparation.ts';
import { selectTable } from '../preparation/rows.ts';
import type { TableRows } from '../preparation/rows.ts';
import type { Fold, FoldRows } from './folds.ts';

/** The sides of a fold, ready for a model. */
export interface Sides {
  train: LabelledExamples;
  validation?: LabelledExamples;
  test: Examples;
}

export interface RowSource extends FoldRows {
  classNames: readonly string[];
  /** (m) how much each row counts; default: all alike. */
  weight?: Float64Array;
  sides(fold: Fold): Sides;
}

/** Rows that are prepared already, as they are. */
export function examplesSource(examples: LabelledExamples): RowSource {
  return {
    ...shapeOf(examples),
    sides: ({ train, validation, test }) => ({
      train: selectExamples(examples, train),
      ...(validation && { validation: selectExamples(examples, validation) }),
      test: selectExamples(examples, test),
    }),
  };
}

/**
 * Rows of a table, all of them labelled: levels, words and statistics are learned anew from each fold's training side. Throws
 * `InputError` as `prepareLabelled` does.
 */
export function preparedSource(table: TableRows, settings: PreparationSettings): RowSource {
  const { examples } = prepareLabelled(learnPreparation(table, settings), table);
  if (examples.weight) checkWeights(examples.weight, settings.roles.weight);
  const prepared = (preparation: Preparation, rows: Int32Array): LabelledExamples =>
    prepareLabelled(preparation, selectTable(table, rows)).examples;
  return {
    ...shapeOf(examples),
    sides({ train, validation, test }) {
      const preparation = learnPreparation(selectTable(table, train), settings);
      return {
        train: prepared(preparation, train),
        ...(validation && { validation: prepared(preparation, validation) }),
        test: prepared(preparation, test),
      };
    },
  };
}

function shapeOf({
  size,
  label,
  classes,
  classNames,
  group,
  time,
  weight,
}: LabelledExamples): Omit<RowSource, 'sides'> {
  return {
    size,
    label,
    classes,
    classNames,
    ...(group && { group }),
    ...(time && { time }),
    ...(weight && { weight }),
  };
}
