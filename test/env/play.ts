/** Worlds and players for the tests of the environment. */
import { decisionsOf, outcomesOf, trueRequestsOf } from '../../src/core/batch.ts';
import type { Decisions, Environment, Matrix, Outcomes, TrueRequests } from '../../src/core/contracts.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { resolveWorld } from '../../src/env/config.ts';
import type { WorldInput } from '../../src/env/config.ts';
import { market } from '../../src/env/market.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';

/** A world with synthetic creatives. */
export function worldOf(
  input: WorldInput,
  perCategory = input.preset === 'long-session' ? 2 : 1,
  players = 1,
): Environment {
  const config = resolveWorld(input);
  const creatives = syntheticCreatives({ categories: config.categories, perCategory }, randomFrom('creatives'));
  return market(config, creatives, players);
}

export interface Row {
  requests: TrueRequests;
  decisions: Decisions;
  outcomes: Outcomes;
  /** (n×k) */
  truth: Matrix;
  i: number;
  action: number;
}

/** Chooses an action for row i; `u` is uniform. */
export type Choice = (truth: Matrix, i: number, u: number) => number;

export const anyAction: Choice = (truth, _, u) => Math.floor(u * truth.columns);

export const bestAction: Choice = (truth, i) => {
  let best = 0;
  const at = i * truth.columns;
  for (let a = 1; a < truth.columns; a++) if (truth.data[at + a] > truth.data[at + best]) best = a;
  return best;
};

/** Plays `rows` requests and hands over each row after it happened. */
export function play(world: Environment, choose: Choice, rows: number, onRow: (row: Row) => void, seed = 'a'): void {
  const { spec } = world;
  const k = spec.actions.length;
  const shape = { rows: spec.lanes, context: spec.contextNames.length, actions: k, slots: 1 };
  const requests = trueRequestsOf(shape, spec.hiddenSize);
  const decisions = decisionsOf(shape);
  const outcomes = outcomesOf(shape);
  const truth = matrix(spec.lanes, k);
  const draws = randomFrom('player').sequence();
  world.reset(seed);
  for (let played = 0; played < rows; played += requests.size) {
    world.observe(requests);
    world.truth.predict(requests, truth);
    for (let i = 0; i < requests.size; i++) decisions.action[i] = choose(truth, i, draws.uniform());
    world.step(requests, [decisions], [outcomes]);
    for (let i = 0; i < requests.size; i++)
      onRow({ requests, decisions, outcomes, truth, i, action: decisions.action[i] });
  }
}

/** Reward per request and per ended session, and requests per ended session. */
export function rates(
  world: Environment,
  choose: Choice,
  rows: number,
): { reward: number; perSession: number; length: number } {
  let reward = 0;
  let ended = 0;
  let count = 0;
  play(world, choose, rows, ({ outcomes, i }) => {
    reward += outcomes.reward[i];
    count++;
    if (outcomes.ended[i] !== 0) ended++;
  });
  return { reward: reward / count, perSession: reward / ended, length: count / ended };
}
