import { describe, expect, it } from 'vitest';
import { clockOf } from '../../src/env/clock.ts';
import { resolveWorld } from '../../src/env/config.ts';
import { pursesOf } from '../../src/env/purses.ts';
import type { Purses } from '../../src/env/purses.ts';

/** Two players with two campaigns each: $10 in all and $4 a day, paced; and no limit. */
function purses(): Purses {
  const config = resolveWorld({
    campaigns: [
      { name: 'small', categories: ['dress'], budgetUsd: 10, dailyBudgetUsd: 4, pacing: 'even' },
      { name: 'rest' },
    ],
  });
  const specs = config.campaigns.map(({ name, budgetUsd, dailyBudgetUsd, valuePerClickUsd }) => ({
    name,
    budgetUsd: budgetUsd ?? Infinity,
    dailyBudgetUsd: dailyBudgetUsd ?? Infinity,
    valuePerClickUsd,
  }));
  const made = pursesOf(2, specs, config.campaigns, clockOf(config));
  made.begin();
  return made;
}

describe('purses', () => {
  it('pay to the last cent of the day, and again after midnight, until all is spent', () => {
    const one = purses();
    const spent: number[] = [];
    for (let day = 0; day < 4; day++) {
      one.advance(24 * day + 12);
      let today = 0;
      while (one.affords(0, 0, 0.5)) {
        one.pay(0, 0, 0.5);
        today += 0.5;
      }
      spent.push(today);
    }
    expect(spent).toEqual([4, 4, 2, 0]);
  });

  it('are each player’s and each campaign’s own', () => {
    const one = purses();
    one.pay(0, 0, 4);
    expect(one.affords(0, 0, 0.01)).toBe(false);
    expect(one.affords(1, 0, 4)).toBe(true);
    expect(one.affords(0, 1, 1e12)).toBe(true);
  });

  it('hold back what is ahead of the day’s share, and let go as the day goes on', () => {
    const one = purses();
    one.advance(12); // half of an even day: $2
    one.pay(0, 0, 2);
    expect(one.released(0, 0)).toBe(true);
    one.pay(0, 0, 0.5);
    expect(one.released(0, 0)).toBe(false);
    one.advance(16);
    expect(one.released(0, 0)).toBe(true);
    expect(one.released(0, 1)).toBe(true);
  });

  it('refuse to pay what is not there', () => {
    const one = purses();
    expect(() => one.pay(0, 0, 4.01)).toThrow(/campaign 0 of player 0 overspent by its last 4.01 USD/);
  });

  it('are whole again when an episode begins', () => {
    const one = purses();
    one.pay(0, 0, 4);
    one.begin();
    expect(one.affords(0, 0, 4)).toBe(true);
  });
});
