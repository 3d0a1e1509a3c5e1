/**
 * Real headline tests as a world: an episode is one randomised test, its arms are the actions, and its click rates are
 * the truth. The world does not listen: who comes, and when they leave, is the same whatever is shown.
 *
 * Observed rates hold noise, so differences between arms look larger than they are; `truth: 'shrunk'` pulls every rate
 * towards its test's mean by the share of its spread that is noise (empirical Bayes).
 */
import type { ActionTable, Environment, EnvironmentSpec, TrueRequests, TruthModel } from '../core/contracts.ts';
import { CONVERTED, GOES_ON, NO_CONVERSION, TERMINATED, TRUNCATED } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import { matrix } from '../core/matrix.ts';
import { randomFrom, visitStep } from '../core/random.ts';
import type { Random } from '../core/random.ts';

/** What the world needs of headline tests. */
export interface TestedArms {
  /** (arms) test of each arm, 0 … tests − 1. */
  test: Int32Array;
  tests: number;
  /** (arms) > 0 */
  impressions: Float64Array;
  /** (arms) 0 … impressions */
  clicks: Float64Array;
}

export interface UpworthyOptions {
  /** k: only tests with at least so many arms are played, with their first k. Default 4. */
  arms?: number;
  /** Only tests whose first k arms had at least so many impressions each. Default 1000. */
  minImpressions?: number;
  /** What clicks are drawn from. Default 'observed': clicks / impressions. */
  truth?: 'observed' | 'shrunk';
  /** [h] after which the next test takes over; default Infinity: one test an episode. */
  hoursPerTest?: number;
  /** In [0, 1]: share of clicks that convert, worth nothing. The archive knows no conversions, so the default is 0. */
  conversionRate?: number;
  /** n: sessions side by side. Default 64. */
  lanes?: number;
  /** Default 1000. */
  requestsPerHour?: number;
  /** In (0, 1): chance that a user leaves after a request. Default 0.2; chosen. */
  leave?: number;
}

/** Requests of a session before it is cut; chosen, as in the market. */
const HORIZON = 20;
/** Enough that no user has two sessions at once. */
const USERS_PER_LANE = 200;

/**
 * A world over these tests; `reset(seed)` picks the test by seed. Actions are named 'arm-1' … 'arm-k' and have no
 * features but their number: which headline is which changes with the test, and an action table does not.
 * Throws `InputError` where no test is large enough.
 */
export function upworthyWorld(data: TestedArms, options: UpworthyOptions = {}): Environment {
  const { arms: k = 4, minImpressions = 1000, truth: kind = 'observed', hoursPerTest = Infinity } = options;
  const { conversionRate = 0, lanes: n = 64, requestsPerHour = 1000, leave = 0.2 } = options;
  if (k < 2) throw new InputError(`world.arms: ${k} leaves nothing to choose between; give at least 2`);
  const usable = ratesOf(data, k, minImpressions, kind);
  if (usable.length === 0) {
    throw new InputError(
      `world.arms: no test has ${k} arms with ${minImpressions} impressions each; lower arms or minImpressions`,
    );
  }
  const spec = specOf(k, n);
  const users = n * USERS_PER_LANE;
  const session = new Int32Array(n);
  const age = new Int32Array(n);
  let tick = -1;
  let sessions = 0;
  let firstTest = 0;
  let luck: Random | undefined;
  let [clicking, leaving, buying] = streams('');

  const truth: TruthModel = {
    predict(requests, out) {
      for (let i = 0; i < requests.size; i++) out.data.set(usable[requests.hidden.data[i]], i * k);
    },
    page(requests, action, out) {
      for (let i = 0; i < requests.size; i++) {
        out[i] = action[i] < 0 ? 0 : usable[requests.hidden.data[i]][action[i]];
      }
    },
  };

  return { spec, actions: actionsOf(spec), truth, reset, observe, step };

  function streams(seed: string, again = ''): [Random, Random, Random] {
    const root = randomFrom(seed).stream('upworthy');
    luck = again === '' ? root : root.stream('luck', again);
    return [luck.stream('click'), luck.stream('leave'), luck.stream('conversion')];
  }

  function reset(seed: string, again = ''): void {
    [clicking, leaving, buying] = streams(seed, again);
    firstTest = randomFrom(seed).stream('upworthy', 'test').sequence().integer(usable.length);
    for (let i = 0; i < n; i++) session[i] = i;
    age.fill(0);
    sessions = n;
    tick = 0;
  }

  function observe(out: TrueRequests): boolean {
    started();
    const hour = (tick * n) / requestsPerHour;
    const test = (firstTest + Math.floor(hour / hoursPerTest)) % usable.length;
    out.size = n;
    out.hour.fill(hour, 0, n);
    out.hidden.data.fill(test, 0, n);
    out.eligible.fill(1, 0, n * k);
    for (let i = 0; i < n; i++) {
      out.impression[i] = tick * n + i;
      out.session[i] = session[i];
      out.user[i] = session[i] % users;
      out.context.data[2 * i] = 1;
      out.context.data[2 * i + 1] = age[i] / HORIZON;
    }
    return true;
  }

  function step(requests: TrueRequests, ...[decisions, outcomes]: Tail<Parameters<Environment['step']>>): void {
    started();
    if (decisions.length !== 1 || outcomes.length !== 1) throw new RangeError('upworthy: one agent plays this world');
    if (requests.size !== n || requests.impression[0] !== tick * n) {
      throw new RangeError('upworthy: step was given other requests than observe filled last');
    }
    const { action } = decisions[0];
    for (let i = 0; i < n; i++) {
      if (!(action[i] >= -1 && action[i] < k)) {
        throw new RangeError(`upworthy: row ${i} shows action ${action[i]}; there are ${k}`);
      }
    }
    const o = outcomes[0];
    o.cost.fill(0, 0, n);
    o.late = [];
    for (let i = 0; i < n; i++) {
      const user = session[i] % users;
      const moment = visitStep(Math.floor(session[i] / users), age[i]);
      const a = action[i];
      const rate = a < 0 ? 0 : usable[requests.hidden.data[i]][a];
      const click = clicking.uniform(user, moment) < rate ? 1 : 0;
      const converts = click === 1 && buying.uniform(user, moment) < conversionRate;
      o.won[i] = a < 0 ? 0 : 1;
      o.slot[i] = a < 0 ? -1 : 0;
      o.click[i] = click;
      o.conversion[i] = converts ? CONVERTED : NO_CONVERSION;
      o.revenue[i] = converts ? 1 : 0;
      o.reward[i] = click;
      o.adReward[i] = click;
      age[i]++;
      o.ended[i] = leaving.uniform(user, moment) < leave ? TERMINATED : age[i] >= HORIZON ? TRUNCATED : GOES_ON;
      o.finalContext.data[2 * i] = 1;
      o.finalContext.data[2 * i + 1] = age[i] / HORIZON;
      if (o.ended[i] === GOES_ON) continue;
      session[i] = sessions++;
      age[i] = 0;
    }
    tick++;
  }

  function started(): void {
    if (tick < 0) throw new RangeError('upworthy: reset has not been called');
  }
}

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer R] ? R : never;

