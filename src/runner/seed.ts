/**
 * One seed of an experiment, start to end: collect the log, train the models on its earlier part, let every agent play
 * the same world with the same luck, then value every trained agent on the log's later part. A pure function of its task, whatever process runs it.
 */
import { OBSERVABLE_MODEL } from '../agents/contextual/greedy.ts';
import { createAgent, seesHidden } from '../agents/registry.ts';
import { withFloor } from '../agents/with-floor.ts';
import type { Agent, AuctionSpec, Creatives, Environment, Policy, RewardModel, Warning } from '../core/contracts.ts';
import { slice } from '../core/log.ts';
import { matrix } from '../core/matrix.ts';
import type { Random } from '../core/random.ts';
import type { CreativeEncoder } from '../models/creative-encoder/encoder.ts';
import type { ModelEvaluation } from '../models/ctr/evaluate.ts';
import { observable } from '../models/ctr/observable.ts';
import { writeWhole } from './atomic.ts';
import {
  agentSetup,
  behaviourLog,
  collectLog,
  placed,
  rivalsOf,
  seedRandom,
  winningSample,
  worldFor,
} from './collect-log.ts';
import type { Rival } from './collect-log.ts';
import type { ResolvedExperiment } from './config.ts';
import { conversionStudy, expectedConversions } from './conversion-study.ts';
import type { ConversionStudy } from './conversion-study.ts';
import { creativeEncoding } from './creative-encoding.ts';
import { elementEffects } from './element-effects.ts';
import type { ElementEffect } from './element-effects.ts';
import { playEpisode } from './episode.ts';
import { fitModel, logParts, scoresOnNew } from './fit-models.ts';
import type { ScoresOnNew } from './fit-models.ts';
import { imageStudies } from './image-studies.ts';
import type { ImageStudies } from './image-studies.ts';
import { encodeLog } from './log-file.ts';
import { newActions, rowsShowing } from './new-creatives.ts';
import { greedyOnLog, valueOffPolicy } from './off-policy.ts';
import type { PolicyValue } from './off-policy.ts';
import { tally } from './tally.ts';
import type { EpisodeRecord } from './tally.ts';

export interface SeedTask {
  kind: 'seed';
  experiment: ResolvedExperiment;
  creatives: Creatives;
  /** (creatives) 28×28 bytes each, where the encoder reads them. */
  pixels?: readonly Uint8Array[] | undefined;
  /** Where images are also chosen by clicks: what from. */
  pool?: Creatives;
  /** Images of the generator stopped early, where their worth is asked for. */
  early?: Creatives;
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
  models: {
    name: string;
    rows: { train: number; validation: number; test: number };
    evaluation: ModelEvaluation;
    /** On impressions of creatives that the log never showed, where there are any. */
    onNew?: ScoresOnNew;
  }[];
  /** Log losses of the encoder, where the experiment asks for one. */
  encoder?: CreativeEncoder['heldOut'];
  offPolicy: PolicyValue[];
  /** Models of conversions, where the experiment asks for some. */
  conversions?: ConversionStudy;
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
  const random = seedRandom(seed);
  const environment = worldFor(experiment, task.creatives);
  const warnings: Warning[] = [];

  const conversions = experiment.conversionModels && expectedConversions(environment);
  const collected = behaviourLog(experiment, environment, seed, (tick) => {
    onProgress(tick.requests.size);
    conversions?.onTick(tick);
  });
  writeWhole(task.logFile, encodeLog(collected, { truth: experiment.logTruth }));

  const setup = { actions: environment.actions, contextNames: environment.spec.contextNames, backends: task.backends };
  const log = logParts(experiment, environment, collected, seed);
  const { heldOut } = log;
  const taught = slice(collected, 0, log.boundary);
  const encoding = creativeEncoding(experiment, environment.actions, task, log, random.stream('encoder'));
  // The reference that regret is against must not hang on how long or how wisely the log was collected.
  const reference = random.stream('reference');
  const sample = collectLog({
    environment,
    behaviour: { kind: 'uniform' },
    rivals: rivalsOf(experiment, environment, reference),
    requests: experiment.referenceRequests,
    seed,
    source: reference,
  });
  const fresh = newActions(experiment, environment.actions);
  const shownNew = fresh && rowsShowing(winningSample(experiment, environment, seed) ?? sample, fresh);
  const trained = new Map<string, RewardModel>();
  const models: SeedResult['models'] = [];
  for (const config of experiment.models) {
    const {
      name,
      model,
      rows,
      evaluation,
      warnings: doubts,
    } = await fitModel(config, { ...setup, actions: encoding.actionsFor(config.name ?? config.kind) }, log, seed);
    warnings.push(...doubts);
    trained.set(name, model);
    models.push({ name, rows, evaluation, ...(shownNew && { onNew: scoresOnNew(model, log, shownNew) }) });
  }
  const study =
    conversions &&
    (await conversionStudy({
      experiment,
      environment,
      log: collected,
      shown: log.shown,
      expected: conversions.total(),
      setup,
      seed,
      random: random.stream('conversions'),
    }));
  const bestObservable = observable(setup);
  await bestObservable.fit(sample, reference.stream('observable'));
  trained.set(OBSERVABLE_MODEL, bestObservable);

  const agents: EpisodeRecord[] = [];
  const policies: Policy[] = [];
  for (const [index, config] of experiment.agents.entries()) {
    const source = random.stream('agent', config.name);
    const setup = {
      ...agentSetup(environment, config.kind, trained, source, experiment.requests),
      actions: encoding.actionsFor(config.name),
      log: { rows: taught, tickRows: environment.spec.lanes },
    };
    const agent = placed(`agents.${index}`, () => createAgent(config, setup));
    const { requests } = experiment;
    agents.push(
      playAgent({
        environment,
        agent,
        rivals: rivalsOf(experiment, environment, source),
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
    ...(study && { conversions: study }),
    ...(encoding.encoder && { encoder: encoding.encoder.heldOut }),
    ...(task.creatives.elements && {
      elements: elementEffects(log.shown, environment.actions, task.creatives.elements),
    }),
    ...(task.pool && imageStudies(experiment, task.pool, task.early, seed, random.stream('images'))),
    warnings,
  };
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
