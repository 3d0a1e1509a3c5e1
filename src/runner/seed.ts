/**
 * One seed of an experiment, start to end: collect the log, train the models on its earlier part, let every agent play
 * the same world with the same luck, then value every trained agent on the log's later part. A pure function of its task, whatever process runs it.
 */
import { OBSERVABLE_MODEL } from '../agents/contextual/greedy.ts';
import { createAgent, seesHidden } from '../agents/registry.ts';
import type { AgentInput, AgentSetup } from '../agents/registry.ts';
import { withFloor } from '../agents/with-floor.ts';
import { matrix } from '../core/matrix.ts';
import { firstAds } from '../core/first-ads.ts';
import { impressionLog, slice } from '../core/log.ts';
import type { WritableLog } from '../core/log.ts';
import { InputError } from '../core/errors.ts';
import { randomFrom } from '../core/random.ts';
import type { Random } from '../core/random.ts';
import type { Agent, AuctionSpec, Creatives, Environment, Policy, RewardModel, Warning } from '../core/contracts.ts';
import { market } from '../env/market.ts';
import { upworthyWorld } from '../env/upworthy.ts';
import { evaluateModel } from '../models/ctr/evaluate.ts';
import type { ModelEvaluation } from '../models/ctr/evaluate.ts';
import { observable } from '../models/ctr/observable.ts';
import { createModel } from '../models/ctr/registry.ts';
import { splitBySession } from '../models/ctr/split.ts';
import { writeWhole } from './atomic.ts';
import type { ResolvedExperiment } from './config.ts';
import { elementEffects } from './element-effects.ts';
import type { ElementEffect } from './element-effects.ts';
import { playEpisode } from './episode.ts';
import { imageStudies } from './image-studies.ts';
import type { ImageStudies } from './image-studies.ts';
import { encodeLog } from './log-file.ts';
import { greedyOnLog, valueOffPolicy } from './off-policy.ts';
import type { PolicyValue } from './off-policy.ts';
import { tally } from './tally.ts';
import { readHeadlineTests } from './upworthy-file.ts';
import type { EpisodeRecord } from './tally.ts';

export interface SeedTask {
  kind: 'seed';
  experiment: ResolvedExperiment;
  creatives: Creatives;
  /** Where images are also chosen by clicks: what from. */
  pool?: Creatives;
  seed: string;
  /** Where the log goes; a whole file or none. */
  logFile: string;
  /** Numeric back ends to try, in order. */
  backends: readonly string[] | undefined;
}

export interface SeedResult extends ImageStudies {
  seed: string;
  world: {
    name: string;
    rewardUnit: string;
    sequential: boolean;
    contextNames: readonly string[];
    auction: AuctionSpec | null;
    limited: boolean;
    conversionWindowHours: number | null;
  };
  /** Rows of the behaviour policy's log that policies are valued on. */
  valuedRows: number;
  /** In the order of the experiment. */
  agents: EpisodeRecord[];
  models: { name: string; rows: { train: number; validation: number; test: number }; evaluation: ModelEvaluation }[];
  offPolicy: PolicyValue[];
  /** Of composited creatives, in the order of `elementNames`. */
  elements?: ElementEffect[];
  /** Of the models' training; doubts about estimates stand beside each estimate. */
  warnings: Warning[];
}

/** How many requests a seed plays: what `onProgress` amounts add up to. */
export function seedRequests(experiment: ResolvedExperiment): number {
  return experiment.logRequests + experiment.agents.length * experiment.requests;
}

