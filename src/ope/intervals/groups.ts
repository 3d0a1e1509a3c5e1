/**
 * The bootstrap of logs of any length: each row falls by chance into one of a thousand groups, and groups are drawn anew
 * instead of rows. The sums of a group are all that is kept, so that a hundred million rows cost no more than one pass.
 * With so many groups the spread is that of rows to 1 part in 2,000 (the bootstrap's variance is short by 1/g), and its own
 * error, √(1/2g) ≈ 2 %, is that of a thousand resamples.
 */
import type { Matrix, Random } from '../../core/contracts.ts';
import { matrix, row } from '../../core/matrix.ts';
import { RESAMPLES, percentileInterval } from './bootstrap.ts';
import { resampledSums } from './resampled-sums.ts';
import type { IntervalRule, IntervalSample } from './rule.ts';

/** g: how many groups; ten bits of a random word. */
export const GROUPS = 1024;
/** Fewer rows a group make groups of rows no better than the rows. */
const ROWS_PER_GROUP = 8;

export interface Groups {
  /** (g×c) */
  sums: Matrix;
  /** (g) rows of each. */
  counts: Float64Array;
}

/** Groups of no rows. */
export function rowGroups(columns: number): Groups {
  return { sums: matrix(GROUPS, columns), counts: new Float64Array(GROUPS) };
}

/**
 * Adds the first `rows` rows of a block. `first` is the number of its first row in the log: a row's group depends on its
 * number alone, so blocks may have any size and shards merge.
 */
export function addToGroups(
  into: Groups,
  block: Matrix,
  first: number,
  random: Random,
  rows: number = block.rows,
): void {
  const { data, columns: c } = block;
  const { sums, counts } = into;
  let words: Int32Array = new Int32Array(0);
  for (let i = 0, at = 0; i < rows; i++) {
    const place = (first + i) % GROUPS;
    if (i === 0 || place === 0) words = random.burst(GROUPS, Math.floor((first + i) / GROUPS), 0);
    const group = words[place] & (GROUPS - 1);
    counts[group]++;
    for (let a = 0; a < c; a++) sums.data[group * c + a] += data[at++];
  }
}

/** Adds another shard's groups. */
export function mergeGroups(into: Groups, part: Groups): void {
  for (let at = 0; at < into.sums.data.length; at++) into.sums.data[at] += part.sums.data[at];
  for (let g = 0; g < GROUPS; g++) into.counts[g] += part.counts[g];
}

/** The sample's groups, or its rows put into groups. */
function groupsOf({ groups, rows, random }: IntervalSample): Groups {
  if (groups) return groups;
  const found = rowGroups((rows as Matrix).columns);
  addToGroups(found, rows as Matrix, 0, random.stream('groups'));
  return found;
}

export const bootstrapGroups: IntervalRule = {
  name: 'bootstrap-groups',
  summary: `The middle of ${RESAMPLES} estimates on ${GROUPS} groups of rows drawn anew: the percentile bootstrap of long logs.`,
  reference: 'Efron 1979, of random groups (Wolter 2007, Introduction to Variance Estimation, ch. 2)',
  unsuited({ groups, rows, moments }) {
    if (groups === undefined && rows === undefined) return 'neither rows nor groups of rows were kept';
    if (moments.count >= ROWS_PER_GROUP * GROUPS) return undefined;
    return `the log has fewer than ${ROWS_PER_GROUP * GROUPS} rows; bootstrap-percentile draws them all`;
  },
  interval(sample, level) {
    const { estimator, random } = sample;
    const { sums, counts } = groupsOf(sample);
    const c = sums.columns;
    // The number of rows is one more column: a resample of groups has not exactly as many as the log.
    const cells = matrix(GROUPS, c + 1);
    for (let g = 0; g < GROUPS; g++) {
      cells.data.set(row(sums, g), g * (c + 1));
      cells.data[g * (c + 1) + c] = counts[g];
    }
    const resampled = resampledSums(cells, 0, RESAMPLES, random);
    const values = Float64Array.from({ length: RESAMPLES }, (_, b) => {
      const drawn = row(resampled, b);
      return estimator.value(drawn.subarray(0, c), drawn[c]);
    });
    return percentileInterval(values.filter((x) => !Number.isNaN(x)).sort(), level);
  },
};
