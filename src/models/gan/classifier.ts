/**
 * A small convolutional classifier of categories. Two of them are trained, on images of their own: the perception
 * model, which the market's users see with, and the judge, which measures the generator.
 */
import type { Random } from '../../core/random.ts';
import { integratedGradients } from '../explain/integrated-gradients.ts';
import type { Attribution } from '../explain/integrated-gradients.ts';
import type { Images } from '../images/images.ts';
import { normalised, PIXELS, SIDE } from '../images/images.ts';
import type { Tensor, TensorGate, Tf } from '../tensor.ts';
import { adam, categoryEntropy } from '../tensor.ts';
import { epochs, imageTensor, oneHot } from './batches.ts';
import type { Weights } from './layers.ts';
import { dense, halving, LEAK, readWeights, weights, writeWeights } from './layers.ts';
import { CATEGORIES } from './networks.ts';

/** Length of the feature vector that distances are measured in. */
export const FEATURES = 48;
const WIDTH = 16;
const BATCH = 64;
const LEARNING_RATE = 0.002;
/** Targets of 0.9 and 0.01 instead of 1 and 0: log p stays finite on images unlike any seen in training. */
const SMOOTHING = 0.1;
const CHUNK = 500;

interface Network {
  weights: Weights;
  /** Activations of the two convolutions, then what is made of them. */
  forward(images: Tensor): { maps: readonly Tensor[]; features: Tensor; logits: Tensor };
}

function network(tf: Tf, random: Random): Network {
  const list = weights(tf, random);
  const first = halving(tf, list, 1, WIDTH);
  const second = halving(tf, list, WIDTH, 2 * WIDTH);
  const flat = 7 * 7 * 2 * WIDTH;
  const third = dense(tf, list, flat, FEATURES);
  const last = dense(tf, list, FEATURES, CATEGORIES);
  return {
    weights: list,
    forward(images) {
      const shallow = tf.leakyRelu(first(images), LEAK);
      const deep = tf.leakyRelu(second(shallow), LEAK);
      const features = tf.leakyRelu(third(tf.reshape(deep, [-1, flat])), LEAK);
      return { maps: [shallow, deep], features, logits: last(features) };
    },
  };
}

/** Trains on the images `indices`; answers with the weights. Deterministic on the wasm and cpu back ends. */
export async function trainClassifier(
  gate: TensorGate,
  images: Images,
  indices: Int32Array,
  steps: number,
  random: Random,
  onStep: (step: number) => void,
): Promise<Float32Array[]> {
  const { tf } = gate;
  const net = network(tf, random);
  const optimiser = adam(gate, { learningRate: LEARNING_RATE });
  const batches = epochs(indices, BATCH, random.stream('order'));
  for (let step = 1; step <= steps; step++) {
    optimiser.setLearningRate(LEARNING_RATE * Math.min(1, (1.25 * (steps - step + 1)) / steps));
    tf.tidy(() => {
      const batch = batches.next().value;
      const shown = imageTensor(tf, images.pixels, batch);
      const truth = oneHot(
        tf,
        Array.from(batch, (i) => images.labels[i]),
      );
      const targets = tf.add(tf.mul(truth, 1 - SMOOTHING), SMOOTHING / CATEGORIES);
      optimiser.minimize(() => categoryEntropy(tf, net.forward(shown).logits, targets), net.weights.variables);
    });
    onStep(step);
    // oxlint-disable-next-line no-await-in-loop -- lets the process breathe
    if (step % 20 === 0) await net.weights.variables[1].data();
  }
  const values = await readWeights(net.weights);
  optimiser.dispose();
  net.weights.dispose();
  return values;
}

export interface Perceived {
  /** (n×10) log p(category | image). */
  logProbability: Float32Array;
  /** (n×48) activations of the last hidden layer. */
  features: Float32Array;
}

export interface Classifier {
  /** Looks at n images of 784 bytes. */
  perceive(pixels: Uint8Array): Promise<Perceived>;
  /** Activations of the two convolutions, (n×14×14×16) and (n×7×7×32), for images in [−1, 1]. */
  featureMaps: (images: Tensor) => readonly Tensor[];
  /** What each pixel of one image (784 bytes) adds to log p(category | image), beside a black image. */
  attribute(pixels: Uint8Array, category: number): Promise<Attribution>;
  dispose(): void;
}

/** A frozen classifier from weights as `trainClassifier` gives them. */
export function classifier(gate: TensorGate, values: readonly Float32Array[], random: Random): Classifier {
  const { tf } = gate;
  const net = network(tf, random);
  writeWeights(tf, net.weights, values);
  return {
    async perceive(pixels) {
      const n = pixels.length / PIXELS;
      const logProbability = new Float32Array(n * CATEGORIES);
      const features = new Float32Array(n * FEATURES);
      for (let from = 0; from < n; from += CHUNK) {
        const size = Math.min(CHUNK, n - from);
        const chunk = pixels.subarray(from * PIXELS, (from + size) * PIXELS);
        const indices = Array.from({ length: size }, (_, i) => i);
        const out = tf.tidy(() => {
          const { features, logits } = net.forward(tf.tensor4d(normalised(chunk, indices), [size, SIDE, SIDE, 1]));
          return [features, tf.logSoftmax(logits)];
        });
        // oxlint-disable-next-line no-await-in-loop -- chunk after chunk keeps the memory small
        features.set(await out[0].data(), from * FEATURES);
        // oxlint-disable-next-line no-await-in-loop
        logProbability.set(await out[1].data(), from * CATEGORIES);
        tf.dispose(out);
      }
      return { logProbability, features };
    },
    featureMaps: (images) => net.forward(images).maps,
    attribute(pixels, category) {
      const named = (images: Tensor): Tensor =>
        tf.squeeze(tf.slice(tf.logSoftmax(net.forward(images).logits), [0, category], [-1, 1]), [1]);
      const [image, black] = [pixels, new Uint8Array(PIXELS)].map((bytes) => normalised(bytes, [0]));
      return integratedGradients(tf, named, image, black, [SIDE, SIDE, 1]);
    },
    dispose: () => net.weights.dispose(),
  };
}

/** By label (10): how many images, and how many of their rows of log probabilities (n×10) are highest there. */
export function countRecognised(
  logProbability: Float32Array,
  labels: ArrayLike<number>,
): { hits: Int32Array; images: Int32Array } {
  const hits = new Int32Array(CATEGORIES);
  const images = new Int32Array(CATEGORIES);
  for (let i = 0; i < labels.length; i++) {
    let best = 0;
    for (let c = 1; c < CATEGORIES; c++) {
      if (logProbability[i * CATEGORIES + c] > logProbability[i * CATEGORIES + best]) best = c;
    }
    images[labels[i]]++;
    if (best === labels[i]) hits[labels[i]]++;
  }
  return { hits, images };
}
