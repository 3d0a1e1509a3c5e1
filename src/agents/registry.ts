/** All kinds of agents, and how one is made from its configuration. */
import { z } from 'zod';
import type { Agent } from '../core/contracts.ts';
import { baggingKind } from './bagging.ts';
import type { BaggingConfig } from './bagging.ts';
import { bayesUcbKind } from './bayes-ucb.ts';
import type { BayesUcbConfig } from './bayes-ucb.ts';
import { withBidder } from './bidding/bidder.ts';
import { createBidder } from './bidding/registry.ts';
import type { BiddingInput } from './bidding/registry.ts';
import { epsilonGreedyKind } from './epsilon-greedy.ts';
import type { EpsilonGreedyConfig } from './epsilon-greedy.ts';
import { exp3IxKind, exp3Kind } from './exp3.ts';
import type { Exp3Config, Exp3IxConfig } from './exp3.ts';
import { fixedKind } from './fixed.ts';
import type { FixedConfig } from './fixed.ts';
import { gaussianThompsonKind } from './gaussian-thompson.ts';
import type { GaussianThompsonConfig } from './gaussian-thompson.ts';
import { bestObservableKind, greedyKind, oracleKind } from './greedy.ts';
import type { BestObservableConfig, GreedyConfig, OracleConfig } from './greedy.ts';
import type { AgentKind, AgentSetup } from './kind.ts';
import { klUcbKind } from './kl-ucb.ts';
import type { KlUcbConfig } from './kl-ucb.ts';
import { linTsKind } from './lin-ts.ts';
import type { LinTsConfig } from './lin-ts.ts';
import { linUcbKind } from './lin-ucb.ts';
import type { LinUcbConfig } from './lin-ucb.ts';
import { logisticTsKind, logisticUcbKind } from './logistic.ts';
import type { LogisticTsConfig, LogisticUcbConfig } from './logistic.ts';
import { mossKind } from './moss.ts';
import type { MossConfig } from './moss.ts';
import { popularityKind } from './popularity.ts';
import type { PopularityConfig } from './popularity.ts';
import { coverKind } from './cover.ts';
import type { CoverConfig } from './cover.ts';
import { linUcbHybridKind } from './lin-ucb-hybrid.ts';
import type { LinUcbHybridConfig } from './lin-ucb-hybrid.ts';
import { regCbKind } from './reg-cb.ts';
import type { RegCbConfig } from './reg-cb.ts';
import { expectedSarsaKind, qLearningKind } from './q-learning.ts';
import type { ExpectedSarsaConfig, QLearningConfig } from './q-learning.ts';
import { cqlKind } from './deep/cql.ts';
import type { CqlConfig } from './deep/cql.ts';
import { fittedQKind } from './fitted-q.ts';
import type { FittedQConfig } from './fitted-q.ts';
import { dqnKind } from './deep/dqn.ts';
import type { DqnConfig } from './deep/dqn.ts';
import { ppoKind } from './deep/ppo.ts';
import type { PpoConfig } from './deep/ppo.ts';
import { reinforceKind } from './deep/reinforce.ts';
import type { ReinforceConfig } from './deep/reinforce.ts';
import { doubleQKind } from './double-q.ts';
import type { DoubleQConfig } from './double-q.ts';
import { qLambdaKind } from './q-lambda.ts';
import type { QLambdaConfig } from './q-lambda.ts';
import { sarsaKind } from './sarsa.ts';
import type { SarsaConfig } from './sarsa.ts';
import { softmaxKind } from './softmax.ts';
import type { SoftmaxConfig } from './softmax.ts';
import { squareCbKind } from './square-cb.ts';
import type { SquareCbConfig } from './square-cb.ts';
import { thompsonKind } from './thompson.ts';
import type { ThompsonConfig } from './thompson.ts';
import { ucb1Kind } from './ucb1.ts';
import type { Ucb1Config } from './ucb1.ts';
import { ucbTunedKind } from './ucb-tuned.ts';
import type { UcbTunedConfig } from './ucb-tuned.ts';
import { uniformKind } from './uniform.ts';
import type { UniformConfig } from './uniform.ts';
import { logOf, teach } from './logged.ts';
import { withFloor } from './with-floor.ts';

