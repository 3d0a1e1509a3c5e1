/** The rows of a log in the groups in which they are valued together: what was done, with what odds, and what it brought. */
import { TERMINATED } from '../../../core/contracts.ts';
import { InputError } from '../../../core/errors.ts';
import { matrix } from '../../../core/matrix.ts';
import type { Matrix } from '../../../core/matrix.ts';
import type { Grouping, LogBlock, LogSource } from '../../logs/source.ts';
import { columnOf, numbersOf } from '../../policies/names.ts';
import type { BroughtPolicy } from '../../policies/policy.ts';
import type { ProgressListener } from '../../progress.ts';

/** m rows of n groups; row t of group i is at offset[i] + t. */
export interface GroupedRows {
  /** n */
  size: number;
  /** (n + 1) */
  offset: Int32Array;
  /** (m) */
  action: Int32Array;
  /** (m) in (0, 1]: π_b of the action; the others alike. */
  propensity: Float64Array;
  /** (m) in [0, 1] */
  evaluation: Float64Array;
  /** (m) */
  reward: Float64Array;
  /** (m) odds of the action in its place, whatever stands in the others. */
  marginal?: { behaviour: Float64Array; evaluation: Float64Array };
  /** What a model says of every action (m×k), and the odds to average it with. */
  model?: { predicted: Matrix; distribution: Matrix };
  /** How many groups the log ends in the middle of; NaN where it does not say. */
  cut: number;
}

/** Reads the log once. Throws `InputError` naming the row where one belongs to no group, or two share a place. */
export async function readGroups(
  source: LogSource,
  grouping: Grouping,
  policy: BroughtPolicy,
  onProgress?: ProgressListener,
): Promise<GroupedRows> {
  const { rows: m, spec } = source;
  const k = spec.actions.length;
  const known = new Map<number | string, number>();
  const column = (): Float64Array => new Float64Array(m);
  const [propensity, evaluation, reward, place, ended] = [column(), column(), column(), column(), column()];
  const marginal = grouping.marginal && { behaviour: column(), evaluation: column() };
  const group = new Int32Array(m);
  const action = new Int32Array(m);
  const starts: { first: number; where: LogBlock['where'] }[] = [];
  let model: GroupedRows['model'];
  for await (const block of source.blocks()) {
    const { first, log } = block;
    const odds = await policy.odds(block);
    const id = columnOf(block, grouping.column);
    const placeOf = grouping.position === undefined ? undefined : numbersOf(block, grouping.position);
    starts.push({ first, where: (i) => block.where(i) });
    action.set(log.decisions.action, first);
    propensity.set(log.decisions.propensity, first);
    reward.set(log.outcomes.reward, first);
    ended.set(log.outcomes.ended, first);
    if (marginal && grouping.marginal) {
      const behaviourOf = numbersOf(block, grouping.marginal.behaviour);
      const evaluationOf = numbersOf(block, grouping.marginal.evaluation);
      for (let i = 0; i < log.size; i++) marginal.behaviour[first + i] = behaviourOf(i);
      for (let i = 0; i < log.size; i++) marginal.evaluation[first + i] = evaluationOf(i);
    }
    if (block.predicted && policy.whole) {
      model ??= { predicted: matrix(m, k), distribution: matrix(m, k) };
      model.predicted.data.set(block.predicted.data.subarray(0, log.size * k), first * k);
      model.distribution.data.set(odds.data, first * k);
    }
    for (let i = 0; i < log.size; i++) {
      const name = id(i);
      if (name === '' || Number.isNaN(name)) {
        throw new InputError(
          `${block.where(i)}: column "${grouping.column}" is empty, and every row belongs to ${nounOf(grouping)}; correct the row`,
        );
      }
      let at = known.get(name);
      if (at === undefined) known.set(name, (at = known.size));
      group[first + i] = at;
      evaluation[first + i] = odds.data[i * k + log.decisions.action[i]];
      if (placeOf) place[first + i] = placeOf(i);
    }
    onProgress?.({ stage: 'rows', done: first + log.size, total: m, unit: 'rows' });
  }
  const n = known.size;
  const { offset, row } = ordered(group, n, place);
  if (grouping.position !== undefined) {
    for (let at = 1; at < m; at++) {
      if (group[row[at]] !== group[row[at - 1]] || place[row[at]] !== place[row[at - 1]]) continue;
      throw new InputError(
        `${whereOf(starts, row[at])}: column "${grouping.position}" says ${place[row[at]]} a second time in ${nounOf(grouping)} (first ${whereOf(starts, row[at - 1])}); correct one of both`,
      );
    }
  }
  const pick = (values: Float64Array): Float64Array => Float64Array.from(row, (i) => values[i]);
  const wide = ({ data }: Matrix): Matrix => {
    const out = matrix(m, k);
    row.forEach((i, at) => out.data.set(data.subarray(i * k, (i + 1) * k), at * k));
    return out;
  };
  let cut = 0;
  for (let i = 0; i < n; i++) if (ended[row[offset[i + 1] - 1]] !== TERMINATED) cut++;
  return {
    size: n,
    offset,
    action: Int32Array.from(row, (i) => action[i]),
    propensity: pick(propensity),
    evaluation: pick(evaluation),
    reward: pick(reward),
    ...(marginal && { marginal: { behaviour: pick(marginal.behaviour), evaluation: pick(marginal.evaluation) } }),
    ...(model && { model: { predicted: wide(model.predicted), distribution: wide(model.distribution) } }),
    cut: source.layout === 'adsim' ? cut : NaN,
  };
}

/** `an episode`, `a slate`. */
const nounOf = ({ kind }: Grouping): string => (kind === 'episode' ? 'an episode' : 'a slate');

function whereOf(starts: readonly { first: number; where: LogBlock['where'] }[], row: number): string {
  const part = starts.findLastIndex(({ first }) => first <= row);
  return starts[part].where(row - starts[part].first);
}

/** Rows by group, groups as they first came; within one by place, and rows of equal places as they came. */
function ordered(group: Int32Array, n: number, place: Float64Array): { offset: Int32Array; row: Int32Array } {
  const offset = new Int32Array(n + 1);
  for (const g of group) offset[g + 1]++;
  for (let g = 0; g < n; g++) offset[g + 1] += offset[g];
  const next = offset.slice(0, n);
  const row = new Int32Array(group.length);
  group.forEach((g, i) => (row[next[g]++] = i));
  for (let g = 0; g < n; g++) row.subarray(offset[g], offset[g + 1]).sort((a, b) => place[a] - place[b] || a - b);
  return { offset, row };
}
