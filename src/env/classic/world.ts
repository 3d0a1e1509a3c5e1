/** The textbook's small worlds behind the same contract as the market, so that the same agents can play them. */
import { GOES_ON, TERMINATED, TRUNCATED } from '../../core/contracts.ts';
import type {
  ActionTable,
  Environment,
  EnvironmentSpec,
  Outcomes,
  TrueRequests,
  TruthModel,
} from '../../core/contracts.ts';
import { matrix } from '../../core/matrix.ts';
import { normalQuantile } from '../../core/quantiles.ts';
import { randomFrom } from '../../core/random.ts';
import type { Random } from '../../core/random.ts';

/** The next uniform number in [0, 1) of the request at hand. */
export type Luck = () => number;

/** A standard normal number of such luck. */
export function normalOf(luck: Luck): number {
  return normalQuantile(openUnit(luck()));
}

/** u, or the half step above it where it is 0: quantiles end at infinity there. */
export function openUnit(u: number): number {
  return u === 0 ? 2 ** -54 : u;
}

/** How one lane moves. Its state is a few numbers at `at` in an array that all lanes share. */
export interface Dynamics {
  name: string;
  contextNames: readonly string[];
  actions: readonly string[];
  rewardRange?: readonly [number, number];
  /** Numbers in a lane's state. */
  stateSize: number;
  /** Requests after which a session is cut (truncated); default: none. */
  horizon?: number;
  /** Draws what is the same for all sessions of an episode: the means of arms, say. */
  reset?(random: Random): void;
  /** Before each request, whatever the lane; returns an action that from now on stands for another, or −1. */
  tide?(luck: Luck): number;
  /** Writes the first state of a session. */
  start(state: Float64Array, at: number, luck: Luck): void;
  /** Writes what the agent may see. */
  context(state: Float64Array, at: number, out: Float64Array, to: number): void;
  /** Default: every action, always. */
  eligible?(state: Float64Array, at: number, action: number): boolean;
  /** Moves the state and returns the reward; a session that ended leaves a state for which `isEnd` holds. */
  step(state: Float64Array, at: number, action: number, luck: Luck): number;
  isEnd(state: Float64Array, at: number): boolean;
  /** E[reward] of an action; NaN where nobody needs it. */
  expected(state: Float64Array, at: number, action: number): number;
}

/** Draws that one request may use: its second counter word. */
const DRAWS_PER_REQUEST = 1 << 16;

/** `lanes` sessions of the same dynamics side by side. Ends never: sessions follow each other. */
export function classicWorld(dynamics: Dynamics, lanes = 1): Environment {
  const { stateSize, contextNames, actions: names, horizon = Infinity } = dynamics;
  const d = contextNames.length;
  const k = names.length;
  const state = new Float64Array(lanes * stateSize);
  const age = new Int32Array(lanes);
  const session = new Int32Array(lanes);
  let random = randomFrom('classic');
  let tick = -1;
  let sessions = 0;
  let impression = 0;
  let draws = 0;
  const luck: Luck = () =>
    random.uniform(impression | 0, draws++ + DRAWS_PER_REQUEST * Math.floor(impression / 2 ** 32));

  const truth: TruthModel = {
    predict(requests, out) {
      for (let i = 0; i < requests.size; i++) {
        for (let a = 0; a < k; a++) out.data[i * k + a] = dynamics.expected(requests.hidden.data, i * stateSize, a);
      }
    },
    page(requests, action, out) {
      for (let i = 0; i < requests.size; i++) {
        out[i] = action[i] < 0 ? 0 : dynamics.expected(requests.hidden.data, i * stateSize, action[i]);
      }
    },
  };

  return { spec: specOf(dynamics, lanes), actions: actionTable(names), truth, reset, observe, step };

  function reset(seed: string, again = ''): void {
    const root = randomFrom(seed).stream('classic', dynamics.name);
    dynamics.reset?.(root.stream('world'));
    random = root.stream('luck', again);
    impression = 0;
    for (let i = 0; i < lanes; i++) begin(i);
    sessions = lanes;
    for (let i = 0; i < lanes; i++) session[i] = i;
    tick = 0;
  }

  /** The first state of lane i, by draws that no step uses: of the request before, and from the far end. */
  function begin(i: number): void {
    draws = DRAWS_PER_REQUEST / 2 + i * 64;
    dynamics.start(state, i * stateSize, luck);
    age[i] = 0;
  }

  function observe(out: TrueRequests): boolean {
    out.size = lanes;
    out.eligible.fill(1, 0, lanes * k);
    out.hidden.data.set(state);
    for (let i = 0; i < lanes; i++) {
      out.impression[i] = tick * lanes + i;
      out.session[i] = session[i];
      out.user[i] = i;
      out.hour[i] = tick;
      dynamics.context(state, i * stateSize, out.context.data, i * d);
      if (!dynamics.eligible) continue;
      for (let a = 0; a < k; a++) {
        if (!dynamics.eligible(state, i * stateSize, a)) out.eligible[i * k + a] = 0;
      }
    }
    return true;
  }

  function step(requests: TrueRequests, ...[[decisions], [o]]: Tail<Parameters<Environment['step']>>): void {
    o.late = [];
    const replaced: { row: number; action: number }[] = [];
    for (let i = 0; i < requests.size; i++) {
      const a = decisions.action[i];
      if (!(a >= 0 && a < k)) throw new RangeError(`${dynamics.name}: row ${i} shows action ${a}; there are ${k}`);
      impression = tick * lanes + i;
      draws = 0;
      const other = dynamics.tide?.(luck) ?? -1;
      if (other >= 0) replaced.push({ row: i, action: other });
      fillOutcome(o, i, dynamics.step(state, i * stateSize, a, luck));
      age[i]++;
      const over = dynamics.isEnd(state, i * stateSize);
      o.ended[i] = over ? TERMINATED : age[i] >= horizon ? TRUNCATED : GOES_ON;
      if (o.ended[i] === TRUNCATED) dynamics.context(state, i * stateSize, o.finalContext.data, i * d);
      if (o.ended[i] === GOES_ON) continue;
      begin(i);
      session[i] = sessions++;
    }
    o.replaced = replaced;
    tick++;
  }
}

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer R] ? R : never;

function fillOutcome(o: Outcomes, i: number, reward: number): void {
  o.won[i] = 1;
  o.slot[i] = 0;
  o.reward[i] = reward;
  o.click[i] = reward > 0 ? 1 : 0;
}

function specOf({ name, contextNames, actions, rewardRange, stateSize }: Dynamics, lanes: number): EnvironmentSpec {
  return {
    name,
    contextNames,
    actions,
    slots: 1,
    rewardUnit: 'reward',
    ...(rewardRange && { rewardRange }),
    schemaVersion: 1,
    lanes,
    hiddenSize: stateSize,
    sequential: true,
    visitsRespond: false,
    players: 1,
    limited: false,
    campaigns: [],
  };
}

function actionTable(names: readonly string[]): ActionTable {
  const k = names.length;
  return {
    size: k,
    names,
    creative: Int32Array.from(names, (_, a) => a),
    priceUsd: new Float64Array(k),
    category: new Int32Array(k),
    campaign: new Int32Array(k),
    features: matrix(k, 0),
    featureNames: [],
  };
}
