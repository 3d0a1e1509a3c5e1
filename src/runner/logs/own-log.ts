/** adsim's own log, as `log-file.ts` wrote it: its spec is in the file, and so are auctions, sessions and truth. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { LogSpec } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import { columnLog } from './column-log.ts';
import type { ColumnMap } from './column-map.ts';
import type { Grouping, LogBlock, LogSource } from './source.ts';
import type { Table } from './table.ts';

/** The log of a results folder, of its only seed; undefined where there is none. Throws `InputError` where there are several. */
export function ownFile(folder: string): string | undefined {
  const logs = [folder, join(folder, 'log')].filter((place) => existsSync(place));
  const files = logs.flatMap((place) =>
    readdirSync(place)
      .filter((name) => name.endsWith('.parquet'))
      .sort()
      .map((name) => join(place, name)),
  );
  if (files.length > 1) {
    throw new InputError(
      `${folder} has ${files.length} logs, each of another world; give one of them, for instance ${files[0]}`,
    );
  }
  return files[0];
}

const specSchema = z.looseObject({
  contextNames: z.array(z.string()),
  actions: z.array(z.string()).min(1),
  slots: z.int().min(1),
  rewardUnit: z.string(),
});

/** The spec that adsim wrote into a Parquet file; undefined where another program wrote it. Throws `InputError`. */
export async function ownSpec(path: string): Promise<LogSpec | undefined> {
  const { asyncBufferFromFile, parquetMetadataAsync } = await import('hyparquet');
  const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path)).catch(() => undefined);
  const text = metadata?.key_value_metadata?.find(({ key }) => key === 'adsim')?.value;
  if (text === undefined) return undefined;
  let spec: LogSpec;
  try {
    spec = specSchema.parse(JSON.parse(text)) as unknown as LogSpec;
  } catch {
    throw new InputError(`${path}: its adsim metadata is damaged; give the log as adsim wrote it`);
  }
  if (spec.slots === 1) return spec;
  throw new InputError(
    `${path} has pages of ${spec.slots} ads, and the reward is the page's: a value of one slot's policy is not defined ` +
      'here; log with slots: 1, or give a map of columns for one slot (--columns)',
  );
}

/** Columns of numbers that a log of columns has no word for. */
const REQUEST = ['impression', 'session'] as const;
const OUTCOME = ['won', 'cost', 'click', 'conversion', 'revenue', 'ended'] as const;

/** The log in a table of adsim's own columns. Throws `InputError` as `columnLog` does. */
export async function ownLog(
  table: Table,
  spec: LogSpec,
  skipBad: boolean,
  group?: Pick<Grouping, 'kind' | 'column'>,
): Promise<LogSource> {
  const { names } = table;
  const map: ColumnMap = {
    action: 'action',
    propensity: 'propensity',
    reward: 'reward',
    user: 'user',
    time: 'hour',
    context: spec.contextNames.map((name) => `context:${name}`),
    ...(group && { [group.kind]: group.column }),
  };
  const whole = spec.actions.map((name) => `propensity:${name}`);
  const truth = spec.actions.map((name) => `truth:${name}`);
  if (whole.every((name) => names.includes(name))) map.behaviour = whole;
  const known = truth.every((name) => names.includes(name));
  const carry = [...REQUEST, ...OUTCOME, 'bid', ...(known ? truth : [])];
  const source = await columnLog(table, map, { layout: 'adsim', skipBad, carry, spec });
  return {
    ...source,
    columns: [],
    async *blocks(size) {
      for await (const block of source.blocks(size)) yield restored(block, known ? truth : undefined, group?.column);
    },
  };
}

/** Puts the carried columns where they belong in a log; only `kept` stays beside it. */
function restored(block: LogBlock, truth: readonly string[] | undefined, kept: string | undefined): LogBlock {
  const { requests, decisions, outcomes, size: n } = block.log;
  const column = (name: string): Float64Array => block.columns.get(name) as Float64Array;
  for (const name of REQUEST) requests[name].set(column(name));
  for (const name of OUTCOME) outcomes[name].set(column(name));
  decisions.bid.set(column('bid'));
  for (let i = 0; i < n; i++) outcomes.slot[i] = outcomes.won[i] === 1 ? 0 : -1;
  if (truth) {
    const k = truth.length;
    block.log.truth = matrix(n, k);
    for (const [j, name] of truth.entries()) {
      for (const [i, value] of column(name).entries()) block.log.truth.data[i * k + j] = value;
    }
  }
  return { ...block, columns: new Map([...block.columns].filter(([name]) => name === kept)) };
}
