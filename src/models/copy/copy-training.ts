/** Trains the Transformer on texts of facts: seeded, resumable after any epoch, judged on meanings it has not seen. */
import { InputError } from '../../core/errors.ts';
import type { Random } from '../../core/random.ts';
import { readWeights, writeWeights } from '../gan/layers.ts';
import type { Adam, Scalar, TensorGate } from '../tensor.ts';
import { adam } from '../tensor.ts';
import type { AdamState } from '../tensor/adam.ts';
import { copyBatch, epochBatches } from './copy-batches.ts';
import type { CopyExample } from './slots.ts';
import { transformer } from './transformer.ts';
import type { CopyBatch, Transformer, TransformerShape } from './transformer.ts';
import { learnVocabulary, slotTokens } from './vocabulary.ts';
import type { EncodedText, Vocabulary } from './vocabulary.ts';

export interface CopyTrainingSettings {
  width: number;
  layers: number;
  heads: number;
  epochs: number;
  batchSize: number;
  learningRate: number;
  /** Share of the targets spread over all words. */
  smoothing: number;
  /** Share of the meanings that training doesn't see. */
  heldOut: number;
}

export const COPY_TRAINING: CopyTrainingSettings = {
  width: 64,
  layers: 2,
  heads: 4,
  epochs: 12,
  batchSize: 32,
  learningRate: 0.003,
  smoothing: 0.1,
  heldOut: 0.1,
};

export interface CopyCurve {
  /** Mean loss of the epoch's steps, smoothing included [nats per word]. */
  trainLoss: number[];
  /** Cross-entropy of held-out texts after the epoch [nats per word]. */
  heldOutLoss: number[];
}

/** A language model of copy, as plain numbers. */
export interface CopyModel {
  vocabulary: Vocabulary;
  shape: TransformerShape;
  /** In the order of `transformer`. */
  weights: readonly Float32Array[];
}

export interface TrainedCopy extends CopyModel {
  curve: CopyCurve;
  /** The epoch whose weights these are, 1 …: that of the least held-out loss. */
  epoch: number;
  texts: { trained: number; heldOut: number; all: number };
}

/** All that the next epoch depends on. */
export interface CopyCheckpoint {
  /** Finished epochs. */
  epoch: number;
  weights: readonly Float32Array[];
  adam: AdamState;
  best: { epoch: number; weights: readonly Float32Array[] };
  curve: CopyCurve;
}

export interface CopyTrainingHooks {
  onStep?: (done: number, total: number) => void;
  onEpoch?: (checkpoint: CopyCheckpoint) => void;
  resume?: CopyCheckpoint | undefined;
}

/** Steps in which the learning rate rises. */
const WARM_UP = 60;

interface Course {
  gate: TensorGate;
  net: Transformer;
  optimiser: Adam;
  settings: CopyTrainingSettings;
}

/**
 * Trains on `examples`. Bit for bit the same for the same arguments on wasm, resumed or not. Throws `InputError` for
 * texts that can't be learned from, where training diverges, and for a checkpoint of another model.
 */
export async function trainCopy(
  gate: TensorGate,
  examples: readonly CopyExample[],
  settings: CopyTrainingSettings,
  random: Random,
  { onStep, onEpoch, resume }: CopyTrainingHooks = {},
): Promise<TrainedCopy> {
  const { vocabulary, texts } = learnVocabulary(examples);
  const { trained, heldOut } = divided(texts, examples.length, settings.heldOut, random);
  const shape = shapeOf(vocabulary, settings);
  const net = transformer(gate.tf, shape, random.stream('transformer'));
  const optimiser = adam(gate, { learningRate: settings.learningRate, beta2: 0.98 });
  const course: Course = { gate, net, optimiser, settings };
  try {
    let state = resume ?? (await checkpointOf(course, { epoch: 0, curve: { trainLoss: [], heldOutLoss: [] } }));
    if (resume) restore(course, resume);
    const order = random.stream('order');
    while (state.epoch < settings.epochs) {
      const batches = epochBatches(trained, settings.batchSize, order, state.epoch);
      const total = settings.epochs * batches.length;
      // oxlint-disable-next-line no-await-in-loop -- one epoch follows from the one before
      state = await epochAfter(course, state, batches, heldOut, (step) =>
        onStep?.(state.epoch * batches.length + step, total),
      );
      onEpoch?.(state);
    }
    const counts = { trained: trained.length, heldOut: heldOut.length };
    const all = examples.reduce((sum, { references }) => sum + references.length, 0);
    const { curve, best } = state;
    return { vocabulary, shape, weights: best.weights, curve, epoch: best.epoch, texts: { ...counts, all } };
  } finally {
    optimiser.dispose();
    net.weights.dispose();
  }
}

