/**
 * Arrivals: who visits next. Every lane owns the users u ≡ lane (mod lanes) and picks each visitor among them by
 * activity. The pick is keyed by (lane, visit number in the lane), so it cannot depend on what an agent did; where
 * satisfaction feeds back, the candidates are the same and some of them stay away.
 */
import type { Random } from '../core/random.ts';

export interface Arrivals {
  /** The user of the lane's visit number `visit`; `comes(user, u)` may turn a candidate away, given a uniform draw u. */
  visitor(lane: number, visit: number, comes?: (user: number, u: number) => boolean): number;
  /** Share of the lane's visits that are by this user, were nobody turned away. */
  share(user: number): number;
}

/** Candidates that may be turned away for one visit; then the last one comes anyway. */
const CANDIDATES = 256;

/** Room for the arrivals of U users to n lanes. */
export function arrivalsOf(
  userCount: number,
  lanes: number,
): { draw(activity: Float32Array, random: Random): Arrivals } {
  // Lane ℓ's users ℓ, ℓ + n, … lie together at [start(ℓ), start(ℓ + 1)), as a table of aliases (Walker 1977; built as
  // in Vose 1991): column x keeps its own user with probability keep[x], else gives alias[x]. One look-up, however many users.
  const keep = new Float32Array(userCount);
  const alias = new Int32Array(userCount);
  const totals = new Float64Array(lanes);
  const start = (lane: number): number => lane * Math.floor(userCount / lanes) + Math.min(lane, userCount % lanes);
  return { draw };

  function draw(activity: Float32Array, random: Random): Arrivals {
    const work = new Int32Array(start(1));
    for (let lane = 0; lane < lanes; lane++) build(lane, activity, work);
    const first = random.stream('arrivals');
    const chances = random.stream('coming');
    return { visitor, share };

    function visitor(lane: number, visit: number, comes?: (user: number, u: number) => boolean): number {
      let user = pick(lane, first.uniform(lane, visit));
      if (!comes) return user;
      for (let candidate = 1; candidate <= CANDIDATES; candidate++) {
        const key = Math.imul(visit, CANDIDATES + 1) + candidate;
        if (comes(user, chances.uniform(lane, key))) return user;
        user = pick(lane, chances.uniform(~lane, key));
      }
      return user;
    }

    function share(user: number): number {
      const lane = user % lanes;
      return totals[lane] > 0 ? activity[user] / totals[lane] : 1 / (start(lane + 1) - start(lane));
    }
  }

  function pick(lane: number, u: number): number {
    const from = start(lane);
    const x = u * (start(lane + 1) - from);
    const column = Math.floor(x);
    const own = x - column < keep[from + column] ? column : alias[from + column];
    return lane + own * lanes;
  }

  /** Fills the lane's table. Where activities are so unequal that all round to 0, its users come alike. */
  function build(lane: number, activity: Float32Array, work: Int32Array): void {
    const from = start(lane);
    const size = start(lane + 1) - from;
    let total = 0;
    for (let x = 0; x < size; x++) total += activity[lane + x * lanes];
    totals[lane] = total;
    const scale = total > 0 ? size / total : 0;
    let small = 0; // columns below average lie at the front of `work`, those above at its back
    let large = size;
    for (let x = 0; x < size; x++) {
      keep[from + x] = total > 0 ? activity[lane + x * lanes] * scale : 1;
      alias[from + x] = x;
      if (keep[from + x] < 1) work[small++] = x;
      else work[--large] = x;
    }
    while (small > 0 && large < size) {
      const poor = work[--small];
      const rich = work[large];
      alias[from + poor] = rich;
      keep[from + rich] -= 1 - keep[from + poor];
      if (keep[from + rich] < 1) {
        work[small++] = rich;
        large++;
      }
    }
    // What is left differs from 1 by rounding alone.
    while (small > 0) keep[from + work[--small]] = 1;
    while (large < size) keep[from + work[large++]] = 1;
  }
}
