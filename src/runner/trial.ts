/** One agent with one setting in one tuning seed: a task for a worker process. */
import { createAgent } from '../agents/registry.ts';
import type { AgentConfig } from '../agents/registry.ts';
import type { Creatives } from '../core/contracts.ts';
import { GOES_ON } from '../core/contracts.ts';
import { randomFrom } from '../core/random.ts';
import type { ResolvedExperiment } from './config.ts';
import { playEpisode } from './episode.ts';
import { agentSetup, rivalsOf, worldFor } from './collect-log.ts';

export interface TrialTask {
  kind: 'trial';
  experiment: ResolvedExperiment;
  creatives: Creatives;
  agent: AgentConfig & { name: string };
  seed: string;
  requests: number;
}

/** Reward per request; per ended session where actions change which requests come later. */
export function runTrial(
  { experiment, creatives, agent, seed, requests }: TrialTask,
  onProgress: (requests: number) => void,
): number {
  const environment = worldFor(experiment, creatives);
  const source = randomFrom(seed).stream('experiment', 'agent', agent.name);
  let reward = 0;
  let ended = 0;
  let played = 0;
  playEpisode({
    environment,
    agent: createAgent(agent, agentSetup(environment, agent.kind, new Map(), source, requests)),
    rivals: rivalsOf(experiment, environment, source),
    seed,
    requests,
    random: source.stream('draws'),
    onTick({ requests: rows, outcomes }) {
      for (let i = 0; i < rows.size; i++) {
        reward += outcomes.reward[i];
        if (outcomes.ended[i] !== GOES_ON) ended++;
      }
      for (const late of outcomes.late) reward += late.reward;
      played += rows.size;
      onProgress(rows.size);
    },
  });
  return reward / (environment.spec.sequential ? Math.max(1, ended) : played);
}
