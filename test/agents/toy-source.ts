/**
 * Requests and outcomes for tests of agents: not a market, only a source of columns with every awkward case in them.
 * Row i is a session of three requests; some rows allow one action only; some auctions are lost; clicks depend on
 * action and context.
 */
import type { AgentSetup } from '../../src/agents/registry.ts';
import { decide } from '../../src/agents/decide.ts';
import { uniform } from '../../src/agents/context-free/uniform.ts';
import { decisionsOf, outcomesOf, trueRequestsOf } from '../../src/core/batch.ts';
import { GOES_ON, TERMINATED, TRUNCATED } from '../../src/core/contracts.ts';
import { impressionLog } from '../../src/core/log.ts';
import type {
  Agent,
  Decisions,
  ImpressionLog,
  LogSpec,
  Outcomes,
  RewardModel,
  TrueRequests,
  TruthModel,
} from '../../src/core/contracts.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import type { Random } from '../../src/core/random.ts';

export const CONTEXT = ['intercept', 'affinity-a', 'affinity-b', 'affinity-c', 'session-annoyance'];

export interface Tick {
  requests: TrueRequests;
  decisions: Decisions;
  outcomes: Outcomes;
}

/** Empty columns for n rows and k actions. */
export function toyTick(n: number, k: number): Tick {
  const shape = { rows: n, context: CONTEXT.length, actions: k, slots: 1 };
  return { requests: trueRequestsOf(shape, 1), decisions: decisionsOf(shape, true), outcomes: outcomesOf(shape) };
}

/** Tick number t: a pure function of its arguments. */
export function fillRequests(requests: TrueRequests, t: number, k: number, random: Random): void {
  const n = requests.eligible.length / k;
  const d = CONTEXT.length;
  requests.size = n;
  for (let i = 0; i < n; i++) {
    const id = t * n + i;
    const draw = (j: number): number => random.uniform(id, j);
    requests.impression[i] = id;
    requests.session[i] = Math.floor(t / 3) * n + i;
    requests.user[i] = i;
    requests.hour[i] = t;
    requests.context.data[i * d] = 1;
    for (let j = 1; j < d; j++) requests.context.data[i * d + j] = draw(j);
    requests.hidden.data[i] = draw(d);
    const all = draw(d + 1) < 0.6;
    for (let a = 0; a < k; a++) requests.eligible[i * k + a] = all || draw(d + 2 + a) < 0.4 ? 1 : 0;
    requests.eligible[i * k + Math.floor(draw(d + 2 + k) * k)] = 1;
  }
}

/** What the world answers to the decisions: a pure function of request and action. */
export function answer(tick: Tick, k: number, random: Random): void {
  const { requests, decisions, outcomes } = tick;
  for (let i = 0; i < requests.size; i++) {
    const action = decisions.action[i];
    const id = requests.impression[i];
    const luck = random.uniform(id, 1000);
    outcomes.won[i] = action >= 0 && random.uniform(id, 1001) < 0.9 ? 1 : 0;
    outcomes.slot[i] = outcomes.won[i] - 1;
    outcomes.reward[i] = outcomes.won[i] && luck < clickRate(requests, i, action, k) ? 1 : 0;
    outcomes.click[i] = outcomes.reward[i];
    const left = random.uniform(id, 1002);
    outcomes.ended[i] = left < 0.2 ? TERMINATED : left < 0.3 ? TRUNCATED : GOES_ON;
  }
}

/** E[reward | everything] of action a in row i. */
export function clickRate(requests: TrueRequests, i: number, a: number, k: number): number {
  const x = requests.context.data[i * CONTEXT.length + 1 + (a % 3)];
  return 0.1 + 0.4 * x + 0.2 * requests.hidden.data[i] * (a / k);
}

/** What agents are made from: k actions, a truth, and two models. */
export function toySetup(k: number, seed = 'toy'): AgentSetup {
  const truth: TruthModel = {
    predict(requests, out) {
      for (let i = 0; i < requests.size; i++) {
        for (let a = 0; a < k; a++) out.data[i * k + a] = clickRate(requests, i, a, k);
      }
    },
    page(requests, action, out) {
      for (let i = 0; i < requests.size; i++) out[i] = action[i] < 0 ? 0 : clickRate(requests, i, action[i], k);
    },
  };
  const model: RewardModel = {
    predict(requests, out) {
      for (let i = 0; i < requests.size; i++) {
        for (let a = 0; a < k; a++) out.data[i * k + a] = requests.context.data[i * CONTEXT.length + 1 + (a % 3)];
      }
    },
  };
  const names = Array.from({ length: k }, (_, a) => `creative ${a}`);
  const spec = {
    contextNames: CONTEXT,
    actions: names,
    slots: 1,
    rewardUnit: 'click',
    schemaVersion: 1,
    rewardRange: [0, 1] as const,
  };
  return {
    requests: 10_000,
    spec,
    log: { rows: toyLog(k, spec), tickRows: 16 },
    actions: {
      size: k,
      names,
      creative: Int32Array.from(names, (_, a) => a),
      priceUsd: new Float64Array(k).fill(10),
      category: new Int32Array(k),
      campaign: new Int32Array(k),
      features: matrix(k, 0),
      featureNames: [],
    },
    random: randomFrom(seed),
    truth,
    models: new Map([
      ['logistic', model],
      ['observable', model],
    ]),
  };
}

export type MakeAgent = (setup: AgentSetup) => Agent;

/** What even odds brought in twenty ticks of sixteen rows. */
function toyLog(k: number, spec: LogSpec): ImpressionLog {
  const log = impressionLog(spec, { capacity: 320 });
  const random = randomFrom('toy log');
  const tick = toyTick(16, k);
  for (let t = 0; t < 20; t++) {
    fillRequests(tick.requests, t, k, random);
    decide(uniform(k), tick.requests, random.stream('draws'), tick.decisions, matrix(16, k));
    answer(tick, k, random);
    log.append(tick.requests, tick.decisions, tick.outcomes);
  }
  return log;
}
