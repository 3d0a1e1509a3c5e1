/** Auctions against golden numbers; files are found by the shape of what is in them, never by name. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstPriceBestResponse } from '../../src/core/first-price.ts';
import { normalCdf } from '../../src/core/normal.ts';
import { pageAuction } from '../../src/env/auction/mechanism.ts';
import type { AuctionRule } from '../../src/env/auction/mechanism.ts';
import {
  exponentialValues,
  firstPriceEquilibrium,
  logNormalValues,
  optimalReserve,
  secondPriceRevenue,
  uniformValues,
} from '../../src/env/auction/theory.ts';
import { goldenFolder } from '../folders.ts';

type Json = Record<string, unknown>;

interface ImpressionCase {
  tag: string;
  bids: number[];
  ctr: number[];
  value_per_click: number[];
  slots: number;
  expected: Record<string, Sale>;
}

interface Sale {
  winners: number[];
  prices: number[];
  second_prices: number[];
  revenue: number;
  welfare: number;
  surplus: number;
  per_winner_surplus: number[];
  auction_regret: number;
  peer_defect?: string;
}

interface PositionCase {
  bid_per_click: number[];
  quality: number[];
  slot_click_factor: number[];
  reserve_per_click: number;
  order: number[];
  gsp_price_per_click: number[];
  gsp_revenue: number;
  vcg_expected_payment: number[] | null;
  vcg_price_per_click: number[] | null;
  welfare_at_truthful_bids: number;
}

const folder = goldenFolder();
const impressionCases: ImpressionCase[] = [];
const positionCases: PositionCase[] = [];
const revenues: Json[] = [];
const responses: Json[] = [];
for (const file of folder === undefined ? [] : readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
  const path = join(folder as string, file);
  if (!file.endsWith('.json') || !statSync(path).isFile()) continue;
  const json = JSON.parse(readFileSync(path, 'utf8')) as Json;
  for (const one of Array.isArray(json['cases']) ? (json['cases'] as Json[]) : []) {
    if (one['bids'] && one['value_per_click']) impressionCases.push(one as unknown as ImpressionCase);
    if (one['bid_per_click'] && one['slot_click_factor']) positionCases.push(one as unknown as PositionCase);
  }
  for (const one of Array.isArray(json['revenue']) ? (json['revenue'] as Json[]) : [])
    if (one['values']) revenues.push(one);
  const best = json['first_price_best_response'];
  if (Array.isArray(best)) responses.push(...(best as Json[]));
}

/** Relative 1e-9, absolute below 1, as the golden README says. */
const near = (got: number, expected: number, tolerance = 1e-9): void =>
  expect(Math.abs(got - expected)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected)));

function allNear(got: ArrayLike<number>, expected: readonly number[]): void {
  expect(got.length).toBe(expected.length);
  expected.forEach((value, l) => near(got[l], value));
}

