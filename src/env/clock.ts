/**
 * The clock: the n requests of a tick share a moment, and moments lie the closer the busier the hour is, so that the
 * rate of requests follows the daily and weekly profile. A superposition of Poisson processes, of which each arrival
 * belongs to a user with odds proportional to λ_u, on a clock that runs with Λ(t): a user's visits are a
 * non-homogeneous Poisson process λ_u·daily(hour)·weekly(day) as their share of all visits gets small (Rényi 1956).
 */
import type { WorldConfig } from './config.ts';

/** Day 0 is a Monday, and begins at hour 0. */
export interface Clock {
  /** [h] of a tick. */
  hourAt(tick: number): number;
  /** Share of the requests of that day which come before `hour`, in [0, 1]. */
  shareOfDay(hour: number): number;
}

const WEEK = 168;

/** The profiles in force: those of the fitted population, if there is one. */
export function profilesOf({ arrivals, population }: WorldConfig): {
  daily: readonly number[];
  weekly: readonly number[];
} {
  const { fitted } = population;
  return fitted
    ? { daily: fitted.dailyProfile, weekly: fitted.weeklyProfile }
    : { daily: arrivals.dailyProfile, weekly: arrivals.weeklyProfile };
}

/** The clock of a world. */
export function clockOf(config: WorldConfig): Clock {
  const { daily, weekly } = profilesOf(config);
  const rates = Float64Array.from({ length: WEEK }, (_, h) => daily[h % 24] * weekly[Math.floor(h / 24)]);
  const total = rates.reduce((a, b) => a + b, 0);
  const cumulative = new Float64Array(WEEK + 1); // [mean hours] of traffic before each hour of the week
  for (let h = 0; h < WEEK; h++) cumulative[h + 1] = cumulative[h] + (rates[h] * WEEK) / total;
  const flat = rates.every((rate) => rate === rates[0]);
  const hoursPerTick = config.lanes / config.requestsPerHour;
  return { hourAt, shareOfDay };

  function hourAt(tick: number): number {
    const mass = tick * hoursPerTick;
    if (flat) return mass;
    const week = Math.floor(mass / WEEK);
    const rest = Math.min(mass - week * WEEK, cumulative[WEEK]);
    let low = 0;
    let high = WEEK - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cumulative[middle + 1] > rest) high = middle;
      else low = middle + 1;
    }
    const rate = cumulative[low + 1] - cumulative[low];
    return week * WEEK + low + (rate > 0 ? Math.min(1, (rest - cumulative[low]) / rate) : 1);
  }

  function shareOfDay(hour: number): number {
    const inWeek = hour % WEEK;
    const day = Math.floor(inWeek / 24) * 24;
    const all = cumulative[day + 24] - cumulative[day];
    const h = Math.floor(inWeek);
    const before = cumulative[h] - cumulative[day] + (inWeek - h) * (cumulative[h + 1] - cumulative[h]);
    return all > 0 ? before / all : (inWeek - day) / 24;
  }
}
