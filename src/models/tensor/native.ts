/**
 * TensorFlow's own kernels from a build that `adsim native build` made: tfjs-node's kernel files and its compiled
 * binding, put upon the copy of TensorFlow.js that is already loaded, so that one process has one.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import type { Tf } from '../tensor.ts';

/** What a build says of itself, in `build.json`: written last, so a folder without it is no build. */
export interface NativeBuild {
  /** Which form of our addition to the binding it has. */
  binding: number;
  /** Version of the npm package whose sources were compiled. */
  tfjsNode: string;
  /** Version of the TensorFlow it was compiled against. */
  tensorflow: string;
  /** Folder of that TensorFlow's libraries: where the build looks for them. */
  libraries: string;
  /** The compiler, as it calls itself. */
  compiler: string;
}

/** The form that this version of adsim builds and uses; a build with another is no build. */
export const BINDING = 3;
export const BUILD_FILE = 'build.json';
export const BINDING_FILE = 'tfjs_binding.node';
/** The packages that tfjs-node's files ask for; in a build each is one line that hands out the copy already loaded. */
export const CORE_SHIMS = ['tfjs', 'tfjs-core'].map((name) => `node_modules/@tensorflow/${name}/index.js`);
export const CORE_SHIM_TEXT = "module.exports = globalThis[Symbol.for('adsim.tfjs')];\n";
const CORE = Symbol.for('adsim.tfjs');

/** Folder of the build to use: the command line finds it and passes it on to its workers. */
export function nativeFolder(): string | undefined {
  return process.env['ADSIM_NATIVE'];
}

/** What lies in a folder; undefined where no whole build of this version's does. */
export function readNativeBuild(folder: string): NativeBuild | undefined {
  try {
    const build = JSON.parse(readFileSync(path.join(folder, BUILD_FILE), 'utf8')) as NativeBuild;
    return build.binding === BINDING ? build : undefined;
  } catch {
    return undefined;
  }
}

interface Binding {
  TF_Version: string;
  isUsingGpuDevice(): boolean;
}

interface BackendFile {
  NodeJSKernelBackend: new (binding: Binding, packageName: string) => KernelBackend;
}

/** Registers the back end `tensorflow` and its kernels; the caller activates it. Throws where the build can't be loaded. */
export function registerNativeBuild(tf: Tf, folder: string): void {
  if (readNativeBuild(folder) === undefined) {
    throw Object.assign(new Error(`${folder} holds no finished native build of this version's`), { code: 'NO_BUILD' });
  }
  const require = createRequire(path.join(path.resolve(folder), BUILD_FILE));
  // The binding first: where its libraries are missing, no kernel is registered in vain.
  const binding = require(`./${BINDING_FILE}`) as Binding;
  (globalThis as Record<symbol, unknown>)[CORE] = tf;
  require('./dist/register_all_kernels.js');
  const { NodeJSKernelBackend } = require('./dist/nodejs_kernel_backend.js') as BackendFile;
  const name = `@tensorflow/tfjs-node${binding.isUsingGpuDevice() ? '-gpu' : ''}`;
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, name), 3);
}