export type { AgentKind, AgentSetup } from './kind.ts';

/** An agent as configured, defaults filled in. */
export type AgentConfig =
  | UniformConfig
  | FixedConfig
  | EpsilonGreedyConfig
  | SoftmaxConfig
  | PopularityConfig
  | Ucb1Config
  | UcbTunedConfig
  | MossConfig
  | KlUcbConfig
  | BayesUcbConfig
  | ThompsonConfig
  | GaussianThompsonConfig
  | Exp3Config
  | Exp3IxConfig
  | LinUcbConfig
  | LinUcbHybridConfig
  | LinTsConfig
  | LogisticUcbConfig
  | LogisticTsConfig
  | SquareCbConfig
  | RegCbConfig
  | BaggingConfig
  | CoverConfig
  | QLearningConfig
  | SarsaConfig
  | ExpectedSarsaConfig
  | DoubleQConfig
  | QLambdaConfig
  | DqnConfig
  | ReinforceConfig
  | PpoConfig
  | FittedQConfig
  | CqlConfig
  | GreedyConfig
  | BestObservableConfig
  | OracleConfig;

/** An agent as written: only the kind must be said, every parameter has a default. */
export type AgentInput = AgentConfig extends infer Config
  ? Config extends AgentConfig
    ? Pick<Config, 'kind'> & Partial<Omit<Config, 'bidding'>> & { bidding?: BiddingInput | undefined }
    : never
  : never;

/** Every kind, in the order in which `adsim list agents` shows them. */
export const AGENTS: readonly AgentKind[] = [
  uniformKind,
  fixedKind,
  epsilonGreedyKind,
  softmaxKind,
  popularityKind,
  ucb1Kind,
  ucbTunedKind,
  mossKind,
  klUcbKind,
  bayesUcbKind,
  thompsonKind,
  gaussianThompsonKind,
  exp3Kind,
  exp3IxKind,
  linUcbKind,
  linUcbHybridKind,
  linTsKind,
  logisticUcbKind,
  logisticTsKind,
  squareCbKind,
  regCbKind,
  baggingKind,
  coverKind,
  qLearningKind,
  sarsaKind,
  expectedSarsaKind,
  doubleQKind,
  qLambdaKind,
  dqnKind,
  reinforceKind,
  ppoKind,
  fittedQKind,
  cqlKind,
  greedyKind,
  bestObservableKind,
  oracleKind,
];

const [first, ...others] = AGENTS.map((entry) => entry.schema as z.ZodObject<{ kind: z.ZodLiteral<string> }>);

/** One agent of an experiment: `kind` says which, the other keys are that kind's parameters. */
export const agentSchema: z.ZodType<AgentConfig, AgentInput> = z.discriminatedUnion('kind', [
  first,
  ...others,
]) as unknown as z.ZodType<AgentConfig, AgentInput>;

/** The kind called `kind`; undefined if there is none. */
export function agentKind(kind: string): AgentKind | undefined {
  return AGENTS.find((entry) => entry.kind === kind);
}

/** True for kinds that must be handed requests with their hidden state. */
export function seesHidden(kind: string): boolean {
  return agentKind(kind)?.sees === 'everything';
}

/**
 * The agent of a configuration, with its bidder; keys left out take their defaults. Throws `InputError` where they need a
 * model, a truth, an auction or a budget that `setup` lacks, and ZodError for a configuration that `agentSchema` refuses.
 */
export function createAgent(config: AgentInput, setup: AgentSetup): Agent {
  const entry = agentKind(config.kind);
  if (!entry) throw new RangeError(`createAgent: no kind of agent is called "${config.kind}"`);
  const whole = agentSchema.parse(config);
  const choosing = entry.create(whole, setup);
  const { bidding, bidUsd } = whole;
  if (whole.warmStart) teach(choosing, logOf(setup, choosing.name), setup);
  const agent = bidding ? withBidder(choosing, createBidder(bidding, { ...setup, bidUsd })) : choosing;
  return whole.floor > 0 ? withFloor(agent, whole.floor) : agent;
}
