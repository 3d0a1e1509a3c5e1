/** Auctions as published (Vickrey 1961; Edelman, Ostrovsky & Schwarz 2007; Jeunen et al. 2022), and as properties over random profiles. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auctionRegret } from '../../../src/core/auction-regret.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { pageAuction } from '../../../src/env/auction/mechanism.ts';
import type { AuctionRule, Mechanism, PageAuction } from '../../../src/env/auction/mechanism.ts';
import { firstPriceEquilibrium, locallyEnvyFreeBids } from '../../../src/env/auction/theory.ts';

const rule = (mechanism: Mechanism, clickFactors: number[] = [1], squash = 0, reserve = 0): AuctionRule => ({
  mechanism,
  squash,
  reserve,
  clickFactors,
});

/** Mean and its standard error of what `sample` draws. */
function meanOf(draws: number, sample: () => number): { mean: number; error: number } {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < draws; i++) {
    const x = sample();
    sum += x;
    squares += x * x;
  }
  const mean = sum / draws;
  return { mean, error: Math.sqrt((squares / draws - mean * mean) / draws) };
}

/** Revenue of auctions of n bidders with values U[0, 1] who bid `share` of them. */
function revenue(
  mechanism: Mechanism,
  n: number,
  share: number,
  reserve = 0,
  factors = [1],
): { mean: number; error: number } {
  const auction = pageAuction(rule(mechanism, factors, 0, reserve), n);
  const luck = randomFrom(`${mechanism}${n}${reserve}`).sequence();
  const bid = new Float64Array(n);
  const quality = new Float64Array(n).fill(1);
  return meanOf(200_000, () => {
    for (let i = 0; i < n; i++) bid[i] = share * luck.uniform();
    const sold = auction.sell(n, bid, quality);
    let paid = 0;
    for (let l = 0; l < sold; l++) paid += factors[l] * auction.price[l];
    return paid;
  });
}

/** Distance in standard errors, of which there must be enough to tell 1 %. */
function distance({ mean, error }: { mean: number; error: number }, expected: number): number {
  if (!(error < 0.01 * expected)) throw new Error('too few draws to tell');
  return Math.abs(mean - expected) / error;
}

// |z| < 4: α = 6e-5 each.
describe('published facts', () => {
  it.each([2, 3, 5])('B16: first and second price earn the same with %i bidders', (n) => {
    const expected = (n - 1) / (n + 1);
    expect(distance(revenue('second-price', n, 1), expected)).toBeLessThan(4);
    expect(distance(revenue('first-price', n, firstPriceEquilibrium(n)), expected)).toBeLessThan(4);
    // A mutant: bidders who shade a tenth more than the equilibrium are told from it.
    const mutant = revenue('first-price', n, 0.9 * firstPriceEquilibrium(n));
    expect(Math.abs(mutant.mean - expected) / mutant.error).toBeGreaterThan(4);
  });

  it.each([
    [2, 0.416667],
    [3, 0.53125],
    [5, 0.671875],
    [10, 0.81827],
  ])('B16: %i bidders bring %f at a reserve of one half', (n, expected) => {
    expect(distance(revenue('second-price', n, 1, 0.5), expected)).toBeLessThan(4);
  });

  it('B16: positions (1, .6) and four bidders bring .72 under VCG, .84 under GSP with truthful bids', () => {
    expect(distance(revenue('vcg', 4, 1, 0, [1, 0.6]), 0.72)).toBeLessThan(4);
    expect(distance(revenue('gsp', 4, 1, 0, [1, 0.6]), 0.84)).toBeLessThan(4);
    // The two are told apart.
    const vcg = revenue('vcg', 4, 1, 0, [1, 0.6]);
    expect(Math.abs(vcg.mean - 0.84) / vcg.error).toBeGreaterThan(4);
  });

  it('B17: values 10, 4, 2 and 200, 100 clicks: VCG 600 + 200, GSP 800 + 200 if truthful, 600 + 200 if locally envy-free', () => {
    const payments = (mechanism: Mechanism, bids: number[]): number[] => {
      const auction = pageAuction(rule(mechanism, [1, 0.5]), 3);
      auction.sell(3, Float64Array.from(bids), new Float64Array(3).fill(1));
      return [200 * auction.price[0], 100 * auction.price[1]];
    };
    expect(payments('vcg', [10, 4, 2])).toEqual([600, 200]);
    expect(payments('gsp', [10, 4, 2])).toEqual([800, 200]);
    const bids = locallyEnvyFreeBids([10, 4, 2], [200, 100]);
    expect(bids).toEqual([10, 3, 2]);
    expect(payments('gsp', bids)).toEqual([600, 200]);
  });

  it('B17: with 200 and 199 clicks the truth is no equilibrium of GSP: 1200 truthful, 1592 for the second slot', () => {
    const auction = pageAuction(rule('gsp', [1, 199 / 200]), 3);
    const utility = (bid: number): number => {
      auction.sell(3, Float64Array.of(bid, 4, 2), new Float64Array(3).fill(1));
      const slot = auction.winner.indexOf(0);
      return [200, 199][slot] * (10 - auction.price[slot]);
    };
    expect(utility(10)).toBeCloseTo(1200, 9);
    expect(utility(3)).toBeCloseTo(1592, 9);
  });

  it('B18: truthful and second price: no over-bid, no under-bid; first price: no surplus, and shading brings some', () => {
    const luck = randomFrom('B18').sequence();
    const totals = { second: 0, truthful: 0, shaded: 0, over: 0, under: 0 };
    const bid = new Float64Array(2);
    const quality = Float64Array.of(1, 1);
    const [first, second] = (['first-price', 'second-price'] as const).map((m) => pageAuction(rule(m), 2));
    for (let t = 0; t < 10_000; t++) {
      const [value, other] = [luck.uniform(), luck.uniform()];
      for (const [auction, share, name] of [
        [second, 1, 'second'],
        [first, 1, 'truthful'],
        [first, 0.5, 'shaded'],
      ] as const) {
        bid[0] = share * value;
        bid[1] = other;
        auction.sell(2, bid, quality);
        const won = auction.winner[0] === 0;
        if (won) totals[name] += value - auction.price[0];
        if (name !== 'second') continue;
        const price = auction.price[0];
        const regret = auctionRegret({ best: value, value, estimate: value, bid: bid[0], won, price, second: other });
        totals.over += regret.overbid;
        totals.under += regret.underbid;
        expect(regret.allocation).toBe(0);
        expect(regret.estimation).toBe(0);
      }
    }
    expect(totals.over).toBe(0);
    expect(totals.under).toBe(0);
    expect(totals.truthful).toBe(0);
    expect(totals.shaded).toBeGreaterThan(0);
    expect(totals.second).toBeGreaterThan(totals.shaded);
  });
});

