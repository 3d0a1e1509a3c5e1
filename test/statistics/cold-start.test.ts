/**
 * New creatives, and conversions that come late: what is known of other creatives' looks, and waiting, pay. Rewards per 1,000
 * requests, paired over 20 seeds that share users and luck; 95 % intervals.
 */
import { describe, expect, it } from 'vitest';
import { createAgent } from '../../src/agents/registry.ts';
import type { AgentInput } from '../../src/agents/registry.ts';
import type { Environment } from '../../src/core/contracts.ts';
import { impressionLog } from '../../src/core/log.ts';
import type { PairedDifference } from '../../src/core/paired.ts';
import { pairedDifference } from '../../src/core/paired.ts';
import { randomFrom } from '../../src/core/random.ts';
import { playEpisode } from '../../src/runner/episode.ts';
import type { Tick } from '../../src/runner/episode.ts';
import { worldOf } from '../env/play.ts';

const SEEDS = 20;

/** What `a` earns more than `b`. */
function lead(
  earned: (config: AgentInput, seed: string) => number,
  a: AgentInput,
  b: AgentInput,
): PairedDifference | null {
  const of = (config: AgentInput): number[] => Array.from({ length: SEEDS }, (_, s) => earned(config, `cold-${s}`));
  const difference = pairedDifference(of(a), of(b));
  console.info(
    `${a.kind} − ${b.kind}: ${difference?.mean.toFixed(2)} [${difference?.interval.map((x) => x.toFixed(2)).join(', ')}]`,
  );
  return difference;
}

/** The world with only some of its actions on offer. */
function offering(world: Environment, offers: (a: number) => boolean): Environment {
  const k = world.actions.size;
  return {
    ...world,
    observe(out, player) {
      const more = world.observe(out, player);
      for (let cell = 0; cell < out.size * k; cell++) if (!offers(cell % k)) out.eligible[cell] = 0;
      return more;
    },
  };
}

describe('creatives that nobody has seen, after a log of others', () => {
  const world = worldOf({ preset: 'quiet' }, 8);
  const { spec, actions } = world;

  function clicks(config: AgentInput, seed: string): number {
    const random = randomFrom(seed);
    const log = impressionLog(spec, { capacity: 21_000 });
    const setup = { spec, actions, random: random.stream('agent'), models: new Map() };
    const play = (environment: Environment, agent: AgentInput, requests: number, onTick: (tick: Tick) => void): void =>
      void playEpisode({
        environment,
        agent: createAgent(agent, { ...setup, log: { rows: log, tickRows: spec.lanes } }),
        seed,
        luck: agent.kind === 'uniform' ? 'log' : '',
        requests,
        random: random.stream('draws', agent.kind),
        onTick,
      });
    play(
      offering(world, (a) => a % 2 === 0),
      { kind: 'uniform' },
      20_000,
      ({ requests, decisions, outcomes }) => log.append(requests, decisions, outcomes),
    );
    let sum = 0;
    play(
      offering(world, (a) => a % 2 === 1),
      config,
      10_000,
      ({ outcomes }) => {
        for (const reward of outcomes.reward) sum += reward;
      },
    );
    return sum / 10;
  }

  it('a visual prior beats a cold start', () => {
    const warm = { kind: 'visual-prior', warmStart: true } as const;
    const cold = { kind: 'thompson', warmStart: true } as const;
    expect(lead(clicks, warm, cold)?.interval[0]).toBeGreaterThan(0);
  }, 300_000);
});

describe('conversions days after the click', () => {
  const world = worldOf({ preset: 'delayed' });
  const { spec, actions } = world;

  function profit(config: AgentInput, seed: string): number {
    const random = randomFrom(seed).stream('agent');
    let sum = 0;
    playEpisode({
      environment: world,
      agent: createAgent(config, { spec, actions, random, models: new Map() }),
      seed,
      requests: 40_000,
      random,
      onTick({ outcomes }) {
        for (const reward of outcomes.reward) sum += reward;
        for (const { reward } of outcomes.late) sum += reward;
      },
    });
    return sum / 40;
  }

  it('an agent that waits a day beats the one that takes what it sees at once', () => {
    expect(lead(profit, { kind: 'patient', waitHours: 24 }, { kind: 'lin-ucb' })?.interval[0]).toBeGreaterThan(0);
  }, 300_000);
});
