/** Linear Thompson sampling on what a network makes of the context. */
import { z } from 'zod';
import type { Agent, Requests } from '../../core/contracts.ts';
import type { Random } from '../../core/random.ts';
import { adamOptimiser } from '../../models/nets/adam.ts';
import { denseNet } from '../../models/nets/dense-net.ts';
import { constantBid } from '../bid.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { firstRewards, refuseContexts, shownActions } from '../shown.ts';
import { bestScore, drawsField, roomForScores } from './best-score.ts';
import type { Scores } from './best-score.ts';
import { ridge } from './ridge.ts';
import type { Ridge } from './ridge.ts';
import { multiply, packedSize } from './symmetric.ts';

export interface NeuralLinearOptions {
  name?: string;
  bidUsd?: number;
  /** Units of each hidden layer; the last is what the regressions see, at least one. */
  hidden: readonly number[];
  learningRate: number;
  /** Impressions remembered; between two trainings; gradient steps in each; rows in a step. */
  memory: number;
  trainEvery: number;
  steps: number;
  batch: number;
  /** v: standard deviation of a reward about its mean. */
  noise: number;
  lambda: number;
  draws: number;
}

export interface NeuralLinearConfig
  extends CommonConfig, Required<Omit<NeuralLinearOptions, 'name' | 'bidUsd' | 'hidden'>> {
  kind: 'neural-linear';
  hidden: number[];
}

/**
 * NeuralLinear (Riquelme, Tucker & Snoek 2018, section 3) over k actions and d features: a network learns rewards from the
 * impressions remembered; on its last hidden layer, and a constant, stands a Bayesian regression per action, made anew after
 * each training and kept up in between. Odds as in `linTs`.
 */
export function neuralLinear(k: number, d: number, random: Random, options: NeuralLinearOptions): Agent {
  const { name = 'neural-linear', hidden, memory, trainEvery, steps, batch, noise, lambda } = options;
  const net = denseNet([d, ...hidden, k], random.stream('weights'));
  const optimiser = adamOptimiser(net.parameters.length, { learningRate: options.learningRate, clip: 10 });
  const best = bestScore(k, options.draws, random.stream('posterior'));
  const order = random.stream('batches');
  const width = hidden[hidden.length - 1] + 1;
  const contexts = new Float32Array(memory * d);
  const action = new Int32Array(memory);
  const reward = new Float64Array(memory);
  let seen = 0;
  let trained = 0;
  let model: Ridge = ridge(k, width, lambda);
  let kept: Scores = { means: new Float64Array(0), sds: new Float64Array(0) };
  let shown = new Int32Array(0);
  const spreadOf = new Float64Array(width);
  return {
    name,
    distribution: (requests, out) => best(requests, scores(requests), out),
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes) {
      const n = requests.size;
      if (shown.length !== n) shown = new Int32Array(n);
      refuseContexts(name, requests);
      shownActions(name, decisions, outcomes, shown);
      const rewards = firstRewards(outcomes);
      model.learn(n, design(requests.context.data, n), shown, rewards);
      const before = Math.floor(seen / trainEvery);
      for (let i = 0; i < n; i++) if (shown[i] >= 0) remember(requests, i, shown[i], rewards[i]);
      if (Math.floor(seen / trainEvery) > before) train();
    },
  };

  function remember({ context }: Requests, i: number, a: number, r: number): void {
    const place = seen++ % memory;
    for (let j = 0; j < d; j++) contexts[place * d + j] = context.data[i * d + j];
    action[place] = a;
    reward[place] = r;
  }

  /** (n×width) the last hidden layer after a constant 1. */
  function design(inputs: Float64Array, n: number): Float64Array {
    const made = net.represent(inputs, n);
    const rows = new Float64Array(n * width);
    for (let i = 0; i < n; i++) {
      rows[i * width] = 1;
      for (let j = 1; j < width; j++) rows[i * width + j] = made[i * (width - 1) + j - 1];
    }
    return rows;
  }

  function train(): void {
    const size = Math.min(seen, memory);
    trained++;
    const inputs = new Float64Array(batch * d);
    const slope = new Float64Array(batch * k);
    for (let step = 0; step < steps; step++) {
      const places = Array.from({ length: batch }, (_, b) =>
        Math.floor(order.uniform(trained * steps + step, b) * size),
      );
      places.forEach((place, b) => inputs.set(contexts.subarray(place * d, (place + 1) * d), b * d));
      const out = net.forward(inputs, batch);
      slope.fill(0);
      places.forEach((place, b) => {
        const cell = b * k + action[place];
        slope[cell] = (out[cell] - reward[place]) / batch;
      });
      net.backward(slope, batch);
      optimiser.step(net.parameters, net.gradient);
    }
    model = ridge(k, width, lambda);
    model.learn(size, design(Float64Array.from(contexts.subarray(0, size * d)), size), action, reward);
  }

  function scores(requests: Requests): Scores {
    const n = requests.size;
    kept = roomForScores(kept, n * k);
    const rows = design(requests.context.data, n);
    const size = packedSize(width);
    for (let i = 0, cell = 0; i < n; i++) {
      const row = rows.subarray(i * width, (i + 1) * width);
      for (let a = 0; a < k; a++, cell++) {
        multiply(model.inverse, a * size, row, 0, width, spreadOf);
        let mean = 0;
        let square = 0;
        for (let j = 0; j < width; j++) {
          mean += row[j] * model.theta[a * width + j];
          square += row[j] * spreadOf[j];
        }
        kept.means[cell] = mean;
        kept.sds[cell] = noise * Math.sqrt(Math.max(0, square));
      }
    }
    return kept;
  }
}

const schema = z.strictObject({
  kind: z.literal('neural-linear').describe('Linear Thompson sampling on a network’s last hidden layer'),
  hidden: z
    .array(z.int().min(1).max(256))
    .min(1)
    .max(4)
    .default([32, 16])
    .describe('Units of each hidden layer, the last being what the regressions see; default [32, 16]'),
  learningRate: z.number().positive().max(1).default(0.003).describe('Of Adam, in (0, 1]; default 0.003'),
  memory: z.int().min(1).max(1e7).default(20_000).describe('Impressions remembered; default 20000'),
  trainEvery: z.int().min(1).max(1e9).default(2000).describe('Impressions between two trainings; default 2000'),
  steps: z.int().min(1).max(1e6).default(200).describe('Gradient steps in a training; default 200'),
  batch: z.int().min(1).max(4096).default(64).describe('Impressions in a step; default 64'),
  noise: z
    .number()
    .min(0)
    .max(1000)
    .default(0.1)
    .describe('v: spread of a reward about its mean, in [0, 1000]; default 0.1, as clicks at a few per cent spread'),
  lambda: z.number().positive().max(1e9).default(1).describe('Ridge penalty, in (0, 1e9]; default 1'),
  ...drawsField,
  ...commonFields,
}) satisfies z.ZodType<NeuralLinearConfig>;

export const neuralLinearKind: AgentKind<NeuralLinearConfig> = {
  kind: 'neural-linear',
  summary: 'linear Thompson sampling on what a network makes of the context; exact propensities',
  reference: 'Riquelme, Tucker & Snoek (2018), Deep Bayesian bandits showdown',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, { actions, spec, random }) =>
    neuralLinear(actions.size, spec.contextNames.length, random, { ...config, name }),
};
