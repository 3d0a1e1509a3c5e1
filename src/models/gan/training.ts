/** Trains generator against discriminator. */
import type { Random } from '../../core/random.ts';
import type { Images } from '../images/images.ts';
import type { Adam, Scalar, Tensor, TensorGate, Tf } from '../tensor.ts';
import { adam } from '../tensor.ts';
import { epochs, imageTensor, noise, oneHot } from './batches.ts';
import type { CreativesConfig } from './config.ts';
import type { Weights } from './layers.ts';
import { readWeights, weights } from './layers.ts';
import { CATEGORIES, discriminator, generator } from './networks.ts';

/** Mean losses since the entry before. */
export interface TrainingCurve {
  step: number[];
  generatorLoss: number[];
  discriminatorLoss: number[];
}

export interface TrainedGenerator {
  /** Averaged weights, in the order of `generator(…).weights`. */
  weights: Float32Array[];
  curve: TrainingCurve;
}

/** How many entries the curve has. */
const CHECKPOINTS = 40;

/** Mean binary cross-entropy of logits against one target: softplus(z) − target·z. */
export function binaryCrossEntropy(tf: Tf, logits: Tensor, target: number): Scalar {
  return tf.mean(tf.sub(tf.softplus(logits), tf.mul(logits, target))) as Scalar;
}

/** Mean cross-entropy of logits (n×10) against rows of targets. */
export function crossEntropy(tf: Tf, logits: Tensor, targets: Tensor): Scalar {
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), targets), 1))) as Scalar;
}

/** Moving average of weights, on the device. */
function movingAverage(tf: Tf, source: Weights, random: Random): { update(decay: number): void; list: Weights } {
  const list = weights(tf, random);
  for (const variable of source.variables) tf.tidy(() => list.constant(variable.shape, 0).assign(tf.clone(variable)));
  const update = (decay: number): void => {
    source.variables.forEach((variable, i) => {
      const average = list.variables[i];
      tf.tidy(() => average.assign(tf.add(tf.mul(average, decay), tf.mul(variable, 1 - decay))));
    });
  };
  return { update, list };
}

/** Sums losses on the device and reads them at checkpoints only. */
function lossMeter(tf: Tf): { add(loss: Scalar): void; mean(): Promise<number>; dispose(): void } {
  let sum = tf.scalar(0);
  let count = 0;
  return {
    add(loss) {
      const next = tf.add<Scalar>(sum, loss);
      sum.dispose();
      loss.dispose();
      sum = next;
      count++;
    },
    async mean() {
      const [total] = await sum.data();
      const mean = total / count;
      sum.dispose();
      sum = tf.scalar(0);
      count = 0;
      return mean;
    },
    dispose: () => sum.dispose(),
  };
}

/**
 * Trains on the images `indices`. Deterministic in its arguments on the wasm and cpu back ends.
 * `onStep` is told of every step.
 */
export async function trainGenerator(
  gate: TensorGate,
  images: Images,
  indices: Int32Array,
  config: CreativesConfig,
  random: Random,
  onStep: (step: number) => void,
): Promise<TrainedGenerator> {
  const { tf } = gate;
  const { batchSize, latentSize, steps, labelSmoothing, categoryWeight } = config;
  const g = generator(tf, config, random.stream('generator'));
  const d = discriminator(tf, config, random.stream('discriminator'));
  const average = movingAverage(tf, g.weights, random);
  // A short memory of the gradient's direction keeps the two from circling each other (Radford et al. 2016, section 4).
  const optimiser = (learningRate: number): Adam => adam(gate, { learningRate, beta1: 0.5, beta2: 0.99 });
  const gOptimiser = optimiser(config.generatorLearningRate);
  const dOptimiser = optimiser(config.discriminatorLearningRate);
  const gLoss = lossMeter(tf);
  const dLoss = lossMeter(tf);
  const real = epochs(indices, batchSize, random.stream('order'));
  const latent = random.stream('latent');
  const wanted = random.stream('categories');
  const curve: TrainingCurve = { step: [], generatorLoss: [], discriminatorLoss: [] };
  const every = Math.max(1, Math.floor(steps / CHECKPOINTS));

  const named = (step: number, who: number): Tensor =>
    oneHot(
      tf,
      Array.from({ length: batchSize }, (_, i) => Math.floor(CATEGORIES * wanted.uniform(step, 2 * i + who))),
    );

  const discriminate = (step: number): Scalar =>
    tf.tidy(() => {
      const batch = real.next().value;
      const shown = imageTensor(tf, images.pixels, batch);
      const truth = oneHot(
        tf,
        Array.from(batch, (i) => images.labels[i]),
      );
      const asked = named(step, 0);
      const fake = g.forward(noise(tf, latent, 2 * step * batchSize, batchSize, latentSize), asked);
      const both = tf.concat([shown, fake], 0);
      const categories = tf.concat([truth, asked], 0);
      return dOptimiser.minimize(() => {
        const out = d.forward(both, categories);
        const [realScore, fakeScore] = tf.split(out.score, 2);
        const [realNames] = tf.split(out.categories, 2);
        const adversarial = tf.add(
          binaryCrossEntropy(tf, realScore, 1 - labelSmoothing),
          binaryCrossEntropy(tf, fakeScore, 0),
        );
        return tf.add(adversarial, tf.mul(crossEntropy(tf, realNames, truth), categoryWeight));
      }, d.weights.variables);
    });

  const generate = (step: number): Scalar =>
    tf.tidy(() => {
      const asked = named(step, 1);
      const z = noise(tf, latent, (2 * step + 1) * batchSize, batchSize, latentSize);
      return gOptimiser.minimize(() => {
        const out = d.forward(g.forward(z, asked), asked);
        return tf.add(
          binaryCrossEntropy(tf, out.score, 1),
          tf.mul(crossEntropy(tf, out.categories, asked), categoryWeight),
        );
      }, g.weights.variables);
    });

  for (let step = 1; step <= steps; step++) {
    dLoss.add(discriminate(step));
    gLoss.add(generate(step));
    // The average forgets the start sooner than its decay would.
    average.update(Math.min(config.averaging, step / (step + 9)));
    if (step % every === 0 || step === steps) {
      curve.step.push(step);
      // oxlint-disable-next-line no-await-in-loop -- a checkpoint: also lets the process breathe
      curve.discriminatorLoss.push(await dLoss.mean());
      // oxlint-disable-next-line no-await-in-loop
      curve.generatorLoss.push(await gLoss.mean());
    }
    onStep(step);
  }
  const values = await readWeights(average.list);
  for (const part of [gLoss, dLoss, gOptimiser, dOptimiser, g.weights, d.weights, average.list]) part.dispose();
  return { weights: values, curve };
}
