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
 * Re-runs the experiment of a results folder from its manifest, beside it, and compares: digests where version, back
 * end and V8 are the manifest's (and the files in the folder with the manifest, so that what was edited by hand does
 * not pass); otherwise each agent's CTR, value and regret, which must agree within the sum of their intervals'
 * half-widths. Throws `InputError` where the folder holds no run or its config is not understood.
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
    const reasons = [
      ...differs('adsim', manifest.versions.adsim, VERSION),
      ...differs('V8', manifest.versions.v8, process.versions.v8),
      ...differs('the back end', manifest.backend.id, again.manifest.backend.id),
    ];
    if (reasons.length > 0) {
      const differences = compareValues(results, again.results);
      return {
        ok: differences.length === 0,
        mode: 'tolerance',
        why: `${reasons.join('; ')}; a weaker check`,
        differences,
      };
    }
    const why = 'adsim, V8 and the back end are those of the manifest';
    const { files, digest } = again.manifest;
    const differences = Object.keys({ ...manifest.files, ...files }).flatMap((path) => {
      const expected = manifest.files[path] ?? 'absent';
      const got = files[path] ?? 'absent';
      if (got !== expected) return [{ what: path, expected, got }];
      const kept = digestOfFile(join(directory, path));
      return kept === expected ? [] : [{ what: `${path}, as it lies in the folder`, expected, got: kept }];
    });
    if (digest !== manifest.digest) differences.push({ what: 'digest', expected: manifest.digest, got: digest });
    return { ok: differences.length === 0, mode: 'exact', why, differences };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function digestOfFile(path: string): string {
  return existsSync(path) ? sha256(readFileSync(path)) : 'absent';
}

function differs(what: string, before: string, now: string): string[] {
  return before === now ? [] : [`${what} was ${before}, is ${now}`];
}

function compareValues(before: Results, after: Results): { what: string; expected: string; got: string }[] {
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
