/**
 * Fatigue: how often each user has met each creative, every exposure counting half after `halfLifeHours`. What a user
 * who is here has met lies in the hidden row of their lane; what the others have met is kept as short chains of
 * (creative, count), so memory grows with exposures, not with users × creatives.
 */
import type { WorldConfig } from './config.ts';

export interface Fatigue {
  /** Forgets all exposures. */
  begin(): void;
  /** A user comes: writes f_{u,k} of every creative, as of `hour`, to `row` from `at`. */
  load(user: number, hour: number, row: Float64Array, at: number): void;
  /** A user goes: keeps what `row` holds from `at`. */
  save(user: number, hour: number, row: Float64Array, at: number): void;
  /** What is left of an exposure after so many hours [share]. */
  left(hours: number): number;
}

/** Less than this of an exposure is forgotten. */
const LEAST = 1e-5;

/** Exposures of U users to K creatives. */
export function fatigueOf(config: WorldConfig, K: number): Fatigue {
  const decayPerHour = -Math.LN2 / config.fatigue.halfLifeHours;
  const head = new Int32Array(config.users); // first link of a user's chain, 0 for none
  const savedAt = new Float32Array(config.users);
  let creative = new Uint16Array(1024);
  let count = new Float32Array(1024);
  let next = new Int32Array(1024);
  let free = 0; // first link of the chain of unused links
  let used = 1; // links ever used; link 0 is none
  return { begin, load, save, left };

  function begin(): void {
    head.fill(0);
    free = 0;
    used = 1;
  }

  function left(hours: number): number {
    return Math.exp(decayPerHour * hours);
  }

  function load(user: number, hour: number, row: Float64Array, at: number): void {
    row.fill(0, at, at + K);
    let link = head[user];
    if (link === 0) return;
    const factor = left(hour - savedAt[user]);
    for (; link !== 0; link = next[link]) row[at + creative[link]] = count[link] * factor;
  }

  function save(user: number, hour: number, row: Float64Array, at: number): void {
    let link = head[user]; // links of the old chain that may be written again
    let last = 0;
    for (let a = 0; a < K; a++) {
      const value = row[at + a];
      if (value < LEAST) continue;
      let here = link;
      if (here !== 0) link = next[here];
      else {
        here = unused();
        if (last === 0) head[user] = here;
        else next[last] = here;
        next[here] = 0;
      }
      creative[here] = a;
      count[here] = value;
      last = here;
    }
    // The rest of the old chain is free again.
    if (link !== 0) {
      if (last === 0) head[user] = 0;
      else next[last] = 0;
      let end = link;
      while (next[end] !== 0) end = next[end];
      next[end] = free;
      free = link;
    }
    savedAt[user] = hour;
  }

  function unused(): number {
    if (free !== 0) {
      const link = free;
      free = next[link];
      return link;
    }
    if (used === next.length) {
      const size = 2 * used;
      creative = grown(creative, new Uint16Array(size));
      count = grown(count, new Float32Array(size));
      next = grown(next, new Int32Array(size));
    }
    return used++;
  }
}

function grown<T extends Uint16Array | Float32Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
