/** A TensorFlow on this machine to build against, and a compiler: neither is installed for the tests' sake. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Installs nothing: says which file pip would take. */
const WHICH =
  'python3 -m pip install --dry-run --no-deps --ignore-installed --quiet --timeout 5 --retries 0 --report -';

/** ADSIM_TENSORFLOW, else the wheel that pip would install where it lies in a folder of this machine. */
export function tensorflowHere(): string | undefined {
  const own = process.env['ADSIM_TENSORFLOW'];
  if (own !== undefined) return own;
  const [python, ...words] = WHICH.split(' ');
  const { status, stdout } = spawnSync(python, [...words, 'tensorflow-cpu'], { encoding: 'utf8', timeout: 90_000 });
  if (status !== 0) return undefined;
  const report = JSON.parse(stdout) as { install: { download_info: { url: string } }[] };
  const url = report.install[0]?.download_info.url ?? '';
  return url.startsWith('file:') && existsSync(fileURLToPath(url)) ? fileURLToPath(url) : undefined;
}

export function compilerHere(): boolean {
  return spawnSync('g++', ['--version']).status === 0;
}

/** Why the native build can't be tried here; undefined where it can. */
export function whyNoNativeBuild(tensorflow: string | undefined): string | undefined {
  if (process.platform !== 'linux') return 'it is made on Linux alone';
  if (!compilerHere()) return 'no g++ is here (apt-get install g++)';
  return tensorflow === undefined ? 'no wheel of TensorFlow lies here (ADSIM_TENSORFLOW names one)' : undefined;
}
