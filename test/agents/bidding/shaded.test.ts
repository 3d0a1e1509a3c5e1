/** Bids below the worth: what they earn in first-price auctions, and how near the best response they come. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { responseTable } from '../../../src/agents/bidding/response-table.ts';
import { adaptiveShading } from '../../../src/agents/bidding/shaded.ts';
import type { AdaptiveShading } from '../../../src/agents/bidding/shaded.ts';
import { withBidder } from '../../../src/agents/bidding/bidder.ts';
import { valuation } from '../../../src/agents/bidding/valuation.ts';
import { uniform } from '../../../src/agents/context-free/uniform.ts';
import type { Agent } from '../../../src/core/contracts.ts';
import { firstPriceBestResponse } from '../../../src/core/first-price.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { summarise } from '../../../src/core/statistics.ts';
import { goldenFolder } from '../../folders.ts';
import { playToy, toySetup } from './toy-market.ts';
import type { ToyMarket } from './toy-market.ts';

const PRIORS = { priorImpressions: 200, priorClicks: 10, priorCtr: 0.02 };
const WORLD: ToyMarket = { mechanism: 'first-price', mu: Math.log(0.03), sigma: 0.6, requests: 20_000, spread: 0.5 };

/** Empty where the folder holds none. */
const GOLDEN = goldenCases();

function adaptive(
  world: ToyMarket,
  seed: string,
  options = { explore: 0.05, warmUp: 500 },
): { agent: Agent; bidder: AdaptiveShading } {
  const setup = { ...toySetup(world, seed), bidUsd: 0 };
  const { auction } = setup.spec;
  if (!auction) throw new Error('the toy market has an auction');
  const bidder = adaptiveShading(
    valuation({ ...PRIORS, model: 'known' }, setup),
    auction,
    1,
    randomFrom(seed),
    options,
  );
  return { agent: withBidder(uniform(setup.actions.size), bidder), bidder };
}

