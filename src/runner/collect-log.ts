/** What a seed begins with: its world, who plays in it, and the log that the behaviour policy collects. */
import { createAgent, seesHidden } from '../agents/registry.ts';
import type { AgentInput, AgentSetup } from '../agents/registry.ts';
import type { Agent, Creatives, Environment, RewardModel } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import { impressionLog } from '../core/log.ts';
import type { WritableLog } from '../core/log.ts';
import { randomFrom } from '../core/random.ts';
import type { Random } from '../core/random.ts';
import { market } from '../env/market.ts';
import { upworthyWorld } from '../env/upworthy.ts';
import type { ResolvedExperiment } from './config.ts';
import { unmeasured } from './creative-encoding.ts';
import { playEpisode } from './episode.ts';
import { newActions, worldBefore } from './new-creatives.ts';
import type { Tick } from './episode.ts';
import { readHeadlineTests } from './upworthy-file.ts';

/** Everything of a seed comes from here. */
export function seedRandom(seed: string): Random {
  return randomFrom(seed).stream('experiment');
}

/**
 * The log of a seed, collected before new creatives were there: the same, byte for byte, whoever asks for it. Throws `InputError`
 * where nothing was shown.
 */
export function behaviourLog(
  experiment: ResolvedExperiment,
  environment: Environment,
  seed: string,
  onTick?: (tick: Tick) => void,
): WritableLog {
  const source = seedRandom(seed).stream('behaviour');
  const fresh = newActions(experiment, environment.actions);
  const log = collectLog({
    environment: fresh ? worldBefore(environment, fresh) : environment,
    behaviour: experiment.behaviour,
    rivals: rivalsOf(experiment, environment, source),
    requests: experiment.logRequests,
    seed,
    source,
    onTick,
  });
  if (!log.outcomes.won.includes(1)) {
    const remedy = environment.spec.auction
      ? 'its bids win no auction: raise behaviour.bidUsd, or say behaviour.bidding'
      : 'loosen what forbids its ads: targeting, dayparts, caps and purses';
    throw new InputError(`behaviour: none of ${log.size} requests was shown an ad; ${remedy}`);
  }
  return log;
}

/** The market, or the real headline tests that stand in for it. */
export function worldFor(
  { world, headlineTests, rivals, creatives: { measured = true } }: ResolvedExperiment,
  creatives: Creatives,
): Environment {
  if (!headlineTests) {
    const whole = market(world, creatives, rivals.length + 1);
    return measured ? whole : { ...whole, actions: unmeasured(whole.actions) };
  }
  return upworthyWorld(readHeadlineTests(headlineTests.file, { causal: true }), headlineTests);
}

/** What an agent is made from: the truth only for those that see everything. */
export function agentSetup(
  environment: Environment,
  kind: string,
  models: ReadonlyMap<string, RewardModel>,
  source: Random,
  requests: number,
): AgentSetup {
  const { spec, actions, truth } = environment;
  const setup: AgentSetup = { spec, actions, models, random: source.stream('own'), requests };
  return seesHidden(kind) ? { ...setup, truth } : setup;
}

/** What is wrong with a bidder, said with the place of its agent in the experiment. */
export function placed<T>(key: string, create: () => T): T {
  try {
    return create();
  } catch (error) {
    if (error instanceof InputError && error.message.startsWith('bidding.'))
      throw new InputError(`${key}.${error.message}`);
    throw error;
  }
}

/** A learning rival, with its own draws. */
export interface Rival {
  agent: Agent;
  random: Random;
}

/** Fresh rivals for one episode: each agent meets them untaught. */
export function rivalsOf(experiment: ResolvedExperiment, environment: Environment, source: Random): Rival[] {
  return experiment.rivals.map((config, r) => {
    const random = source.stream('rival', r);
    const setup = agentSetup(environment, config.kind, new Map(), random, experiment.requests);
    const agent = placed(`rivals.${r}`, () => createAgent(config, setup));
    return { agent, random: random.stream('draws') };
  });
}

interface Collection {
  environment: Environment;
  behaviour: AgentInput;
  rivals: readonly Rival[];
  requests: number;
  seed: string;
  source: Random;
  onTick?: ((tick: Tick) => void) | undefined;
}

/** Plays an agent, with luck of its own, and keeps everything: π of each row, and the truth. */
export function collectLog({
  environment,
  behaviour,
  rivals,
  requests,
  seed,
  source,
  onTick,
}: Collection): WritableLog {
  const capacity = requests + environment.spec.lanes;
  const log = impressionLog(environment.spec, { capacity, distribution: true, truth: true });
  const setup = agentSetup(environment, behaviour.kind, new Map(), source, requests);
  const agent = placed('behaviour', () => createAgent(behaviour, setup));
  playEpisode({
    environment,
    agent,
    rivals,
    seesHidden: seesHidden(behaviour.kind),
    seed,
    luck: source.path.join('/'),
    requests,
    random: source.stream('draws'),
    keepDistribution: true,
    needsTruth: true,
    onTick: (tick) => {
      log.append(tick.requests, tick.decisions, tick.outcomes, tick.truth);
      onTick?.(tick);
    },
  });
  log.close();
  return log;
}

/** In an auction, rows of uniform choices that bid as the behaviour policy does: others win nothing there. */
export function winningSample(
  experiment: ResolvedExperiment,
  environment: Environment,
  seed: string,
): WritableLog | undefined {
  if (!environment.spec.auction) return undefined;
  const source = seedRandom(seed).stream('reference', 'bidding');
  const { bidUsd, bidding } = experiment.behaviour;
  return collectLog({
    environment,
    behaviour: { kind: 'uniform', bidUsd, bidding },
    rivals: rivalsOf(experiment, environment, source),
    requests: experiment.referenceRequests,
    seed,
    source,
  });
}
