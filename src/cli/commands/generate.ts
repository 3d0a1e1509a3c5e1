/** `adsim generate copy|images`: texts and pictures of products. */
import { join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { decimal, percent } from '../../report/format.ts';
import type { CopyRequest, WrittenCopy } from '../../models/copy/copywriter.ts';
import { suggestion } from '../../runner/did-you-mean.ts';
import type { Arguments } from '../commands.ts';
import { OK } from '../failure.ts';
import { cacheFolderOf } from '../cache-folder.ts';
import { backendOrderOf, countOf, flagOf, textOf, textsOf } from '../options.ts';
import { progressOn } from '../progress.ts';
import { numberOf } from '../reading.ts';
import type { ProgressListener } from '../../runner/progress.ts';
import type { Terminal } from '../terminal.ts';

const KINDS = ['copy', 'images'];

export async function generate(given: Arguments, terminal: Terminal): Promise<number> {
  const kind = String(given['what']);
  if (kind === 'images') return images(given, terminal);
  if (kind !== 'copy') throw new InputError(`adsim generate: unknown "${kind}"${suggestion(kind, KINDS)}`);
  return textOf(given, 'train') === undefined ? copy(given, terminal) : train(given, terminal);
}

async function copy(given: Arguments, terminal: Terminal): Promise<number> {
  const { slotsOf } = await import('../../runner/copy/slots-option.ts');
  const { randomFrom } = await import('../../core/random.ts');
  const temperature = numberOf(given, 'temperature', { least: 0.01, most: 5, example: 0.8 });
  const topP = numberOf(given, 'top-p', { above: 0, most: 1, example: 0.95 });
  const request: CopyRequest = {
    slots: slotsOf(textOf(given, 'slots')),
    count: countOf(given, 'count', 1) ?? 5,
    random: randomFrom(textOf(given, 'seed') ?? '1'),
    bans: textsOf(given, 'ban'),
    must: textsOf(given, 'must'),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
  };
  const written = await writtenBy(given, request, terminal);
  const { count } = request;
  if (written.length < count) terminal.note(`note: only ${written.length} different texts of ${count} came about`);
  const model = textOf(given, 'model');
  if (model !== undefined && written.some(({ by }) => by === 'grammar')) {
    terminal.note(`note: ${model} wrote no text that keeps to everything asked; the grammar did`);
  }
  terminal.out(flagOf(given, 'json') ? JSON.stringify(written) : written.map(({ text }) => text).join('\n'));
  return OK;
}

async function writtenBy(given: Arguments, request: CopyRequest, terminal: Terminal): Promise<WrittenCopy[]> {
  const url = textOf(given, 'llm-url');
  const folder = textOf(given, 'model');
  if (url === undefined) {
    const { writeCopy } = await import('../../models/copy/copywriter.ts');
    if (folder === undefined) return writeCopy(request);
    const { loadCopyModel } = await import('../../runner/copy/copy-model-file.ts');
    return writeCopy(request, loadCopyModel(folder));
  }
  const model = textOf(given, 'llm-model');
  if (folder !== undefined) throw new InputError('adsim generate: --model and --llm-url both write; give one of them');
  if (model === undefined) throw new InputError('--llm-model: give the model to ask for; for instance gpt-4o-mini');
  const { environment } = terminal;
  const { writeCopyByLlm } = await import('../../runner/copy/llm.ts');
  const key = environment['ADSIM_LLM_KEY'] || environment['OPENAI_API_KEY'] || undefined;
  return writeCopyByLlm(request, { url, model, key, cacheFolder: cacheFolderOf(environment) });
}

async function train(given: Arguments, terminal: Terminal): Promise<number> {
  const file = textOf(given, 'train') ?? '';
  const out = textOf(given, 'out');
  if (out === undefined) throw new InputError('--out: give the folder that keeps the model; for instance --out copy');
  const { trainCopyModel } = await import('../../runner/copy/train-copy.ts');
  const seed = textOf(given, 'seed');
  const epochs = countOf(given, 'epochs', 1);
  const { curve, epoch, texts, vocabulary, source } = await shown(terminal, (onProgress) =>
    trainCopyModel(file, out, {
      ...(seed !== undefined && { seed }),
      ...(epochs !== undefined && { settings: { epochs } }),
      backendOrder: backendOrderOf(terminal.environment),
      onProgress,
    }),
  );
  const heldOut = curve.heldOutLoss[epoch - 1];
  terminal.note(
    `learned from ${decimal(texts.trained)} texts and parts of texts that say all their facts (${decimal(texts.all)} read); ` +
      `${decimal(vocabulary.words.length)} words; ${decimal(heldOut, 2)} nats a word on ${decimal(texts.heldOut)} texts held out, after ${epoch} epochs`,
  );
  terminal.out(flagOf(given, 'json') ? JSON.stringify({ folder: out, curve, epoch, texts, source }) : out);
  return OK;
}

async function images(given: Arguments, terminal: Terminal): Promise<number> {
  const config = textOf(given, 'config');
  const out = textOf(given, 'out');
  if (config === undefined) throw new InputError('--config: give an experiment; `adsim init` writes one');
  if (out === undefined) throw new InputError('--out: give the folder for the images; for instance --out images');
  const perCategory = countOf(given, 'per-category', 1);
  const { loadConfig } = await import('../../runner/config-file.ts');
  const { experimentSchema } = await import('../../runner/config.ts');
  const styles = textOf(given, 'style');
  const set = [
    ...(perCategory === undefined ? [] : [`creatives.perCategory=${perCategory}`]),
    ...(styles === undefined ? [] : [`creatives.styles=[${styles}]`]),
  ];
  const { config: experiment } = loadConfig(config, experimentSchema, { set });
  const { generateImages } = await import('../../runner/generate-images.ts');
  const { environment } = terminal;
  const attribute = flagOf(given, 'why');
  const options = { backendOrder: backendOrderOf(environment), cacheFolder: cacheFolderOf(environment), attribute };
  const made = await shown(terminal, (onProgress) => generateImages(experiment, options, onProgress));
  const { writeImages } = await import('../../report/image-folder.ts');
  const written = writeImages(out, made);
  for (const { message, advice } of [...made.warnings, ...made.notices]) terminal.note(`note: ${message} ${advice}`);
  const { rate, interval } = made.recognised;
  terminal.note(
    `${made.images.length} images, learned from ${made.source}; ${percent(rate, 0)} (${percent(interval[0], 0)} to ${percent(interval[1], 0)}) of the generator’s samples are recognised as their category`,
  );
  terminal.out(flagOf(given, 'json') ? JSON.stringify({ written }) : join(out, 'sheet.png'));
  return OK;
}

async function shown<T>(terminal: Terminal, work: (listen: ProgressListener) => Promise<T>): Promise<T> {
  const display = await progressOn({ stream: terminal.stderr, seconds: () => performance.now() / 1000 });
  return work(display.listen).finally(() => display.stop());
}
