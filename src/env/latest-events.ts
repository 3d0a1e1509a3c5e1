/** The latest T events of every user, by category: what models of sequences read. */

export interface LatestEvents {
  /** The user has no events. */
  forget(user: number): void;
  /** An event of a past that is being drawn, in any order; `keep` sorts it in. */
  remember(category: number, age: number): void;
  /** The latest of the events remembered are the user's. */
  keep(user: number): void;
  /** An event, now. */
  add(user: number, category: number): void;
  /** Writes 1 + category of each, oldest first, then zeros: T numbers at `at`. Returns how many events there are. */
  read(user: number, out: Int32Array, at: number): number;
}

/** Room for T events of each of U users; T = 0 keeps nothing and costs nothing. */
export function latestEvents(U: number, T: number): LatestEvents {
  // A ring: a user's events stand at (count − 1) % T, (count − 2) % T, … of their stretch.
  const ring = new Uint8Array(U * T);
  const counts = new Int32Array(T > 0 ? U : 0);
  const past: number[] = [];
  return {
    forget(user) {
      if (T > 0) counts[user] = 0;
    },
    remember(category, age) {
      if (T > 0) past.push(age * 256 + category);
    },
    keep(user) {
      if (T === 0) return;
      const youngest = Int32Array.from(past).sort().subarray(0, T).toReversed();
      for (const one of youngest) add(user, one % 256);
      past.length = 0;
    },
    add,
    read(user, out, at) {
      if (T === 0) return 0;
      const count = counts[user];
      const n = Math.min(count, T);
      for (let t = 0; t < n; t++) out[at + t] = 1 + ring[user * T + ((count - n + t) % T)];
      out.fill(0, at + n, at + T);
      return n;
    },
  };

  function add(user: number, category: number): void {
    if (T > 0) ring[user * T + (counts[user]++ % T)] = category;
  }
}
