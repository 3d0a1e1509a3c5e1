/**
 * Makes a native build: tfjs-node's binding compiled against a TensorFlow that is on this machine, checked in a process of
 * its own, and only then put in its place.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { inspectBackend } from '../../models/tensor.ts';
import type { BackendReport } from '../../models/tensor.ts';
import { BINDING, BINDING_FILE, BUILD_FILE, CORE_SHIM_TEXT, CORE_SHIMS } from '../../models/tensor/native.ts';
import type { NativeBuild } from '../../models/tensor/native.ts';
import { INTERRUPTED } from '../failure.ts';
import { complaintOf, run } from './command.ts';
import { fetchPackage, nodeHeaders, TFJS_NODE } from './packages.ts';
import { NETWORK_SOURCE } from './network.ts';
import { OPERATION_HEADER } from './operation-header.ts';
import { OPERATIONS_SOURCE } from './operations.ts';
import { processorFeatures, vectorOptions } from './processor.ts';
import { SIGNALS_SOURCE, WRAP } from './signals.ts';
import { findTensorFlow, openWheel, tensorflowIn } from './tensorflow.ts';
import type { TensorFlow } from './tensorflow.ts';

export interface Request {
  /** Folder or wheel; default: what Python finds. */
  tensorflow: string | undefined;
  /** Where the build goes; a build that is there is replaced. */
  folder: string;
  environment: NodeJS.ProcessEnv;
  /** Told of every stage. */
  note: (stage: string) => void;
}

export interface Built {
  build: NativeBuild;
  check: BackendReport;
}

/** A first use of a new GPU may compile its kernels. */
export const CHECK_SECONDS = 300;

/**
 * Builds, checks and registers. Throws InputError where something that it needs is not there, Error where the compiler
 * or the check fails; in both cases what was in `folder` before is there afterwards, and nothing else.
 */
export async function buildNative({ tensorflow, folder, environment, note }: Request): Promise<Built> {
  if (process.platform !== 'linux') {
    const published = `npm install --no-save ${TFJS_NODE.name}@${TFJS_NODE.version}`;
    throw new InputError(`adsim native build works on Linux alone; here the published binding may do: ${published}`);
  }
  const place = resolve(folder);
  if (existsSync(place) && readdirSync(place).length > 0 && !existsSync(join(place, BUILD_FILE))) {
    throw new InputError(`${folder}: holds other files; name an empty or a new folder: --out DIR`);
  }
  const found = await findTensorFlow(tensorflow);
  const compiler = await compilerOf(environment);
  const staging = join(dirname(place), `.${basename(place)}-${process.pid}`);
  mkdirSync(staging, { recursive: true });
  const stop = (): void => {
    rmSync(staging, { recursive: true, force: true });
    process.exit(INTERRUPTED);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    const build = await make(staging, place, found, compiler, note);
    note('checking its gradients in a process of its own ...');
    const check = await inspectBackend('node', CHECK_SECONDS, { ...environment, ADSIM_NATIVE: staging });
    if (!check.works) throw new Error(`the native build was made, but ${check.why}; nothing of it was kept`);
    replace(place, staging);
    return { build, check };
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    rmSync(staging, { recursive: true, force: true });
  }
}

/** A whole build in `staging`, not yet tried; its place will be `place`. */
async function make(
  staging: string,
  place: string,
  found: { folder: string } | { wheel: string },
  compiler: Compiler,
  note: (stage: string) => void,
): Promise<NativeBuild> {
  const moves = 'wheel' in found;
  if (moves) {
    note(`taking TensorFlow's libraries out of ${basename(found.wheel)} ...`);
    await openWheel(found.wheel, join(staging, 'tensorflow'));
  }
  const against = moves ? tensorflowIn(join(staging, 'tensorflow'), found.wheel) : tensorflowIn(found.folder);
  note(`fetching ${TFJS_NODE.name} ${TFJS_NODE.version} ...`);
  const sources = await sourcesIn(staging);
  note(`compiling its binding against TensorFlow ${against.version} with ${compiler.name} ...`);
  await compile(staging, sources, against, compiler.program, moves);
  const build: NativeBuild = {
    binding: BINDING,
    tfjsNode: TFJS_NODE.version,
    tensorflow: against.version,
    libraries: moves ? join(place, 'tensorflow') : against.folder,
    compiler: compiler.name,
  };
  finish(staging, sources, build, moves);
  return build;
}

