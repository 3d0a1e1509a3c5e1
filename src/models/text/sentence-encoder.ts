/**
 * Texts as vectors of equal length whose cosine says how much they mean the same: by a pre-trained model in a local folder where
 * there is one (`@huggingface/transformers`, which adsim does not depend on), else by TF-IDF and latent semantics learned from
 * the texts at hand.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
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

/**
 * The encoder that can be had, and a warning where it isn't the one asked for. `texts` teach the built-in one. Throws
 * `InputError` where that has to learn from texts without a word. Nothing is ever downloaded.
 */
export async function sentenceEncoder(
  texts: readonly string[],
  random: Random,
  { folder, dimensions = 64, load = (name) => import(name) as Promise<unknown> }: EncoderSettings = {},
): Promise<{ encoder: SentenceEncoder; warnings: readonly Warning[] }> {
  if (folder === undefined) return { encoder: builtIn(texts, dimensions, random), warnings: [] };
  const missing = (why: string, advice: string): Warning => ({
    kind: 'no-pretrained-encoder',
    message: `${folder}: ${why}, so texts are encoded by latent semantics learned from themselves.`,
    advice,
  });
  const fallBack = (warning: Warning) => ({ encoder: builtIn(texts, dimensions, random), warnings: [warning] });
  if (!existsSync(join(folder, 'config.json'))) {
    return fallBack(
      missing('holds no model (config.json is missing)', 'Give the folder of a feature-extraction model.'),
    );
  }
  let transformers: Transformers;
  try {
    transformers = (await load(PACKAGE)) as Transformers;
  } catch {
    return fallBack(
      missing(`needs the package ${PACKAGE}, which is not installed`, `Install it: npm install ${PACKAGE}`),
    );
  }
  try {
    return { encoder: await pretrained(transformers, folder), warnings: [] };
  } catch (error) {
    const said = (error as Error).message.split('\n')[0];
    return fallBack(
      missing(`cannot be used (${said})`, 'Give a feature-extraction model with its tokenizer and ONNX weights.'),
    );
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
  env.localModelPath = dirname(folder);
  const extract = await pipeline('feature-extraction', basename(folder), { local_files_only: true });
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
  return { name: basename(folder), dimensions, encode: (texts) => encode(texts, dimensions) };
}

/** Scales rows to length 1. */
function unitRows({ rows, columns, data }: Matrix): void {
  const starts = Int32Array.from({ length: rows + 1 }, (_, i) => i * columns);
  normaliseRows({ rows, columns, starts, index: new Int32Array(0), value: data });
}
