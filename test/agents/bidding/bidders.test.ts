/** What every bidder keeps to, whatever the market; and what is refused, in which words. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BIDDERS, biddingSchema, createBidder } from '../../../src/agents/bidding/registry.ts';
import type { BiddingInput } from '../../../src/agents/bidding/registry.ts';
import { agentSchema, createAgent } from '../../../src/agents/registry.ts';
import { decisionsOf, outcomesOf, trueRequestsOf } from '../../../src/core/batch.ts';
import { InputError } from '../../../src/core/errors.ts';
import { playToy, toySetup } from './toy-market.ts';
import type { ToyMarket } from './toy-market.ts';

const WORLD: ToyMarket = { mu: Math.log(0.03), sigma: 0.7, requests: 600, spread: 0.5, budgets: [5, 2] };
const all: readonly BiddingInput[] = [
  ...BIDDERS.map(({ kind }) => ({ kind }) as BiddingInput),
  { kind: 'shaded', factor: 0.6, model: 'known' },
  { kind: 'paced', model: 'known', everyRequests: 1 },
  { kind: 'rlb', model: 'known', warmUp: 0, horizon: 20 },
];
const sound = (usd: number): boolean => usd >= 0 && usd < Infinity;
const setupOf = (world: ToyMarket) => ({ ...toySetup(world), bidUsd: 0.02 });

describe('the registry of bidders', () => {
  it('describes every parameter, with its default', () => {
    expect(BIDDERS.map(({ kind }) => kind)).toEqual(['fixed', 'truthful', 'shaded', 'paced', 'value-learning', 'rlb']);
    for (const { kind, schema, summary, reference } of BIDDERS) {
      expect(summary).not.toBe('');
      expect(reference).not.toBe('');
      for (const [key, value] of Object.entries(z.toJSONSchema(schema, { io: 'input' }).properties ?? {})) {
        const described = typeof value === 'object' ? (value.description ?? '') : '';
        expect(described, `${kind}.${key}`).toMatch(key === 'kind' ? /./u : /default/u);
      }
    }
  });

  it.each([
    { kind: 'truthfull' },
    { kind: 'fixed', bidUsd: -1 },
    { kind: 'shaded', factor: 1.5 },
    { kind: 'shaded', factor: 'best' },
    { kind: 'paced', integral: -1 },
    { kind: 'paced', leastFactor: 0 },
    { kind: 'value-learning', explore: 0 },
    { kind: 'rlb', budgetUsd: 0 },
    { kind: 'rlb', gamma: 1 },
  ])('refuses %j, alone and as an agent’s', (bidding) => {
    expect(biddingSchema.safeParse(bidding).success).toBe(false);
    const parsed = agentSchema.safeParse({ kind: 'uniform', bidding });
    expect(parsed.success).toBe(false);
    expect(parsed.error?.issues[0].path[0]).toBe('bidding');
  });

  it('gives any agent any bidder; fixed bids what the agent’s bidUsd says where it says nothing', () => {
    const { decisions, requests } = playOneTick({ kind: 'fixed' }, 0.007);
    expect([...decisions.bid]).toEqual(Array.from({ length: requests.size }, () => 0.007));
    expect(playOneTick({ kind: 'fixed', bidUsd: 0.5 }, 0.007).decisions.bid[0]).toBe(0.5);
    expect(playOneTick(undefined, 0.007).decisions.bid[0]).toBe(0.007);
    expect(playOneTick(undefined, 0.007).decisions.estimate[0]).toBeNaN();
    expect(playOneTick({ kind: 'truthful', model: 'known' }, 0.007).decisions.bid[0]).toBeCloseTo(0.03, 12);
  });

  function playOneTick(bidding: BiddingInput | undefined, bidUsd: number) {
    const agent = createAgent({ kind: 'epsilon-greedy', bidUsd, floor: 0.1, bidding }, toySetup(WORLD));
    const shape = { rows: 3, context: 1, actions: 4, slots: 1 };
    const requests = trueRequestsOf(shape, 0);
    const decisions = decisionsOf(shape);
    requests.size = 3;
    requests.context.data.fill(1);
    decisions.action.fill(0);
    agent.bid(requests, decisions);
    return { requests, decisions };
  }
});

describe('what the world must have', () => {
  const { auction: _auction, ...unsold } = toySetup(WORLD).spec;
  const { requests: _requests, ...endless } = setupOf(WORLD);
  const unlimited = setupOf({ ...WORLD, budgets: [Infinity, 3] });

  it.each(BIDDERS.filter(({ kind }) => kind !== 'fixed').map(({ kind }) => kind))('an auction, for %s', (kind) => {
    expect(() => createBidder({ kind } as BiddingInput, { ...setupOf(WORLD), spec: unsold })).toThrow(
      /^bidding\.kind: this world sells nothing by auction/u,
    );
  });

  it.each([
    [{ kind: 'paced' }, endless, /^bidding\.kind: paced plans its budget over the episode/u],
    [{ kind: 'rlb' }, endless, /^bidding\.kind: rlb plans its budget over the episode/u],
    [
      { kind: 'paced' },
      setupOf({ ...WORLD, budgets: [Infinity] }),
      /^bidding\.budgetUsd: paced .* no campaign has one/u,
    ],
    [{ kind: 'rlb' }, unlimited, /^bidding\.budgetUsd: rlb .* not every campaign has one/u],
    [
      { kind: 'rlb' },
      setupOf({ ...WORLD, mechanism: 'first-price' }),
      /^bidding\.kind: rlb holds for second-price auctions/u,
    ],
    [{ kind: 'rlb' }, setupOf({ ...WORLD, unit: 'click' }), /^bidding\.kind: rlb holds for second-price auctions/u],
    [{ kind: 'value-learning', factors: [] }, setupOf(WORLD), /^bidding\.factors: there is none to choose from/u],
  ] as const)('%j is refused in a sentence', (bidding, setup, words) => {
    expect(() => createBidder(bidding as BiddingInput, setup)).toThrow(InputError);
    expect(() => createBidder(bidding as BiddingInput, setup)).toThrow(words);
  });

  it('a budget of the bidder’s own will do', () => {
    expect(() => createBidder({ kind: 'rlb', budgetUsd: 4 }, unlimited)).not.toThrow();
    expect(() => createBidder({ kind: 'paced' }, unlimited)).not.toThrow();
    expect(() =>
      createBidder({ kind: 'paced' }, setupOf({ ...WORLD, budgets: [Infinity], dailyBudgetUsd: 3 })),
    ).not.toThrow();
  });
});

describe('pages of several ads', () => {
  const setup = setupOf({ ...WORLD, budgets: [1, Infinity] });
  const shape = { rows: 2, context: 1, actions: 4, slots: 2 };
  const page = { ...setup, spec: { ...setup.spec, slots: 2 } };

  it.each(['truthful', 'shaded', 'paced', 'value-learning'] as const)(
    '%s values the first ad, and books all',
    (kind) => {
      const bidder = createBidder({ kind, priorImpressions: 10 } as BiddingInput, page);
      const requests = trueRequestsOf(shape, 0);
      const decisions = decisionsOf(shape);
      const outcomes = outcomesOf(shape);
      requests.size = 2;
      requests.eligible.fill(1);
      decisions.action.set([1, 0, 3, 2]);
      bidder.bid(requests, decisions);
      const before = [...decisions.estimate];
      expect(before).toEqual([0.05, 0.05]);
      // Ad 0, second on the first page, is shown, clicked, and takes its campaign's whole budget.
      outcomes.slot.set([-1, 0, -1, -1]);
      outcomes.click[1] = 1;
      outcomes.cost[1] = 1;
      bidder.learn(requests, decisions, outcomes);
      decisions.action.set([0, 1, 1, 0]);
      bidder.bid(requests, decisions);
      expect(decisions.estimate[0]).toBeCloseTo((1 + 10 * ((0.5 + 1) / 11)) / 11, 12);
      expect(decisions.estimate[1]).toBeCloseTo(1.5 / 11, 12);
      // Only a paced bidder keeps books.
      expect(decisions.bid[0] === 0).toBe(kind === 'paced');
    },
  );
});

describe.each(all.map((bidding) => [JSON.stringify(bidding), bidding] as const))('%s', (_, bidding) => {
  it('bids finite numbers of 0 or more, and says finite worths, in any market', () => {
    fc.assert(
      fc.property(
        fc.record({
          mu: fc.double({ min: -12, max: 6, noNaN: true }),
          sigma: fc.double({ min: 0, max: 4, noNaN: true }),
          budget: fc.constantFrom(1e-9, 0.01, 3, 1e6),
          lanes: fc.constantFrom(1, 7, 64),
          reserveUsd: fc.constantFrom(0, 0.01, 10),
          first: fc.boolean(),
          byClick: fc.boolean(),
          rewardUnit: fc.constantFrom('click' as const, 'USD' as const),
          seed: fc.integer(),
        }),
        ({ budget, first, byClick, seed, ...market }) => {
          const planned = bidding.kind === 'rlb';
          const world: ToyMarket = {
            ...WORLD,
            ...market,
            requests: 300,
            mechanism: first && !planned ? 'first-price' : 'second-price',
            unit: byClick && !planned ? 'click' : 'impression',
            budgets: [budget, 2 * budget],
          };
          playToy(world, bidding, String(seed), ({ requests, decisions }) => {
            expect(decisions.bid.subarray(0, requests.size).every(sound)).toBe(true);
            const estimates = decisions.estimate.subarray(0, requests.size);
            expect(estimates.every(bidding.kind === 'fixed' ? Number.isNaN : sound)).toBe(true);
          });
        },
      ),
      { numRuns: 40, seed: 1 },
    );
  });

  it('bids the same for the same seed, and asking changes nothing', () => {
    const bids = (ask: boolean): number[] => {
      const seen: number[] = [];
      const agent = createAgent({ kind: 'uniform', bidding }, toySetup(WORLD));
      playToy(WORLD, agent, '1', ({ requests, decisions }) => {
        seen.push(...decisions.bid.subarray(0, requests.size));
        if (ask)
          for (let times = 0; times < 3; times++) agent.bid(requests, { ...decisions, bid: decisions.bid.slice() });
      });
      return seen;
    };
    expect(bids(false)).toEqual(bids(true));
  });

  it('offers nothing for an empty page, and learns nothing from it', () => {
    if (bidding.kind === 'fixed') return;
    const bidder = createBidder(bidding, setupOf(WORLD));
    const shape = { rows: 4, context: 1, actions: 4, slots: 1 };
    const requests = trueRequestsOf(shape, 0);
    const decisions = decisionsOf(shape);
    requests.size = 4;
    bidder.bid(requests, decisions);
    bidder.learn(requests, decisions, outcomesOf(shape));
    bidder.bid(requests, decisions);
    expect([...decisions.bid, ...decisions.estimate]).toEqual(Array.from({ length: 8 }, () => 0));
  });
});
