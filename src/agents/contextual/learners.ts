/** Models of the reward that learn while they are used: what agents that explore over any model explore over. */
import { z } from 'zod';
import type { Requests } from '../../core/contracts.ts';
import { intoDesign } from './design.ts';
import { disjointModels, wantsIntercept } from './disjoint-models.ts';
import { onlineLogistic } from './online-logistic.ts';
import { ridge } from './ridge.ts';
import type { AgentSetup } from '../setup.ts';
import { sharedDesign } from './shared-design.ts';
import { packedSize, quadraticTerms } from './symmetric.ts';

export interface Learner {
  /** Least and greatest reward it is made for; an agent refuses others. */
  range: readonly [number, number];
  /**
   * Fills `means` (n×k) with the predicted reward of every action and, where it is given, `widths` (n×k) with how uncertain
   * that is in the same unit: the spread of the model's posterior, as if a reward had a standard deviation of 1.
   */
  predict(requests: Requests, means: Float64Array, widths?: Float64Array): void;
  /** Learns what `action` (n) brought; rows of −1 are passed over. Rewards must be finite. */
  learn(requests: Requests, action: Int32Array, reward: Float64Array): void;
}

/** The keys of agents over any model, to spread into a kind's strict object. */
export const learnerFields = {
  model: z
    .enum(['linear', 'logistic', 'shared'])
    .default('linear')
    .describe(
      'What predicts rewards: linear, a ridge regression per action (default); logistic, a click model per action; shared, one ' +
        'ridge regression over request and creative features for all, which can score a creative that nobody has seen',
    ),
  lambda: z.number().positive().max(1e9).default(1).describe('Ridge penalty, in (0, 1e9]; default 1'),
};

export interface LearnerConfig {
  model: 'linear' | 'logistic' | 'shared';
  lambda: number;
}

/** A fresh learner. */
export function learnerOf({ model, lambda }: LearnerConfig, setup: AgentSetup): Learner {
  const k = setup.actions.size;
  const d = setup.spec.contextNames.length;
  const intercept = wantsIntercept({}, setup);
  if (model === 'logistic') return logisticLearner(k, d, intercept, lambda);
  return model === 'linear' ? linearLearner(k, d, intercept, lambda) : sharedLearner(setup, lambda);
}

const ANY = [-Infinity, Infinity] as const;

/** A ridge regression per action. */
export function linearLearner(k: number, d: number, intercept: boolean, lambda: number): Learner {
  const model = disjointModels(k, d, { name: 'linear', lambda, intercept });
  return {
    range: ANY,
    predict(requests, means, widths) {
      model.predict(
        requests,
        (from, to, found, squares, stride) => {
          for (let i = from; i < to; i++) {
            for (let a = 0, at = i * k, p = (i - from) * stride; a < k; a++, at++, p++) {
              means[at] = found[p];
              if (widths) widths[at] = Math.sqrt(Math.max(0, squares[p]));
            }
          }
        },
        widths !== undefined,
      );
    },
    learn: (requests, action, reward) => model.learnRows(requests, action, reward),
  };
}

/** A click model per action; what an agent makes up beyond [0, 1] counts as 0 or 1. */
function logisticLearner(k: number, d: number, intercept: boolean, lambda: number): Learner {
  const lead = intercept ? 1 : 0;
  const width = d + lead;
  const models = Array.from({ length: k }, () => onlineLogistic(width, lambda));
  const row = new Float64Array(width);
  return {
    range: [0, 1],
    predict(requests, means, widths) {
      for (let i = 0; i < requests.size; i++) {
        intoDesign(requests, i, lead, row, 0);
        for (let a = 0; a < k; a++) {
          const { mean, precision } = models[a];
          let logit = 0;
          let variance = 0;
          for (let j = 0; j < width; j++) {
            logit += row[j] * mean[j];
            variance += (row[j] * row[j]) / precision[j];
          }
          const p = 1 / (1 + Math.exp(-logit));
          means[i * k + a] = p;
          if (widths) widths[i * k + a] = p * (1 - p) * Math.sqrt(variance);
        }
      }
    },
    learn(requests, action, reward) {
      for (let i = 0; i < requests.size; i++) {
        if (action[i] < 0) continue;
        intoDesign(requests, i, lead, row, 0);
        models[action[i]].learn(1, row, [Math.min(1, Math.max(0, reward[i]))]);
      }
    },
  };
}

/** One ridge regression for all actions, on the features of request and creative together. */
function sharedLearner(setup: AgentSetup, lambda: number): Learner {
  const k = setup.actions.size;
  const joint = sharedDesign(setup);
  const { width } = joint;
  const size = packedSize(width);
  const model = ridge(1, width, lambda);
  const terms = new Float64Array(size);
  const row = new Float64Array(width);
  let design = new Float64Array(0);
  let first = new Int32Array(0);
  return {
    range: ANY,
    predict(requests, means, widths) {
      for (let i = 0; i < requests.size; i++) {
        for (let a = 0; a < k; a++) {
          joint.fill(requests, i, a, row, 0);
          let mean = 0;
          for (let j = 0; j < width; j++) mean += row[j] * model.theta[j];
          means[i * k + a] = mean;
          if (!widths) continue;
          quadraticTerms(row, 0, width, terms, 0);
          let square = 0;
          for (let j = 0; j < size; j++) square += terms[j] * model.inverse[j];
          widths[i * k + a] = Math.sqrt(Math.max(0, square));
        }
      }
    },
    learn(requests, action, reward) {
      const n = requests.size;
      if (first.length < n) {
        design = new Float64Array(n * width);
        first = new Int32Array(n);
      }
      for (let i = 0; i < n; i++) {
        first[i] = action[i] < 0 ? -1 : 0;
        if (action[i] >= 0) joint.fill(requests, i, action[i], design, i * width);
      }
      model.learn(n, design, first, reward);
    },
  };
}
