/**
 * Where annoyance ends sessions, deep agents that look ahead beat even the myopic oracle; where it does not, they don't.
 * Value per session, paired over seeds that share users and luck, 10 where they are ahead and 5 where they are far behind; 95 % intervals
 * (a right agent fails 1 time in 40 or less).
 */
import { describe, expect, it } from 'vitest';
import { createAgent, seesHidden } from '../../src/agents/registry.ts';
import type { AgentInput } from '../../src/agents/registry.ts';
import { GOES_ON } from '../../src/core/contracts.ts';
import { pairedDifference } from '../../src/core/paired.ts';
import { randomFrom } from '../../src/core/random.ts';
import type { WorldInput } from '../../src/env/config.ts';
import { playEpisode } from '../../src/runner/episode.ts';
import { worldOf } from '../env/play.ts';

const REQUESTS = 60_000;

/** Reward per ended session, by seed. */
function valuesOf(world: WorldInput, config: AgentInput, seeds: number): number[] {
  const environment = worldOf(world);
  const { spec, actions, truth } = environment;
  const sees = seesHidden(config.kind);
  return Array.from({ length: seeds }, (_, s) => {
    const random = randomFrom(`ahead-${s}`).stream('agent');
    const setup = { spec, actions, random, models: new Map(), ...(sees && { truth }) };
    let reward = 0;
    let ended = 0;
    playEpisode({
      environment,
      agent: createAgent(config, setup),
      seesHidden: sees,
      seed: `ahead-${s}`,
      requests: REQUESTS,
      random,
      onTick({ outcomes }) {
        for (let i = 0; i < spec.lanes; i++) {
          reward += outcomes.reward[i];
          if (outcomes.ended[i] !== GOES_ON) ended++;
        }
      },
    });
    return reward / ended;
  });
}

describe('DQN and PPO against the myopic oracle', () => {
  it.each<[string, number, boolean, number]>([
    ['are worth more where annoyance ends sessions', 1, true, 10],
    ['are not where it does not', 0, false, 5],
  ])(
    '%s',
    (_, coupling, ahead, seeds) => {
      const world: WorldInput = {
        preset: 'long-session',
        ...(coupling === 0 && { sessions: { satisfactionCoupling: 0 } }),
      };
      const oracle = valuesOf(world, { kind: 'oracle' }, seeds);
      for (const kind of ['dqn', 'ppo'] as const) {
        const difference = pairedDifference(valuesOf(world, { kind }, seeds), oracle);
        const [low, high] = difference?.interval ?? [Number.NaN, Number.NaN];
        console.info(
          `coupling ${coupling}: ${kind} − oracle ${difference?.mean.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`,
        );
        expect(ahead ? low > 0 : high < 0).toBe(true);
      }
    },
    300_000,
  );
});
