/** The results as CSV tables, for people who plot elsewhere. RFC 4180; numbers in full precision; null is empty. */
import type { Summary } from '../core/statistics.ts';
import type { AgentResult, Results } from './results.ts';

type Cell = string | number | null;

/** File name → CSV text. */
export function tables(results: Results): Record<string, string> {
  const { agents, offPolicy } = results;
  return {
    'agents.csv': csv(
      ['agent', 'kind', ...SUMMARIES.flatMap((name) => [name, `${name}Low`, `${name}High`]), 'seeds'],
      agents.map((a) => [a.name, a.kind, ...SUMMARIES.flatMap((name) => summaryCells(a[name])), a.episodes.length]),
    ),
    'episodes.csv': csv(
      ['agent', ...EPISODE],
      agents.flatMap((a) => a.episodes.map((episode) => [a.name, ...EPISODE.map((column) => episode[column])])),
    ),
    'curves.csv': csv(
      ['agent', 'requests', 'reward', 'rewardLow', 'rewardHigh', 'regret', 'regretLow', 'regretHigh'],
      agents.flatMap(curveRows),
    ),
    'creatives.csv': csv(
      ['creative', 'category', 'headline', 'recognisability', 'impressions', 'clicks', 'ctr', 'ctrLow', 'ctrHigh'],
      (results.creatives?.gallery ?? []).map((c) => [
        c.name,
        c.category,
        c.headline,
        c.recognisability,
        c.impressions,
        c.clicks,
        c.ctr?.rate ?? null,
        c.ctr?.interval?.[0] ?? null,
        c.ctr?.interval?.[1] ?? null,
      ]),
    ),
    'models.csv': csv(
      ['model', ...METRICS.flatMap((name) => [name, `${name}Low`, `${name}High`])],
      results.models.map((m) => [m.name, ...METRICS.flatMap((name) => summaryCells(m[name]))]),
    ),
    ...(results.conversions && {
      'conversion-models.csv': csv(
        ['model', 'seeds', ...[...SCORES, 'lessBias'].flatMap((name) => [name, `${name}Low`, `${name}High`])],
        results.conversions.models.map(({ name, seeds, scores }) => [
          name,
          seeds,
          ...SCORES.flatMap((score) => (scores ? summaryCells(scores[score]) : [null, null, null])),
          ...(scores?.lessBias ? [scores.lessBias.mean, ...scores.lessBias.interval] : [null, null, null]),
        ]),
      ),
    }),
    'off-policy.csv': csv(
      ['policy', 'estimator', 'rule', 'level', 'seed', 'value', 'low', 'high', 'effectiveSampleSize', 'truth'],
      offPolicy.policies.flatMap(({ policy, estimators }) =>
        estimators.flatMap(({ estimator, rule, seeds }) =>
          seeds.map((s) => [
            policy,
            estimator,
            rule,
            offPolicy.level,
            s.seed,
            s.value,
            s.interval?.[0] ?? null,
            s.interval?.[1] ?? null,
            s.effectiveSampleSize,
            s.truth,
          ]),
        ),
      ),
    ),
    'coverage.csv': csv(
      ['setting', 'estimator', 'rule', 'worlds', 'rows', 'clickRate', 'nominal', 'actual', 'actualLow', 'actualHigh'],
      offPolicy.coverage.map((c) => [
        c.setting,
        c.estimator,
        c.rule,
        c.worlds,
        c.rows,
        c.clickRate,
        c.nominal,
        c.actual,
        c.interval[0],
        c.interval[1],
      ]),
    ),
  };
}

const SUMMARIES = [
  'ctr',
  'cvr',
  'roi',
  'costUsd',
  'revenueUsd',
  'value',
  'valuePerSession',
  'regret',
  'regretAgainstObservable',
] as const;

const EPISODE = [
  'seed',
  'requests',
  'sessions',
  'impressions',
  'clicks',
  'conversions',
  'costUsd',
  'revenueUsd',
  'reward',
  'regret',
  'regretAgainstObservable',
] as const;

const METRICS = ['auc', 'logLoss', 'baselineLogLoss', 'calibrationError'] as const;

const SCORES = ['bias', 'error', 'shownError'] as const;

function summaryCells({ mean, interval, count }: Summary): Cell[] {
  return count === 0 ? [null, null, null] : [mean, interval?.[0] ?? null, interval?.[1] ?? null];
}

function curveRows({ name, curve: { requests, reward, regret } }: AgentResult): Cell[][] {
  return requests.map((at, p) => [
    name,
    at,
    reward.mean[p],
    reward.low[p],
    reward.high[p],
    regret.mean[p],
    regret.low[p],
    regret.high[p],
  ]);
}

function csv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((cells) => `${cells.map(cell).join(',')}\n`).join('');
}

function cell(value: Cell): string {
  if (value === null) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