/** Runs the seed; `onProgress` is told requests as they are played. Throws `InputError` on a log no model can learn from. */
export async function runSeed(task: SeedTask, onProgress: (requests: number) => void): Promise<SeedResult> {
  const { experiment, seed } = task;
  const random = randomFrom(seed).stream('experiment');
  const environment = worldFor(experiment, task.creatives);
  const rivalsFor = (source: Random): Rival[] => rivalsOf(experiment, environment, source);
  const warnings: Warning[] = [];

  const collected = collectLog({
    environment,
    behaviour: experiment.behaviour,
    rivals: rivalsFor(random.stream('behaviour')),
    requests: experiment.logRequests,
    seed,
    source: random.stream('behaviour'),
    onProgress,
  });
  writeWhole(task.logFile, encodeLog(collected, { truth: experiment.logTruth }));

  const setup = { actions: environment.actions, contextNames: environment.spec.contextNames, backends: task.backends };
  const trained = new Map<string, RewardModel>();
  const models: SeedResult['models'] = [];
  // Models and estimators speak of single ads that were shown; what an auction charges is not the ad's doing.
  const log = firstAds(collected, auctionedProfit(environment.spec));
  // Policies are valued on rows that no model learned from, and that share no luck with the agents' own episodes.
  const boundary = Math.round((1 - experiment.holdOut) * log.size);
  const heldOut = slice(log, boundary, log.size);
  const taught = slice(collected, 0, boundary);
  const parts = splitBySession(slice(log, 0, boundary), random.stream('split'));
  for (const config of experiment.models) {
    const name = config.name ?? config.kind;
    const model = createModel(config, setup);
    const report = await model.fit(parts.train, random.stream('model', name), parts.validation);
    warnings.push(...report.warnings);
    trained.set(name, model);
    const rows = { train: report.rows, validation: parts.validation.size, test: parts.test.size };
    models.push({ name, rows, evaluation: evaluateModel(model, parts.train, parts.test) });
  }
  // The reference that regret is against must not hang on how long or how wisely the log was collected.
  const reference = random.stream('reference');
  const sample = collectLog({
    environment,
    behaviour: { kind: 'uniform' },
    rivals: rivalsFor(reference),
    requests: experiment.referenceRequests,
    seed,
    source: reference,
  });
  const bestObservable = observable(setup);
  await bestObservable.fit(sample, reference.stream('observable'));
  trained.set(OBSERVABLE_MODEL, bestObservable);

  const agents: EpisodeRecord[] = [];
  const policies: Policy[] = [];
  for (const [index, config] of experiment.agents.entries()) {
    const source = random.stream('agent', config.name);
    const setup = {
      ...agentSetup(environment, config.kind, trained, source, experiment.requests),
      log: { rows: taught, tickRows: environment.spec.lanes },
    };
    const agent = placed(`agents.${index}`, () => createAgent(config, setup));
    const { requests } = experiment;
    agents.push(
      playAgent({
        environment,
        agent,
        rivals: rivalsFor(source),
        kind: config.kind,
        seed,
        requests,
        source,
        bestObservable,
        onProgress,
      }),
    );
    policies.push(seesHidden(config.kind) ? withFloor(greedyOnLog(config.name, heldOut), config.floor) : agent);
  }

  const offPolicy = await valueOffPolicy(experiment, heldOut, policies, setup, random.stream('off-policy'));
  const { name, rewardUnit, sequential, contextNames, auction = null, limited } = environment.spec;
  const conversionWindowHours = environment.spec.conversionWindowHours ?? null;
  return {
    seed,
    world: { name, rewardUnit, sequential, contextNames, auction, limited, conversionWindowHours },
    valuedRows: heldOut.size,
    agents,
    models,
    offPolicy,
    ...(task.creatives.elements && { elements: elementEffects(log, environment.actions, task.creatives.elements) }),
    ...(task.pool && imageStudies(experiment, task.pool, seed, random.stream('images'))),
    warnings,
  };
}

/** The market, or the real headline tests that stand in for it. */
export function worldFor({ world, headlineTests, rivals }: ResolvedExperiment, creatives: Creatives): Environment {
  if (!headlineTests) return market(world, creatives, rivals.length + 1);
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
function placed<T>(key: string, create: () => T): T {
  try {
    return create();
  } catch (error) {
    if (error instanceof InputError && error.message.startsWith('bidding.'))
      throw new InputError(`${key}.${error.message}`);
    throw error;
  }
}

/** True where rewards are money less what an auction charged. */
function auctionedProfit({ auction, rewardUnit }: Environment['spec']): boolean {
  return auction !== undefined && rewardUnit === 'USD';
}

/** A learning rival, with its own draws. */
interface Rival {
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
  onProgress?: (requests: number) => void;
}

/** Plays an agent, with luck of its own, and keeps everything: π of each row, and the truth. */
function collectLog({ environment, behaviour, rivals, requests, seed, source, onProgress }: Collection): WritableLog {
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
    onTick: ({ requests: rows, decisions, outcomes, truth }) => {
      log.append(rows, decisions, outcomes, truth);
      onProgress?.(rows.size);
    },
  });
  log.close();
  return log;
}

interface Play {
  environment: Environment;
  agent: Agent;
  rivals: readonly Rival[];
  kind: string;
  seed: string;
  requests: number;
  source: Random;
  bestObservable: RewardModel;
  onProgress: (requests: number) => void;
}

function playAgent({ bestObservable, onProgress, kind, source, ...episode }: Play): EpisodeRecord {
  const { lanes, actions } = episode.environment.spec;
  const predicted = matrix(lanes, actions.length);
  const sums = tally(episode.seed, episode.requests, episode.environment, (requests) => {
    bestObservable.predict(requests, predicted);
    return predicted;
  });
  playEpisode({
    ...episode,
    seesHidden: seesHidden(kind),
    random: source.stream('draws'),
    needsTruth: true,
    onTick: (tick) => {
      sums.add(tick);
      onProgress(tick.requests.size);
    },
  });
  return sums.record();
}
