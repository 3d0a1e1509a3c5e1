/** Splits a log into parts by whole groups of rows, so that no session (or user) is learned from and tested on. */
import { outcomesOf, requestsOf, decisionsOf } from '../../core/batch.ts';
import type { ImpressionLog } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';

/** Parts of a log; every session lies in one of them. */
export interface LogSplit {
  train: ImpressionLog;
  validation: ImpressionLog;
  test: ImpressionLog;
}

/**
 * Splits by session into about 60 % train, 20 % validation and 20 % test of the rows; rows keep their order.
 * Deterministic in (log, random). Throws `InputError` where there are fewer sessions than parts.
 */
export function splitBySession(
  log: ImpressionLog,
  random: Random,
  fractions: readonly [train: number, validation: number, test: number] = [0.6, 0.2, 0.2],
): LogSplit {
  const [train, validation, test] = splitRows(log.requests.session, log.size, fractions, random);
  return {
    train: selectRows(log, train),
    validation: selectRows(log, validation),
    test: selectRows(log, test),
  };
}

/**
 * Row numbers of each part, ascending. Groups are shuffled and dealt until each part holds its fraction of the rows.
 * `group` (m) names each row's group. Throws `InputError` where there are fewer groups than parts.
 */
export function splitRows(
  group: Int32Array,
  size: number,
  fractions: readonly number[],
  random: Random,
): readonly Int32Array[] {
  const rowsOf = new Map<number, number>();
  for (let i = 0; i < size; i++) rowsOf.set(group[i], (rowsOf.get(group[i]) ?? 0) + 1);
  const groups = Int32Array.from(rowsOf.keys());
  if (groups.length < fractions.length) {
    throw new InputError(
      `log: ${groups.length} sessions in ${size} rows cannot be split into ${fractions.length} parts; log more requests`,
    );
  }
  random.stream('split').sequence().shuffle(groups);
  const partOf = new Map<number, number>();
  const counts = fractions.map(() => 0);
  const total = fractions.reduce((sum, fraction) => sum + fraction, 0);
  let part = 0;
  let bound = (size * fractions[0]) / total;
  let dealt = 0;
  groups.forEach((name, i) => {
    const left = groups.length - i;
    const partsAfter = fractions.length - 1 - part;
    // Move on when the part is full, or when the parts after it need every group that is left.
    if (counts[part] > 0 && partsAfter > 0 && (dealt >= bound || left <= partsAfter)) {
      part++;
      bound += (size * fractions[part]) / total;
    }
    const rows = rowsOf.get(name) ?? 0;
    partOf.set(name, part);
    counts[part] += rows;
    dealt += rows;
  });
  const parts = counts.map((count) => new Int32Array(count));
  counts.fill(0);
  for (let i = 0; i < size; i++) {
    const p = partOf.get(group[i]) ?? 0;
    parts[p][counts[p]++] = i;
  }
  return parts;
}

/** A copy of some rows of a log, in the order given. */
export function selectRows(log: ImpressionLog, rows: Int32Array): ImpressionLog {
  const { spec } = log;
  const L = spec.slots;
  const k = spec.actions.length;
  const d = log.requests.context.columns;
  const shape = { rows: rows.length, context: d, actions: k, slots: L };
  const { requests: r, decisions: x, outcomes: o } = log;
  const requests = { ...requestsOf(shape), size: rows.length };
  const decisions = decisionsOf(shape, x.distribution !== undefined);
  const outcomes = outcomesOf({ ...shape, context: 0 });
  const truth = log.truth ? matrix(rows.length, k) : undefined;
  const pick = (from: Indexed, to: Indexed, width: number): void => {
    for (let i = 0; i < rows.length; i++) {
      for (let j = 0; j < width; j++) to[i * width + j] = from[rows[i] * width + j];
    }
  };
  pick(r.impression, requests.impression, 1);
  pick(r.session, requests.session, 1);
  pick(r.user, requests.user, 1);
  pick(r.hour, requests.hour, 1);
  pick(r.context.data, requests.context.data, d);
  pick(r.eligible, requests.eligible, k);
  pick(x.action, decisions.action, L);
  pick(x.propensity, decisions.propensity, L);
  pick(x.bid, decisions.bid, 1);
  if (x.distribution && decisions.distribution) pick(x.distribution.data, decisions.distribution.data, k);
  pick(o.won, outcomes.won, 1);
  pick(o.cost, outcomes.cost, 1);
  pick(o.click, outcomes.click, L);
  pick(o.conversion, outcomes.conversion, L);
  pick(o.revenue, outcomes.revenue, L);
  pick(o.reward, outcomes.reward, 1);
  pick(o.ended, outcomes.ended, 1);
  if (log.truth && truth) pick(log.truth.data, truth.data, k);
  const part: ImpressionLog = { size: rows.length, spec, requests, decisions, outcomes };
  if (truth) part.truth = truth;
  return part;
}

interface Indexed {
  [index: number]: number;
}
