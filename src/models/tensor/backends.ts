/** The candidates: how each back end is loaded, and what to do where it is not there. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Tf } from '../tensor.ts';
import { nativeFolder, registerNativeBuild } from './native.ts';

export type BackendId = 'node-gpu' | 'node' | 'webgpu' | 'wasm' | 'cpu';

export interface Backend {
  id: BackendId;
  /** The npm package. */
  package: string;
  /** Name under which TensorFlow.js registers it. */
  registered: string;
  /** Loads and activates it; answers with the device. Throws where it can't. */
  load(tf: Tf): Promise<string>;
  /** Steps per second against 'cpu' on the training jobs of adsim, in words. */
  speed: string;
  /** The exact next command, given the error code of the failed load. */
  next(code: string | undefined): string;
}

const require = createRequire(import.meta.url);

/** Functions of `node:util` that tfjs-node 4.22.0 calls: Node 22 warns of them on stderr, Node 23 removed them. */
function replaceOldUtilities(): void {
  const util = require('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] = (value: unknown) => value === null || value === undefined;
  util['isArray'] = Array.isArray;
}

/** Folder of an installed package; throws with code MODULE_NOT_FOUND where it is absent. */
function packageFolder(name: string): string {
  try {
    return path.dirname(require.resolve(`${name}/package.json`));
  } catch (cause) {
    throw Object.assign(new Error(`${name} is not installed`, { cause }), { code: 'MODULE_NOT_FOUND' });
  }
}

/** Checked before the import: a failed import of tfjs-node leaves 155 kernels registered behind it. */
function requireNativeBinding(name: string): void {
  const library = path.join(packageFolder(name), 'lib');
  const found =
    existsSync(library) &&
    readdirSync(library).some((folder) => existsSync(path.join(library, folder, 'tfjs_binding.node')));
  if (!found) {
    const message = `${name} is installed without its native binding (the install script did not run or could not download it)`;
    throw Object.assign(new Error(message), { code: 'NO_BINDING' });
  }
}

async function activate(tf: Tf, registered: string): Promise<void> {
  if (!(await tf.setBackend(registered))) throw new Error(`the back end '${registered}' failed to initialise`);
  await tf.ready();
}

/** What tfjs-node's back end says of itself. */
interface NativeBackend {
  isUsingGpuDevice: boolean;
  binding: { TF_Version: string };
}

/** TensorFlow's own kernels: what `register` loads, with little to say on stderr and no more of the GPU than is used. */
async function loadNative(tf: Tf, register: () => Promise<unknown> | void, ours = false): Promise<string> {
  replaceOldUtilities();
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  // TensorFlow's own choice is off on most processors of AMD's; gradients of convolutions take half the time with it.
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  await register();
  await activate(tf, 'tensorflow');
  const { registerNativeKernels } = await import('./native-kernels.ts');
  if (process.env['TF_STOCK'] === undefined) registerNativeKernels(tf, ours);
  const { isUsingGpuDevice, binding } = tf.backend() as unknown as NativeBackend;
  return `${isUsingGpuDevice ? 'cuda' : 'native-cpu'} (TensorFlow ${binding.TF_Version})`;
}

function loadPackage(tf: Tf, name: string): Promise<string> {
  requireNativeBinding(name);
  return loadNative(tf, () => import(name) as Promise<unknown>);
}

/** A build of adsim's own where there is one, else the package. */
function loadNode(tf: Tf): Promise<string> {
  const folder = nativeFolder();
  return folder === undefined ? loadPackage(tf, NODE) : loadNative(tf, () => registerNativeBuild(tf, folder), true);
}

/** Emscripten's start-up adds two listeners that rethrow and turn exit code 1 into 7: they are taken off again. */
async function withoutProcessListeners<T>(work: () => Promise<T>): Promise<T> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set<unknown>(process.listeners(event as never)));
  try {
    return await work();
  } finally {
    events.forEach((event, i) => {
      for (const listener of process.listeners(event as never) as (() => void)[]) {
        if (!before[i]?.has(listener)) process.removeListener(event, listener);
      }
    });
  }
}