/** Winners and prices of one auction. */
function sell(rule: AuctionRule, bids: readonly number[], quality: readonly number[]) {
  const auction = pageAuction(rule, bids.length);
  const sold = auction.sell(bids.length, Float64Array.from(bids), Float64Array.from(quality));
  return { winner: [...auction.winner.subarray(0, sold)], price: [...auction.price.subarray(0, sold)] };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe.skipIf(folder === undefined)('golden auctions', () => {
  it('finds cases of every shape', () => {
    for (const found of [impressionCases, positionCases, revenues, responses]) expect(found.length).toBeGreaterThan(0);
  });

  it.each(impressionCases.map((one, n) => [`${n + 1}, ${one.tag}`, one] as const))('impressions %s', (_, one) => {
    const { bids, ctr, slots } = one;
    const worth = ctr.map((p, i) => p * one.value_per_click[i]);
    for (const [name, mechanism] of [
      ['first_price', 'first-price'],
      ['second_price', 'second-price'],
    ] as const) {
      const expected = one.expected[name];
      const clickFactors = Array.from({ length: slots }, () => 1);
      const { winner, price } = sell({ mechanism, squash: 0, reserve: 0, clickFactors }, bids, ctr);
      expect(winner).toEqual(expected.winners);
      // The peer drops winners without a runner-up; they pay the reserve, which is 0.
      const missing = expected.peer_defect === undefined ? [] : winner.slice(expected.prices.length).map(() => 0);
      const prices = [...expected.prices, ...missing];
      allNear(price, prices);
      near(sum(price), expected.revenue);
      near(sum(winner.map((w) => worth[w])), expected.welfare);
      const surplus = winner.map((w, l) => worth[w] - price[l]);
      if (expected.peer_defect === undefined) {
        allNear(surplus, expected.per_winner_surplus);
        near(sum(surplus), expected.surplus);
      }
      // The peer's regret is that of the top slot alone.
      near(Math.max(...worth) - worth[winner[0]], expected.auction_regret);
    }
  });

  it.each(positionCases.map((one, n) => [n + 1, one] as const))('positions %i', (_, one) => {
    const { bid_per_click: bids, quality, slot_click_factor: clickFactors, reserve_per_click: reserve } = one;
    const clicks = (winner: readonly number[]): number[] => winner.map((w, l) => clickFactors[l] * quality[w]);
    const gsp = sell({ mechanism: 'gsp', squash: 1, reserve, clickFactors }, bids, quality);
    expect(gsp.winner).toEqual(one.order);
    allNear(gsp.price, one.gsp_price_per_click);
    const rates = clicks(gsp.winner);
    near(sum(gsp.price.map((p, l) => p * rates[l])), one.gsp_revenue);
    near(sum(gsp.winner.map((w, l) => bids[w] * rates[l])), one.welfare_at_truthful_bids);
    if (one.vcg_price_per_click === null || one.vcg_expected_payment === null) return;
    const vcg = sell({ mechanism: 'vcg', squash: 1, reserve, clickFactors }, bids, quality);
    expect(vcg.winner).toEqual(one.order);
    allNear(vcg.price, one.vcg_price_per_click);
    allNear(
      vcg.price.map((p, l) => p * rates[l]),
      one.vcg_expected_payment,
    );
  });

  it.each(
    revenues.map(
      (one) => [`${String(one['values'])} n=${String((one['n'] as number | undefined) ?? 'any')}`, one] as const,
    ),
  )('revenue %s', (_, one) => {
    expect.hasAssertions();
    const values = distributionOf(String(one['values']));
    near(optimalReserve(values), one['optimal_reserve'] as number);
    if (one['n'] === undefined) return;
    const n = one['n'] as number;
    near(firstPriceEquilibrium(n), one['first_price_equilibrium_bid_factor'] as number);
    near(secondPriceRevenue(values, n), one['second_price_revenue'] as number);
    near(secondPriceRevenue(values, n), one['first_price_revenue'] as number);
    near(secondPriceRevenue(values, n, 0.5), one['revenue_at_reserve_half'] as number);
    near(secondPriceRevenue(values, n, 0.8), one['revenue_at_reserve_0_8'] as number);
  });

  it.each(
    responses.map((one) => [`${String(one['value'])} against ${String(one['competing_highest_bid'])}`, one] as const),
  )('best bid for %s', (_, one) => {
    expect.hasAssertions();
    const [mu, sigma] = numbersIn(String(one['competing_highest_bid']));
    const value = one['value'] as number;
    const bid = firstPriceBestResponse(value, mu, sigma);
    near(bid, one['best_bid'] as number, 1e-6);
    near((value - bid) * normalCdf((Math.log(bid) - mu) / sigma), one['expected_surplus'] as number, 1e-9);
  });
});

function numbersIn(text: string): number[] {
  return [...text.matchAll(/-?\d+(?:\.\d+)?/gu)].map(([number]) => Number(number));
}

/** `iid U[0,1]`, `Exp(rate=2.0)`, `LogNormal(mu=0.1,sigma=0.2)` */
function distributionOf(text: string) {
  const numbers = numbersIn(text);
  if (text.includes('LogNormal')) return logNormalValues(numbers[0], numbers[1]);
  if (text.includes('Exp')) return exponentialValues(numbers[0]);
  if (/U\[0, ?1\]/u.test(text)) return uniformValues;
  throw new Error(`no distribution is known as ${text}`);
}
