/** Logs as a reader would bring them, made of columns in memory. */
import type { ImpressionLog } from '../../../src/core/contracts.ts';
import { slice } from '../../../src/core/log.ts';
import { rowRange } from '../../../src/core/matrix.ts';
import type { Matrix } from '../../../src/core/matrix.ts';
import { banditLog } from '../../../src/ope/bandit-log.ts';
import type { LogBlock, LogSource } from '../../../src/runner/logs/source.ts';

export interface BroughtColumns {
  actions: readonly string[];
  action: readonly number[];
  propensity?: readonly number[];
  reward?: readonly number[];
  columns?: Readonly<Record<string, readonly number[] | readonly string[]>>;
  contextNames?: readonly string[];
  context?: Matrix;
  /** (m×k) */
  eligible?: readonly number[];
  behaviour?: Matrix;
  path?: string;
}

export function broughtLog(given: BroughtColumns): LogSource {
  const m = given.action.length;
  const log: ImpressionLog = banditLog({
    actions: given.actions.length,
    action: given.action,
    propensity: given.propensity ?? given.action.map(() => 0.5),
    reward: given.reward ?? given.action.map(() => 1),
    ...(given.context ? { context: given.context } : {}),
  });
  log.spec = { ...log.spec, actions: given.actions, contextNames: given.contextNames ?? log.spec.contextNames };
  if (given.eligible) log.requests.eligible.set(given.eligible);
  const columns = Object.entries(given.columns ?? {});
  const path = given.path ?? 'log.csv';
  return {
    path,
    layout: 'columns',
    rows: m,
    spec: log.spec,
    propensities: true,
    columns: columns.map(([name]) => name),
    skipped: [],
    async *blocks(size = 1024) {
      for (let from = 0; from < m; from += size) {
        const to = Math.min(m, from + size);
        yield {
          first: from,
          log: slice(log, from, to),
          columns: new Map(
            columns.map(([name, values]) => {
              const part = values.slice(from, to);
              const numbers = part.every((value) => typeof value === 'number');
              return [name, numbers ? Float64Array.from(part as number[]) : (part as string[])];
            }),
          ),
          ...(given.behaviour ? { behaviour: rowRange(given.behaviour, from, to) } : {}),
          where: (i: number) => `${path}:${from + i + 2}`,
        };
      }
    },
  };
}

/** The first block of a log, of up to a million rows. */
export async function firstBlock(source: LogSource): Promise<LogBlock> {
  for await (const block of source.blocks(1e6)) return block;
  throw new Error('the log has no rows');
}
