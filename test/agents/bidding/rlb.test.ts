/** Bids under a budget: against brute force exactly, and against the other bidders as the paper's tables rank them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { withBidder } from '../../../src/agents/bidding/bidder.ts';
import { dayClock } from '../../../src/agents/bidding/day-clock.ts';
import { bestLevel, budgetValues, valueAt } from '../../../src/agents/bidding/budget-values.ts';
import { priceHistogram } from '../../../src/agents/bidding/price-histogram.ts';
import type { BiddingInput } from '../../../src/agents/bidding/registry.ts';
import { relativeWorths } from '../../../src/agents/bidding/rlb-samples.ts';
import { rlb } from '../../../src/agents/bidding/rlb.ts';
import type { KnownMarket } from '../../../src/agents/bidding/rlb.ts';
import { valuation } from '../../../src/agents/bidding/valuation.ts';
import { uniform } from '../../../src/agents/context-free/uniform.ts';
import { decisionsOf, outcomesOf, requestsOf } from '../../../src/core/batch.ts';
import type { Agent } from '../../../src/core/contracts.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { summarise } from '../../../src/core/statistics.ts';
import { playToy, toySetup } from './toy-market.ts';
import type { ToyMarket, ToyResult } from './toy-market.ts';

const PRIORS = { priorImpressions: 200, priorClicks: 10, priorCtr: 0.02 };

/** The most that b levels of budget can win in t auctions: every bid tried, nothing remembered. */
function brute(mass: readonly number[], worths: readonly number[], t: number, b: number): number {
  if (t === 0) return 0;
  let mean = 0;
  for (const worth of worths) {
    let best = -Infinity;
    for (let bid = -1; bid <= Math.min(b, mass.length - 1); bid++) {
      let won = 0;
      let chance = 0;
      for (let price = 0; price <= bid; price++) {
        won += mass[price] * (worth + brute(mass, worths, t - 1, b - price));
        chance += mass[price];
      }
      best = Math.max(best, won + (1 - chance) * brute(mass, worths, t - 1, b));
    }
    mean += best / worths.length;
  }
  return mean;
}

/** Random chances of D + 1 prices; what they lack to 1 is never won. */
function someMass(seed: string, D: number): number[] {
  const draw = randomFrom(seed).stream('mass').sequence();
  const raw = Array.from({ length: D + 2 }, () => draw.uniform());
  const sum = raw.reduce((a, b) => a + b);
  return raw.slice(0, D + 1).map((m) => m / sum);
}

const TINY = ['a', 'b', 'c', 'd'].flatMap((seed) => [
  { seed, D: 2, T: 4, B: 5, worths: [1] },
  { seed, D: 3, T: 3, B: 4, worths: [0.25, 1, 1.75] },
]);

describe('budget values', () => {
  it.each(TINY)('are those of brute force: %j', ({ seed, D, T, B, worths }) => {
    const mass = someMass(seed, D);
    const values = budgetValues(Float64Array.from(mass), T, B, worths);
    for (let t = 0; t <= T; t++) {
      for (let b = 0; b <= B; b++) expect(valueAt(values, t, b)).toBeCloseTo(brute(mass, worths, t, b), 12);
    }
  });

  it.each(TINY)('give bids that earn what they promise, over every sequence of prices: %j', ({ seed, D, T, B }) => {
    const mass = someMass(seed, D);
    const worths = [1];
    // All sequences of T prices; price D + 1 stands for what is never won.
    const chances = [...mass, 1 - mass.reduce((a, b) => a + b, 0)];
    let earned = 0;
    for (let code = 0; code < (D + 2) ** T; code++) {
      const prices = Array.from({ length: T }, (_, t) => Math.floor(code / (D + 2) ** t) % (D + 2));
      const chance = prices.reduce((product, price) => product * chances[price], 1);
      earned += chance * winsAt(prices, { unitUsd: 0.25, mass: Float64Array.from(mass), worths }, T, B);
    }
    expect(earned).toBeCloseTo(brute(mass, worths, T, B), 12);
  });

  it('bid more for what is worth more, never more than what is left, and all of it at the end', () => {
    const mass = Float64Array.from(someMass('e', 8));
    const values = budgetValues(mass, 20, 60);
    let last = -1;
    for (let worth = 0; worth < 3; worth += 0.05) {
      const level = bestLevel(values, 10, 20, worth, 8);
      expect(level).toBeGreaterThanOrEqual(last);
      last = level;
    }
    expect(last).toBe(8);
    expect(bestLevel(values, 10, 3, 3, 8)).toBe(3);
    expect(bestLevel(values, 0, 5, 0.1, 8)).toBe(5);
  });

  it('of many auctions are nearly those of few with the same budget each', () => {
    const mass = Float64Array.from(someMass('f', 10));
    const few = budgetValues(mass, 100, 200);
    const many = budgetValues(mass, 400, 800);
    for (const perAuction of [0.25, 0.5, 1, 1.5]) {
      const exact = valueAt(many, 400, 400 * perAuction);
      expect(Math.abs(valueAt(few, 400, 400 * perAuction) / exact - 1)).toBeLessThan(0.02);
    }
  });
});

