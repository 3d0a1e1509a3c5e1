/** A whole log as one block: for logs that fit into memory, and for what needs all rows at once. */
import { decisionsOf, outcomesOf, requestsOf } from '../../core/batch.ts';
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import type { LogBlock, LogSource } from './source.ts';

/** All rows of a log. Throws `InputError` as its blocks do. */
export async function wholeLog(source: LogSource): Promise<LogBlock> {
  const parts: LogBlock[] = [];
  for await (const block of source.blocks()) parts.push(block);
  return parts.length === 1 ? parts[0] : joined(source, parts);
}

function joined({ spec, rows, columns }: LogSource, parts: readonly LogBlock[]): LogBlock {
  const k = spec.actions.length;
  const shape = { rows, context: spec.contextNames.length, actions: k, slots: 1 };
  const requests = { ...requestsOf(shape), size: rows };
  const decisions = decisionsOf(shape);
  const outcomes = outcomesOf({ ...shape, context: 0 });
  const wide = (pick: (part: LogBlock) => Matrix | undefined): Matrix | undefined => {
    if (parts.some((part) => !pick(part))) return undefined;
    const all = matrix(rows, k);
    for (const part of parts) all.data.set((pick(part) as Matrix).data.subarray(0, part.log.size * k), part.first * k);
    return all;
  };
  for (const { first, log } of parts) {
    const { requests: r, decisions: x, outcomes: o, size } = log;
    for (const key of ['impression', 'session', 'user', 'hour'] as const) requests[key].set(r[key], first);
    requests.context.data.set(r.context.data.subarray(0, size * shape.context), first * shape.context);
    requests.eligible.set(r.eligible, first * k);
    for (const key of ['action', 'propensity', 'bid', 'estimate'] as const) decisions[key].set(x[key], first);
    for (const key of ['won', 'slot', 'cost', 'click', 'conversion', 'revenue', 'reward', 'ended'] as const) {
      outcomes[key].set(o[key], first);
    }
  }
  const distribution = wide((part) => part.log.decisions.distribution);
  const behaviour = wide((part) => part.behaviour);
  const predicted = wide((part) => part.predicted);
  if (distribution) decisions.distribution = distribution;
  const starts = parts.map(({ first }) => first);
  return {
    first: 0,
    log: { size: rows, spec, requests, decisions, outcomes },
    columns: new Map(columns.map((name) => [name, joinedColumn(name, rows, parts)])),
    ...(behaviour && { behaviour }),
    ...(predicted && { predicted }),
    where(i) {
      const part = starts.findLastIndex((first) => first <= i);
      return parts[part].where(i - starts[part]);
    },
  };
}

function joinedColumn(name: string, rows: number, parts: readonly LogBlock[]): Float64Array | readonly string[] {
  if (!(parts[0]?.columns.get(name) instanceof Float64Array)) {
    return parts.flatMap(({ columns }) => columns.get(name) as readonly string[]);
  }
  const all = new Float64Array(rows);
  for (const { first, columns } of parts) all.set(columns.get(name) as Float64Array, first);
  return all;
}
