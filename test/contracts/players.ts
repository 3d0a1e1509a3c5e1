/** Players for the contract of environments, and what they met. */
import { decisionsOf, outcomesOf, trueRequestsOf } from '../../src/core/batch.ts';
import type { Decisions, Environment, Outcomes, TrueRequests } from '../../src/core/contracts.ts';
import { matrix } from '../../src/core/matrix.ts';
import type { Matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';

/** Players as unlike as can be: the same ad always, all alike, always the last; and they bid unlike sums. */
const PLAYERS = {
  first: { bid: 0.001, choose: (eligible: number[]) => eligible[0] },
  any: { bid: 0.01, choose: (eligible: number[], u: number) => eligible[Math.floor(u * eligible.length)] },
  last: { bid: 1, choose: (eligible: number[]) => eligible[eligible.length - 1] },
  nothing: { bid: 0, choose: () => -1 },
} as const;
type Player = keyof typeof PLAYERS;

interface Tick {
  requests: TrueRequests;
  decisions: Decisions;
  outcomes: Outcomes;
  /** (n×k) */
  truth: Matrix;
}

/** Plays whole ticks until `rows` requests are played; the buffers are used again. */
export function play(
  world: Environment,
  player: Player,
  seed: string,
  rows: number,
  onTick: (tick: Tick) => void,
): void {
  const { spec } = world;
  const k = spec.actions.length;
  const shape = { rows: spec.lanes, context: spec.contextNames.length, actions: k, slots: spec.slots };
  const tick: Tick = {
    requests: trueRequestsOf(shape, spec.hiddenSize),
    decisions: decisionsOf(shape),
    outcomes: outcomesOf(shape),
    truth: matrix(spec.lanes, k),
  };
  const { requests, decisions, outcomes, truth } = tick;
  const draws = randomFrom('players').sequence();
  const { bid, choose } = PLAYERS[player];
  world.reset(seed);
  let played = 0;
  while (played < rows && world.observe(requests)) {
    for (let i = 0; i < requests.size; i++) {
      const eligible = [];
      for (let a = 0; a < k; a++) if (requests.eligible[i * k + a] === 1) eligible.push(a);
      decisions.action.fill(-1, i * spec.slots, (i + 1) * spec.slots);
      decisions.action[i * spec.slots] = choose(eligible, draws.uniform());
      decisions.propensity.fill(1, i * spec.slots, (i + 1) * spec.slots);
      decisions.bid[i] = bid;
    }
    world.truth.predict(requests, truth);
    world.step(requests, [decisions], [outcomes]);
    onTick(tick);
    played += requests.size;
  }
}

/** Everything that was seen and happened, as one string of numbers per tick. */
export function record(world: Environment, player: Player, seed: string, rows: number): string[] {
  const ticks: string[] = [];
  play(world, player, seed, rows, ({ requests: r, outcomes: o, truth }) => {
    const n = r.size;
    const columns = [r.impression, r.session, r.user, r.hour, o.won, o.cost, o.reward, o.ended].map((c) =>
      c.slice(0, n),
    );
    const wide = [r.context.data, r.eligible, r.hidden.data, o.click, o.conversion, o.revenue, truth.data];
    ticks.push([...columns, ...wide].map((c) => Array.from(c).join(' ')).join('\n'));
  });
  return ticks;
}

/** What one request of a session met: keyed by session and its place in it. */
interface Met {
  user: number;
  hour: number;
  action: number;
  won: number;
  click: number;
  conversion: number;
  truth: number;
  ended: number;
}

export function meetings(world: Environment, player: Player, rows: number): Map<string, Met> {
  const met = new Map<string, Met>();
  const steps = new Map<number, number>();
  const { slots, actions } = world.spec;
  play(world, player, 'same', rows, ({ requests: r, decisions: x, outcomes: o, truth }) => {
    for (let i = 0; i < r.size; i++) {
      const step = steps.get(r.session[i]) ?? 0;
      steps.set(r.session[i], step + 1);
      const action = x.action[i * slots];
      met.set(`${r.session[i]}:${step}`, {
        user: r.user[i],
        hour: r.hour[i],
        action,
        won: o.won[i],
        click: o.click[i * slots],
        conversion: o.conversion[i * slots],
        truth: truth.data[i * actions.length + Math.max(0, action)],
        ended: o.ended[i],
      });
    }
  });
  return met;
}
