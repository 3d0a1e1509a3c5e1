/** Budgets that last: the controller, and what it makes of spending. */
import { describe, expect, it } from 'vitest';
import { pid } from '../../../src/agents/bidding/pid.ts';
import { playToy } from './toy-market.ts';
import type { ToyMarket } from './toy-market.ts';

const MARKET: ToyMarket = { mu: Math.log(0.03), sigma: 0.7, requests: 20_000, spread: 0.5, lanes: 64 };
/** About what truthful bids spend here in 20,000 requests [USD]. */
const UNLIMITED = 226;

describe('pid', () => {
  it('is its three terms', () => {
    const controller = pid({ proportional: 0.5, integral: 0.25, derivative: 2 }, -100, 100);
    controller.update(1);
    expect(controller.signal).toBe(0.5 + 0.25 + 2);
    controller.update(-3);
    expect(controller.signal).toBe(-1.5 + 0.25 * -2 + 2 * -4);
  });

  it('does not wind up: it turns at once, however long it was cut', () => {
    const controller = pid({ proportional: 0, integral: 1, derivative: 0 }, -2, 0);
    for (let t = 0; t < 1000; t++) controller.update(-1);
    expect(controller.signal).toBe(-2);
    controller.update(1);
    expect(controller.signal).toBe(-1);
    for (let t = 0; t < 1000; t++) controller.update(1);
    expect(controller.signal).toBe(0);
    controller.update(-1);
    expect(controller.signal).toBe(-1);
  });
});

describe('paced bids', () => {
  it.each([0.1, 0.3, 0.7].flatMap((share) => [1, 2, 3].map((seed) => [share, String(seed)] as const)))(
    'spend 95 % or more of a share %d of what truthful bids would, evenly (seed %s)',
    (share, seed) => {
      const budget = share * UNLIMITED;
      const world = { ...MARKET, budgets: [budget] };
      const { spent, spentBy, surplus } = playToy(world, { kind: 'paced', model: 'known' }, seed);
      expect(spent / budget).toBeGreaterThan(0.95);
      expect(spent / budget).toBeLessThanOrEqual(1 + 1e-9);
      // The first tenth holds the way from truthful bids down.
      for (const tenth of spentBy.slice(1)) expect(Math.abs(tenth / (budget / 10) - 1)).toBeLessThan(0.3);

      const truthful = playToy(world, { kind: 'truthful', model: 'known' }, seed);
      const late = truthful.spentBy.slice(Math.ceil(10 * share) + 1).reduce((a, b) => a + b);
      expect(late).toBeLessThan(0.01 * budget);
      expect(surplus).toBeGreaterThan(truthful.surplus * 1.2);
    },
  );

  it('bid the worth itself where the budget is more than enough', () => {
    const world = { ...MARKET, budgets: [10 * UNLIMITED] };
    const paced = playToy(world, { kind: 'paced', model: 'known' }, '1');
    expect(paced).toEqual(playToy(world, { kind: 'truthful', model: 'known' }, '1'));
  });

  it('spend every campaign’s budget on its own plan', () => {
    const budgets = [30, 5];
    const spent = [0, 0];
    playToy({ ...MARKET, budgets }, { kind: 'paced', model: 'known' }, '1', ({ requests, decisions, outcomes }) => {
      for (let i = 0; i < requests.size; i++) spent[decisions.action[i] % 2] += outcomes.cost[i];
    });
    budgets.forEach((budget, j) => expect(spent[j] / budget).toBeGreaterThan(0.95));
  });

  it('spread each day’s budget over its day', () => {
    // 20,000 requests in four days: a day is 5,000.
    const world: ToyMarket = { ...MARKET, dailyBudgetUsd: 12, requestsPerHour: 5000 / 24 };
    const byQuarterDay = new Float64Array(16);
    playToy(world, { kind: 'paced', model: 'known' }, '1', ({ requests, outcomes }) => {
      for (let i = 0; i < requests.size; i++) byQuarterDay[Math.floor(requests.hour[i] / 6)] += outcomes.cost[i];
    });
    for (let day = 0; day < 4; day++) {
      const quarters = [...byQuarterDay.subarray(4 * day, 4 * day + 4)];
      expect(quarters.reduce((a, b) => a + b) / 12).toBeGreaterThan(0.9);
      for (const quarter of quarters.slice(day === 0 ? 1 : 0)) expect(Math.abs(quarter / 3 - 1)).toBeLessThan(0.5);
    }
  });

  it('hold their plan where clicks are sold, few and dear', () => {
    const world: ToyMarket = { ...MARKET, unit: 'click', mu: Math.log(0.6), valuePerClickUsd: 1, budgets: [60] };
    const { spent, spentBy } = playToy(world, { kind: 'paced' }, '1');
    expect(spent / 60).toBeGreaterThan(0.95);
    for (const tenth of spentBy.slice(1)) expect(Math.abs(tenth / 6 - 1)).toBeLessThan(0.6);
  });
});
