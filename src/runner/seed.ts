/**
 * One seed of an experiment, start to end: collect the log, train the models on its earlier part, let every agent play
 * the same world with the same luck, then value every trained agent on the log's later part. A pure function of its task, whatever process runs it.
 */
import { OBSERVABLE_MODEL } from '../agents/greedy.ts';
import { createAgent, seesHidden } from '../agents/registry.ts';
import type { AgentInput, AgentSetup } from '../agents/registry.ts';
import { withFloor } from '../agents/with-floor.ts';
import { matrix } from '../core/matrix.ts';
import { impressionLog, slice } from '../core/log.ts';
import type { WritableLog } from '../core/log.ts';
import { randomFrom } from '../core/random.ts';
import type { Random } from '../core/random.ts';
import type { Agent, Creatives, Environment, Policy, RewardModel, Warning } from '../core/contracts.ts';
import { market } from '../env/market.ts';
import { evaluateModel } from '../models/ctr/evaluate.ts';
import type { ModelEvaluation } from '../models/ctr/evaluate.ts';
import { observable } from '../models/ctr/observable.ts';
import { createModel } from '../models/ctr/registry.ts';
import { splitBySession } from '../models/ctr/split.ts';
import { writeWhole } from './atomic.ts';
import type { ResolvedExperiment } from './config.ts';
import { playEpisode } from './episode.ts';
import { encodeLog } from './log-file.ts';
import { greedyOnLog, valueOffPolicy } from './off-policy.ts';
import type { PolicyValue } from './off-policy.ts';
import { tally } from './tally.ts';
import type { EpisodeRecord } from './tally.ts';

export interface SeedTask {
  kind: 'seed';
  experiment: ResolvedExperiment;
  creatives: Creatives;
  seed: string;
  /** Where the log goes; a whole file or none. */
  logFile: string;
  /** Numeric back ends to try, in order. */
  backends: readonly string[] | undefined;
}

export interface SeedResult {
  seed: string;
  world: { rewardUnit: string; sequential: boolean; contextNames: readonly string[] };
  /** Rows of the behaviour policy's log that policies are valued on. */
  valuedRows: number;
  /** In the order of the experiment. */
  agents: EpisodeRecord[];
  models: { name: string; rows: { train: number; validation: number; test: number }; evaluation: ModelEvaluation }[];
  offPolicy: PolicyValue[];
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
  const environment = market(experiment.world, task.creatives);
  const warnings: Warning[] = [];

  const log = collectLog(
    environment,
    experiment.behaviour,
    experiment.logRequests,
    seed,
    random.stream('behaviour'),
    onProgress,
  );
  writeWhole(task.logFile, encodeLog(log, { truth: experiment.logTruth }));

  const setup = { actions: environment.actions, contextNames: environment.spec.contextNames, backends: task.backends };
  const trained = new Map<string, RewardModel>();
  const models: SeedResult['models'] = [];
  // Policies are valued on rows that no model learned from, and that share no luck with the agents' own episodes.
  const boundary = Math.round((1 - experiment.holdOut) * log.size);
  const heldOut = slice(log, boundary, log.size);
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
  const sample = collectLog(environment, { kind: 'uniform' }, experiment.referenceRequests, seed, reference);
  const bestObservable = observable(setup);
  await bestObservable.fit(sample, reference.stream('observable'));
  trained.set(OBSERVABLE_MODEL, bestObservable);

  const agents: EpisodeRecord[] = [];
  const policies: Policy[] = [];
  for (const config of experiment.agents) {
    const source = random.stream('agent', config.name);
    const agent = createAgent(config, agentSetup(environment, config.kind, trained, source));
    const { requests } = experiment;
    agents.push(
      playAgent({ environment, agent, kind: config.kind, seed, requests, source, bestObservable, onProgress }),
    );
    policies.push(seesHidden(config.kind) ? withFloor(greedyOnLog(config.name, heldOut), config.floor) : agent);
  }

  const offPolicy = await valueOffPolicy(experiment, heldOut, policies, setup, random.stream('off-policy'));
  const { rewardUnit, sequential, contextNames } = environment.spec;
  return {
    seed,
    world: { rewardUnit, sequential, contextNames },
    valuedRows: heldOut.size,
    agents,
    models,
    offPolicy,
    warnings,
  };
}

/** What an agent is made from: the truth only for those that see everything. */
function agentSetup(
  environment: Environment,
  kind: string,
  models: ReadonlyMap<string, RewardModel>,
  source: Random,
): AgentSetup {
  const { spec, actions, truth } = environment;
  const setup: AgentSetup = { spec, actions, models, random: source.stream('own') };
  return seesHidden(kind) ? { ...setup, truth } : setup;
}

/** Plays an agent, with luck of its own, and keeps everything: π of each row, and the truth. */
function collectLog(
  environment: Environment,
  behaviour: AgentInput,
  requests: number,
  seed: string,
  source: Random,
  onProgress?: (requests: number) => void,
): WritableLog {
  const capacity = requests + environment.spec.lanes;
  const log = impressionLog(environment.spec, { capacity, distribution: true, truth: true });
  const agent = createAgent(behaviour, agentSetup(environment, behaviour.kind, new Map(), source));
  playEpisode({
    environment,
    agent,
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
  return log;
}

interface Play {
  environment: Environment;
  agent: Agent;
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
  const sums = tally(episode.seed, episode.requests, actions.length, (requests) => {
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