interface Compiler {
  program: string;
  /** As it calls itself. */
  name: string;
}

async function compilerOf(environment: NodeJS.ProcessEnv): Promise<Compiler> {
  const own = environment['CXX'];
  for (const program of own ? [own] : ['g++', 'c++', 'clang++']) {
    // oxlint-disable-next-line no-await-in-loop -- the first that is there
    const asked = await run(program, ['--version'], { seconds: 30 });
    if (asked.code === 0) return { program, name: asked.out.split('\n')[0].trim() };
  }
  throw new InputError(
    own
      ? `CXX: ${own} does not run; name a C++ compiler, or unset it`
      : 'no C++ compiler was found (g++, c++, clang++); install one: apt-get install g++, or dnf install gcc-c++',
  );
}

const PACKAGES = '.packages';

interface Sources {
  tfjsNode: string;
  headers: string;
}

async function sourcesIn(staging: string): Promise<Sources> {
  const [own, other] = ['tfjs-node', 'headers'].map((name) => join(staging, PACKAGES, name));
  for (const folder of [own, other]) mkdirSync(folder, { recursive: true });
  return { tfjsNode: await fetchPackage(TFJS_NODE, own), headers: await nodeHeaders(other) };
}

/** As tfjs-node's own binding.gyp does, with our addition. A wheel's libraries move with the build; an installed TensorFlow stays where it is. */
async function compile(
  staging: string,
  { tfjsNode, headers }: Sources,
  { folder, libraries, version }: TensorFlow,
  compiler: string,
  moves: boolean,
): Promise<void> {
  const added = join(staging, PACKAGES);
  const sources = {
    'signals.cc': SIGNALS_SOURCE,
    'operation.h': OPERATION_HEADER,
    'operations.cc': OPERATIONS_SOURCE,
    'network.cc': NETWORK_SOURCE,
  };
  for (const [name, source] of Object.entries(sources)) writeFileSync(join(added, name), source);
  const call = async (words: readonly string[]): Promise<void> => {
    const compiled = await run(compiler, ['-std=c++17', '-O2', '-fPIC', '-pthread', ...words], { seconds: 300 });
    if (compiled.code === 0) return;
    throw new Error(
      `${compiler} could not compile the binding against TensorFlow ${version}: ${complaintOf(compiled)}`,
    );
  };
  const include = `-I${join(folder, 'include')}`;
  const [network, object] = ['network.cc', 'network.o'].map((name) => join(added, name));
  // It asks the processor before it is used.
  await call([...vectorOptions(process.arch, processorFeatures()), include, '-c', network, '-o', object]);
  await call([
    '-shared',
    '-DNAPI_VERSION=8',
    ...[headers, dirname(tfjsNode)].map((place) => `-I${place}`),
    include,
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(tfjsNode, 'binding', file)),
    ...['signals.cc', 'operations.cc', 'network.o'].map((file) => join(added, file)),
    WRAP,
    '-o',
    join(staging, BINDING_FILE),
    `-L${folder}`,
    ...libraries.map((file) => `-l:${file}`),
    `-Wl,-rpath,${moves ? '$ORIGIN/tensorflow' : folder}`,
  ]);
}

/** What a run needs: the binding and the kernels' files; of TensorFlow the libraries. `build.json` last. */
function finish(staging: string, { tfjsNode }: Sources, build: NativeBuild, moves: boolean): void {
  cpSync(join(tfjsNode, 'dist'), join(staging, 'dist'), { recursive: true });
  // Protocol buffers are for saved models, which adsim has none of: without this, google-protobuf would be needed.
  writeFileSync(join(staging, 'dist', 'proto', 'api_pb.js'), 'module.exports = {};\n');
  for (const shim of CORE_SHIMS) {
    mkdirSync(join(staging, dirname(shim)), { recursive: true });
    writeFileSync(join(staging, shim), CORE_SHIM_TEXT);
  }
  rmSync(join(staging, PACKAGES), { recursive: true });
  if (moves) rmSync(join(staging, 'tensorflow', 'include'), { recursive: true });
  writeFileSync(join(staging, BUILD_FILE), `${JSON.stringify(build, null, 2)}\n`);
}

/** Puts the new build where the old one was. */
function replace(place: string, staging: string): void {
  const old = `${staging}-old`;
  if (existsSync(place)) renameSync(place, old);
  renameSync(staging, place);
  rmSync(old, { recursive: true, force: true });
}
