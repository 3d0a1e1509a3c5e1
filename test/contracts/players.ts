/** Players for the contract of environments, and what they met. */
import { createHash } from 'node:crypto';
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
  /** (n) expected reward of the page decided on. */
  value: Float64Array;
}

/** Plays whole ticks until `rows` requests are played; the buffers are used again. */
export function play(...how: How): void {
  playTicks(true, ...how);
}

/** The same with truth and value left at 0: they cost as much as the world. */
export function playUnvalued(...how: How): void {
  playTicks(false, ...how);
}

type How = [world: Environment, player: Player, seed: string, rows: number, onTick: (tick: Tick) => void];

function playTicks(valued: boolean, ...[world, player, seed, rows, onTick]: How): void {
  const { spec } = world;
  const k = spec.actions.length;
  const shape = { rows: spec.lanes, context: spec.contextNames.length, actions: k, slots: spec.slots };
  const L = spec.slots;
  const tick: Tick = {
    requests: trueRequestsOf(shape, spec.hiddenSize),
    decisions: decisionsOf(shape),
    outcomes: outcomesOf(shape),
    truth: matrix(spec.lanes, k),
    value: new Float64Array(spec.lanes),
  };
  const { requests, decisions, outcomes, truth, value } = tick;
  // The others in the market do the same whoever plays: any ad, at a constant bid.
  const rivals = Array.from({ length: spec.players - 1 }, () => decisionsOf(shape));
  const rivalOutcomes = rivals.map(() => outcomesOf(shape));
  const rivalRequests = trueRequestsOf(shape, spec.hiddenSize);
  const draws = randomFrom('players').sequence();
  const rivalDraws = randomFrom('rival players').sequence();
  world.reset(seed);
  let played = 0;
  while (played < rows && world.observe(requests)) {
    fill(requests, decisions, PLAYERS[player], draws);
    rivals.forEach((rival, r) => {
      world.observe(rivalRequests, r + 1);
      fill(rivalRequests, rival, { ...PLAYERS.any, bid: 0.004 * (r + 1) }, rivalDraws);
    });
    if (valued) {
      world.truth.predict(requests, truth);
      world.truth.page(requests, decisions.action, value);
    }
    world.step(requests, [decisions, ...rivals], [outcomes, ...rivalOutcomes]);
    onTick(tick);
    played += requests.size;
  }

  /** Fills every page from the top, each ad at most once. */
  function fill(
    { size, eligible }: TrueRequests,
    out: Decisions,
    { bid, choose }: { bid: number; choose: (eligible: number[], u: number) => number },
    luck: { uniform(): number },
  ): void {
    for (let i = 0; i < size; i++) {
      const left: number[] = [];
      for (let a = 0; a < k; a++) if (eligible[i * k + a] === 1) left.push(a);
      for (let l = 0; l < L; l++) {
        const u = luck.uniform();
        const action = left.length === 0 ? -1 : choose(left, u);
        out.action[i * L + l] = action;
        if (action >= 0) left.splice(left.indexOf(action), 1);
      }
      out.propensity.fill(1, i * L, (i + 1) * L);
      out.bid[i] = bid;
    }
  }
}

/** Everything that was seen and happened, as one digest per tick. */
export function record(world: Environment, player: Player, seed: string, rows: number): string[] {
  const ticks: string[] = [];
  play(world, player, seed, rows, ({ requests: r, outcomes: o, truth, value }) => {
    const columns = [r.impression, r.session, r.user, r.hour, o.won, o.reward, o.ended].map((c) =>
      c.subarray(0, r.size),
    );
    const pages = [o.slot, o.cost, o.click, o.conversion, o.revenue, o.adReward];
    const wide = [r.context.data, r.eligible, r.hidden.data, ...pages, truth.data, value];
    const digest = createHash('sha256');
    for (const column of [...columns, ...wide]) digest.update(column);
    ticks.push(digest.update(JSON.stringify(o.late)).digest('hex'));
  });
  return ticks;
}

/** What one request of a session met: keyed by session and its place in it. */
interface Met {
  user: number;
  hour: number;
  action: number;
  /** Place of the first ad on the page; −1 where it was not shown. */
  place: number;
  click: number;
  conversion: number;
  truth: number;
  ended: number;
  /** [h] after which it was bought, 0 where it was not bought later. */
  late: number;
  /** What it took to win, in an auction. */
  toWin: number;
}

export function meetings(world: Environment, player: Player, rows: number): Map<string, Met> {
  const met = new Map<string, Met>();
  const steps = new Map<number, number>();
  const { slots, actions } = world.spec;
  const byImpression = new Map<number, Met>();
  play(world, player, 'same', rows, ({ requests: r, decisions: x, outcomes: o, truth }) => {
    for (let i = 0; i < r.size; i++) {
      const step = steps.get(r.session[i]) ?? 0;
      steps.set(r.session[i], step + 1);
      const action = x.action[i * slots];
      const one: Met = {
        user: r.user[i],
        hour: r.hour[i],
        action,
        place: o.slot[i * slots],
        click: o.click[i * slots],
        conversion: o.conversion[i * slots],
        truth: truth.data[i * actions.length + Math.max(0, action)],
        ended: o.ended[i],
        late: 0,
        toWin: world.minimumToWin?.[i] ?? Number.NaN,
      };
      met.set(`${r.session[i]}:${step}`, one);
      byImpression.set(r.impression[i], one);
    }
    for (const { impression, slot, delayHours } of o.late) {
      const one = byImpression.get(impression);
      if (one && slot === 0) one.late = delayHours;
    }
  });
  return met;
}
