/**
 * Reward-guided creatives in one seed's world: images are shown evenly, a predictor learns from the clicks what makes an
 * image liked, the best of many candidates are taken, and the truth says what that was worth. Only the log is learned
 * from; the truth is asked at the end, of the finished choice.
 */
import { createAgent } from '../agents/registry.ts';
import type { Creatives, Environment } from '../core/contracts.ts';
import { subset } from '../core/creatives.ts';
import { InputError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import type { Appeal } from '../models/gan/guidance.ts';
import { appealOf, bestOfEach, fitAppeal } from '../models/gan/guidance.ts';
import { playEpisode } from './episode.ts';

export interface GuidanceTask {
  /** Candidates, category after category; the first of each category are what is shown without guidance. */
  pool: Creatives;
  perCategory: number;
  /** Images per category in the log. */
  shown: number;
  requests: number;
  /** Requests that the truth is averaged over. */
  valuedRequests: number;
}

/** Expected reward per request of an even choice among the creatives, on the same requests. */
export interface Guided {
  unguided: number;
  /** Chosen by recognisability alone, without clicks. */
  recognised: number;
  guided: number;
  /** [logit] mean appeal of the guided above the unguided, as predicted. */
  predictedGain: number;
  appeal: Appeal;
  /** (k) indices into the pool. */
  chosen: Int32Array;
  clicks: number;
}

/** A world of the seed for any creatives. */
export type WorldOf = (creatives: Creatives) => Environment;

/** Throws `InputError` where too little was clicked to learn from. */
export function guideCreatives(task: GuidanceTask, worldOf: WorldOf, seed: string, random: Random): Guided {
  const { pool, perCategory } = task;
  const first = firstOfEach(pool, perCategory);
  const shown = subset(pool, firstOfEach(pool, task.shown));
  const { impressions, clicks } = totalsOf(worldOf(shown), task.requests, seed, random.stream('log'));
  const total = clicks.reduce((sum, n) => sum + n, 0);
  if (total === 0)
    throw new InputError('creatives.guidance.requests: nobody clicked, so there is nothing to learn from');
  const appeal = fitAppeal(shown, impressions, clicks);
  const scores = appealOf(appeal, pool);
  const chosen = bestOfEach(pool, scores, perCategory);
  const value = (indices: Int32Array): number => {
    const creatives = inPlaceOf(subset(pool, first), subset(pool, indices));
    return evenValue(worldOf(creatives), task.valuedRequests, seed, random.stream('valued'));
  };
  const mean = (indices: Int32Array): number => indices.reduce((sum, a) => sum + scores[a], 0) / indices.length;
  return {
    unguided: value(first),
    recognised: value(bestOfEach(pool, pool.recognisability, perCategory)),
    guided: value(chosen),
    predictedGain: mean(chosen) - mean(first),
    appeal,
    chosen,
    clicks: total,
  };
}

/** The first creatives of each category. */
export function firstOfEach(pool: Creatives, perCategory: number): Int32Array {
  return bestOfEach(pool, new Float64Array(pool.size), perCategory);
}

/** The places (names, headlines) of `places` with the images of `images`: nothing but the picture changes. */
export function inPlaceOf(places: Creatives, images: Creatives): Creatives {
  return { ...places, recognisability: images.recognisability, style: images.style };
}

/** Plays an even choice; (k) impressions and clicks of each creative. */
function totalsOf(
  environment: Environment,
  requests: number,
  seed: string,
  random: Random,
): { impressions: Float64Array; clicks: Float64Array } {
  const k = environment.actions.size;
  const impressions = new Float64Array(k);
  const clicks = new Float64Array(k);
  playEvenly(environment, requests, seed, random, false, ({ requests: rows, decisions, outcomes }) => {
    const { slots } = environment.spec;
    for (let i = 0; i < rows.size; i++) {
      const action = decisions.action[i * slots];
      if (action < 0 || outcomes.won[i] === 0) continue;
      const creative = environment.actions.creative[action];
      impressions[creative]++;
      clicks[creative] += outcomes.click[i * slots];
    }
  });
  return { impressions, clicks };
}

/** Mean over requests of the mean true value of all creatives that may be shown. */
function evenValue(environment: Environment, requests: number, seed: string, random: Random): number {
  let sum = 0;
  let count = 0;
  playEvenly(environment, requests, seed, random, true, ({ requests: rows, truth }) => {
    if (!truth) return;
    for (let i = 0; i < rows.size; i++) {
      let value = 0;
      let eligible = 0;
      for (let a = 0; a < truth.columns; a++) {
        if (rows.eligible[i * truth.columns + a] === 0) continue;
        value += truth.data[i * truth.columns + a];
        eligible++;
      }
      if (eligible > 0) sum += value / eligible;
      count++;
    }
  });
  return sum / count;
}

function playEvenly(
  environment: Environment,
  requests: number,
  seed: string,
  random: Random,
  needsTruth: boolean,
  onTick: NonNullable<Parameters<typeof playEpisode>[0]['onTick']>,
): void {
  const { spec, actions } = environment;
  const agent = createAgent({ kind: 'uniform' }, { spec, actions, models: new Map(), random, requests });
  const luck = random.path.join('/');
  playEpisode({ environment, agent, seed, luck, requests, random: random.stream('draws'), needsTruth, onTick });
}