/** Plays one sequence of price levels, one row a tick; returns the wins. */
function winsAt(prices: readonly number[], known: KnownMarket, T: number, B: number): number {
  const world: ToyMarket = { mu: 0, sigma: 1, requests: T, ctr: [0.1], budgets: [B * known.unitUsd] };
  const setup = { ...toySetup(world), bidUsd: 0 };
  const worth = valuation({ ...PRIORS, model: 'known' }, setup);
  const budgets = { whole: Float64Array.of(B * known.unitUsd), daily: Float64Array.of(Infinity) };
  const bidder = rlb(worth, { priceLevels: 1, horizon: 50 }, budgets, T, setup, known);
  const shape = { rows: 1, context: 1, actions: 1, slots: 1 };
  const requests = requestsOf(shape);
  const decisions = decisionsOf(shape);
  const outcomes = outcomesOf(shape);
  requests.size = 1;
  requests.context.data[0] = 1;
  requests.eligible.fill(1);
  decisions.action[0] = 0;
  let wins = 0;
  let left = B;
  for (const price of prices) {
    bidder.bid(requests, decisions);
    const won =
      price < known.mass.length && decisions.bid[0] >= price * known.unitUsd && !(decisions.bid[0] === 0 && price > 0);
    outcomes.slot[0] = won ? 0 : -1;
    outcomes.cost[0] = won ? price * known.unitUsd : 0;
    if (won) left -= price;
    expect(left).toBeGreaterThanOrEqual(0);
    wins += won ? 1 : 0;
    bidder.learn(requests, decisions, outcomes);
  }
  return wins;
}

describe('price histogram', () => {
  it('finds prices behind bids that mostly lose', () => {
    const mass = [0, 0.3, 0.1, 0.25, 0.05, 0.2];
    const histogram = priceHistogram(5);
    const draw = randomFrom('prices').stream('prices').sequence();
    const n = 200_000;
    for (let i = 0; i < n; i++) {
      let u = draw.uniform();
      let price = 0;
      while (price < 6 && u >= (mass[price] ?? 0)) u -= mass[price++] ?? 0;
      const bid = Math.floor(6 * draw.uniform() * draw.uniform());
      if (bid >= price) histogram.seen(price);
      else histogram.lost(bid);
    }
    const estimate = new Float64Array(6);
    histogram.estimate(estimate);
    // α = 1e-6 over six levels: the highest level rests on the fewest auctions, about n/30 bids of 5.
    mass.forEach((m, level) =>
      expect(Math.abs(estimate[level] - m), `level ${level}`).toBeLessThan(5.5 * Math.sqrt(m / (n / 30)) + 1e-3),
    );
  });

  it('may be made coarser: two levels become one', () => {
    const histogram = priceHistogram(4);
    for (const price of [1, 2, 2, 3, 4]) for (let i = 0; i < 1000; i++) histogram.seen(price);
    histogram.coarsen();
    const mass = new Float64Array(5);
    histogram.estimate(mass);
    [0, 0.6, 0.4, 0, 0].forEach((m, level) => expect(mass[level]).toBeCloseTo(m, 3));
  });

  it('keeps worths evenly, however many there were', () => {
    const worths = relativeWorths();
    for (let i = 0; i < 100_000; i++) worths.add(((i * 7919) % 100_000) / 50_000);
    Array.from(worths.quantiles()).forEach((w, q) => expect(w).toBeCloseTo((q + 0.5) / 8, 1));
  });
});

