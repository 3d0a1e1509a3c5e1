/** The commands that learn from tables and logs: models, audiences, texts and pictures. */
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
  click: text('Where the label is a conversion, the column (1 or 0) of clicks, for the models esmm and separate'),
  weight: text('How much the row counts, in learning and in every metric; 0 or more'),
  hash: { ...text('COLUMN:BITS, a category of too many levels in 2^BITS buckets; repeatable'), array: true },
  rare: text('Levels of fewer rows than this become one; default: 5'),
  deduplicate: flag('Keep one of several rows that are equal in every column'),
};

const encoder = text('Folder of the sentence encoder that the model was trained with; default: where it was');

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
      encoder: text(
        'Folder of a pre-trained sentence encoder (config.json, onnx/; needs @huggingface/transformers): its numbers stand beside the words of free texts',
      ),
      keep: text('Name of the model to keep; default: the one with the least log loss'),
      precision: {
        ...text(
          'float16: the weights of a network take half of their bytes on disk, and the card says what that costs',
        ),
        choices: ['float16'],
      },
      folds: text('Folds of the cross-validation; default: 5'),
      split: {
        ...text(
          'folds (default); time: each test by a model of all rows before; stream: a table of any length, read once, each row predicted before it is learned from (--model ftrl)',
        ),
        choices: ['folds', 'time', 'stream'],
      },
      seed: text('Seed of folds and models; default: 1'),
      rows: text(
        'Rows to hold at most, drawn evenly (whole groups) of a longer table: to learn from (default: 2 million), or of a stream to measure (default: 1 million)',
      ),
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
      encoder,
      out: text('CSV for the predictions'),
      json,
    },
    load: async () => (await import('./commands/evaluate.ts')).evaluate,
  },
  {
    name: 'explain',
    usage: 'explain <dir>',
    summary: 'Why a trained model says what it says, or why a run showed this ad to this user',
    example: 'adsim explain results/shoppers --row 4711',
    positionals: {
      dir: { describe: 'A folder of `adsim train`, or of `adsim run` (with --row)', type: 'string' },
    },
    options: {
      row: text(
        'The row to explain, counted from 1 as in the predictions of `adsim evaluate`, or in a run’s log; default: the whole model',
      ),
      data: text('A table with the columns that the model was trained on; default: the one it was trained on'),
      method: {
        ...text('Of a row: linear, tree (both exact) or kernel; of the model: permutation; default: auto'),
        choices: ['auto', 'linear', 'tree', 'kernel', 'permutation'],
      },
      encoder,
      seed: text('Of a run: the seed whose log the row is in; default: the first'),
      model: text('Of a run: the model to ask, by its name in the config; default: the first'),
      out: text('File for the explanation, instead of the terminal; .html: a page with charts'),
      json,
    },
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  {
    name: 'audience',
    usage: 'audience <log>',
    summary: 'Who the users of a log are: personas, what they will want next, and who resembles the ones you have',
    example: 'adsim audience log.csv --k auto --out results/audience',
    positionals: {
      log: { describe: 'Behaviour log (CSV, plain or gzipped), or a log or results folder of adsim', type: 'string' },
    },
    options: {
      k: text('How many personas; default: auto, by the silhouette'),
      seeds: text('Text file of users, one a line, to find others like'),
      columns: text('YAML that says which column is which: user, time, text or category, price, …'),
      out: text('Folder for report.html, audience.json and users.csv; default: results/audience'),
      json,
    },
    load: async () => (await import('./commands/audience.ts')).audience,
  },
  {
    name: 'generate',
    usage: 'generate <what>',
    summary: 'Write copy of a product’s facts, or draw images of an experiment’s creatives',
    example: 'adsim generate copy --slots facts.json --count 3',
    positionals: { what: { describe: 'copy or images', type: 'string' } },
    options: {
      slots: text('copy: the facts, as JSON or the path of a JSON file; every one of them is in every text'),
      count: { ...text('copy: how many different texts; default: 5'), alias: 'n' },
      must: { ...text('copy: words that must be in every text; repeatable'), array: true },
      ban: { ...text('copy: a word or phrase that is in no text, however written; repeatable'), array: true },
      model: text('copy: the folder of a model of --train; default: a grammar, which takes any slots'),
      temperature: text('copy: above 1 bolder, below 1 safer; default: 0.8'),
      'top-p': text('copy: only the likeliest words that together have this share; default: 0.95'),
      train: text('copy: learn a model from this CSV of facts (mr) and texts (ref) and keep it in --out'),
      epochs: text('copy: passes over the texts of --train; default: 12'),
      'llm-url': text('copy: an OpenAI-compatible endpoint writes; its key from ADSIM_LLM_KEY or OPENAI_API_KEY'),
      'llm-model': text('copy: the model to ask there'),
      config: text('images: the experiment whose creatives to draw'),
      'per-category': text('images: how many of each category; default: as the config says'),
      style: text('images: in these manners, for instance stripes,dots; default: as the config says'),
      why: flag('images: beside each an SVG of the pixels that make it recognised as its category'),
      out: text('The folder for the model, or for the images'),
      seed: text('Seed of texts and of training; default: 1'),
      json,
    },
    load: async () => (await import('./commands/generate.ts')).generate,
  },
];
