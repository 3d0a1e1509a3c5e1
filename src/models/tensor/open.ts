/** Tries the candidates in order; a back end counts only when it has computed a right gradient. */
import { InputError } from '../../core/errors.ts';
import type { BackendAttempt, TensorGate, Tf } from '../tensor.ts';
import { gradientDifference } from './agreement.ts';
import { BACKENDS } from './backends.ts';
import type { Backend, BackendId } from './backends.ts';

/** The full core with gradients: under Node tfjs-core registers none, importing tfjs-layers does. */
async function loadCore(): Promise<Tf> {
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-layers');
  tf.enableProdMode(); // no banner on stderr
  return tf;
}

/** d/dX Σ(X·X) of [[1, 2], [3, 4]] is [[7, 11], [9, 13]]. Throws where the back end disagrees. */
async function checkGradient(tf: Tf): Promise<void> {
  const gradient = tf.tidy(() =>
    tf.grad((x) => tf.sum(tf.matMul(x as ReturnType<Tf['tensor2d']>, x as ReturnType<Tf['tensor2d']>)))(
      tf.tensor2d([1, 2, 3, 4], [2, 2]),
    ),
  );
  const values = [...(await gradient.data())];
  gradient.dispose();
  if (values.join() !== '7,11,9,13')
    throw new Error(`its smoke gradient is [${values.join(', ')}], not [7, 11, 9, 13]`);
}

function chosen(order: readonly string[]): Backend[] {
  if (order.length === 0) throw new InputError('No back end is named; use wasm.');
  return order.map((id) => {
    const backend = Object.hasOwn(BACKENDS, id) ? BACKENDS[id as BackendId] : undefined;
    if (backend === undefined) {
      throw new InputError(`Back end '${id}' is unknown; use one of ${Object.keys(BACKENDS).join(', ')}.`);
    }
    return backend;
  });
}

/** Loads one back end and tries a gradient; answers with its device, or with why it can't be taken. */
async function attempt(tf: Tf, backend: Backend): Promise<string | BackendAttempt> {
  // tfjs-node and tfjs-node-gpu share a name: what one has opened stays when the other fails.
  const openedBefore = tf.findBackendFactory(backend.registered) !== null;
  try {
    const device = await backend.load(tf);
    await checkGradient(tf);
    return device;
  } catch (error) {
    // A failed setBackend leaves its name active until it is removed.
    if (!openedBefore && tf.findBackendFactory(backend.registered) !== null) tf.removeBackend(backend.registered);
    const { code, message } = error as { code?: unknown; message?: unknown };
    const why = String(message ?? error).split('\n')[0];
    if (typeof code !== 'string') return { id: backend.id, why, next: backend.next(undefined) };
    return { id: backend.id, code, why, next: backend.next(code) };
  }
}

/** A back end that works. */
export interface Probe {
  device: string;
  /** Largest difference of its gradients from those of plain JavaScript, over their largest entry. */
  difference: number;
}

/** One back end alone: what it is, or why it can't be taken. */
export async function probe(id: BackendId): Promise<Probe | BackendAttempt> {
  const tf = await loadCore();
  const backend = BACKENDS[id];
  const device = await attempt(tf, backend);
  if (typeof device !== 'string') return device;
  try {
    await BACKENDS.cpu.load(tf);
    return { device, difference: await gradientDifference(tf, backend.registered, 'cpu') };
  } catch (error) {
    return { id, why: (error as Error).message, next: backend.next(undefined) };
  }
}

/** Opens the first candidate that works. Throws `InputError` with every reason where none does. */
export async function open(order: readonly string[]): Promise<TensorGate> {
  const candidates = chosen(order);
  const tf = await loadCore();
  const tried: BackendAttempt[] = [];
  for (const backend of candidates) {
    // oxlint-disable-next-line no-await-in-loop -- candidates are tried one after the other on purpose
    const outcome = await attempt(tf, backend);
    if (typeof outcome === 'string') return { tf, id: backend.id, device: outcome, tried };
    tried.push(outcome);
  }
  const reasons = tried.map(({ id, why, next }) => `${id}: ${why} (next: ${next})`);
  throw new InputError(`No numeric back end works here. ${reasons.join('; ')}.`);
}

/** Makes an opened gate the active one again. */
export async function activate(gate: TensorGate): Promise<void> {
  const { registered } = BACKENDS[gate.id];
  if (gate.tf.getBackend() !== registered) await gate.tf.setBackend(registered);
}
