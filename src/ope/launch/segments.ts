/**
 * Whom the candidate would harm: its lift in each segment of the rows. Many segments are looked at, so that one is
 * called harmed only after Holm's correction over all of them, and those with too few rows are not judged at all.
 */
import type { Random } from '../../core/contracts.ts';
import { matrix } from '../../core/matrix.ts';
import type { IntervalRule, IntervalSample } from '../intervals/rule.ts';
import { addRows, moments } from '../moments.ts';
import type { SegmentDecision } from './decision.ts';
import { holmByBounds } from './holm.ts';
import type { CandidateStudy } from './study.ts';

/** A column that rows fall into groups by. */
export interface Segments {
  /** For instance `device`. */
  column: string;
  /** (s) */
  names: readonly string[];
  /** (m) index into `names`; −1 where a row belongs to none. */
  index: ArrayLike<number>;
}

/** Rows of the candidate's own that a segment must be worth, and rewards that so many rows of the baseline would bring. */
const ENOUGH_ROWS = 100;
const ENOUGH_REWARDS = 30;

export interface SegmentOptions {
  rule: IntervalRule;
  /** Of calling any unharmed segment harmed, over all segments of all columns. */
  risk: number;
  reward: ArrayLike<number>;
  random: Random;
}

/** Every segment that has rows, worst first, those that were not judged last. */
export function judgeSegments(
  study: CandidateStudy,
  columns: readonly Segments[],
  { rule, risk, reward, random }: SegmentOptions,
): SegmentDecision[] {
  const parts = columns.flatMap((column) => partsOf(study, column, reward, random));
  const judged = parts.filter(({ enough, sample }) => enough && rule.unsuited(sample) === undefined);
  const each = risk / Math.max(judged.length, 1);
  const bounds = judged.map(({ sample }) => rule.interval(sample, 1 - 2 * each));
  const harmed = holmByBounds(judged.length, risk, (i, at) => rule.interval(judged[i].sample, 1 - 2 * at)[1] < 0);
  const all = parts.map((part): SegmentDecision => {
    const at = judged.indexOf(part);
    const { column, name, rows, lift } = part;
    if (at < 0) return { column, name, rows, lift: null, interval: null, verdict: 'too-few' };
    const [low, high] = bounds[at];
    const verdict = harmed[at] !== undefined ? 'harmed' : low > 0 ? 'gains' : 'unsure';
    const finite = Number.isFinite(low) && Number.isFinite(high);
    return { column, name, rows, lift, interval: finite ? [low, high] : null, verdict };
  });
  return all.toSorted((a, b) => (a.lift ?? Infinity) - (b.lift ?? Infinity) || 0);
}

interface Part {
  column: string;
  name: string;
  rows: number;
  lift: number;
  sample: IntervalSample;
  enough: boolean;
}

function partsOf(
  { sample, weight }: CandidateStudy,
  { column, names, index }: Segments,
  reward: ArrayLike<number>,
  random: Random,
): Part[] {
  const c = sample.estimator.columns;
  const kept = sample.rows ?? matrix(0, c);
  const members = names.map((): number[] => []);
  for (let i = 0; i < kept.rows; i++) if (index[i] >= 0) members[index[i]].push(i);
  return members.flatMap((part, s) => {
    if (part.length === 0) return [];
    const rows = matrix(part.length, c);
    let [sum, squares, rewarded] = [0, 0, 0];
    part.forEach((i, at) => {
      rows.data.set(kept.data.subarray(i * c, (i + 1) * c), at * c);
      sum += weight[i];
      squares += weight[i] * weight[i];
      if (reward[i] !== 0) rewarded++;
    });
    const sums = moments(c);
    addRows(sums, rows);
    const lift = sample.estimator.value(sums.sums, part.length);
    const worth = squares > 0 ? (sum * sum) / squares : 0;
    const enough = Number.isFinite(lift) && worth >= ENOUGH_ROWS && worth * (rewarded / part.length) >= ENOUGH_REWARDS;
    const own = { ...sample, moments: sums, rows, random: random.stream(column, names[s]) };
    delete own.groups;
    return [{ column, name: names[s], rows: part.length, lift, sample: own, enough }];
  });
}
