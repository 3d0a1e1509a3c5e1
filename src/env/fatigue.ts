/** Fatigue: how often each user has met each creative, every exposure counting half after `halfLifeHours`. */
import type { WorldConfig } from './config.ts';

export interface Fatigue {
  /** Forgets all exposures. */
  begin(): void;
  /** Counts an exposure. */
  expose(user: number, action: number, hour: number): void;
  /** Writes f_u at `allAt` and f_{u,k} of every creative from `at`, as of `hour`. */
  exposures(user: number, hour: number, out: Float64Array, allAt: number, at: number): void;
}

/** Exposures of U users to k creatives. Decay is lazy: a user's row is brought up to date when it is next touched. */
export function fatigueOf(config: WorldConfig, k: number): Fatigue {
  const counts = new Float32Array(config.users * k);
  const decayedAt = new Float64Array(config.users);
  const decayPerHour = -Math.LN2 / config.fatigue.halfLifeHours;
  return { begin, expose, exposures };

  function begin(): void {
    counts.fill(0);
    decayedAt.fill(0);
  }

  function expose(user: number, action: number, hour: number): void {
    decay(user, hour);
    counts[user * k + action] += 1;
  }

  function exposures(user: number, hour: number, out: Float64Array, allAt: number, at: number): void {
    decay(user, hour);
    let all = 0;
    for (let a = 0; a < k; a++) all += out[at + a] = counts[user * k + a];
    out[allAt] = all;
  }

  function decay(user: number, hour: number): void {
    const hours = hour - decayedAt[user];
    if (hours === 0) return;
    const factor = Math.exp(decayPerHour * hours);
    for (let at = user * k; at < user * k + k; at++) counts[at] *= factor;
    decayedAt[user] = hour;
  }
}
