/** Runs an experiment again and says whether the same came out. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../core/errors.ts';
import type { Summary } from '../core/statistics.ts';
import { experimentSchema } from './config.ts';
import { sha256 } from './digest.ts';
import { runExperiment } from './experiment.ts';
import type { RunOptions } from './experiment.ts';
import type { Manifest } from './manifest.ts';
import { readRun } from './results-folder.ts';
import type { AgentResult, Results } from './results.ts';
import { VERSION } from '../version.ts';

export interface Verification {
  ok: boolean;
  /** `exact`: digests were compared; `tolerance`: back end, V8 or version differ, so values were compared. */
  mode: 'exact' | 'tolerance';
  /** Why this mode. */
  why: string;
  differences: readonly { what: string; expected: string; got: string }[];
}

/**
 * Re-runs the experiment of a results folder from its manifest, beside it, and compares: byte for byte, and exactly that
 * is asked for where version, back end and V8 are the manifest's. Where they are others and bytes differ, each agent's
 * CTR, value and regret must agree within the sum of their intervals' half-widths. Throws `InputError` where the folder
 * holds no run or its config is not understood.
 */
export async function verifyRun(
  directory: string,
  options: Omit<RunOptions, 'directory' | 'command' | 'cacheFolder'>,
): Promise<Verification> {
  const { results, manifest } = readRun(directory);
  const parsed = experimentSchema.safeParse(manifest.config);
  if (!parsed.success) {
    const made = `made by adsim ${manifest.versions.adsim}`;
    throw new InputError(`${directory}/manifest.json: its config (${made}) is not understood by adsim ${VERSION}`);
  }
  const scratch = mkdtempSync(join(tmpdir(), 'adsim-verify-'));
  try {
    const again = await runExperiment(parsed.data, {
      ...options,
      // A cache of its own, empty: the generator is trained again, too.
      cacheFolder: join(scratch, 'cache'),
      directory: join(scratch, 'run'),
      command: manifest.command,
    });
    const changed = compareFolder(directory, manifest);
    const differences = [...changed, ...compareBytes(manifest, again.manifest)];
    const reasons = otherSurroundings(manifest, again.manifest);
    const because = reasons.join('; ');
    if (differences.length === 0) {
      const same = 'adsim, V8 and the back end are those of the manifest';
      const why = reasons.length === 0 ? same : `every byte is the same, although ${because}`;
      return { ok: true, mode: 'exact', why, differences };
    }
    if (reasons.length === 0) {
      return { ok: false, mode: 'exact', why: 'adsim, V8 and the back end are those of the manifest', differences };
    }
    const far = [...changed, ...compareValues(results, again.results)];
    return { ok: far.length === 0, mode: 'tolerance', why: `${because}; a weaker check`, differences: far };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

type Difference = Verification['differences'][number];

/** Files of the run that no longer are what its manifest vouches for. */
function compareFolder(directory: string, { files }: Manifest): Difference[] {
  return Object.entries(files).flatMap(([path, expected]) => {
    const file = join(directory, path);
    const got = existsSync(file) ? sha256(readFileSync(file)) : 'absent';
    return got === expected ? [] : [{ what: `${path}, as it lies in the folder`, expected, got }];
  });
}

function compareBytes(before: Manifest, after: Manifest): Difference[] {
  const paths = [...new Set([...Object.keys(before.files), ...Object.keys(after.files)])];
  const pairs = paths.map((path) => [path, before.files[path] ?? 'absent', after.files[path] ?? 'absent'] as const);
  return [...pairs, ['digest', before.digest, after.digest] as const]
    .filter(([, expected, got]) => expected !== got)
    .map(([what, expected, got]) => ({ what, expected, got }));
}

/** Back ends that promise the same bytes again; the others add in an order of their own. */
const REPRODUCIBLE: readonly string[] = ['none', 'wasm', 'cpu'];

/** Why the bytes may differ without anything being wrong. */
function otherSurroundings(before: Manifest, after: Manifest): string[] {
  const named = ({ backend }: Manifest): string => `${backend.id} (${backend.device})`;
  const free = REPRODUCIBLE.includes(after.backend.id) ? [] : [`${after.backend.id} promises no equal bytes`];
  return [
    ...differs('adsim', before.versions.adsim, after.versions.adsim),
    ...differs('V8', before.versions.v8, after.versions.v8),
    ...differs('the back end', named(before), named(after)),
    ...free,
  ];
}

function differs(what: string, before: string, now: string): string[] {
  return before === now ? [] : [`${what} was ${before}, is ${now}`];
}

function compareValues(before: Results, after: Results): Difference[] {
  return before.agents.flatMap((agent, index) => {
    const other = after.agents[index] as AgentResult | undefined;
    if (!other) return [{ what: agent.name, expected: 'present', got: 'absent' }];
    return (['ctr', 'value', 'regret'] as const)
      .filter((name) => Math.abs(agent[name].mean - other[name].mean) > tolerance(agent[name], other[name]))
      .map((name) => ({
        what: `${agent.name}: ${name}`,
        expected: String(agent[name].mean),
        got: String(other[name].mean),
      }));
  });
}

/** The sum of two half-widths; a millionth of the value where one seed leaves no interval. */
function tolerance(a: Summary, b: Summary): number {
  const half = ({ interval, mean }: Summary): number => (interval ? interval[1] - mean : 1e-6 * Math.abs(mean));
  return half(a) + half(b) + 1e-9;
}
