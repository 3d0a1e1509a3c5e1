/** `adsim train DATA --label Y`: models compared on a table by cross-validation, the best one kept in a folder. */
import { isAbsolute, join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { CLASSIFIERS } from '../../models/supervised/registry.ts';
import { modelCard } from '../../report/model/card.ts';
import { buildTrainingReport } from '../../report/model/training.ts';
import { trainingText } from '../../report/model/training-text.ts';
import { reportHtml } from '../../report/render-html.ts';
import { loadConfig } from '../../runner/config-file.ts';
import { suggestion } from '../../runner/did-you-mean.ts';
import { writeModel } from '../../runner/supervised/model-folder.ts';
import { trainModels } from '../../runner/supervised/train.ts';
import type { Trained } from '../../runner/supervised/train.ts';
import { modelInput, trainConfig } from '../../runner/supervised/train-config.ts';
import type { TrainConfig } from '../../runner/supervised/train-config.ts';
import type { Arguments } from '../commands.ts';
import { OK } from '../failure.ts';
import { backendOrderOf, countOf, flagOf, textOf, textsOf } from '../options.ts';
import { progressOn } from '../progress.ts';
import { numberOf } from '../reading.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';

const YAML = /\.ya?ml$/u;

export async function train(given: Arguments, terminal: Terminal): Promise<number> {
  const { path, config } = askedFor(given);
  const out = textOf(given, 'out') ?? join('results', 'model');
  const started = performance.now();
  const display = await progressOn({ stream: terminal.stderr, seconds: () => performance.now() / 1000 });
  const trained = await trainModels(path, config, {
    skipBad: flagOf(given, 'skip-bad'),
    backends: backendOrderOf(terminal.environment),
    most: numberOf(given, 'rows', { least: 1, example: 500_000 }),
    onProgress: (one) => display.listen(one),
  }).finally(() => display.stop());
  await write(out, trained);
  const { results, model } = trained;
  const { digest } = model.file;
  const seconds = (performance.now() - started) / 1000;
  if (flagOf(given, 'json')) terminal.out(JSON.stringify({ folder: out, digest, seconds, ...results }));
  else {
    const words = { folder: out, digest, seconds };
    terminal.out(trainingText(results, words, (rows) => table(rows)));
  }
  return OK;
}

/** Everything is made before anything is written. */
async function write(folder: string, { results, model }: Trained): Promise<void> {
  const { digest, settings } = model.file;
  writeModel(folder, model, {
    'metrics.json': `${JSON.stringify(results, null, 1)}\n`,
    'card.md': modelCard(results, { digest, settings }),
    'report.html': await reportHtml(buildTrainingReport(results, digest)),
  });
}

/** The config of a file, or of options alone; options have the last word. Throws `InputError`. */
function askedFor(given: Arguments): { path: string; config: TrainConfig } {
  const named = String(given['data']);
  const fromFile = YAML.test(named) ? loadConfig(named, trainConfig, { set: textsOf(given, 'set') }) : undefined;
  if (!fromFile && textsOf(given, 'set').length > 0) {
    throw new InputError(
      '--set: changes a config; give one (.yaml) instead of the data, or use --label, --model and so on',
    );
  }
  const config = fromFile?.config ?? trainConfig.parse({});
  const fromConfig = (key: 'data' | 'encoder'): string | undefined => {
    const said = config[key];
    // A relative path starts at the file that says it.
    return said === undefined || !fromFile || isAbsolute(said) ? said : join(fromFile.source.folder([key]), said);
  };
  const path = textOf(given, 'data-file') ?? (fromFile ? fromConfig('data') : named);
  if (path === undefined) {
    throw new InputError(`${named} names no data; write data: FILE into it, or give --data-file FILE`);
  }
  const models = modelsOf(given);
  const encoder = textOf(given, 'encoder') ?? fromConfig('encoder');
  return {
    path,
    config: {
      ...config,
      columns: columnsOf(given, config.columns),
      ...(encoder !== undefined && { encoder }),
      precision: (textOf(given, 'precision') as TrainConfig['precision']) ?? config.precision,
      ...(models && { models }),
      folds: countOf(given, 'folds', 2) ?? config.folds,
      seed: textOf(given, 'seed') ?? config.seed,
      split: (textOf(given, 'split') as TrainConfig['split'] | undefined) ?? config.split,
      ...(textOf(given, 'keep') !== undefined && { keep: textOf(given, 'keep') }),
    },
  };
}

function columnsOf(given: Arguments, columns: TrainConfig['columns']): TrainConfig['columns'] {
  const list = (name: string): string[] | undefined => {
    const names = textsOf(given, name).flatMap((text) => text.split(',').map((one) => one.trim()));
    return names.length > 0 ? names : undefined;
  };
  const said = {
    label: textOf(given, 'label'),
    positive: textOf(given, 'positive'),
    numeric: list('numeric'),
    categorical: list('categorical'),
    text: list('text'),
    drop: list('drop'),
    group: textOf(given, 'group'),
    time: textOf(given, 'time'),
    click: textOf(given, 'click'),
    weight: textOf(given, 'weight'),
    rare: countOf(given, 'rare', 1),
    hash: hashesOf(textsOf(given, 'hash')),
    deduplicate: flagOf(given, 'deduplicate') ? true : undefined,
  };
  return { ...columns, ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) };
}

/** `--hash FIELD:BITS` */
function hashesOf(texts: readonly string[]): Record<string, number> | undefined {
  if (texts.length === 0) return undefined;
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, bits] = /^(.+):(\d{1,2})$/u.exec(text) ?? [];
      if (bits === undefined || Number(bits) < 1 || Number(bits) > 24) {
        throw new InputError(
          `--hash: must be COLUMN:BITS with 1 to 24 bits (got "${text}"); for instance --hash city:12`,
        );
      }
      return [name, Number(bits)];
    }),
  );
}

/** `--model gbdt`, `--model logistic,gbdt`, or a file that describes one. */
function modelsOf(given: Arguments): TrainConfig['models'] | undefined {
  const words = textsOf(given, 'model').flatMap((text) => text.split(',').map((one) => one.trim()));
  if (words.length === 0) return undefined;
  const kinds = CLASSIFIERS.map(({ kind }) => kind);
  return words.map((word) => {
    if (YAML.test(word)) return loadConfig(word, modelInput).config;
    if (!kinds.includes(word)) throw new InputError(`--model: there is no model "${word}"${suggestion(word, kinds)}`);
    return modelInput.parse({ kind: word });
  });
}
