/**
 * A market for tests of bidders, as small as one can be: every row is an auction against the highest of the rivals' bids,
 * which is log-normal; clicks depend on the ad and one column of context. Prices, wins and luck are pure functions of
 * (seed, row): bidders of one seed meet the same rivals and the same clicks.
 */
import { decide } from '../../../src/agents/decide.ts';
import { createAgent } from '../../../src/agents/registry.ts';
import type { AgentSetup } from '../../../src/agents/registry.ts';
import type { BiddingInput } from '../../../src/agents/bidding/registry.ts';
import { decisionsOf, outcomesOf, trueRequestsOf } from '../../../src/core/batch.ts';
import type {
  Agent,
  AuctionSpec,
  CampaignSpec,
  Decisions,
  Outcomes,
  Requests,
  RewardModel,
} from '../../../src/core/contracts.ts';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';

export interface ToyMarket {
  mechanism?: AuctionSpec['mechanism'];
  unit?: AuctionSpec['unit'];
  reserveUsd?: number;
  /** Mean and standard deviation of the log of the highest competing bid [log USD per unit]. */
  mu: number;
  sigma: number;
  requests: number;
  /** Rows of a tick. */
  lanes?: number;
  /** Mean click rate of each ad; their number is k. */
  ctr?: readonly number[];
  /** Spread of the log of the click rate over requests, as a model called `known` knows it. */
  spread?: number;
  valuePerClickUsd?: number;
  /** [USD] of each campaign; ads belong to them in turn. */
  budgets?: readonly number[];
  dailyBudgetUsd?: number;
  rewardUnit?: 'click' | 'USD';
  requestsPerHour?: number;
  /** [h] when a row comes, where that is not even. */
  hourOf?: (row: number) => number;
}

export interface ToyTick {
  requests: Requests;
  decisions: Decisions;
  outcomes: Outcomes;
  /** (n)[USD] the highest competing bid, or the reserve where that is higher. */
  rival: Float64Array;
  /** (n)[USD per unit] what the ad shown is truly worth. */
  value: Float64Array;
}

/** Sums over an episode; surplus is by the true worth, spending by tenth of the requests. */
export interface ToyResult {
  surplus: number;
  wins: number;
  clicks: number;
  /** Clicks expected of what was won: clicks without their luck. */
  expectedClicks: number;
  spent: number;
  spentBy: number[];
}

const CTR = [0.03, 0.05, 0.02, 0.04];

export function toySetup(world: ToyMarket, seed = 'toy'): AgentSetup {
  const ctr = world.ctr ?? CTR;
  const k = ctr.length;
  const budgets = world.budgets ?? [Infinity];
  const campaigns: CampaignSpec[] = budgets.map((budgetUsd, j) => ({
    name: `campaign ${j}`,
    budgetUsd,
    dailyBudgetUsd: world.dailyBudgetUsd ?? Infinity,
    valuePerClickUsd: world.valuePerClickUsd ?? 1,
  }));
  const known: RewardModel = {
    predict(requests, out) {
      for (let i = 0; i < requests.size; i++) {
        for (let a = 0; a < k; a++) out.data[i * k + a] = Math.min(1, ctr[a] * requests.context.data[i]);
      }
    },
  };
  const names = ctr.map((_, a) => `ad ${a}`);
  return {
    spec: {
      contextNames: ['appeal'],
      actions: names,
      slots: 1,
      rewardUnit: world.rewardUnit ?? 'click',
      schemaVersion: 1,
      auction: {
        mechanism: world.mechanism ?? 'second-price',
        unit: world.unit ?? 'impression',
        reserveUsd: world.reserveUsd ?? 0,
      },
      campaigns,
    },
    actions: {
      size: k,
      names,
      creative: Int32Array.from(names, (_, a) => a),
      priceUsd: new Float64Array(k).fill(50),
      category: new Int32Array(k),
      campaign: Int32Array.from(names, (_, a) => a % budgets.length),
      features: matrix(k, 0),
      featureNames: [],
    },
    random: randomFrom(seed).stream('agent'),
    models: new Map([['known', known]]),
    requests: world.requests,
  };
}

