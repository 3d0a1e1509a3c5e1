/** What bidders believe an ad to be worth, and that bidding it leaves nothing to regret in a second-price auction. */
import { describe, expect, it } from 'vitest';
import { createBidder } from '../../../src/agents/bidding/registry.ts';
import { valuation } from '../../../src/agents/bidding/valuation.ts';
import { createAgent } from '../../../src/agents/registry.ts';
import { decisionsOf, outcomesOf, trueRequestsOf } from '../../../src/core/batch.ts';
import type { Decisions, Outcomes, TrueRequests } from '../../../src/core/contracts.ts';
import { auctionRegret } from '../../../src/core/auction-regret.ts';
import { InputError } from '../../../src/core/errors.ts';
import { playToy, toySetup } from './toy-market.ts';
import type { ToyMarket } from './toy-market.ts';

const PRIORS = { priorImpressions: 200, priorClicks: 10, priorCtr: 0.02 };
const WORLD: ToyMarket = { mu: Math.log(0.03), sigma: 0.7, requests: 5000, spread: 0.5 };

function rows(n: number, k: number): { requests: TrueRequests; decisions: Decisions; outcomes: Outcomes } {
  const shape = { rows: n, context: 1, actions: k, slots: 1 };
  const requests = trueRequestsOf(shape, 0);
  requests.size = n;
  requests.eligible.fill(1);
  requests.context.data.fill(1);
  for (let i = 0; i < n; i++) requests.impression[i] = i;
  return { requests, decisions: decisionsOf(shape), outcomes: outcomesOf(shape) };
}

describe('truthful bids', () => {
  it.each([0, 0.02])('neither over- nor underbid in a second-price auction with the reserve %d', (reserveUsd) => {
    let over = 0;
    let under = 0;
    let compared = 0;
    const world = { ...WORLD, reserveUsd };
    playToy(world, { kind: 'truthful', model: 'known' }, '1', ({ requests, outcomes, rival, value, decisions }) => {
      for (let i = 0; i < requests.size; i++) {
        const regret = auctionRegret({
          best: value[i],
          value: value[i],
          estimate: decisions.estimate[i],
          bid: decisions.bid[i],
          won: outcomes.won[i] === 1,
          price: rival[i],
          second: rival[i],
        });
        // Winning at a loss is overbidding too.
        over += regret.overbid + (outcomes.won[i] === 1 ? Math.max(0, rival[i] - value[i]) : 0);
        under += regret.underbid;
        compared++;
        expect(decisions.estimate[i]).toBeCloseTo(value[i], 15);
      }
    });
    expect([over, under, compared]).toEqual([0, 0, 5000]);
  });

  it('earn nothing in a first-price auction, and there less than any shade of them', () => {
    const world: ToyMarket = { ...WORLD, mechanism: 'first-price' };
    const surplus = (factor: number): number => playToy(world, { kind: 'shaded', factor, model: 'known' }, '1').surplus;
    const truthful = playToy(world, { kind: 'truthful', model: 'known' }, '1');
    expect(truthful.surplus).toBeCloseTo(0, 10);
    expect(truthful.wins).toBeGreaterThan(1000);
    for (const factor of [0.9, 0.7, 0.5]) expect(surplus(factor)).toBeGreaterThan(1);
  });
});

