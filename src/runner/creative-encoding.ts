/**
 * What models and agents are told of each creative: what is measured on it, or not (`creatives.measured`), and the vector of an encoder
 * (`creatives.encoder`) that learns from the clicks which models are trained on and describes creatives that the log never showed, too.
 */
import type { ActionTable, Creatives, Matrix } from '../core/contracts.ts';
import { MEASURED_NAMES } from '../core/creatives.ts';
import { InputError } from '../core/errors.ts';
import { matrix } from '../core/matrix.ts';
import type { Random } from '../core/random.ts';
import { creativeEncoder } from '../models/creative-encoder/encoder.ts';
import type { CreativeEncoder } from '../models/creative-encoder/encoder.ts';
import type { ResolvedExperiment } from './config.ts';
import type { LogParts } from './fit-models.ts';

export interface CreativeEncoding {
  /** What the model or agent of this name is told of each action. */
  actionsFor(name: string): ActionTable;
  /** Where the experiment asks for it. */
  encoder?: CreativeEncoder;
}

/** Creatives with the images that were measured. */
export interface Pictured {
  creatives: Creatives;
  /** (creatives) 28×28 bytes each; absent for synthetic creatives. */
  pixels?: readonly Uint8Array[] | undefined;
}

/** Learns from the rows that models train on. Throws `InputError` where its clicks don't tell creatives apart. */
export function creativeEncoding(
  { creatives: { encoder: config }, world }: Pick<ResolvedExperiment, 'creatives' | 'world'>,
  actions: ActionTable,
  { creatives, pixels }: Pictured,
  { parts: { train } }: LogParts,
  random: Random,
): CreativeEncoding {
  if (!config) return { actionsFor: () => actions };
  if (!pixels) throw new RangeError('creativeEncoding: creatives without pixels');
  const { headlines, category } = creatives;
  const views = { pixels, headlines, category, categories: world.categories };
  const shown = new Float64Array(creatives.size);
  const clicks = new Float64Array(creatives.size);
  for (let i = 0; i < train.size; i++) {
    const c = actions.creative[train.decisions.action[i]];
    shown[c]++;
    clicks[c] += train.outcomes.click[i];
  }
  const encoder = learned(() => creativeEncoder(views, shown, clicks, random, config));
  const encoded = withVectors(actions, encoder.embed(views));
  return { encoder, actionsFor: (name) => (config.without.includes(name) ? actions : encoded) };
}

/** The actions without what is measured on pixels and headline. */
export function unmeasured(actions: ActionTable): ActionTable {
  const { features, featureNames } = actions;
  const hidden: ReadonlySet<string> = new Set(MEASURED_NAMES);
  const kept = featureNames.flatMap((name, j) => (hidden.has(name) ? [] : [j]));
  const out = matrix(features.rows, kept.length);
  for (let a = 0; a < out.rows; a++) {
    kept.forEach((j, to) => (out.data[a * kept.length + to] = features.data[a * features.columns + j]));
  }
  return { ...actions, features: out, featureNames: kept.map((j) => featureNames[j]) };
}

/** `vectors` (creatives×D) become D more features. */
function withVectors(actions: ActionTable, { columns: D, data: vectors }: Matrix): ActionTable {
  const { rows: k, columns: f, data } = actions.features;
  const features = matrix(k, f + D);
  actions.creative.forEach((c, a) => {
    features.data.set(data.subarray(a * f, (a + 1) * f), a * (f + D));
    features.data.set(vectors.subarray(c * D, (c + 1) * D), a * (f + D) + f);
  });
  const names = Array.from({ length: D }, (_, j) => `encoded-${j + 1}`);
  return { ...actions, features, featureNames: [...actions.featureNames, ...names] };
}

/** Says of which key it is what the encoder refuses. */
function learned<T>(learn: () => T): T {
  try {
    return learn();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`creatives.encoder: ${error.message}`, { cause: error });
  }
}
