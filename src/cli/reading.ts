/** What commands over a log that somebody brought have in common: the options that say how to read it. */
import { InputError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { randomFrom } from '../core/random.ts';
import type { LogSource } from '../runner/logs/source.ts';
import type { BroughtPolicy } from '../runner/policies/policy.ts';
import type { RewardModelKind } from '../runner/ope/reward-model.ts';
import type { Arguments } from './commands.ts';
import { countOf, flagOf, textOf } from './options.ts';

export interface Reading {
  source: LogSource;
  /** In the order given. */
  policies: readonly BroughtPolicy[];
  /** Columns to look at the results by. */
  segments: readonly string[];
  model: RewardModelKind;
  folds: number;
  propensityFloor: number | undefined;
  random: Random;
}

/** Opens the log and the policies; whoever asked closes the policies. Throws `InputError`. */
export async function readingOf(given: Arguments, policies: readonly string[]): Promise<Reading> {
  const { openLog } = await import('../runner/logs/open-log.ts');
  const columns = await columnsOf(textOf(given, 'columns'));
  const options = { skipBad: flagOf(given, 'skip-bad'), group: groupOf(given), ...(columns && { columns }) };
  const brought = await openLog(String(given['log']), options);
  const random = randomFrom(textOf(given, 'seed') ?? '1');
  const { openPolicy } = await import('../runner/policies/open-policy.ts');
  const setup = { random: random.stream('policy'), openLog: (path: string) => openLog(path) };
  const openedOn = async (source: LogSource): Promise<BroughtPolicy[]> => {
    const opened: BroughtPolicy[] = [];
    // One after the other: what a policy draws must not depend on timing.
    // oxlint-disable-next-line no-await-in-loop
    for (const text of policies) opened.push(await openPolicy(text, source, setup));
    return opened;
  };
  let source = brought;
  let opened = await openedOn(source);
  if (options.skipBad) {
    const { withSoundOdds } = await import('../runner/ope/sound-odds.ts');
    source = await withSoundOdds(brought, opened);
    if (source !== brought) {
      // A policy that knows rows by their number must see the rows that are left.
      for (const policy of opened) await policy.close();
      opened = await openedOn(source);
    }
  }
  return {
    source,
    policies: opened,
    segments: columns?.segments ?? [],
    model: (textOf(given, 'model') ?? 'means') as RewardModelKind,
    folds: foldsOf(given),
    propensityFloor: numberOf(given, 'propensity-floor', { above: 0, most: 1, example: 0.01 }),
    random,
  };
}

function groupOf(given: Arguments) {
  const [episode, slate] = [textOf(given, 'episode'), textOf(given, 'slate')];
  if (episode !== undefined && slate !== undefined) {
    throw new InputError('--episode, --slate: rows are valued by episode or by page; leave one of both away');
  }
  if (episode !== undefined) return { kind: 'episode', column: episode } as const;
  return slate === undefined ? undefined : ({ kind: 'slate', column: slate } as const);
}

/** Each fold costs a fit, and beyond some ten of them nothing is gained. */
const MOST_FOLDS = 100;

function foldsOf(given: Arguments): number {
  const folds = countOf(given, 'folds', 2) ?? 2;
  if (folds <= MOST_FOLDS) return folds;
  throw new InputError(`--folds: must be a whole number from 2 to ${MOST_FOLDS} (got "${folds}"); for instance 5`);
}

async function columnsOf(path: string | undefined) {
  if (path === undefined) return undefined;
  const { loadConfig } = await import('../runner/config-file.ts');
  const { columnMap } = await import('../runner/logs/column-map.ts');
  return loadConfig(path, columnMap).config;
}

/** A number in (above, most], or in [least, most). Throws `InputError`. */
export function numberOf(
  given: Arguments,
  name: string,
  range: { least?: number; above?: number; below?: number; most?: number; example: number },
): number | undefined {
  const text = textOf(given, name);
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? NaN : Number(text);
  const { least = -Infinity, above = -Infinity, below = Infinity, most = Infinity, example } = range;
  if (value >= least && value > above && value < below && value <= most) return value;
  const low = above > -Infinity ? `above ${above}` : least > -Infinity ? `at least ${least}` : '';
  const high = below < Infinity ? `below ${below}` : most < Infinity ? `at most ${most}` : '';
  const what = [low, high].filter((words) => words !== '').join(' and ');
  throw new InputError(`--${name}: must be a number ${what} (got "${text}"); for instance ${example}`);
}