async function loadWasm(tf: Tf): Promise<string> {
  await withoutProcessListeners(async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    await activate(tf, 'wasm');
  });
  const { registerWasmKernels } = await import('./wasm-kernels.ts');
  await import('@tensorflow/tfjs-backend-cpu'); // the fallback for kernels that wasm lacks
  registerWasmKernels(tf);
  return (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true ? 'wasm-simd' : 'wasm';
}

async function loadCpu(tf: Tf): Promise<string> {
  await import('@tensorflow/tfjs-backend-cpu');
  const { registerCpuKernels } = await import('./cpu-kernels.ts');
  registerCpuKernels(tf);
  await activate(tf, 'cpu');
  return 'js';
}

interface Gpu {
  requestAdapter(): Promise<object | null>;
}

const NO_ADAPTER = 'NO_ADAPTER';

async function loadWebGpu(tf: Tf): Promise<string> {
  packageFolder('webgpu');
  packageFolder('@tensorflow/tfjs-backend-webgpu');
  const dawn = (await import('webgpu' as string)) as { create(flags: string[]): Gpu; globals: object };
  const gpu = dawn.create([]);
  if ((await gpu.requestAdapter()) === null) {
    throw Object.assign(new Error('webgpu finds no GPU with a driver it can use'), { code: NO_ADAPTER });
  }
  Object.assign(globalThis, dawn.globals);
  const scope = globalThis as unknown as { navigator?: object };
  scope.navigator ??= {};
  Object.defineProperty(scope.navigator, 'gpu', { value: gpu, configurable: true });
  await import('@tensorflow/tfjs-backend-webgpu' as string);
  await activate(tf, 'webgpu');
  return 'webgpu';
}

function nativeAdvice(name: string, code: string | undefined): string {
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') return `npm install --no-save ${name}@4.22.0`;
  if (code === 'ERR_DLOPEN_FAILED') return `npm rebuild ${name} --build-addon-from-source`;
  return `npm rebuild ${name}`;
}

const NODE_GPU = '@tensorflow/tfjs-node-gpu';
const NODE = '@tensorflow/tfjs-node';

export const BACKENDS: Readonly<Record<BackendId, Backend>> = {
  'node-gpu': {
    id: 'node-gpu',
    package: NODE_GPU,
    registered: 'tensorflow',
    load: (tf) => loadPackage(tf, NODE_GPU),
    speed: 'fastest: TensorFlow on CUDA 11.2 with cuDNN 8.1, or its own CPU kernels without them',
    next: (code) => nativeAdvice(NODE_GPU, code),
  },
  node: {
    id: 'node',
    package: NODE,
    registered: 'tensorflow',
    load: loadNode,
    speed:
      "fast: TensorFlow's own CPU kernels on all cores; like wasm on the default generator, 2 to 3 times it on wider ones",
    next: (code) =>
      nativeFolder() !== undefined || (code === 'MODULE_NOT_FOUND' && process.platform === 'linux')
        ? 'adsim native build'
        : nativeAdvice(NODE, code),
  },
  webgpu: {
    id: 'webgpu',
    package: '@tensorflow/tfjs-backend-webgpu',
    registered: 'webgpu',
    load: loadWebGpu,
    speed: 'fast on a modern GPU; slower than wasm on a software adapter',
    next: (code) =>
      code === NO_ADAPTER
        ? "install a Vulkan driver of 2023 or later (your GPU's, or Mesa 23), then try again"
        : 'npm install --no-save webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0',
  },
  wasm: {
    id: 'wasm',
    package: '@tensorflow/tfjs-backend-wasm',
    registered: 'wasm',
    load: loadWasm,
    speed: 'good: one core with SIMD, about 13 times cpu on dense nets and 200 times on convolutions; bit-reproducible',
    next: () => 'npm ci',
  },
  cpu: {
    id: 'cpu',
    package: '@tensorflow/tfjs-backend-cpu',
    registered: 'cpu',
    load: loadCpu,
    speed: 'slow: plain JavaScript, a fallback for correctness; bit-reproducible for one version of V8',
    next: () => 'npm ci',
  },
};
