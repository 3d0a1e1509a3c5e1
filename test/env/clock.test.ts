import { describe, expect, it } from 'vitest';
import { clockOf } from '../../src/env/clock.ts';
import { resolveWorld } from '../../src/env/config.ts';

const busyEvening = Array.from({ length: 24 }, (_, h) => (h < 6 ? 0 : h >= 18 ? 3 : 1)); // 0, 12 × 1, 6 × 3
const flatWeek = Array<number>(7).fill(1);

function clock(dailyProfile: number[], weeklyProfile = flatWeek): ReturnType<typeof clockOf> {
  return clockOf(resolveWorld({ lanes: 10, requestsPerHour: 100, arrivals: { dailyProfile, weeklyProfile } }));
}

describe('the clock', () => {
  it('is even where traffic is', () => {
    const at = clock(Array<number>(24).fill(1));
    expect([0, 1, 25, 2400].map((tick) => at.hourAt(tick))).toEqual([0, 0.1, 2.5, 240]);
    expect([0, 6, 30].map((hour) => at.shareOfDay(hour))).toEqual([0, 0.25, 0.25]);
  });

  it('deals ticks to hours as the profile says, at 24 × 100 requests a mean day', () => {
    const at = clock(busyEvening);
    const counts = new Float64Array(24);
    for (let tick = 0; tick < 7 * 240; tick++) counts[Math.floor(at.hourAt(tick)) % 24]++;
    // 240 ticks a day over weights that sum to 30: 8 an hour of weight 1, give or take one a day at the edges.
    busyEvening.forEach((weight, h) => expect(Math.abs(counts[h] - 7 * 8 * weight)).toBeLessThanOrEqual(7));
    expect(counts[3]).toBe(0);
    expect(at.hourAt(240)).toBeCloseTo(24 + 6, 9); // the first tick of a day is when its first traffic comes
  });

  it('never goes back', () => {
    const at = clock(busyEvening, [1, 1, 1, 1, 1, 0, 2]);
    for (let tick = 1; tick < 5000; tick++) expect(at.hourAt(tick)).toBeGreaterThan(at.hourAt(tick - 1));
  });

  it('knows the share of a day gone by, in traffic', () => {
    const at = clock(busyEvening);
    expect(at.shareOfDay(6)).toBe(0);
    expect(at.shareOfDay(18)).toBeCloseTo(12 / 30, 12);
    expect(at.shareOfDay(24 + 21)).toBeCloseTo((12 + 9) / 30, 12);
  });

  it('counts a day without traffic by the hour', () => {
    const at = clock(busyEvening, [1, 1, 1, 1, 1, 0, 2]);
    expect(at.shareOfDay(5 * 24 + 12)).toBeCloseTo(0.5, 12);
  });
});
