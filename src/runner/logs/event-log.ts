/** A log from Vowpal Wabbit's events: one look at all of them, then blocks. Rewards are costs turned round. */
import { decisionsOf, outcomesOf, requestsOf } from '../../core/batch.ts';
import type { LogSpec } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { hashOf } from '../../core/hash.ts';
import { matrix } from '../../core/matrix.ts';
import type { LoggedEvent, Row } from './event.ts';
import { BLOCK, MEND } from './survey.ts';
import type { LogBlock, LogLayout, LogSource, SkippedRows } from './source.ts';

export interface EventLogOptions {
  layout: LogLayout;
  skipBad: boolean;
}

/** A log of more different features than this has them hashed into as many columns, with signs (Weinberger et al. 2009). */
const WIDTH = 128;
/** A longer text is no name of an action. */
const LONGEST_NAME = 60;

interface Survey {
  rows: number;
  skipped: SkippedRows[];
  spec: LogSpec;
  /** Column of each feature; undefined where they are hashed. */
  columnOf: ReadonlyMap<string, number> | undefined;
  extra: readonly string[];
  whole: boolean;
  firstHour: number;
}

/** `rows` reads the file anew at every call. Throws `InputError` for the first bad event, or counts them with `skipBad`. */
export async function eventLog(
  path: string,
  rows: () => AsyncIterable<Row>,
  options: EventLogOptions,
): Promise<LogSource> {
  const survey = await look(path, rows(), options);
  return {
    path,
    layout: options.layout,
    rows: survey.rows,
    spec: survey.spec,
    propensities: true,
    columns: survey.extra,
    skipped: survey.skipped,
    blocks: (size = BLOCK) => blocksOf(path, rows(), survey, size),
  };
}

async function look(path: string, rows: AsyncIterable<Row>, { skipBad }: EventLogOptions): Promise<Survey> {
  const skipped = new Map<string, SkippedRows>();
  const features = new Set<string>();
  const names: (string | undefined)[] = [];
  const extra = new Set<string>();
  let [count, k, whole, firstHour] = [0, 0, true, NaN];
  const skip = (line: number, reason: string, what: string): void => {
    const known = skipped.get(reason);
    if (known) known.count++;
    else skipped.set(reason, { reason, count: 1, first: `${path}:${line}: ${what}` });
  };
  for await (const row of rows) {
    if ('unlabelled' in row) {
      skip(row.line, 'no outcome', row.unlabelled);
      continue;
    }
    if (!('event' in row)) {
      if (!skipBad) throw new InputError(`${path}:${row.line}: ${row.fault}; ${MEND}`);
      skip(row.line, row.reason, row.fault);
      continue;
    }
    const { event } = row;
    count++;
    k = Math.max(k, event.offered ?? event.action + 1, (event.extra['evaluated'] ?? -1) + 1);
    whole &&= event.distribution !== undefined;
    if (Number.isNaN(firstHour) && event.hour !== undefined) firstHour = event.hour;
    for (const name of event.features.keys()) if (features.size <= WIDTH) features.add(name);
    for (const [a, name] of (event.names ?? []).entries())
      names[a] = a in names && names[a] !== name ? undefined : name;
    for (const name of Object.keys(event.extra)) extra.add(name);
  }
  if (count === 0) {
    const [first] = skipped.values();
    throw new InputError(
      `${path} has no decision with an outcome${first ? `, the first row: ${first.first}` : ''}; give a log with outcomes`,
    );
  }
  const columnOf = features.size > WIDTH ? undefined : new Map([...features].sort().map((name, j) => [name, j]));
  return {
    rows: count,
    skipped: [...skipped.values()],
    spec: {
      contextNames: columnOf ? [...columnOf.keys()] : Array.from({ length: WIDTH }, (_, j) => `features#${j}`),
      actions: actionNames(names, k),
      slots: 1,
      rewardUnit: 'reward',
      schemaVersion: 1,
    },
    columnOf,
    extra: [...extra],
    whole,
    firstHour: Number.isNaN(firstHour) ? 0 : firstHour,
  };
}

/**
 * (k) what each action is, where that is the same in every event; else their numbers, which Vowpal Wabbit counts from 1
 * in `cb` and from 0 where actions are listed.
 */
function actionNames(names: readonly (string | undefined)[], k: number): string[] {
  const first = names.length === 0 ? 1 : 0;
  const usable = names.every((name) => name !== undefined && name !== '' && name.length <= LONGEST_NAME);
  if (names.length === k && usable && new Set(names).size === k) return names as string[];
  return Array.from({ length: k }, (_, a) => String(a + first));
}

async function* blocksOf(
  path: string,
  rows: AsyncIterable<Row>,
  survey: Survey,
  size: number,
): AsyncGenerator<LogBlock> {
  let [first, events, lines] = [0, [] as LoggedEvent[], [] as number[]];
  for await (const row of rows) {
    if (!('event' in row)) continue;
    events.push(row.event);
    lines.push(row.line);
    if (events.length < size) continue;
    yield blockOf(path, survey, first, events, lines);
    [first, events, lines] = [first + events.length, [], []];
  }
  if (events.length > 0) yield blockOf(path, survey, first, events, lines);
}

function blockOf(
  path: string,
  { spec, columnOf, extra, whole, firstHour }: Survey,
  first: number,
  events: readonly LoggedEvent[],
  lines: readonly number[],
): LogBlock {
  const n = events.length;
  const k = spec.actions.length;
  const shape = { rows: n, context: spec.contextNames.length, actions: k, slots: 1 };
  const requests = { ...requestsOf(shape), size: n };
  const decisions = decisionsOf(shape, whole);
  const outcomes = outcomesOf({ ...shape, context: 0 });
  const origin = Math.floor(firstHour / 24) * 24;
  outcomes.won.fill(1);
  outcomes.slot.fill(0);
  for (const [i, { action, cost, probability, offered, eligible, features, distribution, hour }] of events.entries()) {
    requests.impression[i] = requests.session[i] = requests.user[i] = first + i;
    if (hour !== undefined) requests.hour[i] = hour - origin;
    if (eligible) for (const a of eligible) requests.eligible[i * k + a] = 1;
    else requests.eligible.fill(1, i * k, i * k + (offered ?? k));
    decisions.action[i] = action;
    decisions.propensity[i] = probability;
    outcomes.reward[i] = 0 - cost;
    if (whole) decisions.distribution?.data.set(distribution as readonly number[], i * k);
    for (const [name, value] of features) {
      const hash = columnOf ? 0 : hashOf(name);
      const column = columnOf ? columnOf.get(name) : hash % WIDTH;
      if (column === undefined) continue;
      requests.context.data[i * shape.context + column] += hash >>> 31 === 1 ? -value : value;
    }
  }
  return {
    first,
    log: { size: n, spec, requests, decisions, outcomes },
    columns: new Map(extra.map((name) => [name, Float64Array.from(events, (event) => event.extra[name] ?? NaN)])),
    ...(decisions.distribution && { behaviour: matrix(n, k, decisions.distribution.data) }),
    where: (i) => `${path}:${lines[i]}`,
  };
}