/** Plays an episode of uniformly chosen ads, with these bids, or with an agent's own. */
export function playToy(
  world: ToyMarket,
  bidding: BiddingInput | Agent,
  seed: string,
  onTick?: (tick: ToyTick) => void,
): ToyResult {
  const setup = toySetup(world, seed);
  const agent = 'distribution' in bidding ? bidding : createAgent({ kind: 'uniform', bidding }, setup);
  const { mechanism = 'second-price', unit = 'impression', reserveUsd = 0, mu, sigma, lanes = 64 } = world;
  const ctr = world.ctr ?? CTR;
  const k = ctr.length;
  const worthOfClick = world.valuePerClickUsd ?? 1;
  const random = randomFrom(seed);
  const [appeal, price, click, draws] = ['appeal', 'price', 'click', 'draws'].map((name) => random.stream(name));
  const shape = { rows: lanes, context: 1, actions: k, slots: 1 };
  const requests = trueRequestsOf(shape, 0);
  const decisions = decisionsOf(shape);
  const outcomes = outcomesOf(shape);
  const scratch = matrix(lanes, k);
  const rival = new Float64Array(lanes);
  const value = new Float64Array(lanes);
  const left = Float64Array.from(world.budgets ?? [Infinity]);
  const leftToday = left.map(() => world.dailyBudgetUsd ?? Infinity);
  const result: ToyResult = {
    surplus: 0,
    wins: 0,
    clicks: 0,
    expectedClicks: 0,
    spent: 0,
    spentBy: Array.from({ length: 10 }, () => 0),
  };
  const spread = world.spread ?? 0;
  requests.eligible.fill(1);
  let hour = 0;
  for (let t = 0; t * lanes < world.requests; t++) {
    requests.size = Math.min(lanes, world.requests - t * lanes);
    const now = world.hourOf?.(t * lanes) ?? (t * lanes) / (world.requestsPerHour ?? Infinity);
    if (Math.floor(now / 24) !== Math.floor(hour / 24)) leftToday.fill(world.dailyBudgetUsd ?? Infinity);
    hour = now;
    for (let i = 0; i < requests.size; i++) {
      const id = t * lanes + i;
      requests.impression[i] = id;
      requests.hour[i] = hour;
      requests.context.data[i] = Math.exp(spread * appeal.normal(id, 0) - (spread * spread) / 2);
      rival[i] = Math.max(reserveUsd, Math.exp(mu + sigma * price.normal(id, 0)));
    }
    // Where next to nothing is left of a day, nothing is eligible.
    for (let c = 0; c < lanes * k; c++) {
      requests.eligible[c] = leftToday[(c % k) % left.length] < 0.01 * (world.dailyBudgetUsd ?? 0) ? 0 : 1;
    }
    decide(agent, requests, draws, decisions, scratch);
    agent.bid(requests, decisions);
    for (let i = 0; i < requests.size; i++) {
      const id = requests.impression[i];
      const a = Math.max(0, decisions.action[i]);
      const p = Math.min(1, ctr[a] * requests.context.data[i]);
      value[i] = unit === 'click' ? worthOfClick : p * worthOfClick;
      const owed = mechanism === 'first-price' ? decisions.bid[i] : rival[i];
      const j = a % left.length;
      const won = decisions.bid[i] > 0 && decisions.bid[i] >= rival[i] && left[j] >= owed && leftToday[j] >= owed;
      const clicked = won && click.uniform(id, 0) < p;
      const cost = won && (unit === 'impression' || clicked) ? owed : 0;
      left[j] -= cost;
      leftToday[j] -= cost;
      outcomes.won[i] = won ? 1 : 0;
      outcomes.slot[i] = won ? 0 : -1;
      outcomes.click[i] = clicked ? 1 : 0;
      outcomes.cost[i] = cost;
      outcomes.reward[i] = world.rewardUnit === 'USD' ? (clicked ? worthOfClick : 0) - cost : outcomes.click[i];
      result.wins += outcomes.won[i];
      result.clicks += outcomes.click[i];
      result.expectedClicks += won ? p : 0;
      result.spent += cost;
      result.spentBy[Math.floor((10 * id) / world.requests)] += cost;
      result.surplus += won ? (unit === 'click' ? p : 1) * (value[i] - owed) : 0;
    }
    onTick?.({ requests, decisions, outcomes, rival, value });
    agent.learn(requests, decisions, outcomes, requests);
  }
  return result;
}