/** The shape of a Transformer for a vocabulary. Throws RangeError where the width doesn't divide. */
export function shapeOf(
  vocabulary: Vocabulary,
  { width, layers, heads }: Pick<CopyTrainingSettings, 'width' | 'layers' | 'heads'>,
): TransformerShape {
  if (width % heads !== 0) throw new RangeError(`copy: a width of ${width} can't be shared by ${heads} heads`);
  const { words, slots, length } = vocabulary;
  return { width, layers, heads, words: words.length, slotTokens: slotTokens(slots), slots: slots.length, length };
}

/** Whole meanings are held out, so that no reference of theirs is seen. */
function divided(
  texts: readonly EncodedText[],
  examples: number,
  share: number,
  random: Random,
): { trained: EncodedText[]; heldOut: EncodedText[] } {
  const order = random.stream('held-out').sequence().shuffle(Array.from({ length: examples }, (_, i) => i)); // prettier-ignore
  const out = new Set(order.slice(0, Math.max(1, Math.round(share * examples))));
  const heldOut = texts.filter(({ example, whole }) => whole && out.has(example));
  const trained = texts.filter(({ example }) => !out.has(example));
  if (trained.length === 0 || heldOut.length === 0) {
    throw new InputError(`copy: ${texts.length} usable texts are too few to train and to check; give more`);
  }
  return { trained, heldOut };
}

async function epochAfter(
  course: Course,
  state: CopyCheckpoint,
  batches: readonly CopyBatch[],
  heldOut: readonly EncodedText[],
  onStep: (step: number) => void,
): Promise<CopyCheckpoint> {
  const { gate, net, optimiser, settings } = course;
  const total = settings.epochs * batches.length;
  let sum = 0;
  for (let i = 0; i < batches.length; i++) {
    const step = state.epoch * batches.length + i;
    const warm = Math.min(WARM_UP, total / 4);
    optimiser.setLearningRate(settings.learningRate * Math.min((step + 1) / warm, (total - step) / (total - warm)));
    const loss = gate.tf.tidy(() =>
      optimiser.minimize(() => net.loss(batches[i], settings.smoothing) as Scalar, net.weights.variables),
    );
    // oxlint-disable-next-line no-await-in-loop -- also lets the process breathe
    sum += (await loss.data())[0];
    loss.dispose();
    onStep(i + 1);
  }
  const trainLoss = [...state.curve.trainLoss, sum / batches.length];
  const heldOutLoss = [...state.curve.heldOutLoss, await heldOutLossOf(course, heldOut)];
  if (![trainLoss, heldOutLoss].every((losses) => Number.isFinite(losses.at(-1)))) {
    throw new InputError('copy: training diverged; lower the learning rate');
  }
  const after = await checkpointOf(course, { epoch: state.epoch + 1, curve: { trainLoss, heldOutLoss } });
  const improved = Math.min(...heldOutLoss) === heldOutLoss.at(-1);
  return improved ? after : { ...after, best: state.best };
}

/** Cross-entropy [nats per word]. */
async function heldOutLossOf({ gate, net, settings }: Course, texts: readonly EncodedText[]): Promise<number> {
  let [sum, words] = [0, 0];
  const sorted = texts.toSorted((a, b) => a.words.length - b.words.length);
  for (let from = 0; from < sorted.length; from += settings.batchSize) {
    const batch = copyBatch(sorted.slice(from, from + settings.batchSize));
    const loss = gate.tf.tidy(() => net.loss(batch, 0));
    const counted = batch.counts.reduce((all, one) => all + one, 0);
    // oxlint-disable-next-line no-await-in-loop
    sum += counted * (await loss.data())[0];
    words += counted;
    loss.dispose();
  }
  return sum / words;
}

async function checkpointOf(
  { net, optimiser }: Course,
  { epoch, curve }: Pick<CopyCheckpoint, 'epoch' | 'curve'>,
): Promise<CopyCheckpoint> {
  const { variables } = net.weights;
  // Copies: the next step would write over what the back end hands out.
  const weights = (await readWeights(net.weights)).map((values) => values.slice());
  const { powers, moments } = await optimiser.read(variables);
  const state = { powers, moments: moments.map((values) => values.slice()) };
  return { epoch, weights, adam: state, best: { epoch, weights }, curve };
}

function restore({ gate, net, optimiser }: Course, checkpoint: CopyCheckpoint): void {
  try {
    writeWeights(gate.tf, net.weights, checkpoint.weights);
    optimiser.write(net.weights.variables, checkpoint.adam);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new InputError('copy: the checkpoint is of another model or of other data; start in a new folder', { cause });
  }
}
