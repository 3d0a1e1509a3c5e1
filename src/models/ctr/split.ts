/** Splits a log into parts by whole groups of rows, so that no session (or user) is learned from and tested on. */
import type { ImpressionLog } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { selectRows } from '../../core/log.ts';
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