/** A profile: values and qualities of up to six ads, slots, squash and reserve. */
const profile = fc.record({
  values: fc.array(fc.double({ min: 0.01, max: 5, noNaN: true }), { minLength: 1, maxLength: 6 }),
  qualities: fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 }),
  falls: fc.array(fc.double({ min: 0.05, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 }),
  squash: fc.constantFrom(0, 0.5, 1),
  reserve: fc.constantFrom(0, 0.3, 1),
  who: fc.nat(5),
  lie: fc.double({ min: 0, max: 8, noNaN: true }),
});
type Profile = typeof profile extends fc.Arbitrary<infer P> ? P : never;

const factorsOf = ({ falls }: Profile): number[] => {
  let left = 1;
  return falls.map((fall, l) => (l === 0 ? 1 : (left *= fall)));
};

type Build = (rule: AuctionRule, capacity: number) => PageAuction;

/** What participant `who` gains (clicks × (value − price)) by bidding `bid`, the others bidding their values. */
function gain(one: Profile, mechanism: Mechanism, bid: number, build: Build): number {
  const who = one.who % one.values.length;
  const clickFactors = factorsOf(one);
  const auction = build(rule(mechanism, clickFactors, one.squash, one.reserve), 6);
  const bids = Float64Array.from(one.values);
  bids[who] = bid;
  const sold = auction.sell(bids.length, bids, Float64Array.from(one.qualities));
  const slot = auction.winner.subarray(0, sold).indexOf(who);
  if (slot < 0) return 0;
  return clickFactors[slot] * one.qualities[who] * (one.values[who] - auction.price[slot]);
}

/** Throws where a lie pays. */
function truthIsBest(mechanism: Mechanism, slots: number, build: Build = pageAuction): void {
  fc.assert(
    fc.property(profile, (drawn) => {
      const one = { ...drawn, falls: drawn.falls.slice(0, slots) };
      const honest = gain(one, mechanism, one.values[one.who % one.values.length], build);
      expect(honest).toBeGreaterThanOrEqual(-1e-9);
      expect(gain(one, mechanism, one.lie, build)).toBeLessThanOrEqual(honest + 1e-9);
    }),
    { numRuns: 3000, seed: 17 },
  );
}

