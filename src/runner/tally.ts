/** What one episode adds up to: totals, regret, learning curve, exposure of each creative. */
import { CONVERTED, GOES_ON } from '../core/contracts.ts';
import type { ActionTable, EnvironmentSpec, Requests } from '../core/contracts.ts';
import type { Matrix } from '../core/matrix.ts';
import { auctionTally } from './auction-tally.ts';
import { breakdowns } from './breakdowns.ts';
import type { Breakdown } from './breakdowns.ts';
import { pagesOf } from './pages.ts';
import type { Tick } from './episode.ts';
import type { EpisodeResult } from './results.ts';

/** Points of a learning curve. */
export const CURVE_POINTS = 40;

export interface EpisodeRecord {
  episode: EpisodeResult;
  /** (points) requests played at the end of each point. */
  curveRequests: number[];
  /** (points) mean reward per request since the point before. */
  curveReward: number[];
  /** (points) cumulative regret against the oracle. */
  curveRegret: number[];
  /** (k) */
  impressions: number[];
  /** (k) */
  clicks: number[];
  breakdowns: Breakdown[];
}

export interface Tally {
  add(tick: Tick): void;
  record(): EpisodeRecord;
}

/**
 * Adds up ticks that carry truth. `observable` fills (n×k) with what the best observable policy goes by; regret is
 * pseudo-regret: the expected reward of the reference's page less that of the page decided on (0 for an empty one).
 * Rewards that came late count when they came.
 */
export function tally(
  seed: string,
  expected: number,
  { spec, actions }: { spec: EnvironmentSpec; actions: ActionTable },
  observable: Observable,
): Tally {
  const k = actions.size;
  const L = spec.slots;
  const n = spec.lanes;
  const pages = pagesOf(n, k, L);
  const value = new Float64Array(n);
  const best = new Float64Array(n);
  const bestSeen = new Float64Array(n);
  const auction = auctionTally(spec);
  const groups = breakdowns(spec, actions);
  const totals = { requests: 0, impressions: 0, clicks: 0, conversions: 0, costUsd: 0, revenueUsd: 0, reward: 0 };
  let regret = 0;
  let regretAgainstObservable = 0;
  let sessions = 0;
  const impressions = Array.from({ length: k }, () => 0);
  const clicks = Array.from({ length: k }, () => 0);
  const curveRequests: number[] = [];
  const curveReward: number[] = [];
  const curveRegret: number[] = [];
  let pointRequests = 0;
  let pointReward = 0;

  function closePoint(): void {
    if (pointRequests === 0) return;
    curveRequests.push(totals.requests);
    curveReward.push(pointReward / pointRequests);
    curveRegret.push(regret);
    pointRequests = pointReward = 0;
  }

  return {
    add(tick) {
      const { requests, decisions, outcomes, truth } = tick;
      if (!truth) throw new Error('tally: the tick carries no truth');
      pages.decided(tick, value);
      pages.best(tick, truth, best);
      pages.best(tick, observable(requests), bestSeen);
      auction?.add(tick, best);
      groups.add(tick);
      for (let i = 0; i < requests.size; i++) {
        // Sessions are counted at their end: to count those still open too would make sessions look shorter than they
        // are, and the more so the longer an agent keeps its users.
        if (outcomes.ended[i] !== GOES_ON) sessions++;
        totals.reward += outcomes.reward[i];
        pointReward += outcomes.reward[i];
        for (let l = 0; l < L; l++) {
          const cell = i * L + l;
          if (outcomes.slot[cell] < 0) continue;
          const action = decisions.action[cell];
          totals.impressions++;
          impressions[action]++;
          totals.costUsd += outcomes.cost[cell];
          if (outcomes.click[cell] === 1) {
            totals.clicks++;
            clicks[action]++;
          }
          if (outcomes.conversion[cell] === CONVERTED) totals.conversions++;
          totals.revenueUsd += outcomes.revenue[cell];
        }
        regret += best[i] - value[i];
        regretAgainstObservable += bestSeen[i] - value[i];
      }
      for (const late of outcomes.late) {
        totals.conversions++;
        totals.revenueUsd += late.revenueUsd;
        totals.reward += late.reward;
        pointReward += late.reward;
      }
      totals.requests += requests.size;
      pointRequests += requests.size;
      if (totals.requests * CURVE_POINTS >= (curveRequests.length + 1) * expected) closePoint();
    },
    record() {
      closePoint();
      const episode = { seed, ...totals, sessions, regret, regretAgainstObservable, auction: auction?.totals ?? null };
      return { episode, curveRequests, curveReward, curveRegret, impressions, clicks, breakdowns: groups.result() };
    },
  };
}

/** Predictions (n×k) that the best observable policy is greedy on; the buffer may be used again at the next call. */
export type Observable = (requests: Requests) => Matrix;
