/**
 * The worlds ask the questions that they say they ask, in small: `experiments/worlds/*.yaml` are the whole versions.
 * Everything is seeded, so these can't flicker; the margins say how far a change may move them.
 */
import { describe, expect, it } from 'vitest';
import { createAgent, seesHidden } from '../../src/agents/registry.ts';
import type { AgentInput } from '../../src/agents/registry.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { disjoint, summarise } from '../../src/core/statistics.ts';
import type { Summary } from '../../src/core/statistics.ts';
import { resolveWorld } from '../../src/env/config.ts';
import type { WorldInput } from '../../src/env/config.ts';
import { market } from '../../src/env/market.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';
import { playEpisode } from '../../src/runner/episode.ts';
import { tally } from '../../src/runner/tally.ts';

const SEEDS = ['small-1', 'small-2', 'small-3', 'small-4'];

interface Played {
  valuePerSession: Summary;
  /** Cumulative regret against the myopic oracle. */
  regret: Summary;
}

/** True where the 95 % intervals share no point. */
function apart(a: Summary, b: Summary): boolean {
  return a.interval !== null && b.interval !== null && disjoint(a.interval, b.interval);
}

/** One agent over the seeds. */
function play(world: WorldInput, perCategory: number, requests: number, config: AgentInput): Played {
  const resolved = resolveWorld(world);
  const creatives = syntheticCreatives({ categories: resolved.categories, perCategory }, randomFrom('creatives'));
  const environment = market(resolved, creatives);
  const { spec, actions, truth } = environment;
  const records = SEEDS.map((seed) => {
    const random = randomFrom(seed).stream(config.kind);
    const nothing = matrix(spec.lanes, actions.size);
    const sums = tally(seed, requests, environment, () => nothing);
    playEpisode({
      environment,
      agent: createAgent(config, { spec, actions, truth, random, models: new Map() }),
      seesHidden: seesHidden(config.kind),
      seed,
      requests,
      random,
      needsTruth: true,
      onTick: (tick) => sums.add(tick),
    });
    return sums.record().episode;
  });
  return {
    valuePerSession: summarise(records.map((episode) => episode.reward / episode.sessions)),
    regret: summarise(records.map((episode) => episode.regret)),
  };
}

describe('long-session', () => {
  const requests = 60_000;
  const myopic: AgentInput[] = [
    { kind: 'epsilon-greedy', epsilon: 0.1 },
    { kind: 'ucb1' },
    { kind: 'thompson' },
    { kind: 'lin-ucb' },
  ];

  it('looking ahead beats every agent that takes the next click, and the myopic oracle', () => {
    const ahead = play({ preset: 'long-session' }, 2, requests, { kind: 'q-learning' }).valuePerSession;
    const agents: AgentInput[] = [...myopic, { kind: 'oracle' }];
    const behind = agents.filter((agent) => {
      const { valuePerSession } = play({ preset: 'long-session' }, 2, requests, agent);
      return ahead.mean > valuePerSession.mean && apart(ahead, valuePerSession);
    });
    expect(behind).toEqual(agents);
  });

  it('and the lead vanishes where annoyance does not end sessions', () => {
    const uncoupled: WorldInput = { preset: 'long-session', sessions: { satisfactionCoupling: 0 } };
    const ahead = play(uncoupled, 2, requests, { kind: 'q-learning' }).valuePerSession;
    const next = play(uncoupled, 2, requests, { kind: 'lin-ucb' }).valuePerSession;
    expect(apart(ahead, next)).toBe(false);
    expect(ahead.mean).toBeLessThan(next.mean * 1.05);
  });
});

describe('quiet', () => {
  it('LinUCB loses at most a fifth of what uniform loses, the oracle nothing', () => {
    const requests = 50_000;
    const uniform = play({ preset: 'quiet' }, 1, requests, { kind: 'uniform' }).regret;
    const contextual = play({ preset: 'quiet' }, 1, requests, { kind: 'lin-ucb' }).regret;
    expect(contextual.mean).toBeLessThan(uniform.mean / 5);
    expect(play({ preset: 'quiet' }, 1, 5_000, { kind: 'oracle' }).regret.mean).toBe(0);
  });
});
