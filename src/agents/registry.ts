/** All kinds of agents, and how one is made from its configuration. */
import { z } from 'zod';
import type { Agent } from '../core/contracts.ts';
import { baggingKind } from './contextual/bagging.ts';
import type { BaggingConfig } from './contextual/bagging.ts';
import { bayesUcbKind } from './context-free/bayes-ucb.ts';
import type { BayesUcbConfig } from './context-free/bayes-ucb.ts';
import { withBidder } from './bidding/bidder.ts';
import { createBidder } from './bidding/registry.ts';
import type { BiddingInput } from './bidding/registry.ts';
import { epsilonGreedyKind } from './context-free/epsilon-greedy.ts';
import type { EpsilonGreedyConfig } from './context-free/epsilon-greedy.ts';
import { exp3IxKind, exp3Kind } from './context-free/exp3.ts';
import type { Exp3Config, Exp3IxConfig } from './context-free/exp3.ts';
import { fixedKind } from './context-free/fixed.ts';
import type { FixedConfig } from './context-free/fixed.ts';
import { gaussianThompsonKind } from './context-free/gaussian-thompson.ts';
import type { GaussianThompsonConfig } from './context-free/gaussian-thompson.ts';
import { bestObservableKind, greedyKind, oracleKind } from './contextual/greedy.ts';
import type { BestObservableConfig, GreedyConfig, OracleConfig } from './contextual/greedy.ts';
import type { AgentKind, AgentSetup } from './kind.ts';
import { klUcbKind } from './context-free/kl-ucb.ts';
import type { KlUcbConfig } from './context-free/kl-ucb.ts';
import { linTsKind } from './contextual/lin-ts.ts';
import type { LinTsConfig } from './contextual/lin-ts.ts';
import { linUcbKind } from './contextual/lin-ucb.ts';
import type { LinUcbConfig } from './contextual/lin-ucb.ts';
import { logisticTsKind, logisticUcbKind } from './contextual/logistic.ts';
import type { LogisticTsConfig, LogisticUcbConfig } from './contextual/logistic.ts';
import { mossKind } from './context-free/moss.ts';
import type { MossConfig } from './context-free/moss.ts';
import { popularityKind } from './context-free/popularity.ts';
import type { PopularityConfig } from './context-free/popularity.ts';
import { coverKind } from './contextual/cover.ts';
import type { CoverConfig } from './contextual/cover.ts';
import { linUcbHybridKind } from './contextual/lin-ucb-hybrid.ts';
import type { LinUcbHybridConfig } from './contextual/lin-ucb-hybrid.ts';
import { regCbKind } from './contextual/reg-cb.ts';
import type { RegCbConfig } from './contextual/reg-cb.ts';
import { expectedSarsaKind, qLearningKind } from './sequential/q-learning.ts';
import type { ExpectedSarsaConfig, QLearningConfig } from './sequential/q-learning.ts';
import { cqlKind } from './sequential/deep/cql.ts';
import type { CqlConfig } from './sequential/deep/cql.ts';
import { fittedQKind } from './sequential/fitted-q.ts';
import type { FittedQConfig } from './sequential/fitted-q.ts';
import { dqnKind } from './sequential/deep/dqn.ts';
import type { DqnConfig } from './sequential/deep/dqn.ts';
import { ppoKind } from './sequential/deep/ppo.ts';
import type { PpoConfig } from './sequential/deep/ppo.ts';
import { reinforceKind } from './sequential/deep/reinforce.ts';
import type { ReinforceConfig } from './sequential/deep/reinforce.ts';
import { doubleQKind } from './sequential/double-q.ts';
import type { DoubleQConfig } from './sequential/double-q.ts';
import { qLambdaKind } from './sequential/q-lambda.ts';
import type { QLambdaConfig } from './sequential/q-lambda.ts';
import { sarsaKind } from './sequential/sarsa.ts';
import type { SarsaConfig } from './sequential/sarsa.ts';
import { softmaxKind } from './context-free/softmax.ts';
import type { SoftmaxConfig } from './context-free/softmax.ts';
import { squareCbKind } from './contextual/square-cb.ts';
import type { SquareCbConfig } from './contextual/square-cb.ts';
import { thompsonKind } from './context-free/thompson.ts';
import type { ThompsonConfig } from './context-free/thompson.ts';
import { ucb1Kind } from './context-free/ucb1.ts';
import type { Ucb1Config } from './context-free/ucb1.ts';
import { ucbTunedKind } from './context-free/ucb-tuned.ts';
import type { UcbTunedConfig } from './context-free/ucb-tuned.ts';
import { uniformKind } from './context-free/uniform.ts';
import type { UniformConfig } from './context-free/uniform.ts';
import { logOf, teach } from './sequential/logged.ts';
import { conservativeKind } from './composed/conservative.ts';
import type { ConservativeConfig } from './composed/conservative.ts';
import { exp4Kind } from './composed/exp4.ts';
import type { Exp4Config } from './composed/exp4.ts';
import { mixtureKind } from './composed/mixture.ts';
import type { MixtureConfig } from './composed/mixture.ts';
import type { NestedConfig, Nesting } from './composed/nested.ts';
import { patientKind } from './composed/patient.ts';
import type { PatientConfig } from './composed/patient.ts';
import { knapsackUcbKind } from './context-free/knapsack-ucb.ts';
import type { KnapsackUcbConfig } from './context-free/knapsack-ucb.ts';
import { successiveEliminationKind } from './context-free/successive-elimination.ts';
import type { SuccessiveEliminationConfig } from './context-free/successive-elimination.ts';
import { topTwoThompsonKind } from './context-free/top-two-thompson.ts';
import type { TopTwoThompsonConfig } from './context-free/top-two-thompson.ts';
import { spibbKind } from './sequential/spibb.ts';
import type { SpibbConfig } from './sequential/spibb.ts';
import { cascadeThompsonKind, cascadeUcbKind } from './slates/cascade.ts';
import type { CascadeThompsonConfig, CascadeUcbConfig } from './slates/cascade.ts';
import { mmrKind } from './slates/mmr.ts';
import type { MmrConfig } from './slates/mmr.ts';
import { rankedBanditsKind } from './slates/ranked-bandits.ts';
import type { RankedBanditsConfig } from './slates/ranked-bandits.ts';
import { slateQKind } from './slates/slate-q.ts';
import type { SlateQConfig } from './slates/slate-q.ts';
import { visualPriorKind } from './context-free/visual-prior.ts';
import type { VisualPriorConfig } from './context-free/visual-prior.ts';
import { neuralLinearKind } from './contextual/neural-linear.ts';
import type { NeuralLinearConfig } from './contextual/neural-linear.ts';
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
  | SuccessiveEliminationConfig
  | TopTwoThompsonConfig
  | KnapsackUcbConfig
  | VisualPriorConfig
  | LinUcbConfig
  | LinUcbHybridConfig
  | LinTsConfig
  | LogisticUcbConfig
  | LogisticTsConfig
  | SquareCbConfig
  | NeuralLinearConfig
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
  | SpibbConfig
  | CascadeUcbConfig
  | CascadeThompsonConfig
  | RankedBanditsConfig
  | MmrConfig
  | SlateQConfig
  | MixtureConfig
  | ConservativeConfig
  | PatientConfig
  | Exp4Config
  | GreedyConfig
  | BestObservableConfig
  | OracleConfig;

