/** Trains the generator of images against its discriminator. */
import type { Random } from '../../core/random.ts';
import type { Images } from '../images/images.ts';
import { bytesOf, PIXELS } from '../images/images.ts';
import { categoryEntropy } from '../tensor.ts';
import type { Scalar, Tensor, TensorGate } from '../tensor.ts';
import type { Contest, ContestEvents, TrainingCurve, TrainingState } from './adversaries.ts';
import { CHECKPOINTS, train } from './adversaries.ts';
import { augmentation, augmented } from './augment.ts';
import { epochs, imageTensor, noise, oneHot } from './batches.ts';
import type { CreativesConfig } from './config.ts';
import { readWeights } from './layers.ts';
import type { Generator } from './networks.ts';
import { CATEGORIES, discriminator, generator } from './networks.ts';
import { discriminatorLoss, generatorLoss, slopePenalty } from './objective.ts';

export interface TrainedGenerator {
  /** Averaged weights, in the order of `generator(…).weights`. */
  weights: Float32Array[];
  curve: TrainingCurve;
  snapshots: Snapshot[];
}

/** What the generator made of the same noise after so many steps. */
export interface Snapshot {
  step: number;
  /** 25 images of 28×28 bytes, base64: of categories 0, 1… 9, 0, 1… */
  pixels: string;
}

export interface ImageTrainingState extends TrainingState {
  snapshots: readonly Snapshot[];
}

export interface ImageTrainingEvents {
  /** Of every step. */
  onStep?: (step: number) => void;
  /** At each entry of the curve; training waits for it. */
  onCheckpoint?: (step: number, state: () => Promise<ImageTrainingState>) => Promise<void>;
}

/**
 * Trains on the images `indices`, from the start or from a state that `onCheckpoint` gave: with the same bytes either
 * way on the wasm and cpu back ends, where the rest is a pure function of the arguments too.
 */
export async function trainGenerator(
  gate: TensorGate,
  images: Images,
  indices: Int32Array,
  config: CreativesConfig,
  random: Random,
  events: ImageTrainingEvents = {},
  from?: ImageTrainingState,
): Promise<TrainedGenerator> {
  const contest = imageContest(gate, images, indices, config, random, from);
  const snapshots = [...(from?.snapshots ?? [])];
  const look = snapshotOf(gate, contest.averaged, config.latentSize, random.stream('snapshots'));
  const onCheckpoint: ContestEvents['onCheckpoint'] = async (step, state) => {
    if (isDue(step, config.steps)) snapshots.push({ step, pixels: await look() });
    await events.onCheckpoint?.(step, async () => ({ ...(await state()), snapshots: [...snapshots] }));
  };
  const curve = await train(gate, contest, config, { ...events, onCheckpoint }, from);
  const weights = await readWeights(contest.average);
  for (const part of [contest.generator, contest.average, contest.discriminator]) part.dispose();
  return { weights, curve, snapshots };
}

/** True at the first entry of the curve and wherever training has become twice as long: images change fast at first. */
function isDue(step: number, steps: number): boolean {
  const doublings = (at: number): number => Math.floor(Math.log2(at / steps));
  return doublings(step) > doublings(step - Math.max(1, Math.floor(steps / CHECKPOINTS)));
}

/** A snapshot's batch: its statistics must be those of many. */
const BATCH = 100;
const SHOWN = 25;

function snapshotOf({ tf }: TensorGate, g: Generator, latentSize: number, random: Random): () => Promise<string> {
  return async () => {
    const images = tf.tidy(() => {
      const categories = Array.from({ length: BATCH }, (_, i) => i % CATEGORIES);
      const made = g.forward(noise(tf, random, 0, BATCH, latentSize), oneHot(tf, categories));
      return tf.slice(tf.reshape(made, [BATCH, PIXELS]), [0, 0], [SHOWN, PIXELS]);
    });
    const bytes = bytesOf(await images.data());
    images.dispose();
    return Buffer.from(bytes).toString('base64');
  };
}

function imageContest(
  { tf }: TensorGate,
  images: Images,
  indices: Int32Array,
  config: CreativesConfig,
  random: Random,
  from: TrainingState | undefined,
): Contest & { averaged: Generator } {
  const { batchSize, latentSize, categoryWeight } = config;
  const g = generator(tf, config, random.stream('generator'));
  const d = discriminator(tf, config, random.stream('discriminator'));
  const average = generator(tf, config, random.stream('generator'));
  const latent = random.stream('latent');
  const wanted = random.stream('categories');
  const light = random.stream('augmentation');
  const real = epochs(indices, batchSize, random.stream('order'));
  for (let seen = 0; seen < (from?.step ?? 0) * config.criticSteps; seen++) real.next();

  const named = (step: number, who: number): Tensor =>
    oneHot(
      tf,
      Array.from({ length: batchSize }, (_, i) => Math.floor(CATEGORIES * wanted.uniform(step, 2 * i + who))),
    );
  const shown = (x: Tensor, step: number, who: string, turn: number): Tensor =>
    config.augment === 'none' ? x : augmented(tf, x, augmentation(x.shape[0], light.stream(who, step, turn)));

  return {
    generator: g.weights,
    average: average.weights,
    averaged: average,
    discriminator: d.weights,
    discriminatorLoss(step, turn) {
      const batch = real.next().value;
      const truth = oneHot(
        tf,
        Array.from(batch, (i) => images.labels[i]),
      );
      // A critic's slope is measured between a real and a made image: they must be of one category.
      const asked = config.objective === 'wgan-gp' ? truth : named(step, 0);
      const source = turn === 0 ? latent : latent.stream('turn', turn);
      const made = g.forward(noise(tf, source, 2 * step * batchSize, batchSize, latentSize), asked);
      const both = shown(tf.concat([imageTensor(tf, images.pixels, batch), made], 0), step, 'discriminator', turn);
      const categories = tf.concat([truth, asked], 0);
      const mix = (): Tensor => {
        const share = light.stream('mix', step, turn);
        return tf.tensor4d(
          Float32Array.from({ length: batchSize }, (_, i) => share.uniform(i, 0)),
          [batchSize, 1, 1, 1],
        );
      };
      const score = (x: Tensor): Tensor => d.forward(x, truth).score;
      return () => {
        const out = d.forward(both, categories);
        const [realScore, madeScore] = tf.split(out.score, 2);
        const [realNames] = tf.split(out.categories, 2);
        const apart = discriminatorLoss(tf, realScore, madeScore, config);
        const loss = tf.add(apart, tf.mul(categoryEntropy(tf, realNames, truth), categoryWeight));
        const [realImages, madeImages] = tf.split(both, 2);
        const penalty = slopePenalty(tf, score, realImages, madeImages, mix, config);
        return (penalty === undefined ? loss : tf.add(loss, penalty)) as Scalar;
      };
    },
    generatorLoss(step) {
      const asked = named(step, 1);
      const z = noise(tf, latent, (2 * step + 1) * batchSize, batchSize, latentSize);
      return () => {
        const out = d.forward(shown(g.forward(z, asked), step, 'generator', 0), asked);
        const naming = tf.mul(categoryEntropy(tf, out.categories, asked), categoryWeight);
        return tf.add(generatorLoss(tf, out.score, config), naming);
      };
    },
  };
}
