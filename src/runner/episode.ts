/** The verbs: observe → decide → step → append → observe → learn. One agent in one world for one seed. */
import { decide } from '../agents/decide.ts';
import { decisionsOf, outcomesOf, trueRequestsOf } from '../core/batch.ts';
import type { Shape } from '../core/batch.ts';
import type { Agent, Decisions, Environment, Outcomes, Requests, TrueRequests } from '../core/contracts.ts';
import { matrix } from '../core/matrix.ts';
import type { Matrix } from '../core/matrix.ts';
import type { Random } from '../core/random.ts';

export interface EpisodeOptions {
  environment: Environment;
  agent: Agent;
  /** True for the myopic oracle alone: the rows it is given carry the hidden state. */
  seesHidden?: boolean;
  seed: string;
  /** Another draw of visits, clicks and conversions in the same world; default: the seed's own. */
  luck?: string;
  /** At least so many requests are played, in whole ticks. */
  requests: number;
  /** Source of the agent's draws. */
  random: Random;
  /** Keep π of each row in `decisions.distribution`. */
  keepDistribution?: boolean;
  /** Fill `truth` for each tick: E[reward | everything] of every action. */
  needsTruth?: boolean;
  /** Called once a tick, after the step and before the agent learns. Copy what you keep: the buffers are used again. */
  onTick?: (tick: Tick) => void;
}

/** One tick as it was played. */
export interface Tick {
  requests: Requests;
  decisions: Decisions;
  outcomes: Outcomes;
  /** (n×k) where `needsTruth` was asked. */
  truth: Matrix | undefined;
}

/** Plays one episode; returns how many requests it held. */
export function playEpisode(options: EpisodeOptions): number {
  const { environment, agent, random } = options;
  const { spec } = environment;
  const shape: Shape = {
    rows: spec.lanes,
    context: spec.contextNames.length,
    actions: spec.actions.length,
    slots: spec.slots,
  };
  const pair = [trueRequestsOf(shape, spec.hiddenSize), trueRequestsOf(shape, spec.hiddenSize)] as const;
  const seen = pair.map((requests) => (options.seesHidden ? requests : visible(requests)));
  const decisions = decisionsOf(shape, options.keepDistribution ?? false);
  const outcomes = outcomesOf(shape);
  const distribution = matrix(shape.rows, shape.actions);
  const truth = options.needsTruth ? matrix(shape.rows, shape.actions) : undefined;

  environment.reset(options.seed, options.luck);
  let played = 0;
  let now = 0;
  let more = environment.observe(pair[now]);
  while (more && played < options.requests) {
    const requests = pair[now];
    const view = seen[now];
    view.size = requests.size;
    agent.bid(view, decisions);
    decide(agent, view, random, decisions, distribution);
    if (truth) environment.truth.predict(requests, truth);
    environment.step(requests, [decisions], [outcomes]);
    options.onTick?.({ requests: view, decisions, outcomes, truth });
    played += requests.size;
    now = 1 - now;
    more = environment.observe(pair[now]);
    seen[now].size = pair[now].size;
    if (more) agent.learn(view, decisions, outcomes, seen[now]);
  }
  return played;
}

/** The same buffers without the hidden state: an agent cannot peek at what it is not given. */
function visible(requests: TrueRequests): Requests {
  const { hidden: _hidden, ...rest } = requests;
  return rest;
}
