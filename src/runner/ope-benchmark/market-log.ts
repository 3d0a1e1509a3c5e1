/**
 * A simulated market as a judged log: budgets that run out, feedback that comes late and tastes that move are in the log as
 * they are in real ones, and the truth of every action on every row is known. Policies are linear in the context.
 */
import { createAgent } from '../../agents/registry.ts';
import type { Agent, Environment, Requests } from '../../core/contracts.ts';
import { firstAds } from '../../core/first-ads.ts';
import { impressionLog, slice } from '../../core/log.ts';
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import { resolveWorld } from '../../env/config.ts';
import type { WorldInput } from '../../env/config.ts';
import { market } from '../../env/market.ts';
import { syntheticCreatives } from '../../env/synthetic-creatives.ts';
import { actionMeans } from '../../ope/action-means.ts';
import { playEpisode } from '../episode.ts';
import { valueOf } from './judged-log.ts';
import type { Candidate, JudgedLog } from './judged-log.ts';

export interface MarketLogConfig {
  world: WorldInput;
  /** Requests that are played; rows are those that were shown an ad. */
  requests: number;
  /** How sharply the behaviour policy prefers; 0 is even odds. */
  behaviour: number;
  /** [USD] where impressions are auctioned. */
  bidUsd: number;
  /** A candidate of its own taste for each: how sharply it prefers. */
  sharpness: readonly number[];
}

/** What a small world does without, to be drawn quickly. */
const QUICK = { population: { latentDimensions: 4 }, behaviour: { eventsPerUser: 0 } };

/** Plays the behaviour policy in a fresh market. */
export function marketLog(
  { world, requests, behaviour, bidUsd, sharpness }: MarketLogConfig,
  random: Random,
): JudgedLog {
  const config = resolveWorld({ ...QUICK, ...world });
  const creatives = syntheticCreatives({ categories: config.categories, perCategory: 1 }, random);
  const environment = market(config, creatives);
  const { spec } = environment;
  const log = impressionLog(spec, { capacity: requests + spec.lanes, truth: true, distribution: true });
  const preference = preferenceOf(environment, behaviour, random.stream('behaviour'));
  playEpisode({
    environment,
    agent: bidding(environment, bidUsd, preference, random),
    seed: random.path.length > 0 ? JSON.stringify([random.seed, ...random.path]) : random.seed,
    requests,
    random: random.stream('draws'),
    keepDistribution: true,
    needsTruth: true,
    onTick: ({ requests: rows, decisions, outcomes, truth }) => log.append(rows, decisions, outcomes, truth),
  });
  log.close();
  // As every experiment values its policies: shown ads alone, and what an auction charges is not the ad's doing.
  const shown = firstAds(slice(log, 0, log.size), spec.auction !== undefined && spec.rewardUnit === 'USD');
  const m = shown.size;
  const truth = trimmed(shown.truth as Matrix, m);
  const behaviourOdds = trimmed(shown.decisions.distribution as Matrix, m);
  return {
    log: shown,
    behaviour: behaviourOdds,
    behaviourTruth: valueOf(behaviourOdds, truth),
    candidates: sharpness.map((times, c): Candidate => {
      const odds = matrix(m, spec.actions.length);
      preferenceOf(environment, times, random.stream('candidate', c))(shown.requests, odds);
      return { name: `candidate ${c + 1} (× ${times})`, odds, truth: valueOf(odds, truth) };
    }),
    makeModel: () => actionMeans(),
  };
}

type Preference = (requests: Requests, out: Matrix) => void;

/** Odds of the eligible actions: a softmax of normal scores, half of them the action's own and half by context. */
function preferenceOf({ spec }: Environment, sharpness: number, random: Random): Preference {
  const d = spec.contextNames.length;
  const k = spec.actions.length;
  const draw = random.sequence();
  const own = Float64Array.from({ length: k }, () => draw.normal());
  const slope = Float64Array.from({ length: k * d }, () => draw.normal() / Math.sqrt(Math.max(d, 1)));
  return ({ size, context, eligible }, out) => {
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let a = 0; a < k; a++) {
        let z = own[a];
        for (let j = 0; j < d; j++) z += slope[a * d + j] * context.data[i * d + j];
        // Held within a few standard deviations: odds then stay above 1/10,000 or so at sharpness 1.
        const odd = eligible[i * k + a] === 1 ? Math.exp(sharpness * Math.min(Math.max(z, -3), 3)) : 0;
        out.data[i * k + a] = odd;
        sum += odd;
      }
      for (let a = 0; a < k; a++) out.data[i * k + a] /= sum > 0 ? sum : 1;
    }
  };
}

/** The behaviour policy as an agent, which bids a constant where impressions are auctioned. */
function bidding(environment: Environment, bidUsd: number, distribution: Preference, random: Random): Agent {
  const { spec, actions } = environment;
  const uniform = createAgent(
    { kind: 'uniform', bidUsd },
    { spec, actions, models: new Map(), random: random.stream('bids'), requests: spec.lanes },
  );
  return { ...uniform, name: 'preference', distribution };
}

/** The first m rows, in a matrix of just these. */
function trimmed({ columns, data }: Matrix, m: number): Matrix {
  return { rows: m, columns, data: data.subarray(0, m * columns) };
}