function specOf(k: number, lanes: number): EnvironmentSpec {
  return {
    name: 'upworthy',
    contextNames: ['intercept', 'session-step'],
    actions: Array.from({ length: k }, (_, a) => `arm-${a + 1}`),
    slots: 1,
    rewardUnit: 'click',
    rewardRange: [0, 1],
    schemaVersion: 1,
    lanes,
    hiddenSize: 1,
    sequential: false,
    visitsRespond: false,
    players: 1,
    limited: false,
    campaigns: [{ name: 'upworthy', budgetUsd: Infinity, dailyBudgetUsd: Infinity, valuePerClickUsd: 0 }],
  };
}

function actionsOf({ actions: names }: EnvironmentSpec): ActionTable {
  const k = names.length;
  return {
    size: k,
    names,
    creative: Int32Array.from(names, (_, a) => a),
    priceUsd: new Float64Array(k).fill(1),
    category: new Int32Array(k),
    campaign: new Int32Array(k),
    features: matrix(
      k,
      1,
      Float64Array.from(names, (_, a) => (a + 1) / k),
    ),
    featureNames: ['arm'],
  };
}

/** (usable tests)(k) click rate of each arm. */
function ratesOf(data: TestedArms, k: number, least: number, kind: 'observed' | 'shrunk'): Float64Array[] {
  const members = Array.from({ length: data.tests }, (): number[] => []);
  data.test.forEach((t, i) => members[t].push(i));
  return members.flatMap((of) => {
    const arms = of.slice(0, k);
    if (arms.length < k || arms.some((i) => data.impressions[i] < least)) return [];
    const trials = Float64Array.from(arms, (i) => data.impressions[i]);
    const observed = Float64Array.from(arms, (i) => data.clicks[i] / data.impressions[i]);
    return [kind === 'observed' ? observed : shrunk(observed, trials)];
  });
}

/**
 * Rates pulled towards the test's own: each keeps τ² / (τ² + noise), where τ² is the spread of the rates beyond
 * binomial noise, by moments (DerSimonian & Laird 1986), at least 0.
 */
export function shrunk(rates: Float64Array, trials: Float64Array): Float64Array {
  const total = trials.reduce((sum, m) => sum + m, 0);
  const mean = rates.reduce((sum, rate, a) => sum + rate * trials[a], 0) / total;
  const variance = mean * (1 - mean);
  if (variance === 0) return rates.slice();
  const q = rates.reduce((sum, rate, a) => sum + (trials[a] * (rate - mean) * (rate - mean)) / variance, 0);
  const effective = total - trials.reduce((sum, m) => sum + m * m, 0) / total;
  const between = Math.max(0, ((q - (rates.length - 1)) * variance) / effective);
  return rates.map((rate, a) => mean + ((rate - mean) * between) / (between + variance / trials[a]));
}
