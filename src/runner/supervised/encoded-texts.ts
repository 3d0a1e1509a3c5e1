/** Text columns as vectors of a pre-trained encoder in a local folder, where somebody named one: in training, and the same again later. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import { textsOf } from '../../models/supervised/preparation/preparation.ts';
import type { Preparation, PreparedEncoder } from '../../models/supervised/preparation/preparation.ts';
import type { TableRows } from '../../models/supervised/preparation/rows.ts';
import { pretrainedEncoder } from '../../models/text/sentence-encoder.ts';
import type { SentenceEncoder } from '../../models/text/sentence-encoder.ts';
import { sha256, sha256OfFile } from '../digest.ts';

/** Texts that are encoded at once. */
const BATCH = 64;

export interface OpenEncoder {
  encoder: SentenceEncoder;
  /** What a model keeps of it. */
  facts: PreparedEncoder;
}

/** Throws `InputError`, one sentence, where the folder or the package it needs is missing. */
export async function openEncoder(folder: string): Promise<OpenEncoder> {
  const encoder = await pretrainedEncoder(folder);
  return { encoder, facts: { folder, sha256: await sha256OfFolder(folder) } };
}

/** The rows with the vectors of each distinct text of the columns `names`. */
export async function encodeTexts(
  rows: TableRows,
  names: readonly string[],
  encoder: SentenceEncoder,
): Promise<TableRows> {
  const { dimensions } = encoder;
  const encoded = new Map<string, TableRows['columns'][number]>();
  for (const name of names) {
    const cells = textsOf(rows, name);
    const vectors = matrix(cells.texts.length, dimensions);
    vectors.data.fill(Number.NaN, 0, dimensions);
    for (let from = 1; from < cells.texts.length; from += BATCH) {
      // oxlint-disable-next-line no-await-in-loop -- a batch at a time, or memory would be the limit
      vectors.data.set((await encoder.encode(cells.texts.slice(from, from + BATCH))).data, from * dimensions);
    }
    encoded.set(name, { ...cells, vectors });
  }
  return { ...rows, columns: rows.columns.map((cells) => encoded.get(cells.name) ?? cells) };
}

/**
 * Blocks of rows as a preparation needs them. `folder`: where its encoder is now, if not where it was. Throws `InputError` where
 * it is not there, or is another one.
 */
export async function encodedBlocks(
  blocks: AsyncIterable<TableRows>,
  { encoder: asked, texts }: Preparation,
  folder?: string,
): Promise<AsyncIterable<TableRows>> {
  if (!asked) {
    if (folder === undefined) return blocks;
    throw new InputError('--encoder: the model was trained without one; leave it out, or train again with --encoder');
  }
  const { encoder, facts } = await openEncoder(folder ?? asked.folder);
  if (facts.sha256 !== asked.sha256) {
    throw new InputError(
      `${facts.folder} is not the encoder that the model was trained with (its SHA-256 differs); name that one with --encoder, or train again`,
    );
  }
  const names = texts.map(({ name }) => name);
  return (async function* encode(): AsyncGenerator<TableRows> {
    for await (const block of blocks) yield encodeTexts(block, names, encoder);
  })();
}

/** Of the names and the contents of all files below it; links count as what they lead to, as Hugging Face's cache is made of them. */
async function sha256OfFolder(folder: string): Promise<string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile())
    .toSorted();
  const lines: string[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one after the other: they are large
  for (const name of names) lines.push(`${await sha256OfFile(join(folder, name))}  ${name}`);
  return sha256(lines.join('\n'));
}
