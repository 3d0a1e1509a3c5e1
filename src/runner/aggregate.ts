/** One experiment out of many seeds: means with their doubt, curves with bands. */
import { clusteredRate, clusteredRatio, summarise } from '../core/statistics.ts';
import type { Summary } from '../core/statistics.ts';
import type { Warning } from '../core/warnings.ts';
import type { AuctionTotals } from './auction-tally.ts';
import type { Breakdown, GroupSums } from './breakdowns.ts';
import type { ResolvedExperiment } from './config.ts';
import type {
  AgentResult,
  AuctionResult,
  Band,
  BreakdownResult,
  CreativeResult,
  CreativesResult,
  EncoderResult,
  EpisodeResult,
  ModelResult,
  OffPolicyEstimator,
  OffPolicyPolicy,
} from './results.ts';
import type { SeedResult } from './seed.ts';
import { poolPredictions } from '../models/ctr/evaluate.ts';

/** Agent `index` of the experiment over all seeds. */
export function aggregateAgent(
  experiment: ResolvedExperiment,
  index: number,
  seeds: readonly SeedResult[],
): AgentResult {
  const { name, kind } = experiment.agents[index];
  const records = seeds.map((seed) => seed.agents[index]);
  const episodes = records.map((record) => record.episode);
  const over = (value: (episode: EpisodeResult) => number): Summary => summariseFinite(episodes.map(value));
  return {
    name,
    kind,
    episodes,
    ctr: over((e) => e.clicks / e.impressions),
    cvr: over((e) => e.conversions / e.clicks),
    roi: over((e) => (e.revenueUsd - e.costUsd) / e.costUsd),
    costUsd: over((e) => e.costUsd),
    revenueUsd: over((e) => e.revenueUsd),
    value: over((e) => e.reward / e.requests),
    valuePerSession: over((e) => e.reward / e.sessions),
    regret: over((e) => e.regret),
    regretAgainstObservable: over((e) => e.regretAgainstObservable),
    auction: aggregateAuction(episodes),
    breakdowns: aggregateBreakdowns(records.map((record) => record.breakdowns)),
    curve: {
      requests: records[0].curveRequests,
      reward: band(records.map((record) => record.curveReward)),
      regret: band(records.map((record) => record.curveRegret)),
    },
  };
}

function aggregateAuction(episodes: readonly EpisodeResult[]): AuctionResult | null {
  if (!episodes.every((episode) => episode.auction)) return null;
  const perThousand = (of: (totals: AuctionTotals) => number): Summary =>
    summariseFinite(episodes.map((e) => (1000 * of(e.auction as AuctionTotals)) / e.requests));
  const split = {
    allocation: perThousand((t) => t.allocationRegret),
    estimation: perThousand((t) => t.estimationRegret),
    overbid: perThousand((t) => t.overbidRegret),
    underbid: perThousand((t) => t.underbidRegret),
  };
  return {
    winRate: summariseFinite(
      episodes.map((e) => (e.auction as AuctionTotals).wins / (e.auction as AuctionTotals).offers),
    ),
    regret: episodes.every((e) => e.auction?.split) ? split : null,
    surplus: perThousand((t) => t.surplus),
  };
}

function aggregateBreakdowns(seeds: readonly (readonly Breakdown[])[]): BreakdownResult[] {
  return seeds[0].map(({ by, groups }, d) => ({
    by,
    groups: groups.map(({ label }, g) => {
      const all = seeds.map((breakdown) => breakdown[d].groups[g]);
      const column = (of: (group: GroupSums) => number): number[] => all.map(of);
      const impressions = column((group) => group.impressions);
      const clicks = column((group) => group.clicks);
      return {
        label,
        impressions: sum(impressions),
        clicks: sum(clicks),
        conversions: sum(column((group) => group.conversions)),
        costUsd: sum(column((group) => group.costUsd)),
        ctr: clusteredRate(clicks, impressions),
        reward: clusteredRatio(
          column((group) => group.reward),
          impressions,
        ),
      };
    }),
  }));
}

/** A rate without a denominator (no clicks, no cost) says nothing: such seeds are left out, and `count` tells. */
function summariseFinite(values: readonly number[]): Summary {
  const finite = values.filter((value) => Number.isFinite(value));
  return finite.length > 0 ? summarise(finite) : { mean: 0, interval: null, count: 0, level: 0.95 };
}

/** Mean and 95 % interval over seeds at each point. */
function band(curves: readonly (readonly number[])[]): Band {
  const points = curves[0].map((_, p) => summarise(curves.map((curve) => curve[p])));
  return {
    mean: points.map((point) => point.mean),
    low: points.map((point) => point.interval?.[0] ?? null),
    high: points.map((point) => point.interval?.[1] ?? null),
  };
}

