/** A log without the rows in which the odds that stand in its columns are none: what `--skip-bad` means of policies. */
import { InputError } from '../../core/errors.ts';
import { blockRange, blockRows } from '../logs/block-rows.ts';
import type { LogBlock, LogSource, SkippedRows } from '../logs/source.ts';
import type { BroughtPolicy } from '../policies/policy.ts';
import { checkedBehaviour } from './checked-behaviour.ts';

/** Refuses a block that has a bad row. */
interface Law {
  reason: string;
  check(block: LogBlock): unknown;
}

interface Fault {
  /** Of the block. */
  row: number;
  /** Its place and what is wrong. */
  what: string;
}

/**
 * The log with such rows left out and counted; the same source where there are none. It reads the log once. Throws
 * `InputError` where no row is left.
 */
export async function withSoundOdds(source: LogSource, policies: readonly BroughtPolicy[]): Promise<LogSource> {
  const laws: Law[] = policies
    .filter(({ fromColumns }) => fromColumns)
    .map((policy) => ({ reason: `policy "${policy.name}" without odds`, check: (block) => policy.odds(block) }));
  laws.push({
    reason: 'behaviour policy without odds',
    check: (block) => block.behaviour && checkedBehaviour(block.behaviour, block),
  });
  const bad = new Set<number>();
  const skipped = new Map<string, SkippedRows>();
  for await (const block of source.blocks()) {
    for (const law of laws) {
      const { reason } = law;
      for (const { row, what } of await faultsOf(block, law)) {
        if (bad.has(block.first + row)) continue;
        bad.add(block.first + row);
        const before = skipped.get(reason);
        skipped.set(reason, { reason, count: (before?.count ?? 0) + 1, first: before?.first ?? what });
      }
    }
  }
  if (bad.size === 0) return source;
  const [{ first }] = skipped.values();
  if (bad.size === source.rows)
    throw new InputError(`${source.path}: every row is bad, the first: ${first}; correct it`);
  return {
    ...source,
    rows: source.rows - bad.size,
    skipped: [...source.skipped, ...skipped.values()],
    blocks: (size) => soundBlocks(source, bad, size),
  };
}

async function* soundBlocks(source: LogSource, bad: ReadonlySet<number>, size?: number): AsyncGenerator<LogBlock> {
  let first = 0;
  for await (const block of source.blocks(size)) {
    const rows = Int32Array.from({ length: block.log.size }, (_, i) => i).filter((i) => !bad.has(block.first + i));
    if (rows.length === 0) continue;
    yield rows.length === block.log.size ? { ...block, first } : blockRows(block, rows, first);
    first += rows.length;
  }
}

/** The bad rows of a block, found by halves: a block in which nothing is wrong is looked at once. */
async function faultsOf(block: LogBlock, law: Law, from = 0, to = block.log.size): Promise<Fault[]> {
  if (from === to) return [];
  try {
    await law.check(blockRange(block, from, to));
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (to - from === 1) return [{ row: from, what: error.message.replace(/; [^;]*$/u, '') }];
  }
  const middle = (from + to) >> 1;
  return [...(await faultsOf(block, law, from, middle)), ...(await faultsOf(block, law, middle, to))];
}
