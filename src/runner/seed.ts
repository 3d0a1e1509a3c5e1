/**
 * One seed of an experiment, start to end: collect the log, train the models on it, let every agent play the same
 * world, then value every trained agent on the log. A pure function of its task, whatever process runs it.
 */
import { createAgent, seesHidden } from '../agents/registry.ts';
import type { AgentConfig, AgentSetup } from '../agents/registry.ts';
import { matrix } from '../core/matrix.ts';
import type { Matrix } from '../core/matrix.ts';
import { impressionLog } from '../core/log.ts';
import type { WritableLog } from '../core/log.ts';
import { randomFrom } from '../core/random.ts';
import type { Random } from '../core/random.ts';
import type {
  Agent,
  Creatives,
  Environment,
  Estimate,
  Policy,
  Requests,
  RewardModel,
  TrainableModel,
  Warning,
} from '../core/contracts.ts';
import { market } from '../env/market.ts';
import { evaluateModel } from '../models/ctr/evaluate.ts';
import type { ModelEvaluation } from '../models/ctr/evaluate.ts';
import type { ModelSetup } from '../models/ctr/labels.ts';
import { observable } from '../models/ctr/observable.ts';
import { createModel } from '../models/ctr/registry.ts';
import { splitBySession } from '../models/ctr/split.ts';
import { actionMeans, crossFit } from '../ope/cross-fit.ts';
import { evaluate } from '../ope/evaluate.ts';
import { createEstimators } from '../ope/registry.ts';
import { writeWhole } from './atomic.ts';
import type { ResolvedExperiment } from './config.ts';
import { playEpisode } from './episode.ts';
import { encodeLog } from './log-file.ts';
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
  /** Rows of the behaviour policy's log. */
  logRows: number;
  /** In the order of the experiment. */
  agents: EpisodeRecord[];
  models: { name: string; rows: { train: number; validation: number; test: number }; evaluation: ModelEvaluation }[];
  offPolicy: { policy: string; truth: number; estimates: Estimate[] }[];
  /** Of the models' training; doubts about estimates stand beside each estimate. */
  warnings: Warning[];
}

/** How many requests a seed plays: what `onProgress` amounts add up to. */
export function seedRequests(experiment: ResolvedExperiment): number {
  return experiment.logRequests + experiment.agents.length * experiment.requests;
}

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
  const parts = splitBySession(log, random.stream('split'));
  for (const config of experiment.models) {
    const name = config.name ?? config.kind;
    const model = createModel(config, setup);
    const report = await model.fit(parts.train, random.stream('model', name), parts.validation);
    warnings.push(...report.warnings);
    trained.set(name, model);
    const rows = { train: parts.train.size, validation: parts.validation.size, test: parts.test.size };
    models.push({ name, rows, evaluation: evaluateModel(model, parts.train, parts.test) });
  }
  // The reference that regret is against must not hang on how long or how wisely the log was collected.
  const reference = random.stream('reference');
  const sample = collectLog(
    environment,
    { kind: 'uniform', bidUsd: 0, floor: 0 },
    experiment.referenceRequests,
    seed,
    reference,
  );
  const bestObservable = observable(setup);
  await bestObservable.fit(sample, reference.stream('observable'));
  trained.set('observable', bestObservable);

  const agents: EpisodeRecord[] = [];
  const policies: Policy[] = [];
  for (const config of experiment.agents) {
    const source = random.stream('agent', config.name);
    const agent = createAgent(config, agentSetup(environment, trained, source));
    const record = playAgent(environment, agent, config.name, experiment, seed, source, bestObservable, onProgress);
    agents.push(record);
    policies.push(seesHidden(config.kind) ? greedyOnLog(config.name, log) : agent);
  }

  const offPolicy = await valueOffPolicy(experiment, log, policies, setup, random.stream('off-policy'));
  const { rewardUnit, sequential, contextNames } = environment.spec;
  return {
    seed,
    world: { rewardUnit, sequential, contextNames },
    logRows: log.size,
    agents,
    models,
    offPolicy,
    warnings,
  };
}

