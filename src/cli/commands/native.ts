/** `adsim native`: TensorFlow's own kernels for networks, from the TensorFlow that pip installed. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { readNativeBuild } from '../../models/tensor/native.ts';
import type { NativeBuild } from '../../models/tensor/native.ts';
import type { BackendReport } from '../../models/tensor.ts';
import { nativeFolderOf } from '../cache-folder.ts';
import type { Arguments } from '../commands.ts';
import { NATIVE_ACTIONS } from '../commands.ts';
import { FAILED, OK } from '../failure.ts';
import { flagOf, shellWords, textOf } from '../options.ts';
import type { Terminal } from '../terminal.ts';

export async function native(given: Arguments, terminal: Terminal): Promise<number> {
  const asked = String(given['action']);
  const action = NATIVE_ACTIONS.find((known) => known === asked);
  if (action === undefined) {
    const { suggestion } = await import('../../runner/did-you-mean.ts');
    throw new InputError(`adsim native: unknown "${asked}"${suggestion(asked, NATIVE_ACTIONS)}`);
  }
  const tensorflow = textOf(given, 'tensorflow');
  if (action !== 'build' && tensorflow !== undefined) {
    throw new InputError(`--tensorflow: is of \`adsim native build\`; \`adsim native ${action}\` takes none`);
  }
  const folder = textOf(given, 'out') ?? nativeFolderOf(terminal.environment);
  return ACTIONS[action](folder, given, terminal);
}

type Action = (folder: string, given: Arguments, terminal: Terminal) => Promise<number>;

const ACTIONS: Readonly<Record<(typeof NATIVE_ACTIONS)[number], Action>> = {
  async build(folder, given, terminal) {
    const { buildNative } = await import('../native/build.ts');
    const { environment } = terminal;
    const note = (stage: string): void => terminal.note(stage);
    const { build, check } = await buildNative({ tensorflow: textOf(given, 'tensorflow'), folder, environment, note });
    say(folder, build, check, given, terminal);
    if (textOf(given, 'out') !== undefined) terminal.note(`use it: export ${shellWords([`ADSIM_NATIVE=${folder}`])}`);
    return OK;
  },

  async check(folder, given, terminal) {
    const build = buildIn(folder);
    const { inspectBackend } = await import('../../models/tensor.ts');
    const { CHECK_SECONDS } = await import('../native/build.ts');
    const check = await inspectBackend('node', CHECK_SECONDS, { ...terminal.environment, ADSIM_NATIVE: folder });
    say(folder, build, check, given, terminal);
    return check.works ? OK : FAILED;
  },

  async remove(folder, given, terminal) {
    const build = buildIn(folder);
    const bytes = sizeOf(folder);
    rmSync(folder, { recursive: true });
    if (flagOf(given, 'json')) terminal.out(JSON.stringify({ folder, ...build, bytes }, null, 2));
    else terminal.out(`removed ${folder} (${megabytes(bytes)})`);
    return OK;
  },
};

/** Throws InputError where no build lies. */
function buildIn(folder: string): NativeBuild {
  const build = readNativeBuild(folder);
  if (build !== undefined) return build;
  throw new InputError(`${folder}: holds no native build; \`adsim native build\` makes one`);
}

function say(folder: string, build: NativeBuild, check: BackendReport, given: Arguments, terminal: Terminal): void {
  const bytes = sizeOf(folder);
  if (flagOf(given, 'json')) {
    terminal.out(JSON.stringify({ folder, ...build, bytes, check }, null, 2));
    return;
  }
  const works = check.works
    ? `works on ${String(check.device)}; its gradients are within ${check.difference?.toExponential(0)} of plain JavaScript's`
    : `does not work: ${check.why}\nnext: ${String(check.next)}`;
  terminal.out(
    `${folder}: tfjs-node ${build.tfjsNode} on TensorFlow ${build.tensorflow} (${build.libraries}), ${megabytes(bytes)}\n${works}`,
  );
}

function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
