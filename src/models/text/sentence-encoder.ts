/**
 * Texts as vectors of equal length whose cosine says how much they mean the same: by a pre-trained model in a local folder where
 * there is one (`@huggingface/transformers`, which adsim does not depend on), else by TF-IDF and latent semantics learned from
 * the texts at hand.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../../core/errors.ts';
import type { Matrix } from '../../core/matrix.ts';
import { matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import type { Warning } from '../../core/warnings.ts';
import { latentSemantics } from './latent-semantics.ts';
import { normaliseRows, timesDense } from './terms.ts';
import { tfIdf, vocabularyOf } from './tf-idf.ts';
import { tokensOf } from './tokens.ts';

export interface SentenceEncoder {
  /** `latent-semantics`, or the name of the model's folder. */
  name: string;
  /** D */
  dimensions: number;
  /** (n×D) rows of length 1; zeros where nothing of a text is known. */
  encode(texts: readonly string[]): Promise<Matrix>;
}

export interface EncoderSettings {
  /** Folder of a feature-extraction model as Hugging Face lays it out (config.json, tokenizer.json, onnx/). */
  folder?: string;
  /** D of the built-in encoder, or as many as the texts have; default 64. */
  dimensions?: number;
  /** Gives a package by name; default: Node's own import. */
  load?: (name: string) => Promise<unknown>;
}

const PACKAGE = '@huggingface/transformers';

/** What is used of the package. */
interface Transformers {
  env: { localModelPath: string; allowRemoteModels: boolean };
  pipeline: (task: string, model: string, options: Record<string, unknown>) => Promise<Extractor>;
}
type Extractor = (
  texts: readonly string[],
  options: Record<string, unknown>,
) => Promise<{ dims: readonly number[]; data: ArrayLike<number> }>;

/** Why a folder gives no encoder, and what to do. */
interface Missing {
  why: string;
  advice: string;
}

/**
 * The encoder that can be had, and a warning where it isn't the one asked for. `texts` teach the built-in one. Throws
 * `InputError` where that has to learn from texts without a word. Nothing is ever downloaded.
 */
export async function sentenceEncoder(
  texts: readonly string[],
  random: Random,
  { folder, dimensions = 64, load = own }: EncoderSettings = {},
): Promise<{ encoder: SentenceEncoder; warnings: readonly Warning[] }> {
  if (folder === undefined) return { encoder: builtIn(texts, dimensions, random), warnings: [] };
  const found = await encoderIn(folder, load);
  if (!('why' in found)) return { encoder: found, warnings: [] };
  const warning = {
    kind: 'no-pretrained-encoder',
    message: `${folder}: ${found.why}, so texts are encoded by latent semantics learned from themselves.`,
    advice: `${found.advice[0].toUpperCase()}${found.advice.slice(1)}.`,
  };
  return { encoder: builtIn(texts, dimensions, random), warnings: [warning] };
}

/** The pre-trained encoder of a folder. Throws `InputError` where there is none to be had. */
export async function pretrainedEncoder(folder: string): Promise<SentenceEncoder> {
  const found = await encoderIn(folder, own);
  if ('why' in found) throw new InputError(`${folder} ${found.why}; ${found.advice}`);
  return found;
}

const own = (name: string): Promise<unknown> => import(name) as Promise<unknown>;

async function encoderIn(folder: string, load: (name: string) => Promise<unknown>): Promise<SentenceEncoder | Missing> {
  if (!existsSync(join(folder, 'config.json'))) {
    return {
      why: 'holds no model (config.json is missing)',
      advice: 'give the folder of a feature-extraction model',
    };
  }
  let transformers: Transformers;
  try {
    transformers = (await load(PACKAGE)) as Transformers;
  } catch {
    return {
      why: `needs the package ${PACKAGE}, which is not installed`,
      advice: `install it: npm install ${PACKAGE}`,
    };
  }
  try {
    return await pretrained(transformers, folder);
  } catch (error) {
    const said = (error as Error).message.split('\n')[0];
    return {
      why: `cannot be used (${said})`,
      advice: 'give a feature-extraction model with its tokenizer and ONNX weights',
    };
  }
}

/** TF-IDF and latent semantics of the texts. */
function builtIn(texts: readonly string[], dimensions: number, random: Random): SentenceEncoder {
  const tokens = texts.map((text) => tokensOf(text));
  const vocabulary = vocabularyOf(tokens);
  const { directions } = latentSemantics(tfIdf(vocabulary, tokens), dimensions, random);
  return {
    name: 'latent-semantics',
    dimensions: directions.columns,
    encode(asked) {
      const points = timesDense(
        tfIdf(
          vocabulary,
          asked.map((text) => tokensOf(text)),
        ),
        directions,
      );
      unitRows(points);
      return Promise.resolve(points);
    },
  };
}

/** Tries the model on a word, so that what is wrong shows at once. */
async function pretrained({ env, pipeline }: Transformers, folder: string): Promise<SentenceEncoder> {
  env.allowRemoteModels = false;
  const whole = resolve(folder);
  env.localModelPath = dirname(whole);
  const extract = await pipeline('feature-extraction', basename(whole), { local_files_only: true });
  const encode = async (texts: readonly string[], dimensions?: number): Promise<Matrix> => {
    if (texts.length === 0) return matrix(0, dimensions ?? 0);
    const { dims, data } = await extract(texts, { pooling: 'mean', normalize: true });
    const [n, d] = dims;
    if (dims.length !== 2 || n !== texts.length || (dimensions ?? d) !== d) {
      throw new Error(`its output has the shape ${dims.join('×')} for ${texts.length} texts`);
    }
    return matrix(n, d, Float64Array.from(data));
  };
  const dimensions = (await encode(['word'])).columns;
  return { name: basename(whole), dimensions, encode: (texts) => encode(texts, dimensions) };
}

/** Scales rows to length 1. */
function unitRows({ rows, columns, data }: Matrix): void {
  const starts = Int32Array.from({ length: rows + 1 }, (_, i) => i * columns);
  normaliseRows({ rows, columns, starts, index: new Int32Array(0), value: data });
}
