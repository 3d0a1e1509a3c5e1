/** What each estimator makes of each policy on one seed's log, beside the policy's true value. */
import type { TopLevelSpec } from 'vega-lite';
import type { OffPolicyPolicy } from '../../runner/results.ts';
import { estimatorName, isShown } from '../format.ts';
import { CONFIG, INK, LEGEND_COLUMNS, WIDE, rounded, seriesColour, seriesShape } from './theme.ts';

export interface OffPolicyChart {
  spec: TopLevelSpec;
  /** Intervals that reach beyond the chart. */
  cut: number;
}

/**
 * A dot and whisker for each policy and estimator, of the seed at `seedIndex`; a vertical tick marks the truth. An
 * interval far wider than the truths' spread would flatten all others, so the axis is limited and such intervals are
 * cut at its edge and counted.
 */
export function offPolicyChart(
  policies: readonly OffPolicyPolicy[],
  seedIndex: number,
  xTitle: string,
  format: string,
): OffPolicyChart {
  const rows = policies.flatMap((policy) =>
    policy.estimators.flatMap((one) => {
      const seed = one.seeds[seedIndex];
      if (seed === undefined) return [];
      const { value, truth, interval } = seed;
      return [{ policy: policy.policy, estimator: estimatorName(one.estimator), value, truth, interval }];
    }),
  );
  const estimators = [...new Set(rows.map((row) => row.estimator))];
  const [floor, ceiling] = limits(rows);
  const clamp = (x: number | undefined): number | null =>
    x === undefined ? null : rounded(Math.min(Math.max(x, floor), ceiling));
  const values = rows.map((row) => ({
    policy: row.policy,
    estimator: row.estimator,
    value: row.value !== null && row.value >= floor && row.value <= ceiling ? rounded(row.value) : null,
    exact: rounded(row.value),
    truth: rounded(row.truth),
    low: clamp(row.interval?.[0]),
    high: clamp(row.interval?.[1]),
    exactLow: rounded(row.interval?.[0]),
    exactHigh: rounded(row.interval?.[1]),
  }));
  const y = {
    field: 'policy',
    type: 'nominal' as const,
    sort: null,
    title: null,
    axis: { labelColor: INK, grid: true, tickBand: 'extent' as const },
    scale: { paddingInner: 0.3, paddingOuter: 0.15 },
  };
  const yOffset = { field: 'estimator', type: 'nominal' as const, sort: estimators };
  const scale = { domain: [floor, ceiling], nice: false, zero: false };
  const color = {
    field: 'estimator',
    type: 'nominal' as const,
    scale: { domain: estimators, range: estimators.map((_, i) => seriesColour(i)) },
  };
  const opacity = { condition: { param: 'picked', value: 1 }, value: 0.1 };
  const spec: TopLevelSpec = {
    config: CONFIG,
    width: WIDE,
    height: Math.max(policies.length * (estimators.length * 11 + 14), 80),
    autosize: { type: 'fit-x', contains: 'padding' },
    data: { values },
    layer: [
      {
        params: [{ name: 'picked', select: { type: 'point', fields: ['estimator'] }, bind: 'legend' }],
        mark: { type: 'point', filled: true, size: 45 },
        encoding: {
          y,
          yOffset,
          x: { field: 'value', type: 'quantitative', scale, title: xTitle, axis: { format, tickCount: 6 } },
          color: { ...color, legend: { columns: LEGEND_COLUMNS } },
          shape: {
            field: 'estimator',
            type: 'nominal',
            scale: { domain: estimators, range: estimators.map((_, i) => seriesShape(i)) },
            legend: {},
          },
          opacity,
          tooltip: [
            { field: 'policy' },
            { field: 'estimator' },
            { field: 'exact', title: 'estimate', format: '.4~g' },
            { field: 'exactLow', title: 'low', format: '.4~g' },
            { field: 'exactHigh', title: 'high', format: '.4~g' },
            { field: 'truth', title: 'true value', format: '.4~g' },
          ],
        },
      },
      {
        mark: { type: 'rule', strokeWidth: 1.5 },
        encoding: {
          y,
          yOffset,
          x: { field: 'low', type: 'quantitative' },
          x2: { field: 'high' },
          color: color,
          opacity,
        },
      },
      {
        transform: [{ aggregate: [{ op: 'mean', field: 'truth', as: 'truth' }], groupby: ['policy'] }],
        mark: { type: 'tick', color: INK, thickness: 2, orient: 'vertical', bandSize: estimators.length * 11 + 4 },
        encoding: { y, x: { field: 'truth', type: 'quantitative' } },
      },
    ],
  };
  const cut = rows.filter(({ interval }) => interval !== null && (interval[0] < floor || interval[1] > ceiling)).length;
  return { spec, cut };
}

/** Axis limits: the truths, and estimates and interval ends up to twice the truths' spread beyond them. */
function limits(
  rows: readonly { value: number | null; truth: number; interval: readonly [number, number] | null }[],
): [low: number, high: number] {
  const truths = rows.map((row) => row.truth).filter(isShown);
  if (truths.length === 0) return [0, 1];
  const low = Math.min(...truths);
  const high = Math.max(...truths);
  const room = 2 * Math.max(high - low, 0.25 * Math.abs(high), 1e-9);
  const ends = rows.flatMap((row) => [row.value, ...(row.interval ?? [])]).filter(isShown);
  const from = Math.max(low - room, Math.min(low, ...ends));
  const to = Math.min(high + room, Math.max(high, ...ends));
  const margin = 0.03 * (to - from);
  return [rounded(from - margin) ?? 0, rounded(to + margin) ?? 1];
}
