/** Runs of one agent in a small world: a task for a worker process. */
import { createAgent } from '../../agents/registry.ts';
import { frozen } from '../../agents/frozen.ts';
import { mostLikely } from '../../agents/most-likely.ts';
import type { Agent, Environment } from '../../core/contracts.ts';
import { GOES_ON } from '../../core/contracts.ts';
import { impressionLog } from '../../core/log.ts';
import { randomFrom } from '../../core/random.ts';
import { classicDynamics } from '../../env/classic/registry.ts';
import { classicWorld } from '../../env/classic/world.ts';
import { playEpisode } from '../episode.ts';
import { measureOf } from './measures.ts';
import type { Play, PlayStudy } from './paper.ts';

export interface PlayTask {
  kind: 'play';
  study: Pick<PlayStudy, 'title' | 'world' | 'lanes' | 'feedbackEvery' | 'requests' | 'sessions'>;
  play: Pick<Play, 'agent' | 'checks'>;
  /** Runs [from, to). */
  from: number;
  to: number;
}

/** (checks)(runs) what each run measured: numbers, or curves. */
export type PlayResult = (number | Float64Array)[][];

/** Requests after which a session without exploration is given up. */
const PATIENCE = 1000;

/** Plays the runs; runs of one study share their luck whatever the agent. */
export function playRuns({ study, play, from, to }: PlayTask, onProgress: (runs: number) => void): PlayResult {
  const result: PlayResult = play.checks.map(() => []);
  for (let run = from; run < to; run++) {
    const seed = `${study.title} ${run}`;
    const world = classicWorld(classicDynamics(study.world), study.lanes);
    const random = randomFrom(seed).stream('agent', play.agent.name ?? play.agent.kind);
    const { requests = Infinity, sessions = Infinity } = study;
    const { spec, actions } = world;
    const agent = createAgent(play.agent, {
      spec,
      actions,
      random: random.stream('own'),
      models: new Map(),
      ...(Number.isFinite(requests) && { requests }),
    });
    const during = play.checks.map((check) =>
      check.measure === 'greedy-return' ? undefined : measureOf(check, agent, requests),
    );
    playEpisode({
      environment: Number.isFinite(sessions) ? upTo(sessions, world) : world,
      agent: study.feedbackEvery === 1 ? agent : inBatches(agent, study.feedbackEvery, world),
      seed,
      requests,
      random: random.stream('draws'),
      needsTruth: play.checks.some(({ measure }) => ['regret', 'slope', 'best'].includes(measure)),
      onTick: (tick) => during.forEach((measure) => measure?.tick(tick)),
    });
    during.forEach((measure, c) => result[c].push(measure?.value() ?? greedyReturn(agent, study, seed)));
    onProgress(1);
  }
  return result;
}

/**
 * The agent, told of so many ticks at once. That an action stands for another now it hears at once; what is still unknown of
 * the one before then counts as the new one's.
 */
function inBatches(agent: Agent, every: number, { spec }: Environment): Agent {
  let waiting = impressionLog(spec, { capacity: every * spec.lanes });
  let ticks = 0;
  return {
    ...agent,
    learn(requests, decisions, outcomes, next) {
      if (outcomes.replaced && outcomes.replaced.length > 0) {
        agent.learn({ ...requests, size: 0 }, decisions, outcomes, next);
      }
      waiting.append(requests, decisions, outcomes);
      if (++ticks < every) return;
      agent.learn(waiting.requests, waiting.decisions, waiting.outcomes, next);
      waiting = impressionLog(spec, { capacity: every * spec.lanes });
      ticks = 0;
    },
  };
}

/** The world until so many sessions have ended, and one tick longer: the agent has learned from the last of them. */
function upTo(sessions: number, world: Environment): Environment {
  let left = sessions;
  let over = false;
  return {
    ...world,
    observe(out, player) {
      if (over) return false;
      over = left <= 0;
      return world.observe(out, player);
    },
    step(requests, decisions, outcomes) {
      world.step(requests, decisions, outcomes);
      for (let i = 0; i < requests.size; i++) if (outcomes[0].ended[i] !== GOES_ON) left--;
    },
  };
}

/** Return of one session of the agent as it stands, without exploration. */
function greedyReturn(agent: Agent, study: PlayTask['study'], seed: string): number {
  let sum = 0;
  let over = false;
  playEpisode({
    environment: upTo(1, classicWorld(classicDynamics(study.world))),
    agent: mostLikely(frozen(agent)),
    seed,
    luck: 'greedy',
    requests: PATIENCE,
    random: randomFrom(seed).stream('greedy'),
    onTick({ outcomes }) {
      if (!over) sum += outcomes.reward[0];
      over ||= outcomes.ended[0] !== GOES_ON;
    },
  });
  return sum;
}
