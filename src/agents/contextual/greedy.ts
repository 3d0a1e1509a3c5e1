/** The best action by a model that somebody else trained: frozen, so it may be valued on a log. */
import { z } from 'zod';
import type { Agent, RewardModel, TrueRequests, TruthModel } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { constantBid } from '../bid.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, AgentSetup, CommonConfig } from '../kind.ts';
import { shareAmongBest } from '../odds.ts';

/** The name under which the runner trains the model that the best observable policy is greedy over. */
export const OBSERVABLE_MODEL = 'observable';

export interface GreedyConfig extends CommonConfig {
  kind: 'greedy';
  model: string;
}
export interface BestObservableConfig extends CommonConfig {
  kind: 'best-observable';
}
export interface OracleConfig extends CommonConfig {
  kind: 'oracle';
}

/** Shows the action of highest predicted reward; ties share evenly. Learns nothing. */
export function greedy(model: RewardModel, options: { name?: string; bidUsd?: number } = {}): Agent {
  return {
    name: options.name ?? 'greedy',
    distribution(requests, out) {
      model.predict(requests, out);
      shareAmongBest(out, requests);
    },
    bid: constantBid(options.bidUsd ?? 0),
    learn() {},
  };
}

/**
 * The myopic oracle: greedy over the true expected reward of the next impression. Where what is shown now changes what
 * comes later, a long-sighted agent may beat it. Its requests must be `TrueRequests`; throws `InputError` else.
 */
export function oracle(truth: TruthModel, options: { name?: string; bidUsd?: number } = {}): Agent {
  const name = options.name ?? 'oracle';
  const model: RewardModel = {
    predict(requests, out) {
      if (!('hidden' in requests)) {
        throw new InputError(`agent "${name}" needs the hidden state of its requests; run it in a simulated world`);
      }
      truth.predict(requests as TrueRequests, out);
    },
  };
  return greedy(model, { ...options, name });
}

function modelOf(setup: AgentSetup, model: string, agent: string): RewardModel {
  const found = setup.models.get(model);
  if (found) return found;
  const known = [...setup.models.keys()].join(', ') || 'none';
  throw new InputError(`agent "${agent}": there is no model named "${model}" (trained: ${known}); add it under models`);
}

const greedySchema = z.strictObject({
  kind: z.literal('greedy').describe('The best action by a trained CTR model'),
  model: z.string().min(1).default('logistic').describe('Name of the model under `models`; default logistic'),
  ...commonFields,
}) satisfies z.ZodType<GreedyConfig>;

export const greedyKind: AgentKind<GreedyConfig> = {
  kind: 'greedy',
  summary: 'the highest click rate predicted by a CTR model trained on the log; frozen',
  reference: 'the direct method; production ad rankers, e.g. McMahan et al. (2013), Ad click prediction',
  schema: greedySchema,
  sees: 'context',
  needs: ['ctr-model'],
  create(config, setup) {
    const name = config.name ?? config.kind;
    return greedy(modelOf(setup, config.model, name), { name, bidUsd: config.bidUsd });
  },
};

const bestObservableSchema = z.strictObject({
  kind: z.literal('best-observable').describe('The best that can be done from what an agent may see'),
  ...commonFields,
}) satisfies z.ZodType<BestObservableConfig>;

export const bestObservableKind: AgentKind<BestObservableConfig> = {
  kind: 'best-observable',
  summary:
    'greedy over E[reward | context, action] as uniform choice meets it: the ceiling for agents that see only the ' +
    'context, where what is shown now does not change what comes later; frozen',
  reference: 'the reference of contextual regret, e.g. Lattimore & Szepesvári (2020), Bandit Algorithms, chapter 18',
  schema: bestObservableSchema,
  sees: 'context',
  needs: ['observable-model'],
  create(config, setup) {
    const name = config.name ?? config.kind;
    return greedy(modelOf(setup, OBSERVABLE_MODEL, name), { name, bidUsd: config.bidUsd });
  },
};

const oracleSchema = z.strictObject({
  kind: z.literal('oracle').describe('The myopic oracle: greedy over the true expected reward'),
  ...commonFields,
}) satisfies z.ZodType<OracleConfig>;

export const oracleKind: AgentKind<OracleConfig> = {
  kind: 'oracle',
  summary: 'myopic oracle: the highest true expected reward of the next impression, hidden state included',
  reference: 'ground truth of the simulated world; myopic: it ignores what an ad does to later requests',
  schema: oracleSchema,
  sees: 'everything',
  needs: [],
  create(config, { truth }) {
    const name = config.name ?? config.kind;
    if (!truth) throw new InputError(`agent "${name}" needs the truth of a simulated world; a log alone has none`);
    return oracle(truth, { name, bidUsd: config.bidUsd });
  },
};