describe('a budget for each day', () => {
  it('is planned over the requests of the day, which come by hours', () => {
    const clock = dayClock();
    expect(clock.toMidnight(0)).toBe(Infinity);
    // Two days of 1 request every quarter of an hour by night, and 10 from noon on.
    for (let quarter = 1; quarter <= 192; quarter++) clock.add((quarter - 1) % 96 < 48 ? 1 : 10, quarter / 4);
    expect(clock.toMidnight(48)).toBeCloseTo(48 + 480, 9);
    expect(clock.toMidnight(66.5)).toBeCloseTo(22 * 10, 9);
  });

  it('lasts to its end, and is spent, though most of what is learned is learned when little is left', () => {
    // Eight days of 5,000 requests, ten times as many in an hour after noon as before: the first morning misleads.
    const requests = 40_000;
    const hours: number[] = Array.from({ length: 192 }, (_, h) => (h % 24 < 12 ? 1 : 10));
    const perDay = hours.reduce((a, b) => a + b) / 8;
    const starts = hours.map((_, h) => hours.slice(0, h).reduce((a, b) => a + b, 0) * (5000 / perDay));
    const hourOf = (row: number): number => {
      const h = starts.findLastIndex((start) => start <= row);
      return h + (row - starts[h]) / ((hours[h] * 5000) / perDay);
    };
    const world: ToyMarket = { ...MARKET, requests, lanes: 64, dailyBudgetUsd: 12, hourOf };
    const bySixth = new Float64Array(48);
    const { expectedClicks } = playToy(world, { kind: 'rlb', model: 'known' }, '1', ({ requests: rows, outcomes }) => {
      for (let i = 0; i < rows.size; i++) bySixth[Math.floor(rows.hour[i] / 4)] += outcomes.cost[i];
    });
    for (let day = 1; day < 8; day++) {
      const sixths = bySixth.subarray(6 * day, 6 * day + 6);
      expect(sixths.reduce((a, b) => a + b) / 12).toBeGreaterThan(0.95);
      sixths.forEach((usd, sixth) => {
        const planned = (12 * (sixth < 3 ? 1 : 10)) / 33;
        expect(Math.abs(usd - planned), `day ${day}: ${sixths.join(' ')}`).toBeLessThan(0.3 * planned + 0.35);
      });
    }
    expect(expectedClicks).toBeGreaterThan(
      1.7 * playToy(world, { kind: 'truthful', model: 'known' }, '1').expectedClicks,
    );
  });
});

it('every campaign spends its own budget, to the end', () => {
  const budgets = [20, 4];
  const byHalf = [0, 0, 0, 0];
  const world: ToyMarket = { ...MARKET, requests: 20_000, lanes: 64, budgets };
  playToy(world, { kind: 'rlb', model: 'known' }, '1', ({ requests, decisions, outcomes }) => {
    for (let i = 0; i < requests.size; i++) {
      byHalf[2 * (decisions.action[i] % 2) + (requests.impression[i] < 10_000 ? 0 : 1)] += outcomes.cost[i];
    }
  });
  byHalf.forEach((usd, half) => expect(Math.abs(usd / (budgets[half >> 1] / 2) - 1)).toBeLessThan(0.2));
});

/** As in the paper's tables: a budget of an eighth, or a sixteenth, of what all impressions cost. */
const MARKET = { mu: Math.log(0.03), sigma: 0.7, spread: 0.5, requests: 1000, lanes: 1 };
const MEAN_PRICE = 0.03 * Math.exp(0.245);
const SEEDS = Array.from({ length: 48 }, (_, s) => `rlb ${s}`);
const TRAINING = Array.from({ length: 8 }, (_, s) => `training ${s}`);
const EIGHTH: ToyMarket = { ...MARKET, budgets: [(MARKET.requests * MEAN_PRICE) / 8] };
const SIXTEENTH: ToyMarket = { ...MARKET, budgets: [(MARKET.requests * MEAN_PRICE) / 16] };

function results(world: ToyMarket, bidding: BiddingInput | (() => Agent), seeds = SEEDS): ToyResult[] {
  return seeds.map((seed) => playToy(world, typeof bidding === 'function' ? bidding() : bidding, seed));
}

