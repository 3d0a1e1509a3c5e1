/**
 * The gate to TensorFlow.js: one numeric interface, whichever back end this machine offers. Nothing heavy is loaded
 * until `openTensorGate` is called, so listing and checking cost nothing.
 *
 * Rules for callers: read with `await tensor.data()` only (WebGPU can't read synchronously); make weights and noise
 * from our own `Random` as Float32Array; pad with 'same' or 'valid' (tfjs-node takes no numbers). Gradients are wrong or
 * missing in 4.22.0 for `tf.image.resizeNearestNeighbor`, `tf.maxPool` after a leaky rectifier, `tf.mirrorPad`,
 * `tf.prod`, `tf.einsum` and comparisons: don't use them inside a loss.
 */
import type * as core from '@tensorflow/tfjs-core';
import type { BackendId } from './tensor/backends.ts';

export type { Adam, AdamSettings, AdamState } from './tensor/adam.ts';
export type { BackendId } from './tensor/backends.ts';
export type { BackendReport } from './tensor/inspect.ts';
export type Tf = typeof core;
export type {
  Rank,
  Scalar,
  Tensor,
  Tensor1D,
  Tensor2D,
  Tensor3D,
  Tensor4D,
  TensorLike,
  Variable,
} from '@tensorflow/tfjs-core';
export { adam } from './tensor/adam.ts';
export { affine } from './tensor/affine.ts';
export { batchNormalised } from './tensor/batch-normalisation.ts';
export { blend } from './tensor/blend.ts';
export { categoryEntropy, logitEntropy } from './tensor/entropy.ts';
export { networkEntropy } from './tensor/network-entropy.ts';
export { inspectBackend, inspectBackends } from './tensor/inspect.ts';

/** Tried in this order unless the caller names another; `webgpu` only when it is asked for. */
export const DEFAULT_BACKEND_ORDER: readonly BackendId[] = ['node-gpu', 'node', 'wasm', 'cpu'];

/** A back end that was tried and not taken. */
export interface BackendAttempt {
  id: string;
  /** Error code of the failed load, where there is one: `ERR_MODULE_NOT_FOUND`, `ERR_DLOPEN_FAILED`… */
  code?: string;
  /** One sentence. */
  why: string;
  /** The exact command to run next. */
  next: string;
}

/** TensorFlow.js with a working back end: its gradients have been tried. */
export interface TensorGate {
  tf: Tf;
  id: BackendId;
  /** `cuda` or `native-cpu` with TensorFlow's version, `wasm-simd`, `webgpu` or `js`. */
  device: string;
  /** The candidates before this one, and why they were not taken. */
  tried: readonly BackendAttempt[];
}

const opened = new Map<string, Promise<TensorGate>>();
let last: Promise<unknown> = Promise.resolve();

/**
 * Opens the first back end of `order` that loads and computes a right gradient. Memoised per process and order;
 * TensorFlow.js has one active back end at a time, so the gate opened last is the active one.
 * Throws `InputError` on an unknown name or where no candidate works.
 */
export function openTensorGate(order: readonly string[] = DEFAULT_BACKEND_ORDER): Promise<TensorGate> {
  const key = order.join(',');
  const turn = last.then(async () => {
    const { activate, open } = await import('./tensor/open.ts');
    const known = opened.get(key);
    if (known !== undefined) {
      const gate = await known;
      await activate(gate);
      return gate;
    }
    const opening = open(order);
    opened.set(key, opening);
    opening.catch(() => opened.delete(key));
    return opening;
  });
  last = turn.catch(() => undefined);
  return turn;
}