describe('adaptive shading', () => {
  it.each(['1', '2', '3'])('bids within 0.03 of the best response after 20,000 auctions (seed %s)', (seed) => {
    const { agent, bidder } = adaptive(WORLD, seed);
    playToy(WORLD, agent, seed);
    const { mu, sigma } = bidder.rivals() ?? { mu: Number.NaN, sigma: Number.NaN };
    for (const value of [0.01, 0.02, 0.04, 0.08, 0.16]) {
      const best = firstPriceBestResponse(value, WORLD.mu, WORLD.sigma);
      expect(Math.abs(firstPriceBestResponse(value, mu, sigma) / best - 1)).toBeLessThan(0.03);
    }
  });

  it.skipIf(GOLDEN.length === 0)('finds the golden best responses by wins and losses (ADSIM_GOLDEN)', () => {
    for (const { value, mu, sigma, best } of GOLDEN) {
      // What `shaded` bids is this function of its fit; the fit itself is tested by landscape.test.ts.
      expect(Math.abs(firstPriceBestResponse(value, mu, sigma) - best)).toBeLessThan(1e-6);
      const world: ToyMarket = {
        ...WORLD,
        mu,
        sigma,
        ctr: [0.1, 0.3, 0.6],
        valuePerClickUsd: 3 * value,
        requests: 15_000,
      };
      const { agent, bidder } = adaptive(world, 'golden', { explore: 0.3, warmUp: 500 });
      playToy(world, agent, 'golden');
      const fit = bidder.rivals() ?? { mu: Number.NaN, sigma: Number.NaN };
      expect(Math.abs(firstPriceBestResponse(value, fit.mu, fit.sigma) / best - 1)).toBeLessThan(0.05);
    }
  });

  it('earns nearly what the best response to the true rivals earns (20 seeds, paired, α = 0.001)', () => {
    const shares: number[] = [];
    for (let seed = 0; seed < 20; seed++) {
      const world = { ...WORLD, requests: 5000 };
      const { agent } = adaptive(world, String(seed));
      let possible = 0;
      let earned = 0;
      playToy(world, agent, String(seed), ({ requests, outcomes, decisions, rival, value }) => {
        for (let i = 0; i < requests.size; i++) {
          if (requests.impression[i] < 2500) continue;
          const best = firstPriceBestResponse(value[i], world.mu, world.sigma);
          if (best >= rival[i]) possible += value[i] - best;
          if (outcomes.won[i] === 1) earned += value[i] - decisions.bid[i];
        }
      });
      shares.push(earned / possible);
    }
    const { interval } = summarise(shares, 0.998);
    // 5 % of the bids explore, and lose about a third of what there is to earn.
    expect(interval?.[0]).toBeGreaterThan(0.95);
    expect(interval?.[1]).toBeLessThan(1.02);
  });

  it('tabulates best responses to 0.1 %, and finds those outside its table', () => {
    const responses = responseTable();
    for (const [mu, sigma] of [
      [-3, 0.6],
      [0, 2],
      [-8, 0.05],
    ] as const) {
      responses.face(mu, sigma);
      for (let t = -7; t < 14; t += 0.237) {
        const value = Math.exp(mu + sigma * t);
        expect(Math.abs(responses.bid(value) / firstPriceBestResponse(value, mu, sigma) - 1)).toBeLessThan(0.001);
      }
    }
  });

  it('bids the worth itself where the second price is paid', () => {
    const world: ToyMarket = { ...WORLD, mechanism: 'second-price' };
    const { agent, bidder } = adaptive(world, '1');
    playToy(world, agent, '1', ({ requests, decisions, value }) => {
      for (let i = 0; i < requests.size; i++) expect(decisions.bid[i]).toBeCloseTo(value[i], 15);
    });
    expect(bidder.rivals()?.mu).toBeCloseTo(world.mu, 1);
    expect(bidder.rivals()?.sigma).toBeCloseTo(world.sigma, 1);
  });

  it('never bids below a reserve that it could pay, and is not misled by it', () => {
    const world: ToyMarket = { ...WORLD, reserveUsd: 0.03 };
    const { agent, bidder } = adaptive(world, '1');
    playToy(world, agent, '1', ({ requests, decisions, value }) => {
      for (let i = 0; i < requests.size; i++) {
        if (decisions.bidPropensity?.[i] !== 0.95 || value[i] <= 0.03) continue;
        expect(decisions.bid[i]).toBeGreaterThanOrEqual(0.03);
      }
    });
    expect(Math.abs((bidder.rivals()?.mu ?? 0) - world.mu)).toBeLessThan(0.1);
  });

  it('writes the odds of each bid: a share of even tries over six, else the rest', () => {
    const { agent } = adaptive(WORLD, '1', { explore: 0.3, warmUp: 0 });
    const counts = new Map<number, number>();
    playToy(WORLD, agent, '1', ({ requests, decisions }) => {
      for (let i = 0; i < requests.size; i++) {
        const p = decisions.bidPropensity?.[i] ?? 0;
        counts.set(p, (counts.get(p) ?? 0) + 1);
      }
    });
    // The first tick explores alone: nothing is known yet.
    const n = 20_000 - 64;
    expect(new Set(counts.keys())).toEqual(new Set([0.3 / 6, 0.7, 1 / 6]));
    // Six factors, α = 1e-6.
    expect(Math.abs((counts.get(0.3 / 6) ?? 0) / n - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / n));
  });
});

interface GoldenCase {
  value: number;
  mu: number;
  sigma: number;
  best: number;
}

/** Every best response against a log-normal in the golden files, wherever it stands. */
function goldenCases(): GoldenCase[] {
  const folder = goldenFolder();
  if (!folder) return [];
  const found: GoldenCase[] = [];
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/auction.*\.json$/u.test(path)) continue;
    collect(JSON.parse(readFileSync(join(folder, path), 'utf8')), found);
  }
  return found;
}

function collect(node: unknown, found: GoldenCase[]): void {
  if (typeof node !== 'object' || node === null) return;
  if ('value' in node && 'competing_highest_bid' in node && 'best_bid' in node) {
    const [, mu, sigma] =
      /LogNormal\((?:mu=)?([^,]+),(?:sigma=)?([^)]+)\)/u.exec(String(node.competing_highest_bid)) ?? [];
    if (mu !== undefined && sigma !== undefined) {
      found.push({ value: Number(node.value), mu: Number(mu), sigma: Number(sigma), best: Number(node.best_bid) });
    }
    return;
  }
  for (const child of Object.values(node)) collect(child, found);
}
