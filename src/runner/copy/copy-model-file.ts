/** A copy model and its training's checkpoint on disk: numbers with a checksum, everything else as JSON beside them. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../core/errors.ts';
import type { CopyCheckpoint, CopyModel, TrainedCopy } from '../../models/copy/copy-training.ts';
import { inference } from '../../models/copy/inference.ts';
import { readCache, writeCache } from '../../models/gan/cache.ts';

/** Raise it when the Transformer or the vocabulary change. */
const VERSION = 1;
const MODEL = 'copy-model';
const CHECKPOINT = 'copy-checkpoint';

/** What a model was trained on. */
export interface CopySource {
  /** File name without its folder. */
  file: string;
  sha256: string;
  seed: string;
  backend: string;
}

export interface StoredCopy extends TrainedCopy {
  source: CopySource;
}

interface StoredModel extends Omit<StoredCopy, 'weights'> {
  version: number;
}

/** Writes `copy-model.f32` and `copy-model.json`. */
export function saveCopyModel(folder: string, { weights, ...rest }: StoredCopy): void {
  writeCache<StoredModel>(folder, MODEL, { weights: [[...weights]], results: { version: VERSION, ...rest } });
}

/** Reads a model. Throws `InputError` where there is none, or it is damaged or of another version. */
export function loadCopyModel(folder: string): StoredCopy {
  const found = readCache<StoredModel>(folder, MODEL);
  if (found === undefined) {
    throw new InputError(
      `${path.join(folder, `${MODEL}.json`)}: no such file; \`adsim generate copy --train DATA.csv --out ${folder}\` makes one`,
    );
  }
  if (found === 'damaged') {
    throw new InputError(`${folder}: the copy model is damaged, its checksum differs; copy it again or train it again`);
  }
  const { version, ...rest } = found.results;
  const model = { ...rest, weights: found.weights[0] };
  if (version !== VERSION || !fits(model)) {
    throw new InputError(`${folder}: the copy model is of another version of adsim; train it again`);
  }
  return model;
}

function fits(model: CopyModel): boolean {
  try {
    inference(model);
    return true;
  } catch {
    return false;
  }
}

interface StoredCheckpoint {
  /** Digest of all that training depends on. */
  of: string;
  epoch: number;
  powers: readonly [number, number];
  bestEpoch: number;
  curve: CopyCheckpoint['curve'];
}

/** Keeps what the next epoch depends on; `of` names the training. */
export function saveCopyCheckpoint(folder: string, of: string, checkpoint: CopyCheckpoint): void {
  const { epoch, weights, adam, best, curve } = checkpoint;
  writeCache<StoredCheckpoint>(folder, CHECKPOINT, {
    weights: [[...weights], [...adam.moments], [...best.weights]],
    results: { of, epoch, powers: adam.powers, bestEpoch: best.epoch, curve },
  });
}

/** The checkpoint of the training `of`; undefined where there is none, or it is damaged or of another training. */
export function loadCopyCheckpoint(folder: string, of: string): CopyCheckpoint | undefined {
  const found = readCache<StoredCheckpoint>(folder, CHECKPOINT);
  if (found === undefined || found === 'damaged' || found.results.of !== of) return undefined;
  const { epoch, powers, bestEpoch, curve } = found.results;
  const [weights, moments, best] = found.weights;
  return { epoch, weights, adam: { powers, moments }, best: { epoch: bestEpoch, weights: best }, curve };
}

/** Takes the checkpoint away once the model is kept. */
export function removeCopyCheckpoint(folder: string): void {
  for (const ending of ['f32', 'json']) rmSync(path.join(folder, `${CHECKPOINT}.${ending}`), { force: true });
}