describe('worth', () => {
  it('is learned per ad, and approaches the truth', () => {
    const world: ToyMarket = {
      ...WORLD,
      spread: 0,
      requests: 60_000,
      valuePerClickUsd: 2,
      ctr: [0.02, 0.05, 0.1, 0.2],
    };
    let last = new Map<number, number>();
    playToy(world, { kind: 'truthful' }, '1', ({ requests, decisions }) => {
      last = new Map(Array.from({ length: requests.size }, (_, i) => [decisions.action[i], decisions.estimate[i]]));
    });
    // 2 USD × CTR; at the least clicked ad about 0.1 of the value is one standard error: α < 1e-6 at 5 of them.
    for (const [action, estimate] of last) {
      const truth = 2 * (world.ctr?.[action] ?? 0);
      expect(Math.abs(estimate / truth - 1), `ad ${action}`).toBeLessThan(5 * Math.sqrt(1 / (truth * 4000)));
    }
    expect(last.size).toBe(4);
  });

  it('of a click is what clicks bring before their price, where rewards are in USD', () => {
    const world: ToyMarket = { ...WORLD, spread: 0, rewardUnit: 'USD', unit: 'click', mu: 0, valuePerClickUsd: 3 };
    const setup = { ...toySetup({ ...world, valuePerClickUsd: 1 }), bidUsd: 0 };
    const worth = valuation(PRIORS, setup);
    const { requests, decisions, outcomes } = rows(100, 4);
    decisions.action.fill(2);
    worth.estimate(requests, decisions);
    expect(decisions.estimate[0]).toBe(1);
    outcomes.slot.fill(0);
    outcomes.click.fill(1);
    outcomes.cost.fill(0.4);
    outcomes.reward.fill(3 - 0.4);
    worth.learn(requests, decisions, outcomes);
    decisions.action[1] = 0;
    worth.estimate(requests, decisions);
    // All clicks together: (100·(3 − 1))/(100 + 10) above the prior of 1; the ad's own: (300 + 10·that)/(100 + 10).
    const pooled = 1 + 200 / 110;
    expect(decisions.estimate[0]).toBeCloseTo((300 + 10 * pooled) / 110, 12);
    expect(decisions.estimate[1]).toBeCloseTo(pooled, 12);
  });

  it('takes in conversions that come late, of clicks inside their window', () => {
    const setup = { ...toySetup({ ...WORLD, rewardUnit: 'USD', unit: 'click' }), bidUsd: 0 };
    setup.spec = { ...setup.spec, conversionWindowHours: 10 };
    const worth = valuation(PRIORS, setup);
    const { requests, decisions, outcomes } = rows(10, 4);
    decisions.action.fill(1);
    outcomes.slot.fill(0);
    outcomes.click.fill(1);
    worth.learn(requests, decisions, outcomes);
    worth.estimate(requests, decisions);
    const before = decisions.estimate[0];
    outcomes.click.fill(0);
    const late = { impression: 4, slot: 0, revenueUsd: 50, reward: 20, delayHours: 3 };
    worth.learn(requests, decisions, { ...outcomes, late: [late, { ...late, impression: 999 }] });
    worth.estimate(requests, decisions);
    // Shares of ad 1 in its own mean and in the mean of all: 20/20, and half of 20/20.
    expect(decisions.estimate[0]).toBeCloseTo(before + 20 / 20 + 0.5 * (20 / 20), 12);
    requests.hour.fill(100);
    worth.learn(requests, decisions, outcomes);
    const kept = decisions.estimate[0];
    worth.learn(requests, decisions, { ...outcomes, late: [late] });
    worth.estimate(requests, decisions);
    expect(decisions.estimate[0]).toBe(kept);
  });

  it('is the truth for agents that see everything', () => {
    const setup = toySetup(WORLD);
    const truth = {
      predict: (requests: { size: number }, out: { data: Float64Array }) => out.data.fill(0.25, 0, 4 * requests.size),
      page: () => {},
    };
    const agent = createAgent({ kind: 'oracle', bidding: { kind: 'truthful' } }, { ...setup, truth });
    const { requests, decisions } = rows(3, 4);
    decisions.action.set([1, -1, 3]);
    agent.bid(requests, decisions);
    expect([...decisions.bid]).toEqual([0.25, 0, 0.25]);
  });

  it('is refused where nothing says what it is, or a model is not there', () => {
    const setup = { ...toySetup({ ...WORLD, valuePerClickUsd: 0 }), bidUsd: 0 };
    expect(() => createBidder({ kind: 'truthful' }, setup)).toThrow(/^bidding\.valuePerClickUsd: nothing says/);
    expect(() => createBidder({ kind: 'truthful', valuePerClickUsd: 2 }, setup)).not.toThrow();
    expect(() => createBidder({ kind: 'truthful', valuePerClickUsd: 2, model: 'mlp' }, setup)).toThrow(
      /^bidding\.model: there is no model named "mlp" \(trained: known\)/,
    );
  });

  it('refuses what is no number, and learns nothing of its tick', () => {
    const setup = { ...toySetup({ ...WORLD, rewardUnit: 'USD' }), bidUsd: 0 };
    const bidder = createBidder({ kind: 'truthful' }, setup);
    const { requests, decisions, outcomes } = rows(2, 4);
    decisions.action.fill(0);
    bidder.bid(requests, decisions);
    const before = [...decisions.bid];
    outcomes.slot.fill(0);
    outcomes.click.fill(1);
    outcomes.reward.set([1, Number.NaN]);
    expect(() => bidder.learn(requests, decisions, outcomes)).toThrow(InputError);
    bidder.bid(requests, decisions);
    expect([...decisions.bid]).toEqual(before);
  });
});