describe('properties over random profiles', () => {
  it('nobody gains by lying to VCG, whatever the qualities, squash and reserve', () => {
    expect(() => truthIsBest('vcg', 4)).not.toThrow();
  });

  it('nobody gains by lying to a second price with one slot', () => {
    expect(() => truthIsBest('second-price', 1)).not.toThrow();
  });

  it('mutants are caught: GSP, first price, and a VCG that forgets one of those it displaces', () => {
    expect(() => truthIsBest('gsp', 4)).toThrow(/Property failed/);
    expect(() => truthIsBest('first-price', 1)).toThrow(/Property failed/);
    const forgetful: Build = (given, capacity) => {
      const auction = pageAuction(given, capacity);
      return {
        ...auction,
        sell(m, bid, quality) {
          const sold = auction.sell(m, bid, quality);
          const last = given.clickFactors[sold - 1] ?? 0;
          for (let l = 0; l + 1 < sold; l++) auction.price[l] *= 1 - last / given.clickFactors[l];
          return sold;
        },
      };
    };
    expect(() => truthIsBest('vcg', 4, forgetful)).toThrow(/Property failed/);
  });

  it('GSP earns at least what VCG earns at equal bids, nobody pays more than bid or less than the reserve, best scores first', () => {
    fc.assert(
      fc.property(profile, (one) => {
        const clickFactors = factorsOf(one);
        const bids = Float64Array.from(one.values);
        const qualities = Float64Array.from(one.qualities);
        const revenues = (['gsp', 'vcg', 'first-price'] as const).map((mechanism) => {
          const auction = pageAuction(rule(mechanism, clickFactors, one.squash, one.reserve), 6);
          const sold = auction.sell(bids.length, bids, qualities);
          const score = (w: number): number => bids[w] * Math.exp(one.squash * Math.log(qualities[w]));
          let paid = 0;
          for (let l = 0; l < sold; l++) {
            const w = auction.winner[l];
            expect(auction.price[l]).toBeLessThanOrEqual(bids[w] * (1 + 1e-12));
            expect(auction.price[l]).toBeGreaterThanOrEqual(one.reserve * (1 - 1e-12));
            expect(score(w)).toBeLessThanOrEqual((l === 0 ? Infinity : score(auction.winner[l - 1])) * (1 + 1e-12));
            paid += clickFactors[l] * qualities[w] * auction.price[l];
          }
          return paid;
        });
        expect(revenues[0]).toBeGreaterThanOrEqual(revenues[1] - 1e-9);
        expect(revenues[2]).toBeGreaterThanOrEqual(revenues[0] - 1e-9);
      }),
      { numRuns: 3000, seed: 18 },
    );
  });

  it('the minimum to win is where losing turns into winning', () => {
    fc.assert(
      fc.property(profile, fc.constantFrom<Mechanism>('first-price', 'gsp', 'vcg'), (one, mechanism) => {
        const who = one.who % one.values.length;
        const auction = pageAuction(rule(mechanism, factorsOf(one), one.squash, one.reserve), 6);
        const bids = Float64Array.from(one.values);
        const qualities = Float64Array.from(one.qualities);
        const wins = (bid: number): boolean => {
          bids[who] = bid;
          const sold = auction.sell(bids.length, bids, qualities);
          return auction.winner.subarray(0, sold).includes(who);
        };
        wins(one.values[who]);
        const least = auction.minimumToWin(who);
        expect(wins(least * 1.000001 + 1e-9)).toBe(true);
        expect(least > 0 && wins(least * 0.999999 - 1e-9)).toBe(false);
      }),
      { numRuns: 3000, seed: 19 },
    );
  });

  it('ties go to the first, zero bids take part without a reserve, and NaN does not', () => {
    const auction = pageAuction(rule('second-price', [1, 1]), 4);
    expect(auction.sell(4, Float64Array.of(0, 0.5, 0.5, Number.NaN), new Float64Array(4).fill(1))).toBe(2);
    expect([...auction.winner]).toEqual([1, 2]);
    expect([...auction.price]).toEqual([0.5, 0]);
    expect(() => auction.sell(5, new Float64Array(5), new Float64Array(5))).toThrow(/room for 4/);
  });

  it.each([
    [rule('vcg', [1], 2), /squash: 2/],
    [rule('vcg', [1], 1, -1), /reserve: -1/],
    [rule('vcg', [0.5, 1]), /clickFactors/],
    [rule('vcg', []), /clickFactors/],
  ])('refuses %j', (bad, message) => {
    expect(() => pageAuction(bad, 3)).toThrow(message);
  });
});
