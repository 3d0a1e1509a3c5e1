/** One page: which ads are put where, and what each is charged. */
import type { Decisions } from '../core/contracts.ts';
import { pageAuction } from './auction/mechanism.ts';
import type { AuctionRule } from './auction/mechanism.ts';
import type { Appeal } from './appeal.ts';
import type { Campaigns } from './campaigns.ts';
import type { WorldConfig } from './config.ts';
import type { Eligibility } from './eligibility.ts';
import type { Examination } from './examination.ts';
import type { Purses } from './purses.ts';
import type { Rivals } from './rivals.ts';

/** Whose ad is in a place: nobody's, a rival's, or `player × L + column`. */
export const EMPTY = -1;
export const RIVAL = -2;

/** L places, from the top. */
export interface Page {
  /** (L) whose ad it is. */
  owner: Int32Array;
  /** (L)[USD per unit] what it is charged. */
  price: Float64Array;
  /** [USD per unit] the least bid that would have shown player 0's first ad; NaN where it did not take part. */
  minimumToWin: number;
  /** Lays out row i's page for a user. */
  lay(i: number, user: number, decisions: readonly Decisions[]): void;
}

/** What a page needs to know of its world. */
export interface PageParts {
  config: WorldConfig;
  campaigns: Campaigns;
  eligibility: Eligibility;
  purses: Purses;
}

/** Pages that are the player's own: the l-th ad goes to place l, if it may be shown and paid for. */
export function ownPage({ config, campaigns, eligibility, purses }: PageParts): Page {
  const L = config.page.slots;
  const cost = config.costPerImpressionUsd;
  const { limited } = campaigns;
  const { campaign } = campaigns.actions;
  const owner = new Int32Array(L);
  const price = new Float64Array(L).fill(cost);
  return { owner, price, minimumToWin: Number.NaN, lay };

  function lay(i: number, user: number, decisions: readonly Decisions[]): void {
    const { action } = decisions[0];
    for (let l = 0; l < L; l++) {
      const a = action[i * L + l];
      owner[l] = a >= 0 && (!limited || mayShow(action, i * L, l, user)) ? l : EMPTY;
    }
  }

  /** True where the l-th ad may be shown after those above it. */
  function mayShow(action: Int32Array, from: number, l: number, user: number): boolean {
    const j = campaign[action[from + l]];
    let same = 1;
    for (let above = 0; above < l; above++) {
      if (owner[above] !== EMPTY && campaign[action[from + above]] === j) same++;
    }
    return eligibility.allows(0, j, user, same) && purses.affords(0, j, same * cost);
  }
}

/** Pages that are auctioned, among the ads of all players and exogenous rivals. */
export function auctionedPage(
  { config, campaigns, eligibility, purses }: PageParts,
  playerCount: number,
  { factors }: Examination,
  rivals: Rivals,
  appeal: Appeal,
): Page {
  const L = config.page.slots;
  const n = config.lanes;
  const auction = config.auction as NonNullable<WorldConfig['auction']>;
  const perClick = auction.unit === 'click';
  const { limited } = campaigns;
  const { campaign } = campaigns.actions;
  const capacity = playerCount * L + rivals.count;
  // Where impressions are sold, each is worth the same wherever it stands.
  const clickFactors = perClick ? Float64Array.from(factors, (x) => x / factors[0]) : new Float64Array(L).fill(1);
  const { mechanism, squash, reserveUsd: reserve } = auction;
  const rule: AuctionRule = { mechanism, squash: perClick ? squash : 0, reserve, clickFactors };
  const sale = pageAuction(rule, capacity);
  const rivalQuality = perClick ? config.baseCtr : 1;
  const bid = new Float64Array(capacity);
  const quality = new Float64Array(capacity);
  const who = new Int32Array(capacity);
  const owner = new Int32Array(L);
  const price = new Float64Array(L);
  const page: Page = { owner, price, minimumToWin: Number.NaN, lay };
  return page;

  function lay(i: number, user: number, decisions: readonly Decisions[]): void {
    let m = 0;
    let first = -1; // player 0's first ad among the participants
    for (let p = 0; p < playerCount; p++) {
      const before = m;
      m = enter(i, user, decisions[p], p, m);
      if (p === 0 && m > before && who[before] === 0) first = before;
    }
    for (let r = 0; r < rivals.count; r++) {
      bid[m] = rivals.bids[i * rivals.count + r];
      quality[m] = rivalQuality;
      who[m++] = RIVAL;
    }
    const sold = sale.sell(m, bid, quality);
    for (let l = 0; l < L; l++) {
      owner[l] = l < sold ? who[sale.winner[l]] : EMPTY;
      price[l] = l < sold ? sale.price[l] : 0;
    }
    page.minimumToWin = first >= 0 ? sale.minimumToWin(first) : Number.NaN;
  }

  /** Enters the player's ads that may be shown and paid for at their bid, from place `m` on; returns the next place. */
  function enter(i: number, user: number, { action, bid: bids }: Decisions, p: number, m: number): number {
    const offer = bids[i];
    const begin = m;
    if (!(offer >= 0)) throw new RangeError(`market: player ${p} bids ${offer} in row ${i}; bids are 0 or more`);
    for (let l = 0; l < L; l++) {
      const a = action[i * L + l];
      if (a < 0) continue;
      if (limited) {
        let same = 1;
        for (let e = begin; e < m; e++) if (campaign[action[i * L + who[e] - p * L]] === campaign[a]) same++;
        if (!eligibility.allows(p, campaign[a], user, same)) continue;
        if (!purses.affords(p, campaign[a], same * offer)) continue;
      }
      bid[m] = offer;
      quality[m] = perClick ? appeal.odds[(p * n + i) * L + l] : 1;
      who[m++] = p * L + l;
    }
    return m;
  }
}
