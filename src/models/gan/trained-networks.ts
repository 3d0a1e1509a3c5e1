/** Generator, perception model and judge of a config: from the cache, or trained and put there. */
import { InputError } from '../../core/errors.ts';
import type { Random } from '../../core/random.ts';
import type { Warning } from '../../core/warnings.ts';
import type { Images } from '../images/images.ts';
import type { Splits } from '../images/splits.ts';
import type { TensorGate } from '../tensor.ts';
import { digestOf, readCache, writeCache } from './cache.ts';
import { classifier, trainClassifier } from './classifier.ts';
import type { TrainingCurve } from './adversaries.ts';
import { CHECKPOINTS } from './adversaries.ts';
import type { CreativesConfig } from './config.ts';
import type { Evaluation } from './evaluation.ts';
import { evaluateGenerator } from './evaluation.ts';
import { sampler } from './sampler.ts';
import type { ImageTrainingEvents, Snapshot } from './training.ts';
import { trainGenerator } from './training.ts';
import type { Unfinished } from './unfinished.ts';
import { unfinished } from './unfinished.ts';

/** Raise it when networks, training or evaluation change: older cache entries are then left alone. */
const CODE_VERSION = 5;

export interface TrainedNetworks {
  weights: { generator: Float32Array[]; perception: Float32Array[] };
  results: Evaluation & { training: TrainingCurve; snapshots: readonly Snapshot[] };
  cached: boolean;
  /** About this machine's cache: not part of the results. */
  notices: Warning[];
}

export interface NetworksRequest {
  gate: TensorGate;
  config: CreativesConfig;
  images: Images;
  splits: Splits;
  random: Random;
  cacheFolder: string | undefined;
  onProgress: (done: number, total: number, stage: string) => void;
}

type Results = TrainedNetworks['results'];

/** Everything that the networks depend on; the path of the images, and how many samples are wanted, is not among it. */
function cacheKey({ gate, config, images, random }: NetworksRequest): string {
  const {
    generator: _,
    images: _path,
    perCategory: _count,
    seed: _seed,
    guidance: _guidance,
    variety: _variety,
    composite: _composite,
    styles: _styles,
    earlySteps: _early,
    ...training
  } = config;
  const ordered = Object.fromEntries(Object.entries(training).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return digestOf({
    version: CODE_VERSION,
    backend: [gate.id, gate.device],
    training: ordered,
    random: [random.seed, random.path],
    images: images.digest,
  }).slice(0, 32);
}

/** States of the contest kept on the way. */
const KEPT = 10;

async function train(
  request: NetworksRequest,
  partial: Unfinished,
): Promise<{ weights: TrainedNetworks['weights']; results: Results }> {
  const { gate, config, images, splits, random, onProgress } = request;
  const report =
    (total: number, stage: string) =>
    (step: number): void =>
      onProgress(step, total, stage);
  const classify = (part: 'perception' | 'judge', stage: string): Promise<Float32Array[]> => {
    const steps = config.classifierSteps;
    return partial.part(part, () =>
      trainClassifier(gate, images, splits[part], steps, random.stream(part), report(steps, stage)),
    );
  };
  const perception = await classify('perception', 'perception model');
  const judgeWeights = await classify('judge', 'judge');
  let checkpoint = 0;
  const events: ImageTrainingEvents = {
    onStep: report(config.steps, 'generator'),
    async onCheckpoint(step, state) {
      if (++checkpoint % (CHECKPOINTS / KEPT) === 0 && step < config.steps) partial.keep(await state());
    },
  };
  const source = random.stream('gan');
  const trained = await trainGenerator(gate, images, splits.generator, config, source, events, partial.state());
  const losses = [...trained.curve.generatorLoss, ...trained.curve.discriminatorLoss];
  if (!losses.every(Number.isFinite)) {
    partial.discard();
    throw new InputError(
      'creatives: training the generator diverged; lower generatorLearningRate and discriminatorLearningRate.',
    );
  }
  const judge = classifier(gate, judgeWeights, random);
  const generator = sampler(gate, config, trained.weights);
  const judged = random.stream('evaluation');
  const evaluation = await evaluateGenerator(gate, judge, generator, config.latentSize, images, splits, judged);
  judge.dispose();
  generator.dispose();
  return {
    weights: { generator: trained.weights, perception },
    results: { ...evaluation, training: trained.curve, snapshots: trained.snapshots },
  };
}

/** The networks of a request. A damaged cache entry, or one that can't be written, brings a notice. */
export async function trainedNetworks(request: NetworksRequest): Promise<TrainedNetworks> {
  const { cacheFolder } = request;
  const key = cacheKey(request);
  const notices: Warning[] = [];
  const found = cacheFolder === undefined ? undefined : readCache<Results>(cacheFolder, key);
  if (found === 'damaged') {
    notices.push({
      kind: 'cache-damaged',
      message: `The cached image generator ${key} was damaged and has been trained again.`,
      advice: 'Nothing to do; if it happens again, check the disk that holds the cache.',
    });
  } else if (found !== undefined) {
    const [generator, perception] = found.weights;
    return { weights: { generator, perception }, results: found.results, cached: true, notices };
  }
  const partial = unfinished(cacheFolder, key);
  const { weights, results } = await train(request, partial);
  if (cacheFolder !== undefined) {
    try {
      writeCache(cacheFolder, key, { weights: [weights.generator, weights.perception], results });
      partial.discard();
    } catch (error) {
      notices.push({
        kind: 'cache-not-written',
        message: `The trained image generator could not be kept (${String((error as { code?: string }).code)}).`,
        advice: 'Make the cache folder writable, or the next run trains it again.',
      });
    }
  }
  return { weights, results, cached: false, notices };
}
