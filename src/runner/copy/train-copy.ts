/** From a file of facts and texts to a copy model in a folder; a training that was stopped goes on where it was. */
import { basename } from 'node:path';
import { randomFrom } from '../../core/random.ts';
import { COPY_TRAINING, trainCopy } from '../../models/copy/copy-training.ts';
import type { CopyTrainingSettings } from '../../models/copy/copy-training.ts';
import { openTensorGate } from '../../models/tensor.ts';
import { digestOf } from '../digest.ts';
import type { ProgressListener } from '../progress.ts';
import { loadCopyCheckpoint, removeCopyCheckpoint, saveCopyCheckpoint, saveCopyModel } from './copy-model-file.ts';
import type { StoredCopy } from './copy-model-file.ts';
import { readSlotFile } from './slot-file.ts';

export interface TrainCopyOptions {
  seed?: string;
  settings?: Partial<CopyTrainingSettings>;
  backendOrder?: readonly string[] | undefined;
  onProgress?: ProgressListener;
}

/**
 * Trains on `file` and keeps the model in `folder`. Deterministic in (file, seed, settings) on the wasm back end, in one
 * go or resumed. Throws `InputError` for a file that can't be used.
 */
export async function trainCopyModel(
  file: string,
  folder: string,
  options: TrainCopyOptions = {},
): Promise<StoredCopy> {
  const { seed = 'copy', backendOrder, onProgress } = options;
  const { examples, sha256 } = readSlotFile(file);
  const settings = { ...COPY_TRAINING, ...options.settings };
  const gate = await openTensorGate(backendOrder);
  const training = digestOf({ sha256, settings, seed, backend: gate.id });
  const trained = await trainCopy(gate, examples, settings, randomFrom(seed), {
    resume: loadCopyCheckpoint(folder, training),
    onEpoch: (checkpoint) => saveCopyCheckpoint(folder, training, checkpoint),
    onStep: (done, total) => onProgress?.({ stage: 'copy model', done, total, unit: 'steps' }),
  });
  const stored = { ...trained, source: { file: basename(file), sha256, seed, backend: gate.id } };
  saveCopyModel(folder, stored);
  removeCopyCheckpoint(folder);
  return stored;
}
