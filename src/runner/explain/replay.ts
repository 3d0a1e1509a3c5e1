/**
 * A finished run, played again as far as an explanation needs it: the log of one seed, which must come out byte for byte as the folder
 * keeps it, and one of the models, trained on the same rows with the same draws.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionTable, Environment, ImpressionLog } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { VERSION } from '../../version.ts';
import { behaviourLog, seedRandom, worldFor } from '../collect-log.ts';
import { experimentSchema, resolveExperiment } from '../config.ts';
import type { ResolvedExperiment } from '../config.ts';
import { creativeEncoding } from '../creative-encoding.ts';
import { readyCreatives } from '../creatives.ts';
import { sha256 } from '../digest.ts';
import { suggestion } from '../did-you-mean.ts';
import { fitModel, logParts } from '../fit-models.ts';
import type { FittedModel, LogParts } from '../fit-models.ts';
import { encodeLog } from '../log-file.ts';
import type { Manifest } from '../manifest.ts';
import type { ProgressListener } from '../progress.ts';
import { readRun } from '../results-folder.ts';
import type { ModelResult } from '../results.ts';

export interface ReplayOptions {
  row: number;
  /** Name of the seed; default: the first. */
  seed?: string | undefined;
  /** Name of the model; default: the first. */
  model?: string | undefined;
  backendOrder?: readonly string[] | undefined;
  cacheFolder?: string | undefined;
  onProgress?: ProgressListener | undefined;
}

export interface Replay {
  experiment: ResolvedExperiment;
  seed: string;
  /** The log's path. */
  path: string;
  environment: Environment;
  log: ImpressionLog;
  parts: LogParts;
  seen: SeenAds;
  /** Null where the run trained none. */
  fitted: (FittedModel & { kind: string; kept: ModelResult; actions: ActionTable }) | null;
}

/** What the behaviour policy had seen of each ad when it decided the row: all ticks before the row's. */
export interface SeenAds {
  /** (k) since the ad last stood for another creative. */
  impressions: Float64Array;
  /** (k) */
  clicks: Float64Array;
}

/** Throws `InputError` where the folder holds no run, the row, seed or model isn't in it, or the log comes out otherwise. */
export async function replayRun(folder: string, options: ReplayOptions): Promise<Replay> {
  const { results, manifest } = readRun(folder);
  const parsed = experimentSchema.safeParse(manifest.config);
  if (!parsed.success) {
    throw new InputError(
      `${folder}/manifest.json: its config (of adsim ${manifest.versions.adsim}) is not understood by adsim ${VERSION}; run it again`,
    );
  }
  const experiment = resolveExperiment(parsed.data);
  const seed = options.seed ?? experiment.seeds[0];
  const index = experiment.seeds.indexOf(seed);
  if (index < 0) throw new InputError(`--seed ${seed}: the run has the seeds ${experiment.seeds.join(', ')}`);
  const config = modelConfig(experiment, options.model);
  const creatives = await readyCreatives(experiment, options, options.onProgress ?? ((): void => {}));
  const environment = worldFor(experiment, creatives.creatives);
  const seen = adsSeen(environment.actions, options.row);
  const log = behaviourLog(experiment, environment, seed, seen.add);
  const path = join(folder, 'log', `seed-${index + 1}.parquet`);
  refuseOther(path, sha256(encodeLog(log, { truth: experiment.logTruth })), manifest);
  if (options.row > log.size) {
    throw new InputError(`--row ${options.row}: ${path} has rows 1 to ${log.size}; give one of them`);
  }
  const parts = logParts(experiment, environment, log, seed);
  const { contextNames } = environment.spec;
  const kept = results.models.find(({ name }) => name === (config?.name ?? config?.kind));
  const random = seedRandom(seed).stream('encoder');
  const encoding = creativeEncoding(experiment, environment.actions, creatives, parts, random);
  const fitted = config && kept ? await refit(config, kept) : null;
  return { experiment, seed, path, environment, log, parts, seen, fitted };

  async function refit(model: Model, kept: ModelResult): Promise<Replay['fitted']> {
    const actions = encoding.actionsFor(model.name ?? model.kind);
    const setup = { actions, contextNames, backends: options.backendOrder };
    return { ...(await fitModel(model, setup, parts, seed)), kind: model.kind, kept, actions };
  }
}

type Model = ResolvedExperiment['models'][number];

function modelConfig({ models }: ResolvedExperiment, asked: string | undefined): Model | undefined {
  if (asked === undefined) return models[0];
  const names = models.map(({ name, kind }) => name ?? kind);
  const found = models[names.indexOf(asked)];
  if (found) return found;
  throw new InputError(`--model ${asked}: the run trained no such model${suggestion(asked, names)}`);
}

function refuseOther(path: string, replayed: string, { versions }: Manifest): void {
  if (!existsSync(path)) throw new InputError(`${path}: is not there; run the experiment again`);
  if (sha256(readFileSync(path)) === replayed) return;
  const { v8 } = process.versions;
  const why =
    versions.adsim === VERSION && versions.v8 === v8
      ? 'the file has changed, or what the config names has'
      : `made by adsim ${versions.adsim} on V8 ${versions.v8}, this is ${VERSION} on ${v8}`;
  throw new InputError(`${path}: the run's config plays another log now (${why}); run the experiment again`);
}

/** Counts ads as ticks go by, up to the tick that row `row` (from 1) is in. */
function adsSeen({ size }: ActionTable, row: number): SeenAds & { add: Parameters<typeof behaviourLog>[3] } {
  const impressions = new Float64Array(size);
  const clicks = new Float64Array(size);
  let before = 0;
  return {
    impressions,
    clicks,
    add({ requests, decisions: { action }, outcomes: { slot, click, replaced = [] } }) {
      before += requests.size;
      if (before >= row) return;
      const slots = slot.length / requests.context.rows;
      const forget = (one: number): void => void (impressions[one] = clicks[one] = 0);
      for (let i = 0, next = 0; i < requests.size; i++) {
        for (; next < replaced.length && replaced[next].row <= i; next++) forget(replaced[next].action);
        for (let cell = i * slots; cell < (i + 1) * slots; cell++) {
          if (slot[cell] < 0) continue;
          impressions[action[cell]]++;
          clicks[action[cell]] += click[cell];
        }
      }
      for (const { row: at, action: one } of replaced) if (at >= requests.size) forget(one);
    },
  };
}
