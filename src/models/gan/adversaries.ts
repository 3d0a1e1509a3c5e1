/** Trains two networks against each other, whatever they make: the loop, its optimisers, averages and checkpoints. */
import type { Adam, AdamState, Scalar, TensorGate, Tf } from '../tensor.ts';
import { adam, blend } from '../tensor.ts';
import type { Weights } from './layers.ts';
import { readWeights, writeWeights } from './layers.ts';
import type { Objective } from './objective.ts';
import { MOMENTS } from './objective.ts';

/** Two networks, and what each loses in a step. */
export interface Contest {
  generator: Weights;
  /** A second network of the generator's shape: becomes the moving average of its weights. */
  average: Weights;
  discriminator: Weights;
  /** Draws the batch of a step (1, 2…) and of a turn within it (0, 1…); answers with the loss on it. Called in `tf.tidy`. */
  discriminatorLoss(step: number, turn: number): () => Scalar;
  generatorLoss(step: number): () => Scalar;
}

export interface ContestSettings {
  steps: number;
  objective: Objective;
  /** Discriminator steps per generator step. */
  criticSteps: number;
  generatorLearningRate: number;
  discriminatorLearningRate: number;
  /** Decay of the average per step. */
  averaging: number;
}

/** Mean losses since the entry before. */
export interface TrainingCurve {
  step: number[];
  generatorLoss: number[];
  discriminatorLoss: number[];
}

/** All that training goes on from: plain numbers, the same bytes in and out. */
export interface TrainingState {
  /** Steps done. */
  step: number;
  curve: TrainingCurve;
  generator: Float32Array[];
  average: Float32Array[];
  discriminator: Float32Array[];
  generatorAdam: AdamState;
  discriminatorAdam: AdamState;
}

export interface ContestEvents {
  /** Of every step. */
  onStep?: (step: number) => void;
  /** At each entry of the curve, the average up to date; training waits for it. */
  onCheckpoint?: (step: number, state: () => Promise<TrainingState>) => Promise<void> | void;
}

/** How many entries the curve has. */
export const CHECKPOINTS = 40;

/**
 * Trains to the end, from the start or from a state as `onCheckpoint` gave it: with the same bytes either way, where the
 * back end is deterministic (wasm, cpu). Afterwards the average's weights are the result; the caller disposes of all.
 */
export async function train(
  gate: TensorGate,
  contest: Contest,
  settings: ContestSettings,
  { onStep, onCheckpoint }: ContestEvents = {},
  from?: TrainingState,
): Promise<TrainingCurve> {
  const { tf } = gate;
  const { steps, objective, criticSteps, averaging } = settings;
  const { generator, average, discriminator } = contest;
  const optimiser = (learningRate: number): Adam => adam(gate, { learningRate, ...MOMENTS[objective] });
  const gOptimiser = optimiser(settings.generatorLearningRate);
  const dOptimiser = optimiser(settings.discriminatorLearningRate);
  const gLoss = lossMeter(tf);
  const dLoss = lossMeter(tf);
  const curve: TrainingCurve = from
    ? structuredClone(from.curve)
    : { step: [], generatorLoss: [], discriminatorLoss: [] };
  if (from) restore(tf, contest, from, gOptimiser, dOptimiser);
  else copyWeights(tf, generator, average);
  const every = Math.max(1, Math.floor(steps / CHECKPOINTS));
  const state = async (): Promise<TrainingState> => ({
    step: curve.step[curve.step.length - 1],
    curve: structuredClone(curve),
    generator: await readWeights(generator),
    average: await readWeights(average),
    discriminator: await readWeights(discriminator),
    generatorAdam: await gOptimiser.read(generator.variables),
    discriminatorAdam: await dOptimiser.read(discriminator.variables),
  });

  for (let step = (from?.step ?? 0) + 1; step <= steps; step++) {
    for (let turn = 0; turn < criticSteps; turn++) {
      dLoss.add(tf.tidy(() => dOptimiser.minimize(contest.discriminatorLoss(step, turn), discriminator.variables)));
    }
    gLoss.add(tf.tidy(() => gOptimiser.minimize(contest.generatorLoss(step), generator.variables)));
    // The average forgets the start sooner than its decay would.
    moveTowards(tf, average, generator, Math.min(averaging, step / (step + 9)));
    if (step % every === 0 || step === steps) {
      curve.step.push(step);
      // oxlint-disable-next-line no-await-in-loop -- a checkpoint: also lets the process breathe
      curve.discriminatorLoss.push(await dLoss.mean());
      // oxlint-disable-next-line no-await-in-loop
      curve.generatorLoss.push(await gLoss.mean());
      // oxlint-disable-next-line no-await-in-loop
      await onCheckpoint?.(step, state);
    }
    onStep?.(step);
  }
  for (const part of [gLoss, dLoss, gOptimiser, dOptimiser]) part.dispose();
  return curve;
}

function restore(tf: Tf, contest: Contest, from: TrainingState, gOptimiser: Adam, dOptimiser: Adam): void {
  const { generator, average, discriminator } = contest;
  writeWeights(tf, generator, from.generator);
  writeWeights(tf, average, from.average);
  writeWeights(tf, discriminator, from.discriminator);
  gOptimiser.write(generator.variables, from.generatorAdam);
  dOptimiser.write(discriminator.variables, from.discriminatorAdam);
}

function copyWeights(tf: Tf, source: Weights, target: Weights): void {
  source.variables.forEach((variable, i) => tf.tidy(() => target.variables[i].assign(tf.clone(variable))));
}

/** target ← decay·target + (1 − decay)·source, on the device. */
function moveTowards(tf: Tf, target: Weights, source: Weights, decay: number): void {
  source.variables.forEach((variable, i) => {
    const average = target.variables[i];
    tf.tidy(() => average.assign(blend(tf, average, variable, decay)));
  });
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
