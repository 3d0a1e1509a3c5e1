/**
 * Arrivals: who visits next. Every lane owns the users u ≡ lane (mod lanes) and picks each visitor among them by
 * activity. The pick is keyed by (lane, visit number in the lane), so it cannot depend on what an agent did; where
 * satisfaction feeds back, the candidates are the same and some of them stay away.
 */
import type { Random } from '../core/random.ts';

export interface Arrivals {
  /**
   * Fills `out` with the users of m visits: number `visits[j]` of lane `lanes[j]`. `comes(user, u)` may turn a candidate
   * away, given a uniform draw u.
   */
  visitors(
    m: number,
    lanes: Int32Array,
    visits: Int32Array,
    comes: ((user: number, u: number) => boolean) | undefined,
    out: Int32Array,
  ): void;
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
  // in Vose 1991): column x keeps its own user with probability keep[2x], else gives alias[2x + 1]. One look-up, however
  // many users; both lie side by side, so that it takes one fetch.
  const table = new ArrayBuffer(8 * userCount);
  const keep = new Float32Array(table);
  const alias = new Int32Array(table);
  const totals = new Float64Array(lanes);
  const start = (lane: number): number => lane * Math.floor(userCount / lanes) + Math.min(lane, userCount % lanes);
  return { draw };

  function draw(activity: Float32Array, random: Random): Arrivals {
    const work = new Int32Array(start(1));
    for (let lane = 0; lane < lanes; lane++) build(lane, activity, work);
    const first = random.stream('arrivals');
    const chances = random.stream('coming');
    return { visitors, share };

    function visitors(
      m: number,
      to: Int32Array,
      visits: Int32Array,
      comes: ((user: number, u: number) => boolean) | undefined,
      out: Int32Array,
    ): void {
      const counters = first.counters(m);
      for (let j = 0; j < m; j++) {
        counters[2 * j] = to[j];
        counters[2 * j + 1] = visits[j];
      }
      const luck = first.uniforms(m);
      for (let j = 0; j < m; j++) out[j] = pick(to[j], luck[j]);
      if (!comes) return;
      for (let j = 0; j < m; j++) out[j] = whoComes(to[j], visits[j], out[j], comes);
    }

    /** The first candidate who is not turned away, `user` being asked first. */
    function whoComes(lane: number, visit: number, user: number, comes: (user: number, u: number) => boolean): number {
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
    const cell = 2 * (from + column);
    const own = x - column < keep[cell] ? column : alias[cell + 1];
    return lane + own * lanes;
  }

  /** Fills the lane's table. Where activities are so unequal that all round to 0, its users come alike. */
  function build(lane: number, activity: Float32Array, work: Int32Array): void {
    const from = 2 * start(lane);
    const size = start(lane + 1) - start(lane);
    let total = 0;
    for (let x = 0; x < size; x++) total += activity[lane + x * lanes];
    totals[lane] = total;
    const scale = total > 0 ? size / total : 0;
    let small = 0; // columns below average lie at the front of `work`, those above at its back
    let large = size;
    for (let x = 0; x < size; x++) {
      keep[from + 2 * x] = total > 0 ? activity[lane + x * lanes] * scale : 1;
      alias[from + 2 * x + 1] = x;
      if (keep[from + 2 * x] < 1) work[small++] = x;
      else work[--large] = x;
    }
    while (small > 0 && large < size) {
      const poor = work[--small];
      const rich = work[large];
      alias[from + 2 * poor + 1] = rich;
      keep[from + 2 * rich] -= 1 - keep[from + 2 * poor];
      if (keep[from + 2 * rich] < 1) {
        work[small++] = rich;
        large++;
      }
    }
    // What is left differs from 1 by rounding alone.
    while (small > 0) keep[from + 2 * work[--small]] = 1;
    while (large < size) keep[from + 2 * work[large++]] = 1;
  }
}