/** An agent as written: only the kind must be said, every parameter has a default. */
export type AgentInput = AgentConfig extends infer Config
  ? Config extends AgentConfig
    ? Pick<Config, 'kind'> & Partial<Omit<Config, 'bidding'>> & { bidding?: BiddingInput | undefined }
    : never
  : never;

/** Agents inside agents are of every kind, too. */
const nesting: Nesting = {
  schema: z.lazy(() => agentSchema) as unknown as Nesting['schema'],
  create: (config, setup, place) =>
    createAgent(config as AgentInput, { ...setup, random: setup.random.stream('inside', place) }),
};

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
  successiveEliminationKind,
  topTwoThompsonKind,
  knapsackUcbKind,
  visualPriorKind,
  linUcbKind,
  linUcbHybridKind,
  linTsKind,
  logisticUcbKind,
  logisticTsKind,
  squareCbKind,
  neuralLinearKind,
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
  spibbKind,
  cascadeUcbKind,
  cascadeThompsonKind,
  rankedBanditsKind,
  mmrKind,
  slateQKind,
  mixtureKind(nesting),
  conservativeKind(nesting),
  patientKind(nesting),
  exp4Kind(nesting),
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

/** A configuration and those of all agents inside it. */
export function withInner(config: AgentConfig): AgentConfig[] {
  const held = (agentKind(config.kind)?.holds?.(config) ?? []) as readonly NestedConfig[];
  return [config, ...held.flatMap((one) => withInner(one as AgentConfig))];
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
  if (whole.warmStart) teach(choosing, logOf(setup, choosing.name));
  const agent = bidding ? withBidder(choosing, createBidder(bidding, { ...setup, bidUsd })) : choosing;
  return whole.floor > 0 ? withFloor(agent, whole.floor) : agent;
}
