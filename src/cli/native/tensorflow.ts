/** Which TensorFlow a native build is made against: a folder of pip's, a wheel, or what Python finds. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { shellWords } from '../options.ts';
import { complaintOf, run } from './command.ts';

/** Where pip put TensorFlow: the folder with its libraries and `include`. */
export interface TensorFlow {
  version: string;
  folder: string;
  /** File names of the two libraries that the binding is linked to. */
  libraries: readonly string[];
}

const GET_ONE = '`python3 -m venv tf && tf/bin/pip install tensorflow`, then `adsim native build --tensorflow tf`';
const HEADER = join('include', 'tensorflow', 'c', 'c_api.h');

/**
 * Looks where `given` says, else where Python finds it. A wheel is a file; what is needed of it will have to be taken
 * out. Throws InputError where there is none.
 */
export async function findTensorFlow(given: string | undefined): Promise<{ folder: string } | { wheel: string }> {
  if (given === undefined) {
    const program =
      'import importlib.util as u; s = u.find_spec("tensorflow"); print(s.submodule_search_locations[0] if s else "")';
    const asked = await run('python3', ['-c', program], { seconds: 30 });
    const folder = asked.out.trim();
    if (asked.code === 0 && existsSync(join(folder, HEADER))) return { folder };
    throw new InputError(`no TensorFlow was found: python3 has none; get one: ${GET_ONE}`);
  }
  if (!existsSync(given)) throw new InputError(`--tensorflow: ${given} is not there; get one: ${GET_ONE}`);
  if (statSync(given).isFile()) {
    if (given.endsWith('.whl')) return { wheel: resolve(given) };
    throw new InputError(`--tensorflow: ${given} is neither a folder nor a wheel (.whl); get one: ${GET_ONE}`);
  }
  const folder = placesIn(resolve(given)).find((place) => existsSync(join(place, HEADER)));
  if (folder !== undefined) return { folder };
  throw new InputError(`--tensorflow: no TensorFlow of pip's lies in ${given} (no ${HEADER}); get one: ${GET_ONE}`);
}

/** The package itself, the site-packages it lies in, or the virtual environment around those. */
function placesIn(folder: string): string[] {
  const library = join(folder, 'lib');
  const pythons = existsSync(library) ? readdirSync(library).filter((name) => name.startsWith('python')) : [];
  const environment = pythons.map((name) => join(library, name, 'site-packages', 'tensorflow'));
  return [folder, join(folder, 'tensorflow'), ...environment];
}

/** What the C interface and our operations include, and the two libraries: not the other gigabyte and its 13,000 headers. */
const OPEN = `
import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
parts = ["libtensorflow_cc.", "libtensorflow_framework."] + ["include/" + p for p in (
  "tensorflow/c/", "tensorflow/core/platform/", "tsl/", "xla/tsl/", "Eigen/")]
wheel.extractall(sys.argv[2], [n for n in wheel.namelist() if n.startswith(tuple("tensorflow/" + p for p in parts))])
`;

/** Takes what is needed out of a wheel, into `folder`. Throws InputError where it is no wheel of TensorFlow's. */
export async function openWheel(wheel: string, folder: string): Promise<void> {
  const beside = `${folder}.wheel`;
  mkdirSync(beside, { recursive: true });
  const opened = await run('python3', ['-c', OPEN, wheel, beside], { seconds: 600 });
  if (opened.code === undefined) {
    throw new InputError(
      `python3 opens the wheel, and ${String(opened.why)}; or give the folder where pip installed it`,
    );
  }
  if (opened.code !== 0) throw new InputError(`--tensorflow: ${wheel} cannot be opened: ${complaintOf(opened)}`);
  if (!existsSync(join(beside, 'tensorflow'))) {
    throw new InputError(`--tensorflow: ${wheel} is not a wheel of TensorFlow's; get one: ${GET_ONE}`);
  }
  renameSync(join(beside, 'tensorflow'), folder);
  rmSync(beside, { recursive: true });
}

/** What lies in a folder, which came out of a wheel or was installed. Throws InputError where a build can't be made against it. */
export function tensorflowIn(folder: string, wheel?: string): TensorFlow {
  const files = readdirSync(folder);
  const libraries = ['libtensorflow_cc.so', 'libtensorflow_framework.so'].map((stem) => {
    const file = files.find((name) => name.startsWith(stem));
    if (file !== undefined) return file;
    const command = shellWords(['pip', 'install', '--upgrade', 'tensorflow']);
    throw new InputError(`${folder}: this TensorFlow brings no ${stem}; a newer one does: ${command}`);
  });
  const names = wheel === undefined ? readdirSync(dirname(folder)) : [basename(wheel)];
  return { version: versionAmong(names), folder, libraries };
}

/** Of the names of a wheel or of what pip writes beside a package (`tensorflow_cpu-2.21.0.dist-info`): its headers don't say. */
function versionAmong(names: readonly string[]): string {
  const named = names.map((name) => /^tensorflow(?:_cpu|_gpu|_rocm)?-(\d[\w.]*?)(?:-|\.dist-info)/u.exec(name)?.[1]);
  return named.find((version) => version !== undefined) ?? 'of unknown version';
}
