/**
 * From the log of a policy that explores little, conservative Q-learning beats the same network without conservatism: value
 * per session in long-session, paired over 20 seeds, 95 % interval.
 */
import { expect, it } from 'vitest';
import { createAgent } from '../../src/agents/registry.ts';
import type { AgentInput } from '../../src/agents/registry.ts';
import { GOES_ON } from '../../src/core/contracts.ts';
import { impressionLog } from '../../src/core/log.ts';
import { pairedDifference } from '../../src/core/paired.ts';
import { randomFrom } from '../../src/core/random.ts';
import { playEpisode } from '../../src/runner/episode.ts';
import type { EpisodeOptions } from '../../src/runner/episode.ts';
import { worldOf } from '../env/play.ts';

const SEEDS = 20;
const ROWS = 10_000;

const environment = worldOf({ preset: 'long-session' });
const { spec, actions } = environment;

/** Reward per ended session. */
function valueOf(options: Pick<EpisodeOptions, 'agent' | 'seed' | 'requests'> & Partial<EpisodeOptions>): number {
  let reward = 0;
  let ended = 0;
  playEpisode({
    environment,
    random: randomFrom(options.seed).stream('draws', options.agent.name),
    ...options,
    onTick(tick) {
      options.onTick?.(tick);
      for (let i = 0; i < tick.requests.size; i++) {
        reward += tick.outcomes.reward[i];
        if (tick.outcomes.ended[i] !== GOES_ON) ended++;
      }
    },
  });
  return reward / ended;
}

it('conservatism pays', () => {
  const learners: AgentInput[] = [
    { kind: 'cql', steps: 2000 },
    { kind: 'cql', steps: 2000, conservatism: 0 },
  ];
  const values: number[][] = [[], []];
  for (let s = 0; s < SEEDS; s++) {
    const seed = `log-${s}`;
    const random = randomFrom(seed);
    const log = impressionLog(spec, { capacity: ROWS + spec.lanes });
    const setup = { spec, actions, random: random.stream('agent'), models: new Map() };
    const behaviour = createAgent({ kind: 'q-learning', epsilonRequests: 2000 }, setup);
    valueOf({
      agent: behaviour,
      seed,
      luck: 'log',
      requests: ROWS,
      onTick: ({ requests, decisions, outcomes }) => log.append(requests, decisions, outcomes),
    });
    learners.forEach((config, c) => {
      const agent = createAgent(config, { ...setup, log: { rows: log, tickRows: spec.lanes } });
      values[c].push(valueOf({ agent, seed, requests: 20_000 }));
    });
  }
  const difference = pairedDifference(values[0], values[1]);
  console.info(
    `CQL − DQN on the log: ${difference?.mean.toFixed(3)} [${difference?.interval.map((x) => x.toFixed(3)).join(', ')}]`,
  );
  expect(difference?.interval[0]).toBeGreaterThan(0);
}, 300_000);