/** The gallery with what each creative earned over all agents and seeds. */
export function aggregateCreatives(
  prepared: Omit<CreativesResult, 'gallery'> & {
    gallery: readonly Omit<CreativeResult, 'impressions' | 'clicks' | 'ctr'>[];
  },
  seeds: readonly SeedResult[],
): CreativesResult {
  const gallery = prepared.gallery.map((creative, j) => {
    const impressions = seeds.map(({ agents }) => sum(agents.map((record) => record.impressions[j])));
    const clicks = seeds.map(({ agents }) => sum(agents.map((record) => record.clicks[j])));
    // Agents of a seed share users and luck, and seeds are worlds of their own: the seeds are what varies.
    return { ...creative, impressions: sum(impressions), clicks: sum(clicks), ctr: clusteredRate(clicks, impressions) };
  });
  return { ...prepared, gallery };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** CTR model `index` over all seeds: metrics as means over seeds, charts from the pooled test rows. */
export function aggregateModel(index: number, seeds: readonly SeedResult[]): ModelResult {
  const all = seeds.map((seed) => seed.models[index]);
  const pooled = poolPredictions(all.map((model) => model.evaluation));
  const over = (value: (model: SeedResult['models'][number]) => number): Summary => summariseFinite(all.map(value));
  return {
    name: all[0].name,
    rows: all[0].rows,
    auc: over((model) => model.evaluation.auc),
    logLoss: over((model) => model.evaluation.logLoss),
    baselineLogLoss: over((model) => model.evaluation.baselineLogLoss),
    calibrationError: over((model) => model.evaluation.calibrationError),
    ...(all[0].evaluation.trueCalibrationError !== undefined && {
      trueCalibrationError: over((model) => model.evaluation.trueCalibrationError ?? Number.NaN),
    }),
    ...(all[0].onNew && {
      onNew: {
        logLoss: over((model) => model.onNew?.logLoss ?? Number.NaN),
        gained: over(({ onNew }) => (onNew ? onNew.baselineLogLoss - onNew.logLoss : Number.NaN)),
      },
    }),
    roc: pooled.roc,
    calibration: pooled.calibration,
  };
}

/** The creative encoder over all seeds. */
export function aggregateEncoder(
  { dimensions, without }: Pick<EncoderResult, 'dimensions' | 'without'>,
  seeds: readonly SeedResult[],
): EncoderResult {
  const gains = seeds.map(({ encoder }) => (encoder ? encoder.constant - encoder.loss : Number.NaN));
  return { dimensions, without, gained: summariseFinite(gains) };
}

/** Off-policy estimates of agent `index` beside the truth, over all seeds. */
export function aggregateOffPolicy(index: number, seeds: readonly SeedResult[]): OffPolicyPolicy {
  const all = seeds.map((seed) => ({ seed: seed.seed, ...seed.offPolicy[index] }));
  const estimators: OffPolicyEstimator[] = all[0].estimates.map((first, e) => {
    const rows = all.map(({ seed, truth, estimates }) => {
      const { value, interval, effectiveSampleSize } = estimates[e];
      const known = Number.isFinite(value);
      const bounded = interval.every((end) => Number.isFinite(end));
      return { seed, value: known ? value : null, interval: bounded ? interval : null, effectiveSampleSize, truth };
    });
    const squares = rows.map(({ value, truth }) => (value === null ? Number.NaN : (value / truth - 1) ** 2));
    const relativeError = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
    return {
      estimator: first.estimator,
      rule: first.rule,
      seeds: rows,
      covered: rows.filter(({ interval, truth }) => interval && interval[0] <= truth && truth <= interval[1]).length,
      relativeError: Number.isFinite(relativeError) ? relativeError : null,
    };
  });
  return { policy: all[0].policy, estimators };
}

/**
 * One warning for each kind of doubt about the off-policy values: which policies and estimators, in how many seeds,
 * and the first of them in its own words.
 */
export function aggregateDoubts(seeds: readonly SeedResult[]): Warning[] {
  const kinds = new Map<
    string,
    { warning: Warning; example: string; seeds: Set<string>; policies: Map<string, Set<string>> }
  >();
  for (const { seed, offPolicy } of seeds) {
    for (const { policy, estimates } of offPolicy) {
      for (const { estimator, warnings } of estimates) {
        for (const warning of warnings) {
          const example = `${estimator} of ${policy}, seed ${seed}`;
          const met = kinds.get(warning.kind) ?? { warning, example, seeds: new Set(), policies: new Map() };
          kinds.set(warning.kind, met);
          met.seeds.add(seed);
          met.policies.set(policy, (met.policies.get(policy) ?? new Set()).add(estimator));
        }
      }
    }
  }
  return [...kinds.values()].map(({ warning, example, seeds: met, policies }) => {
    const where = [...policies].map(([policy, names]) => `${policy} (${[...names].join(', ')})`).join('; ');
    const count = `${met.size} of ${seeds.length} ${seeds.length === 1 ? 'seed' : 'seeds'}`;
    return {
      ...warning,
      message: `off-policy value of ${where}, in ${count}; for instance ${example}: ${warning.message}`,
    };
  });
}