/** The factor, or the bid, that wins most in the training episodes: what the paper's linear bidder is tuned to. */
function tuned(world: ToyMarket, make: (x: number) => BiddingInput, from: number, to: number): BiddingInput {
  let best = { won: -1, bidding: make(from) };
  for (let x = from; x <= to; x *= 1.06) {
    const won = summarise(TRAINING.map((seed) => playToy(world, make(x), seed).expectedClicks)).mean;
    if (won > best.won) best = { won, bidding: make(x) };
  }
  return best.bidding;
}

/** Bids with a market learned beforehand, from prices and worths of training episodes. */
function trained(world: ToyMarket): () => Agent {
  const D = 200;
  const unitUsd = 0.001;
  const mass = new Float64Array(D + 1);
  const worths: number[] = [];
  let n = 0;
  for (const seed of TRAINING) {
    playToy(world, { kind: 'fixed', bidUsd: 0 }, seed, ({ requests, rival, value }) => {
      for (let i = 0; i < requests.size; i++) {
        const level = Math.ceil(rival[i] / unitUsd);
        n++;
        if (level <= D) mass[level]++;
        worths.push(value[i]);
      }
    });
  }
  const mean = summarise(worths).mean;
  const sorted = Float64Array.from(worths, (w) => w / mean).sort();
  const quantiles = Array.from({ length: 16 }, (_, q) => sorted[Math.floor(((q + 0.5) / 16) * sorted.length)]);
  const known = { unitUsd, mass: mass.map((count) => count / n), worths: quantiles };
  return () => {
    const setup = { ...toySetup(world), bidUsd: 0 };
    const budgets = { whole: Float64Array.from(world.budgets ?? []), daily: Float64Array.of(Infinity) };
    const rule = { priceLevels: D, horizon: 100 };
    const bidder = rlb(valuation({ ...PRIORS, model: 'known' }, setup), rule, budgets, world.requests, setup, known);
    return withBidder(uniform(setup.actions.size), bidder);
  };
}

/** [low, high] of the mean paired difference in expected clicks, Student's t over seeds; α = 0.001 two-sided. */
function lead(a: readonly ToyResult[], b: readonly ToyResult[]): readonly [number, number] {
  const { interval } = summarise(
    a.map((one, s) => one.expectedClicks - b[s].expectedClicks),
    0.999,
  );
  return interval ?? [Number.NaN, Number.NaN];
}

describe.each([
  ['an eighth', EIGHTH],
  ['a sixteenth', SIXTEENTH],
] as const)('under %s of the market’s cost (48 seeds, paired)', (_name, world) => {
  let linear: ToyResult[];
  let constant: ToyResult[];
  let truthful: ToyResult[];
  let taught: ToyResult[];
  let online: ToyResult[];

  beforeAll(() => {
    linear = results(
      world,
      tuned(world, (factor) => ({ kind: 'shaded', factor, model: 'known' }), 0.12, 0.7),
    );
    constant = results(
      world,
      tuned(world, (bidUsd) => ({ kind: 'fixed', bidUsd }), 0.006, 0.025),
    );
    truthful = results(world, { kind: 'truthful', model: 'known' });
    taught = results(world, trained(world));
    online = results(world, { kind: 'rlb', model: 'known' }, SEEDS.slice(0, 24));
  });

  it('wins more clicks than truthful, fixed and linear bids, having learned the market before, as they have', () => {
    for (const other of [truthful, constant, linear]) expect(lead(taught, other)[0]).toBeGreaterThan(0);
    expect(lead(linear, constant)[0]).toBeGreaterThan(0);
    expect(lead(linear, truthful)[0]).toBeGreaterThan(0);
  });

  it('learning the market as it plays, beats truthful and fixed bids, and keeps up with linear ones tuned before', () => {
    for (const other of [truthful, constant]) expect(lead(online, other)[0]).toBeGreaterThan(0);
    const { mean } = summarise(linear.map(({ expectedClicks }) => expectedClicks));
    expect(lead(online, linear)[0]).toBeGreaterThan(-0.03 * mean);
  });

  it('spends no more than it has, and nearly all of it', () => {
    const budget = world.budgets?.[0] ?? 0;
    for (const { spent } of [...taught, ...online]) {
      expect(spent).toBeLessThanOrEqual(budget * (1 + 1e-9));
      expect(spent).toBeGreaterThan(0.9 * budget);
    }
  });
});
