/**
 * A small world with a known answer, for tests of models and estimators: users with latent taste z, a noisy view of it
 * as context, a logistic click, a uniform behaviour policy. Three requests a session, two sessions a user, five days.
 */
import { decisionsOf, outcomesOf, requestsOf } from '../../src/core/batch.ts';
import { CATEGORY_NAMES } from '../../src/core/contracts.ts';
import type { ActionTable, ImpressionLog } from '../../src/core/contracts.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';

export interface ToyOptions {
  rows?: number;
  /** k ≤ 10, one category each. */
  actions?: number;
  /** Columns of context beside the affinities (k) and the hour (2). */
  noiseColumns?: number;
  /** Base log-odds of a click; −2 makes about 15 %. */
  logOdds?: number;
  /** Weight of taste in the log-odds; 0 makes clicks pure noise. */
  signal?: number;
  /** Spread of the noise between taste and what is seen of it. */
  blur?: number;
  seed?: string;
}

export interface ToyLog {
  log: ImpressionLog;
  actions: ActionTable;
  contextNames: readonly string[];
}

/** A log of uniformly random actions with its truth. A pure function of the options. */
export function toyLog(options: ToyOptions = {}): ToyLog {
  const { rows: m = 4000, actions: k = 5, noiseColumns = 2, logOdds = -1.5, signal = 1.2, blur = 0.5 } = options;
  const random = randomFrom(options.seed ?? 'toy');
  const contextNames = [
    ...CATEGORY_NAMES.slice(0, k).map((name) => `affinity:${name}`),
    'hour-sine',
    'hour-cosine',
    ...Array.from({ length: noiseColumns }, (_, j) => `noise-${j}`),
  ];
  const d = contextNames.length;
  const shape = { rows: m, context: d, actions: k, slots: 1 };
  const requests = { ...requestsOf(shape), size: m };
  const decisions = decisionsOf(shape, true);
  const outcomes = outcomesOf({ ...shape, context: 0 });
  const truth = matrix(m, k);
  const [taste, seen, clicks, choices] = ['taste', 'seen', 'clicks', 'choices'].map((name) => random.stream(name));
  requests.eligible.fill(1);
  outcomes.won.fill(1);
  decisions.propensity.fill(1 / k);
  decisions.bid.fill(1);
  decisions.distribution?.data.fill(1 / k);
  for (let i = 0; i < m; i++) {
    const session = Math.floor(i / 3);
    const user = Math.floor(session / 2);
    requests.impression[i] = i;
    requests.session[i] = session;
    requests.user[i] = user;
    requests.hour[i] = (120 * i) / m;
    const angle = (2 * Math.PI * requests.hour[i]) / 24;
    const x = requests.context.data.subarray(i * d, (i + 1) * d);
    for (let a = 0; a < k; a++) {
      const z = taste.normal(user, a);
      x[a] = z + blur * seen.normal(i, a);
      const score = logOdds + signal * (0.25 * (a / k) + z + 0.4 * z * Math.sin(angle));
      truth.data[i * k + a] = 1 / (1 + Math.exp(-score));
    }
    x[k] = Math.sin(angle);
    x[k + 1] = Math.cos(angle);
    for (let j = 0; j < noiseColumns; j++) x[k + 2 + j] = seen.normal(i, k + j);
    const action = Math.floor(choices.uniform(i, 0) * k);
    decisions.action[i] = action;
    outcomes.click[i] = clicks.uniform(i, 0) < truth.data[i * k + action] ? 1 : 0;
    outcomes.reward[i] = outcomes.click[i];
    outcomes.ended[i] = i % 3 === 2 ? 1 : 0;
  }
  const actions = toyActions(k);
  const spec = {
    contextNames,
    actions: actions.names,
    slots: 1,
    rewardUnit: 'click',
    rewardRange: [0, 1] as const,
    schemaVersion: 1,
  };
  return { log: { size: m, spec, requests, decisions, outcomes, truth }, actions, contextNames };
}

/** k actions, one per category, with two features. */
function toyActions(k: number): ActionTable {
  const features = matrix(k, 2);
  for (let a = 0; a < k; a++) features.data.set([a / k, a % 2], 2 * a);
  return {
    size: k,
    names: CATEGORY_NAMES.slice(0, k).map((name) => `${name}-ad`),
    creative: Int32Array.from({ length: k }, (_, a) => a),
    priceUsd: new Float64Array(k).fill(20),
    category: Int32Array.from({ length: k }, (_, a) => a),
    campaign: new Int32Array(k),
    features,
    featureNames: ['rank', 'parity'],
  };
}
