/** `adsim doctor`: what this machine offers, and the exact command for what is missing. */
import { accessSync, constants, existsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { DEFAULT_BACKEND_ORDER, inspectBackends } from '../../models/tensor.ts';
import type { BackendReport } from '../../models/tensor.ts';
import { VERSION } from '../../version.ts';
import { readNativeBuild } from '../../models/tensor/native.ts';
import { cacheFolderOf, nativeFolderOf } from '../cache-folder.ts';
import type { Arguments } from '../commands.ts';
import { FAILED, OK } from '../failure.ts';
import { backendOrderOf, flagOf } from '../options.ts';
import { wrapped } from '../table.ts';
import type { Terminal } from '../terminal.ts';

/** The least Node that adsim runs on; package.json says the same. */
const LEAST_NODE = [20, 19] as const;

interface Finding {
  what: string;
  ok: boolean;
  found: string;
  /** What to do; null where nothing is to be done. */
  next: string | null;
}

export async function doctor(given: Arguments, terminal: Terminal): Promise<number> {
  const { environment } = terminal;
  const json = flagOf(given, 'json');
  if (!json) terminal.note('trying every back end, each in a process of its own ...');
  const findings = [node(), cache(environment)];
  const folder = nativeFolderOf(environment);
  const build = readNativeBuild(folder);
  const native = build === undefined ? null : { folder, ...build };
  const backends = await inspectBackends();
  const order = backendOrderOf(environment) ?? DEFAULT_BACKEND_ORDER;
  const used = order.find((id) => backends.some((backend) => backend.id === id && backend.works)) ?? null;
  const ok = used !== null && findings.every((finding) => finding.ok);
  const machine = { cores: availableParallelism(), memoryBytes: totalmem(), platform: process.platform };
  const versions = { adsim: VERSION, node: process.versions.node, v8: process.versions.v8 };
  if (json) {
    terminal.out(JSON.stringify({ ok, versions, machine, findings, backends, native, order, used }, null, 2));
    return ok ? OK : FAILED;
  }
  const memory = `${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB of memory`;
  const lines = [
    `adsim ${VERSION} on Node ${versions.node}, V8 ${versions.v8}; ${machine.cores} cores, ${memory}`,
    ...findings.map((finding) => lineOf(finding, terminal)),
    ...backends.map((backend) => lineOf(findingOf(backend, native?.folder), terminal)),
    '',
    used === null
      ? `No back end of ${order.join(', ')} works; networks cannot be trained.`
      : `Networks train on ${used}, the first of ${order.join(', ')} that works.`,
  ];
  terminal.out(lines.join('\n'));
  return ok ? OK : FAILED;
}

function lineOf({ what, ok, found, next }: Finding, terminal: Terminal): string {
  const mark = terminal.paint('out', ok ? 'green' : 'yellow', ok ? 'ok' : '--');
  const advice = next === null ? '' : `\n${' '.repeat(14)}next: ${next}`;
  return `${mark}  ${what.padEnd(8)}  ${wrapped(found, 100, 14)}${advice}`;
}

function findingOf({ id, works, device, difference, why, next, speed }: BackendReport, native?: string): Finding {
  const built = id === 'node' && native !== undefined ? `, built in ${native}` : '';
  const gradients =
    difference === null || id === 'cpu' ? '' : `; gradients within ${difference.toExponential(0)} of cpu's`;
  return { what: id, ok: works, found: works ? `${String(device)}${built}${gradients}; ${speed}` : why, next };
}

function node(): Finding {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const ok = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  const wanted = LEAST_NODE.join('.');
  const next = ok ? null : `install Node ${wanted} or newer from https://nodejs.org`;
  return { what: 'node', ok, found: `${process.versions.node} (${wanted} or newer is wanted)`, next };
}

function cache(environment: NodeJS.ProcessEnv): Finding {
  const folder = cacheFolderOf(environment);
  let nearest = folder;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    accessSync(nearest, constants.W_OK);
    return { what: 'cache', ok: true, found: folder, next: null };
  } catch {
    const next = 'set ADSIM_CACHE to a folder that can be written';
    return { what: 'cache', ok: false, found: `${folder} cannot be written`, next };
  }
}
