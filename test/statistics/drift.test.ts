/** Forgetting pays where tastes move on: windows against everything remembered, paired over 20 seeds of the same world. */
import { expect, it } from 'vitest';
import { createAgent } from '../../src/agents/registry.ts';
import type { AgentInput } from '../../src/agents/registry.ts';
import { randomFrom } from '../../src/core/random.ts';
import { summarise } from '../../src/core/statistics.ts';
import type { WorldInput } from '../../src/env/config.ts';
import { playEpisode } from '../../src/runner/episode.ts';
import { worldOf } from '../env/play.ts';

const SEEDS = 20;

/** Clicks per 1,000 requests that `a` has over `b`, by seed: they meet the same users and the same luck. */
function leads(world: WorldInput, requests: number, a: AgentInput, b: AgentInput): number[] {
  const environment = worldOf(world);
  const { spec, actions } = environment;
  const clicks = (config: AgentInput, seed: string): number => {
    const random = randomFrom(seed).stream('agent');
    let sum = 0;
    playEpisode({
      environment,
      agent: createAgent(config, { spec, actions, random, models: new Map() }),
      seed,
      requests,
      random,
      onTick: ({ outcomes }) => outcomes.reward.forEach((reward) => (sum += reward)),
    });
    return (1000 * sum) / requests;
  };
  return Array.from({ length: SEEDS }, (_, s) => clicks(a, `drift-${s}`) - clicks(b, `drift-${s}`));
}

it.each<[string, AgentInput, AgentInput]>([
  ['Thompson sampling', { kind: 'thompson', window: 10_000 }, { kind: 'thompson' }],
  ['UCB1', { kind: 'ucb1', alpha: 0.1, window: 10_000 }, { kind: 'ucb1', alpha: 0.1 }],
])(
  'a window of 10,000 gains %s at least 5 clicks per 1,000 requests in `drifting`, and none in `quiet`',
  (_, windowed, stationary) => {
    const drifting = summarise(leads({ preset: 'drifting' }, 240_000, windowed, stationary));
    expect(drifting.interval?.[0]).toBeGreaterThan(5);
    const quiet = summarise(leads({ preset: 'quiet' }, 60_000, windowed, stationary));
    expect(quiet.interval?.[0]).toBeLessThan(0);
    console.info(
      [drifting, quiet].map(
        ({ mean, interval }) => `${mean.toFixed(1)} (${interval?.map((x) => x.toFixed(1)).join(' to ')})`,
      ),
    );
  },
  120_000,
);
