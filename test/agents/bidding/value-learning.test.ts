/** Shares of the worth learned by trying: the best one is found, and the odds of each try are as written. */
import { describe, expect, it } from 'vitest';
import { withBidder } from '../../../src/agents/bidding/bidder.ts';
import { valuation } from '../../../src/agents/bidding/valuation.ts';
import { valueLearning } from '../../../src/agents/bidding/value-learning.ts';
import type { ValueLearning } from '../../../src/agents/bidding/value-learning.ts';
import { uniform } from '../../../src/agents/context-free/uniform.ts';
import type { Agent } from '../../../src/core/contracts.ts';
import { InputError } from '../../../src/core/errors.ts';
import { normalQuantile } from '../../../src/core/quantiles.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { summarise } from '../../../src/core/statistics.ts';
import { playToy, toySetup } from './toy-market.ts';
import type { ToyMarket } from './toy-market.ts';

const PRIORS = { priorImpressions: 200, priorClicks: 10, priorCtr: 0.02 };
const FACTORS = [0.2, 0.4, 0.6, 0.8, 1];
const RULE = { factors: FACTORS, explore: 0.1, temperature: 0.02 };
const WORLD: ToyMarket = { mechanism: 'first-price', mu: Math.log(0.02), sigma: 0.5, requests: 40_000, spread: 0.5 };

function learner(world: ToyMarket, seed: string, rule = RULE): { agent: Agent; bidder: ValueLearning } {
  const setup = { ...toySetup(world, seed), bidUsd: 0 };
  const shape = { slots: 1, byClick: world.unit === 'click' };
  const bidder = valueLearning(valuation({ ...PRIORS, model: 'known' }, setup), rule, randomFrom(seed), shape);
  return { agent: withBidder(uniform(4), bidder), bidder };
}

/** Mean surplus per request of each factor, bid always. */
function surpluses(world: ToyMarket, seed: string): number[] {
  return FACTORS.map(
    (factor) => playToy(world, { kind: 'shaded', factor, model: 'known' }, seed).surplus / world.requests,
  );
}

describe('value learning', () => {
  it.each(['impression', 'click'] as const)('finds the factor that earns most where each %s is sold', (unit) => {
    const world: ToyMarket =
      unit === 'click' ? { ...WORLD, unit, mu: Math.log(0.4), requests: 100_000, ctr: [0.1, 0.2, 0.3, 0.2] } : WORLD;
    for (const seed of ['1', '2', '3']) {
      const truth = surpluses(world, seed);
      const best = truth.indexOf(Math.max(...truth));
      const { agent, bidder } = learner(world, seed);
      const { surplus } = playToy(world, agent, seed);
      // Neighbours may earn almost the same.
      expect(truth[bidder.odds.indexOf(Math.max(...bidder.odds))] / truth[best]).toBeGreaterThan(0.95);
      expect(bidder.odds.reduce((sum, p, g) => sum + p * truth[g], 0)).toBeGreaterThan(0.85 * truth[best]);
      // The tenth of the bids that explores earns less, and so does learning itself.
      expect(surplus / world.requests).toBeGreaterThan(0.8 * truth[best]);
    }
  });

  it('estimates every factor’s surplus without bias (40 seeds, α = 0.001 per factor)', () => {
    const world = { ...WORLD, requests: 6000 };
    const errors = FACTORS.map((): number[] => []);
    for (let seed = 0; seed < 40; seed++) {
      const { agent, bidder } = learner(world, String(seed));
      playToy(world, agent, String(seed));
      surpluses(world, String(seed)).forEach((truth, g) => errors[g].push(bidder.surplus[g] - truth));
    }
    for (const list of errors) {
      const { interval } = summarise(list, 0.999);
      // The worth itself earns nothing at a first price, and is known to.
      expect(interval?.[0]).toBeLessThanOrEqual(1e-15);
      expect(interval?.[1]).toBeGreaterThanOrEqual(-1e-15);
    }
  });

  /** Per factor: z of Σ 1{drawn}/p − N, as the law of propensities demands. */
  function scores(propensityOf: (written: number) => number): number[] {
    const { agent } = learner(WORLD, 'law');
    const sums = new Float64Array(FACTORS.length);
    const variances = new Float64Array(FACTORS.length);
    const { bidder } = learner(WORLD, 'law');
    let n = 0;
    playToy(WORLD, agent, 'law', ({ requests, decisions, outcomes }) => {
      for (let i = 0; i < requests.size; i++) {
        n++;
        const factor = decisions.bid[i] / decisions.estimate[i];
        const g = FACTORS.findIndex((f) => Math.abs(f - factor) < 1e-9);
        sums[g] += 1 / propensityOf(decisions.bidPropensity?.[i] ?? Number.NaN);
        // A twin that meets the same outcomes knows the odds of all factors.
        bidder.odds.forEach((p, h) => (variances[h] += 1 / p - 1));
      }
      bidder.learn(requests, decisions, outcomes);
    });
    return Array.from(sums, (sum, g) => (sum - n) / Math.sqrt(variances[g]));
  }

  it('writes the odds it drew from: Σ 1/p over the tries of each factor is the number of bids (α = 1e-6)', () => {
    const bound = normalQuantile(1 - 1e-6 / 2 / FACTORS.length);
    for (const z of scores((p) => p)) expect(Math.abs(z)).toBeLessThan(bound);
    // Mutant: even odds written whatever was drawn from.
    expect(scores(() => 1 / FACTORS.length).some((z) => Math.abs(z) > bound)).toBe(true);
  });

  it('needs something to choose from', () => {
    expect(() => learner(WORLD, '1', { ...RULE, factors: [] })).toThrow(InputError);
    expect(() => learner(WORLD, '1', { ...RULE, factors: [] })).toThrow(/^bidding\.factors: there is none/);
    const { agent } = learner({ ...WORLD, requests: 500 }, '1', { ...RULE, factors: [0.5] });
    playToy({ ...WORLD, requests: 500 }, agent, '1', ({ decisions, requests }) => {
      for (let i = 0; i < requests.size; i++) expect(decisions.bidPropensity?.[i]).toBeCloseTo(1, 12);
    });
  });
});
