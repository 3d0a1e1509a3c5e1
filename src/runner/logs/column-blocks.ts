/** The rows of a table as blocks of a log, once it is known what its columns hold. */
import { decisionsOf, outcomesOf, requestsOf } from '../../core/batch.ts';
import type { LogSpec, Matrix } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import type { ColumnMap } from './column-map.ts';
import { fillContext } from './context-coding.ts';
import type { ContextColumn } from './context-coding.ts';
import { nameOf } from './row-checks.ts';
import type { RowCheck } from './row-checks.ts';
import type { LogBlock } from './source.ts';
import type { Cells, CellKind, Table, Want } from './table.ts';

/** Everything that reading needs to know. */
export interface ColumnPlan {
  map: ColumnMap;
  spec: LogSpec;
  /** (k) the actions as the file writes them. */
  codes: readonly string[];
  kind: (name: string) => CellKind;
  checks: readonly RowCheck[];
  /** Leave bad rows out; else a bad row throws. */
  skipBad: boolean;
  context: readonly ContextColumn[];
  carried: readonly Want[];
  /** [h] of the first row where times are dates: hours count from the midnight before it; else 0. */
  firstHour: number;
  /** (k) columns of each action, in the order of the actions. */
  behaviour?: readonly string[];
  evaluation?: readonly string[];
  predicted?: readonly string[];
}

/** Ids of users in the order in which they come. */
type Users = Map<string | number, number>;

/** Blocks of at most `size` rows; bad ones are left out, so a block may have fewer. */
export async function* logBlocks(table: Table, plan: ColumnPlan, size: number): AsyncGenerator<LogBlock> {
  const wants = wantsOf(plan);
  const users: Users = new Map();
  let first = 0;
  for await (const { first: row, cells, size: n } of table.blocks([...wants.values()], size)) {
    const named = new Map([...wants.keys()].map((key, c) => [key, cells[c]]));
    const bad = new Uint8Array(n);
    plan.checks.forEach((check) => check.scan(named.get(check.column) as Cells, bad, 1));
    const kept = keptRows(bad);
    if (kept && !plan.skipBad) {
      throw new InputError(
        `${table.where(row + bad.indexOf(1))}: the row was sound and no longer is; keep the file as it is while it is read`,
      );
    }
    const good = kept ? new Map([...named].map(([key, column]) => [key, picked(column, kept)])) : named;
    const block = blockOf(plan, good, kept?.length ?? n, first, users);
    if (block.log.size === 0) continue;
    yield { ...block, where: (i) => table.where(row + (kept ? kept[i] : i)) };
    first += block.log.size;
  }
}

/** Each column once, whatever it is read for. */
function wantsOf({ map, kind, checks, context, carried }: ColumnPlan): Map<string, Want> {
  const wants = new Map<string, Want>();
  for (const { column } of checks) wants.set(column, { name: column, as: 'number' });
  for (const { name, as } of context) wants.set(name, { name, as });
  if (map.time !== undefined) wants.set(map.time, { name: map.time, as: 'hour' });
  if (map.user !== undefined)
    wants.set(map.user, { name: map.user, as: kind(map.user) === 'number' ? 'number' : 'text' });
  wants.set(map.action, { name: map.action, as: kind(map.action) === 'number' ? 'number' : 'text' });
  for (const want of carried) if (!wants.has(want.name)) wants.set(want.name, want);
  return wants;
}

/** The rows without a mark; undefined where that is all of them. */
function keptRows(bad: Uint8Array): Int32Array | undefined {
  if (!bad.includes(1)) return undefined;
  const kept: number[] = [];
  for (let i = 0; i < bad.length; i++) if (bad[i] === 0) kept.push(i);
  return Int32Array.from(kept);
}

function picked(cells: Cells, rows: Int32Array): Cells {
  return cells instanceof Float64Array ? Float64Array.from(rows, (i) => cells[i]) : Array.from(rows, (i) => cells[i]);
}

