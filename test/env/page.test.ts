import { describe, expect, it } from 'vitest';
import { decisionsOf } from '../../src/core/batch.ts';
import type { Decisions } from '../../src/core/contracts.ts';
import { randomFrom } from '../../src/core/random.ts';
import type { Appeal } from '../../src/env/appeal.ts';
import { campaignsOf } from '../../src/env/campaigns.ts';
import { clockOf } from '../../src/env/clock.ts';
import { resolveWorld } from '../../src/env/config.ts';
import type { WorldInput } from '../../src/env/config.ts';
import { eligibilityOf } from '../../src/env/eligibility.ts';
import { examinationOf } from '../../src/env/examination.ts';
import { auctionedPage, EMPTY, ownPage, RIVAL } from '../../src/env/page.ts';
import type { Page } from '../../src/env/page.ts';
import { pursesOf } from '../../src/env/purses.ts';
import type { Rivals } from '../../src/env/rivals.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';
import { usersOf } from '../../src/env/users.ts';

const L = 2;

interface Case {
  world?: WorldInput;
  /** Of each player: the ads, from the left, and the bid. */
  offers: readonly { ads: [number, number]; bid?: number }[];
  /** (player × L) P(click) of each ad on offer. */
  odds?: number[];
  /** [USD] rivals' bids, the highest first. */
  rivals?: number[];
}

/** Lays out a page of two slots, of 4 creatives. */
function lay({ world = {}, offers, odds = [], rivals = [] }: Case): Page {
  const config = resolveWorld({ users: 4, lanes: 1, categories: 4, baseCtr: 0.1, page: { slots: L }, ...world });
  const campaigns = campaignsOf(config, syntheticCreatives({ categories: 4, perCategory: 1 }, randomFrom('c')));
  const purses = pursesOf(offers.length, campaigns.specs, campaigns.configs, clockOf(config));
  const eligibility = eligibilityOf(campaigns, offers.length, purses, 0);
  purses.begin();
  eligibility.begin(usersOf(config));
  eligibility.advance(0);
  const parts = { config, campaigns, eligibility, purses };
  const against: Rivals = {
    count: rivals.length,
    bids: Float64Array.from(rivals),
    begin() {},
    advance() {},
    meet() {},
  };
  const appeal: Appeal = { match: new Float64Array(0), odds: Float64Array.from(odds), meet() {} };
  const page = config.auction
    ? auctionedPage(parts, offers.length, examinationOf(config), against, appeal)
    : ownPage(parts);
  const decisions = offers.map(({ ads, bid = 0 }): Decisions => {
    const one = decisionsOf({ rows: 1, context: 1, actions: 4, slots: L });
    one.action.set(ads);
    one.bid[0] = bid;
    return one;
  });
  page.lay(0, 0, decisions);
  return page;
}

const perImpression = { mechanism: 'second-price', unit: 'impression', reserveUsd: 0.1, rivals: 0 } as const;
const gsp = { mechanism: 'gsp', unit: 'click', squash: 1, reserveUsd: 0.01, rivals: 0 } as const;

describe('a page of one’s own', () => {
  it('shows every ad in its place, at the cost of an impression', () => {
    const page = lay({ world: { costPerImpressionUsd: 0.02 }, offers: [{ ads: [3, -1] }] });
    expect([...page.owner]).toEqual([0, EMPTY]);
    expect(page.price[0]).toBe(0.02);
  });

  it('leaves out what a cap or a purse does not bear, counting the ads above', () => {
    const capped = { campaigns: [{ name: 'all', frequencyCap: 1 }] };
    expect([...lay({ world: capped, offers: [{ ads: [0, 1] }] }).owner]).toEqual([0, EMPTY]);
    const poor = { costPerImpressionUsd: 0.02, campaigns: [{ name: 'all', budgetUsd: 0.03 }] };
    expect([...lay({ world: poor, offers: [{ ads: [0, 1] }] }).owner]).toEqual([0, EMPTY]);
    const two = { campaigns: [{ name: 'a', categories: ['t-shirt' as const], frequencyCap: 1 }, { name: 'b' }] };
    expect([...lay({ world: two, offers: [{ ads: [0, 1] }] }).owner]).toEqual([0, 1]);
  });
});

describe('an auctioned page', () => {
  it('goes to the highest bids, whoever makes them, each paying the next one', () => {
    const page = lay({
      world: { auction: perImpression },
      offers: [
        { ads: [0, -1], bid: 0.5 },
        { ads: [2, -1], bid: 0.8 },
      ],
      rivals: [0.6, 0.2],
    });
    expect([...page.owner]).toEqual([L, RIVAL]); // player 1's first ad, then a rival
    expect([...page.price]).toEqual([0.6, 0.5]);
    expect(page.minimumToWin).toBe(0.6);
  });

  it('ranks by bid × P(click) where clicks are sold', () => {
    const page = lay({
      world: { auction: gsp },
      offers: [{ ads: [0, 1], bid: 1 }],
      odds: [0.02, 0.2],
      rivals: [0.5], // at the base rate of 0.1: a score of 0.05
    });
    expect([...page.owner]).toEqual([1, RIVAL]);
    expect(page.price[0]).toBeCloseTo(0.05 / 0.2, 12);
    expect(page.price[1]).toBeCloseTo(0.02 / 0.1, 12);
    expect(page.minimumToWin).toBeCloseTo(0.05 / 0.02, 12);
  });

  it('keeps out bids below the reserve, and says so', () => {
    const page = lay({ world: { auction: perImpression }, offers: [{ ads: [0, 1], bid: 0.05 }], rivals: [0.07] });
    expect([...page.owner]).toEqual([EMPTY, EMPTY]);
    expect(page.minimumToWin).toBe(0.1);
  });

  it('lets a player enter only what all their ads together can pay', () => {
    const campaigns = [{ name: 'all', budgetUsd: 0.75 }];
    const page = lay({ world: { auction: perImpression, campaigns }, offers: [{ ads: [0, 1], bid: 0.5 }] });
    expect([...page.owner]).toEqual([0, EMPTY]);
  });

  it('asks nothing of who has nothing to show, and refuses bids that are none', () => {
    expect(lay({ world: { auction: perImpression }, offers: [{ ads: [-1, -1], bid: 1 }] }).minimumToWin).toBeNaN();
    expect(() => lay({ world: { auction: perImpression }, offers: [{ ads: [0, -1], bid: -1 }] })).toThrow(/bids -1/);
  });
});
