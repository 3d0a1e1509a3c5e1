/** What one episode adds up to: totals, regret, learning curve, exposure of each creative. */
import { bestEligible } from '../core/choice.ts';
import { GOES_ON } from '../core/contracts.ts';
import type { Requests } from '../core/contracts.ts';
import type { Matrix } from '../core/matrix.ts';
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
}

export interface Tally {
  add(tick: Tick): void;
  record(): EpisodeRecord;
}

/**
 * Adds up ticks that carry truth. `observable` fills (n×k) with what the best observable policy goes by; regret is
 * pseudo-regret: the truth of the reference's action less the truth of the action shown (0 where no ad was shown).
 */
export function tally(seed: string, expected: number, k: number, observable: Observable): Tally {
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
    add({ requests, decisions, outcomes, truth }) {
      if (!truth) throw new Error('tally: the tick carries no truth');
      const reference = observable(requests);
      const slots = decisions.action.length / outcomes.won.length;
      for (let i = 0; i < requests.size; i++) {
        // Sessions are counted at their end: to count those still open too would make sessions look shorter than they
        // are, and the more so the longer an agent keeps its users.
        if (outcomes.ended[i] !== GOES_ON) sessions++;
        totals.costUsd += outcomes.cost[i];
        totals.reward += outcomes.reward[i];
        pointReward += outcomes.reward[i];
        for (let l = 0; l < slots; l++) {
          const cell = i * slots + l;
          const action = decisions.action[cell];
          if (action < 0 || outcomes.won[i] === 0) continue;
          totals.impressions++;
          impressions[action]++;
          if (outcomes.click[cell] === 1) {
            totals.clicks++;
            clicks[action]++;
          }
          if (outcomes.conversion[cell] === 1) totals.conversions++;
          totals.revenueUsd += outcomes.revenue[cell];
        }
        const shown = decisions.action[i * slots];
        const value = shown < 0 ? 0 : truth.data[i * k + shown];
        regret += truth.data[i * k + bestEligible(truth, i, requests.eligible)] - value;
        regretAgainstObservable += truth.data[i * k + bestEligible(reference, i, requests.eligible)] - value;
      }
      totals.requests += requests.size;
      pointRequests += requests.size;
      if (totals.requests * CURVE_POINTS >= (curveRequests.length + 1) * expected) closePoint();
    },
    record() {
      closePoint();
      const episode = { seed, ...totals, sessions, regret, regretAgainstObservable };
      return { episode, curveRequests, curveReward, curveRegret, impressions, clicks };
    },
  };
}

/** Predictions (n×k) that the best observable policy is greedy on; the buffer may be used again at the next call. */
export type Observable = (requests: Requests) => Matrix;
