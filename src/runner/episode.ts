/** The verbs: observe → decide → bid → step → append → observe → learn. One agent, and its rivals, in one world for one seed. */
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
  /** Learning rivals in the same market, each with its own source of draws: as many as `spec.players − 1`. */
  rivals?: readonly { agent: Agent; random: Random }[];
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
  /** (n×k) where `needsTruth` was asked: each action alone at the top of the page. */
  truth: Matrix | undefined;
  /** Fills `out` (n) with the expected reward of other pages (n×L) for the same requests. */
  valueOf: (action: Int32Array, out: Float64Array) => void;
  /** Fills two n×k with the true odds of a click and of what comes of one, where the world knows them. */
  responses: ((click: Matrix, conversion: Matrix) => void) | undefined;
  /** (n)[USD per bid unit] least bid that would have shown the first ad, where impressions are auctioned. */
  minimumToWin: Float64Array | undefined;
}

/** One competitor and its buffers. */
interface Seat {
  agent: Agent;
  random: Random;
  /** Two ticks, the present one and the one before, and what the agent may see of each. */
  pair: readonly [TrueRequests, TrueRequests];
  seen: readonly [Requests, Requests];
  decisions: Decisions;
}

/** Plays one episode; returns how many requests it held. */
export function playEpisode(options: EpisodeOptions): number {
  const { environment } = options;
  const { spec } = environment;
  const shape: Shape = {
    rows: spec.lanes,
    context: spec.contextNames.length,
    actions: spec.actions.length,
    slots: spec.slots,
    history: spec.history,
  };
  const seats = [options, ...(options.rivals ?? [])].map((seat, p): Seat => {
    const pair = [trueRequestsOf(shape, spec.hiddenSize), trueRequestsOf(shape, spec.hiddenSize)] as const;
    const sees = p === 0 && (options.seesHidden ?? false);
    return {
      agent: seat.agent,
      random: seat.random,
      pair,
      seen: sees ? pair : [visible(pair[0]), visible(pair[1])],
      decisions: decisionsOf(shape, p === 0 && (options.keepDistribution ?? false)),
    };
  });
  if (seats.length !== spec.players) {
    throw new RangeError(`playEpisode: ${seats.length} agents in a market of ${spec.players}`);
  }
  const decisions = seats.map((seat) => seat.decisions);
  const outcomes = seats.map(() => outcomesOf(shape));
  const distribution = matrix(shape.rows, shape.actions);
  const truth = options.needsTruth ? matrix(shape.rows, shape.actions) : undefined;

  const known = environment.truth.responses?.bind(environment.truth);

  environment.reset(options.seed, options.luck);
  let played = 0;
  let now = 0;
  let more = observe();
  while (more && played < options.requests) {
    for (const { agent, random, seen, decisions } of seats) {
      decide(agent, seen[now], random, decisions, distribution);
      agent.bid(seen[now], decisions);
    }
    const [{ pair, seen }] = seats;
    const requests = pair[now];
    if (truth) environment.truth.predict(requests, truth);
    environment.step(requests, decisions, outcomes);
    options.onTick?.({
      requests: seen[now],
      decisions: decisions[0],
      outcomes: outcomes[0],
      truth,
      valueOf: (action, out) => environment.truth.page(requests, action, out),
      responses: known && ((click, conversion) => known(requests, click, conversion)),
      minimumToWin: environment.minimumToWin,
    });
    played += requests.size;
    now = 1 - now;
    more = observe();
    if (more)
      seats.forEach((seat, p) => seat.agent.learn(seat.seen[1 - now], seat.decisions, outcomes[p], seat.seen[now]));
  }
  return played;

  function observe(): boolean {
    let any = false;
    seats.forEach(({ pair, seen }, p) => {
      any = environment.observe(pair[now], p);
      seen[now].size = pair[now].size;
    });
    return any;
  }
}

/** The same buffers without the hidden state: an agent cannot peek at what it is not given. */
function visible(requests: TrueRequests): Requests {
  const { hidden: _hidden, ...rest } = requests;
  return rest;
}
