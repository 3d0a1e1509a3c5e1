import { describe, expect, it } from 'vitest';
import { CATEGORY_NAMES } from '../../src/core/contracts.ts';
import { AGE_BANDS, DEMOGRAPHICS, DEVICES } from '../../src/env/demographics.ts';
import { campaignsOf } from '../../src/env/campaigns.ts';
import { clockOf } from '../../src/env/clock.ts';
import { resolveWorld } from '../../src/env/config.ts';
import type { WorldInput } from '../../src/env/config.ts';
import { eligibilityOf } from '../../src/env/eligibility.ts';
import type { Eligibility } from '../../src/env/eligibility.ts';
import { pursesOf } from '../../src/env/purses.ts';
import type { Purses } from '../../src/env/purses.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';
import { usersOf } from '../../src/env/users.ts';
import { randomFrom } from '../../src/core/random.ts';

/** Three categories, one creative each; users 0–3 have age band u and device u mod the number of devices. */
function of(campaigns: WorldInput['campaigns'], players = 1): { eligibility: Eligibility; purses: Purses } {
  const config = resolveWorld({ users: 4, lanes: 4, categories: 3, ...(campaigns && { campaigns }) });
  const creatives = syntheticCreatives({ categories: 3, perCategory: 1 }, randomFrom('c'));
  const dealt = campaignsOf(config, creatives);
  const purses = pursesOf(players, dealt.specs, dealt.configs, clockOf(config));
  const eligibility = eligibilityOf(dealt, players, purses, 0.01);
  const users = usersOf(config);
  for (let u = 0; u < 4 && users.demographics.length > 0; u++) {
    users.demographics.set([u, u % DEVICES.length, 0], u * DEMOGRAPHICS.length);
  }
  purses.begin();
  eligibility.begin(users);
  purses.advance(0);
  eligibility.advance(0);
  return { eligibility, purses };
}

/** The rows of users 0–3, as strings of 0 and 1. */
function rows({ eligibility }: { eligibility: Eligibility }, player = 0): string[] {
  const out = new Uint8Array(12).fill(9);
  eligibility.fill(player, Int32Array.of(0, 1, 2, 3), out);
  return [0, 1, 2, 3].map((i) => out.subarray(3 * i, 3 * i + 3).join(''));
}

const [first] = CATEGORY_NAMES;

describe('eligibility', () => {
  it('is everything where nothing limits', () => {
    expect(rows(of(undefined))).toEqual(['111', '111', '111', '111']);
  });

  it('is by whom a campaign means', () => {
    const targeting = { age: [AGE_BANDS[1], AGE_BANDS[3]], device: [DEVICES[1]] };
    const world = of([{ name: 'some', categories: [first], targeting }, { name: 'rest' }]);
    const meant = [0, 1, 2, 3].map((u) => (u === 1 || u === 3) && u % DEVICES.length === 1);
    expect(rows(world)).toEqual(meant.map((yes) => (yes ? '111' : '011')));
  });

  it('ends for a user and a player at the cap, until midnight', () => {
    const world = of([{ name: 'some', categories: [first], frequencyCap: 2 }, { name: 'rest' }], 2);
    const { eligibility } = world;
    eligibility.shown(0, 0, 1);
    expect(rows(world)).toEqual(['111', '111', '111', '111']);
    expect(eligibility.allows(0, 0, 1, 1)).toBe(true);
    expect(eligibility.allows(0, 0, 1, 2)).toBe(false);
    eligibility.shown(0, 0, 1);
    expect(rows(world)).toEqual(['111', '011', '111', '111']);
    expect(rows(world, 1)).toEqual(['111', '111', '111', '111']);
    eligibility.advance(23.9);
    expect(rows(world)[1]).toBe('011');
    eligibility.advance(24);
    expect(rows(world)[1]).toBe('111');
  });

  it('opens and closes with dayparts, on their days', () => {
    const dayparts = [
      { fromHour: 8, toHour: 12, days: [1, 2] },
      { fromHour: 20, toHour: 24 },
    ];
    const world = of([{ name: 'some', categories: [first], dayparts }, { name: 'rest' }]);
    const open = (hour: number): boolean => {
      world.eligibility.advance(hour);
      return rows(world).every((row) => row === '111');
    };
    expect([0, 7.99, 8, 11.99, 12, 20, 23.99].map(open)).toEqual([false, false, true, true, false, true, true]);
    expect([24 + 9, 48 + 9, 48 + 21, 7 * 24 + 9].map(open)).toEqual([true, false, true, true]);
  });

  it('ends with the purse, and waits while pacing holds back', () => {
    const paced = { name: 'some', categories: [first], dailyBudgetUsd: 1, pacing: 'even' as const };
    const world = of([paced, { name: 'rest', budgetUsd: 0.5 }], 2);
    world.purses.pay(0, 0, 0.1);
    expect(rows(world)).toEqual(['011', '011', '011', '011']); // ahead of midnight's share
    world.purses.advance(12);
    world.purses.pay(0, 1, 0.495);
    expect(rows(world)).toEqual(['100', '100', '100', '100']); // half a cent is left, an ad costs one
    expect(rows(world, 1)).toEqual(['111', '111', '111', '111']);
  });
});
