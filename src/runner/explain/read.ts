/** What there is to explain: a folder of `adsim train` and rows, those that it was trained on or others. */
import { existsSync } from 'node:fs';
import { InputError } from '../../core/errors.ts';
import { checkExamples } from '../../models/supervised/examples.ts';
import type { Examples, LabelledExamples } from '../../models/supervised/examples.ts';
import { labelCodes } from '../../models/supervised/preparation/label.ts';
import { prepare, prepareLabelled, textsOf } from '../../models/supervised/preparation/preparation.ts';
import { sha256OfFile } from '../digest.ts';
import { fileOf } from '../logs/open-log.ts';
import { readModel } from '../supervised/model-folder.ts';
import type { TrainedModel } from '../supervised/model-folder.ts';
import { openPreparedRows } from '../supervised/open-rows.ts';

/** Rows that are held at once: one block of them is looked at. */
const BLOCK = 200_000;

export interface Explained {
  trained: TrainedModel;
  /** The file, and whether it is the one that the model learned from. */
  data: string;
  own: boolean;
  /** Where the encoder of its texts is, if not where it was in training. */
  encoder: string | undefined;
}

/**
 * The model and where its rows are. Throws `InputError` where the folder holds no model, the rows are not where they were, or
 * they are not as they were.
 */
export async function openExplained(folder: string, given: string | undefined, encoder?: string): Promise<Explained> {
  const trained = readModel(folder);
  if (given !== undefined) return { trained, data: given, own: false, encoder };
  const { path, sha256 } = trained.file.data;
  if (!existsSync(path)) {
    throw new InputError(`${path}, which the model was trained on, is not there; say where it is with --data FILE`);
  }
  if ((await sha256OfFile(fileOf(path))) !== sha256) {
    throw new InputError(
      `${path} has changed since the model was trained on it (its SHA-256 differs); train again, or explain its rows as new ones with --data ${path}`,
    );
  }
  return { trained, data: path, own: true, encoder };
}

/** The block of rows around row `row`, counted from 1 as in `adsim evaluate --out`. Throws `InputError` where there is none. */
export async function rowsAround(
  { trained, data, encoder }: Explained,
  row: number,
): Promise<{ examples: Examples; at: number; observed: string | null }> {
  const { label } = trained.preparation;
  const { names, blocks } = await openPreparedRows(data, trained.preparation, {
    labelled: false,
    skipBad: true,
    block: BLOCK,
    encoder,
  });
  let before = 0;
  for await (const block of blocks) {
    if (row <= before + block.size) {
      const examples = prepare(trained.preparation, block);
      checkExamples(examples, data);
      const at = row - before - 1;
      const code = names.includes(label.name) ? labelCodes(label, textsOf(block, label.name))[at] : -1;
      return { examples, at, observed: code < 0 ? null : label.classes[code] };
    }
    before += block.size;
  }
  throw new InputError(`--row ${row}: ${data} has rows 1 to ${before}; give one of them`);
}

/** The first block of rows, those with a label. Throws `InputError` where none has one. */
export async function labelledRows({ trained, data, encoder }: Explained): Promise<LabelledExamples> {
  const options = { labelled: true, skipBad: true, block: BLOCK, encoder };
  const { blocks } = await openPreparedRows(data, trained.preparation, options);
  for await (const block of blocks) {
    const { examples } = prepareLabelled(trained.preparation, block);
    if (examples.size > 0) {
      checkExamples(examples, data);
      return examples;
    }
  }
  throw new InputError(`${data}: no row has a label ("${trained.preparation.label.name}"); bring rows with one`);
}
