/** The commands that train models on tables and measure them. */
import type { Options } from 'yargs';
import type { Command } from './commands.ts';
import { flag, json, list, text } from './option-kinds.ts';

/** What every command takes that learns from columns of a table. */
const columnOptions: Readonly<Record<string, Options>> = {
  label: text('The column to be predicted'),
  positive: text('The label that counts as 1, all others as 0'),
  numeric: list('Columns of amounts'),
  categorical: list('Columns of names, also where they are written as numbers'),
  text: list('Columns of free text'),
  drop: list('Columns to leave out: all that is known only afterwards'),
  group: text('Whose row it is, such as the user: folds and intervals keep a group together'),
  time: text('When the row happened'),
  hash: { ...text('COLUMN:BITS, a category of too many levels in 2^BITS buckets; repeatable'), array: true },
  rare: text('Levels of fewer rows than this become one; default: 5'),
  deduplicate: flag('Keep one of several rows that are equal in every column'),
};

export const MODEL_COMMANDS: readonly Command[] = [
  {
    name: 'train',
    usage: 'train <data>',
    summary: 'Predict a column from the others: models compared on the same folds, the best one kept',
    example: 'adsim train shoppers.csv --label Revenue --model logistic --out results/shoppers',
    positionals: {
      data: {
        describe:
          'CSV, JSONL, Parquet, Arrow or ARFF table, a log of adsim or of the Open Bandit Dataset, or a config (.yaml)',
        type: 'string',
      },
    },
    options: {
      ...columnOptions,
      model: list('Kinds of model, such as logistic or gbdt, or files (.yaml) that describe one'),
      keep: text('Name of the model to keep; default: the one with the least log loss'),
      folds: text('Folds of the cross-validation; default: 5'),
      split: {
        ...text('folds (default), or time: each test by a model of all rows before'),
        choices: ['folds', 'time'],
      },
      seed: text('Seed of folds and models; default: 1'),
      rows: text('Rows to learn from at most, drawn evenly (whole groups) of a longer table; default: 2 million'),
      'data-file': text('The table, in place of the one that a config names'),
      set: { ...text('Change one value of a config: path=value; repeatable'), array: true },
      'skip-bad': flag('Leave torn rows out and count them, instead of stopping at the first'),
      out: text('Folder for the model, its card and report; default: results/model'),
      json,
    },
    load: async () => (await import('./commands/train.ts')).train,
  },
  {
    name: 'evaluate',
    usage: 'evaluate <dir> <data>',
    summary: 'How well a trained model predicts new rows, and how these have drifted',
    example: 'adsim evaluate results/shoppers new.csv --out predictions.csv',
    positionals: {
      dir: { describe: 'A folder of `adsim train`', type: 'string' },
      data: { describe: 'A table with the columns that the model was trained on', type: 'string' },
    },
    options: {
      'skip-bad': flag('Leave torn rows out and count them, instead of stopping at the first'),
      out: text('CSV for the predictions'),
      json,
    },
    load: async () => (await import('./commands/evaluate.ts')).evaluate,
  },
];