function agentSetup(environment: Environment, models: ReadonlyMap<string, RewardModel>, random: Random): AgentSetup {
  const { spec, actions, truth } = environment;
  return { spec, actions, truth, models, random: random.stream('own') };
}

/** Plays an agent and keeps everything: π of each row, and the truth. */
function collectLog(
  environment: Environment,
  behaviour: AgentConfig,
  requests: number,
  seed: string,
  source: Random,
  onProgress?: (requests: number) => void,
): WritableLog {
  const capacity = requests + environment.spec.lanes;
  const log = impressionLog(environment.spec, { capacity, distribution: true, truth: true });
  const agent = createAgent(behaviour, agentSetup(environment, new Map(), source));
  playEpisode({
    environment,
    agent,
    seed,
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

function playAgent(
  environment: Environment,
  agent: Agent,
  name: string,
  experiment: ResolvedExperiment,
  seed: string,
  source: Random,
  bestObservable: RewardModel,
  onProgress: (requests: number) => void,
): EpisodeRecord {
  const { lanes } = environment.spec;
  const k = environment.actions.size;
  const predicted = matrix(lanes, k);
  const sums = tally(seed, experiment.requests, k, (requests) => {
    bestObservable.predict(requests, predicted);
    return predicted;
  });
  const kind = experiment.agents.find((config) => config.name === name)?.kind ?? '';
  playEpisode({
    environment,
    agent,
    seesHidden: seesHidden(kind),
    seed,
    requests: experiment.requests,
    random: source.stream('draws'),
    needsTruth: true,
    onTick: (tick) => {
      sums.add(tick);
      onProgress(tick.requests.size);
    },
  });
  return sums.record();
}

/** The myopic oracle on a log: the hidden state is gone, but the log's truth says what it would have shown. */
function greedyOnLog(name: string, log: WritableLog): Policy {
  const truth = log.truth as Matrix;
  return {
    name,
    distribution(requests, out) {
      const k = out.columns;
      for (let i = 0; i < requests.size; i++) {
        let chosen = -1;
        for (let a = 0; a < k; a++) {
          out.data[i * k + a] = 0;
          if (requests.eligible[i * k + a] === 0) continue;
          if (chosen < 0 || truth.data[i * k + a] > truth.data[i * k + chosen]) chosen = a;
        }
        out.data[i * k + chosen] = 1;
      }
    },
  };
}

async function valueOffPolicy(
  experiment: ResolvedExperiment,
  log: WritableLog,
  policies: readonly Policy[],
  setup: ModelSetup,
  random: Random,
): Promise<SeedResult['offPolicy']> {
  const { estimators, level, folds } = experiment.offPolicy;
  const m = log.size;
  const k = log.spec.actions.length;
  const clicks = experiment.world.reward === 'click';
  const makeModel = (): TrainableModel => (clicks ? createModel({ kind: 'logistic', l2: 30 }, setup) : actionMeans());
  const predicted = await crossFit(log, makeModel, folds, random.stream('folds'));
  const chosen = createEstimators(estimators);
  const evaluation = matrix(m, k);
  const rows: Requests = log.requests;
  return policies.map((policy, index) => {
    policy.distribution(rows, evaluation);
    const evidence = { log, evaluation, predicted, behaviour: log.decisions.distribution as Matrix };
    const estimates = evaluate(evidence, chosen, { level });
    return { policy: experiment.agents[index].name, truth: trueValue(evaluation, log.truth as Matrix, m), estimates };
  });
}

/** Mean over the log's rows of Σ_a π(a | row) truth(row, a). */
function trueValue(evaluation: Matrix, truth: Matrix, m: number): number {
  const cells = m * truth.columns;
  let sum = 0;
  for (let c = 0; c < cells; c++) sum += evaluation.data[c] * truth.data[c];
  return sum / m;
}