function blockOf(
  plan: ColumnPlan,
  cells: ReadonlyMap<string, Cells>,
  n: number,
  first: number,
  users: Users,
): Omit<LogBlock, 'where'> {
  const { map, spec, context } = plan;
  const k = spec.actions.length;
  const numbers = (name: string): Float64Array => cells.get(name) as Float64Array;
  const shape = { rows: n, context: spec.contextNames.length, actions: k, slots: 1 };
  const requests = { ...requestsOf(shape), size: n };
  const decisions = decisionsOf(shape);
  const outcomes = outcomesOf({ ...shape, context: 0 });
  for (let i = 0; i < n; i++) requests.impression[i] = requests.session[i] = requests.user[i] = first + i;
  requests.eligible.fill(1);
  outcomes.won.fill(1);
  outcomes.slot.fill(0);
  if (map.user !== undefined) fillUsers(cells.get(map.user) as Cells, users, requests.user);
  if (map.time !== undefined) {
    const origin = Math.floor(plan.firstHour / 24) * 24;
    const hours = numbers(map.time);
    for (let i = 0; i < n; i++) requests.hour[i] = hours[i] - origin;
  }
  fillContext(
    context,
    context.map(({ name }) => cells.get(name) as Cells),
    requests.context,
  );
  fillActions(cells.get(map.action) as Cells, plan.codes, decisions.action);
  const behaviour = plan.behaviour && wide(plan.behaviour, numbers, n);
  if (behaviour) decisions.distribution = behaviour;
  if (map.propensity !== undefined) decisions.propensity.set(numbers(map.propensity));
  else if (behaviour) for (let i = 0; i < n; i++) decisions.propensity[i] = behaviour.data[i * k + decisions.action[i]];
  else decisions.propensity.fill(NaN);
  if (map.click !== undefined) outcomes.click.set(numbers(map.click));
  if (map.cost === undefined) outcomes.reward.set(numbers((map.reward ?? map.click) as string));
  // 0 − cost: a cost of nought is a reward of 0, not of −0.
  else for (const [i, cost] of numbers(map.cost).entries()) outcomes.reward[i] = 0 - cost;
  const block: Omit<LogBlock, 'where'> = {
    first,
    log: { size: n, spec, requests, decisions, outcomes },
    columns: new Map(plan.carried.map(({ name }) => [name, cells.get(name) as Cells])),
  };
  if (behaviour) block.behaviour = behaviour;
  if (plan.predicted) block.predicted = wide(plan.predicted, numbers, n);
  return block;
}

/** (n×k) from k columns. */
function wide(names: readonly string[], numbers: (name: string) => Float64Array, n: number): Matrix {
  const k = names.length;
  const out = matrix(n, k);
  names.forEach((name, j) => {
    const column = numbers(name);
    for (let i = 0, at = j; i < n; i++, at += k) out.data[at] = column[i];
  });
  return out;
}

function fillActions(cells: Cells, actions: readonly string[], out: Int32Array): void {
  const indices = new Map(actions.map((name, a) => [name, a]));
  const known = new Map<string | number, number>();
  for (let i = 0; i < out.length; i++) {
    const cell = cells[i];
    let action = known.get(cell);
    if (action === undefined) known.set(cell, (action = indices.get(nameOf(cell)) ?? -1));
    out[i] = action;
  }
}

/** Whole numbers are ids as they are; anything else is numbered in the order in which it comes. */
function fillUsers(cells: Cells, users: Users, out: Int32Array): void {
  const whole = cells instanceof Float64Array && users.size === 0 && cells.every((id) => id === (id | 0));
  for (let i = 0; i < out.length; i++) {
    if (whole) {
      out[i] = cells[i] as number;
      continue;
    }
    let id = users.get(cells[i]);
    if (id === undefined) users.set(cells[i], (id = users.size));
    out[i] = id;
  }
}
