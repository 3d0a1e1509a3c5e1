/**
 * What a collapsed generator costs in one seed's world: the same number of creatives of each category, but only 1, 2, 4…
 * distinct images among them, the rest being copies. Nothing else changes: headlines, products, users and luck stay.
 */
import { createAgent } from '../agents/registry.ts';
import type { AgentInput } from '../agents/registry.ts';
import type { Creatives, Environment } from '../core/contracts.ts';
import { subset } from '../core/creatives.ts';
import type { Random } from '../core/random.ts';
import { playEpisode } from './episode.ts';
import type { WorldOf } from './guidance.ts';
import { inPlaceOf } from './guidance.ts';

/** Expected reward per request. */
export interface ImageValue {
  /** Of the best creative for each request: what the images allow. */
  best: number;
  /** Of what a learner showed while it learned. */
  learned: number;
}

/** With so many distinct images per category. */
export interface VarietyValue extends ImageValue {
  distinct: number;
}

/** The learner: a linear bandit that knows style and recognisability of each image. */
export const LEARNER: AgentInput = { kind: 'lin-ucb', alpha: 0.1 };

/** 1, 2, 4… and `most`. */
export function varieties(most: number): number[] {
  const counts: number[] = [];
  for (let n = 1; n < most; n *= 2) counts.push(n);
  return [...counts, most];
}

/** Creatives (category after category, `most` of each) of which only `distinct` images per category are left. */
export function collapsed(creatives: Creatives, most: number, distinct: number): Creatives {
  const source = Int32Array.from({ length: creatives.size }, (_, a) => a - (a % most) + ((a % most) % distinct));
  return inPlaceOf(creatives, subset(creatives, source));
}

/** A value for each variety, few first; all on the same requests. */
export function valueVarieties(
  creatives: Creatives,
  most: number,
  requests: number,
  worldOf: WorldOf,
  seed: string,
  random: Random,
): VarietyValue[] {
  return varieties(most).map((distinct) => ({
    distinct,
    ...valueImages(worldOf(collapsed(creatives, most, distinct)), requests, seed, random),
  }));
}

/** What the images of a world are worth; on the same requests for the same seed and random source. */
export function valueImages(environment: Environment, requests: number, seed: string, random: Random): ImageValue {
  const { spec, actions } = environment;
  const agent = createAgent(LEARNER, {
    spec,
    actions,
    models: new Map(),
    random: random.stream('learner'),
    requests,
  });
  let best = 0;
  let learned = 0;
  let count = 0;
  playEpisode({
    environment,
    agent,
    seed,
    luck: random.path.join('/'),
    requests,
    random: random.stream('draws'),
    needsTruth: true,
    onTick: ({ requests: rows, decisions, truth }) => {
      if (!truth) return;
      const k = truth.columns;
      for (let i = 0; i < rows.size; i++) {
        let highest = 0;
        for (let a = 0; a < k; a++) {
          if (rows.eligible[i * k + a] === 1) highest = Math.max(highest, truth.data[i * k + a]);
        }
        best += highest;
        const action = decisions.action[i * spec.slots];
        if (action >= 0) learned += truth.data[i * k + action];
        count++;
      }
    },
  });
  return { best: best / count, learned: learned / count };
}
