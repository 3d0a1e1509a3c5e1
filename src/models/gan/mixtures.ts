/**
 * Generators of points instead of images, where every mode can be counted: normal clouds on a ring of eight and on a
 * grid of 5×5 (Srivastava et al. 2017, VEEGAN, section 4.1; Metz et al. 2017). Two small dense networks go through the
 * same training as those for images.
 */
import type { Random } from '../../core/random.ts';
import type { Scalar, Tensor, TensorGate, Tf } from '../tensor.ts';
import type { ContestSettings } from './adversaries.ts';
import { train } from './adversaries.ts';
import { noise } from './batches.ts';
import type { Weights } from './layers.ts';
import { dense, leaky, weights } from './layers.ts';
import type { ObjectiveSettings } from './objective.ts';
import { discriminatorLoss, generatorLoss, slopePenalty } from './objective.ts';

/** Clouds of equal weight. */
export interface Mixture {
  /** (modes×2) */
  centres: Float64Array;
  /** Standard deviation of each coordinate. */
  deviation: number;
}

/** Eight clouds on a circle of radius 2. */
export function ring(deviation: number): Mixture {
  const centres = Float64Array.from({ length: 16 }, (_, i) => {
    const angle = (2 * Math.PI * Math.floor(i / 2)) / 8;
    return 2 * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
  });
  return { centres, deviation };
}

/** 25 clouds at −4, −2… 4 in both directions. */
export function grid(deviation: number): Mixture {
  const centres = Float64Array.from({ length: 50 }, (_, i) => {
    const mode = Math.floor(i / 2);
    return 2 * (i % 2 === 0 ? mode % 5 : Math.floor(mode / 5)) - 4;
  });
  return { centres, deviation };
}

/** n points (n×2), numbers `first`, `first + 1`… of the source. */
export function drawMixture({ centres, deviation }: Mixture, random: Random, first: number, n: number): Float32Array {
  const points = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    const mode = Math.floor((centres.length / 2) * random.uniform(first + i, 0));
    for (let j = 0; j < 2; j++) points[2 * i + j] = centres[2 * mode + j] + deviation * random.normal(first + i, 1 + j);
  }
  return points;
}

export interface FoundModes {
  /** Modes with a point within three standard deviations. */
  found: number;
  /** Modes with at least a fifth of their share of the points so near. */
  wellFound: number;
  /** Share of points within three standard deviations of a mode. */
  near: number;
}

/** How points (n×2) lie about the modes: the papers' counts, and a stricter one. */
export function findModes({ centres, deviation }: Mixture, points: Float32Array): FoundModes {
  const modes = centres.length / 2;
  const counts = new Int32Array(modes);
  const n = points.length / 2;
  for (let i = 0; i < n; i++) {
    let best = 0;
    let least = Infinity;
    for (let mode = 0; mode < modes; mode++) {
      const apart = Math.hypot(points[2 * i] - centres[2 * mode], points[2 * i + 1] - centres[2 * mode + 1]);
      if (apart < least) {
        least = apart;
        best = mode;
      }
    }
    if (least <= 3 * deviation) counts[best]++;
  }
  return {
    found: counts.filter((count) => count > 0).length,
    wellFound: counts.filter((count) => count >= n / modes / 5).length,
    near: counts.reduce((sum, count) => sum + count, 0) / n,
  };
}

const LATENT = 8;
const WIDTH = 64;
const SAMPLES = 2500;

export interface MixtureSettings extends ContestSettings, ObjectiveSettings {
  batchSize: number;
}

/** Trains a generator of the mixture's points and draws 2,500 (2500×2). Deterministic on the wasm and cpu back ends. */
export async function learnMixture(
  gate: TensorGate,
  mixture: Mixture,
  settings: MixtureSettings,
  random: Random,
): Promise<Float32Array> {
  const { tf } = gate;
  const { batchSize: n } = settings;
  const scale = Math.sqrt(mixture.centres.reduce((sum, x) => sum + x * x, 0) / mixture.centres.length);
  const g = perceptron(tf, random.stream('generator'), LATENT, 2, tf.relu);
  const average = perceptron(tf, random.stream('generator'), LATENT, 2, tf.relu);
  const d = perceptron(tf, random.stream('discriminator'), 2, 1, (x) => leaky(tf, x));
  const latent = random.stream('latent');
  const score = (x: Tensor): Tensor => tf.reshape(d.forward(x), [-1]);
  const draws = (step: number, turn: number): number => (step * (settings.criticSteps + 1) + turn) * n;
  await train(
    gate,
    {
      generator: g.weights,
      average: average.weights,
      discriminator: d.weights,
      discriminatorLoss(step, turn) {
        const real = tf.div(
          tf.tensor2d(drawMixture(mixture, random.stream('real'), draws(step, turn), n), [n, 2]),
          scale,
        );
        const made = g.forward(noise(tf, latent, draws(step, turn), n, LATENT));
        const mix = random.stream('mix', step, turn);
        const share = tf.tensor2d(
          Float32Array.from({ length: n }, (_, i) => mix.uniform(i, 0)),
          [n, 1],
        );
        return () => {
          const [ofReal, ofMade] = tf.split(score(tf.concat([real, made], 0)), 2);
          const loss = discriminatorLoss(tf, ofReal, ofMade, settings);
          const penalty = slopePenalty(tf, score, real, made, () => share, settings);
          return (penalty === undefined ? loss : tf.add(loss, penalty)) as Scalar;
        };
      },
      generatorLoss(step) {
        const z = noise(tf, latent, draws(step, settings.criticSteps), n, LATENT);
        return () => generatorLoss(tf, score(g.forward(z)), settings) as Scalar;
      },
    },
    settings,
  );
  const z = noise(tf, random.stream('samples'), 0, SAMPLES, LATENT);
  const points = tf.tidy(() => tf.mul(average.forward(z), scale));
  const values = (await points.data()) as Float32Array;
  tf.dispose([z, points]);
  for (const part of [g, average, d]) part.weights.dispose();
  return values;
}

/** Two hidden layers of 64. */
function perceptron(
  tf: Tf,
  random: Random,
  inputs: number,
  outputs: number,
  bend: (x: Tensor) => Tensor,
): { weights: Weights; forward(x: Tensor): Tensor } {
  const list = weights(tf, random);
  const first = dense(tf, list, inputs, WIDTH);
  const second = dense(tf, list, WIDTH, WIDTH);
  const last = dense(tf, list, WIDTH, outputs);
  return { weights: list, forward: (x) => last(bend(second(bend(first(x))))) };
}
