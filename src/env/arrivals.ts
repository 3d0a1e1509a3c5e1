/**
 * Arrivals: who visits next. Every lane owns the users u ≡ lane (mod lanes) and picks each visitor among them by
 * activity. The pick is keyed by (lane, visit number in the lane), so it cannot depend on what an agent did.
 */
import type { Random } from '../core/random.ts';

export interface Arrivals {
  /** The user of the lane's visit number `visit`. */
  visitor(lane: number, visit: number): number;
  /** Share of the lane's visits that are by this user. */
  share(user: number): number;
}

/** Room for the arrivals of U users to n lanes. */
export function arrivalsOf(
  userCount: number,
  lanes: number,
): { draw(activity: Float32Array, random: Random): Arrivals } {
  // Lane ℓ's cumulative shares lie together: users ℓ, ℓ + n, … at [start(ℓ), start(ℓ + 1)).
  const cumulative = new Float64Array(userCount);
  const start = (lane: number): number => lane * Math.floor(userCount / lanes) + Math.min(lane, userCount % lanes);
  return { draw };

  function draw(activity: Float32Array, random: Random): Arrivals {
    for (let lane = 0; lane < lanes; lane++) {
      const from = start(lane);
      let total = 0;
      for (let u = lane, at = from; u < userCount; u += lanes, at++) cumulative[at] = total += activity[u];
      const size = start(lane + 1) - from;
      // Where activities are so unequal that all of a lane's round to 0, its users come alike.
      for (let u = 0; u < size; u++) cumulative[from + u] = total > 0 ? cumulative[from + u] / total : (u + 1) / size;
    }
    const draws = random.stream('arrivals');
    return { visitor, share };

    function visitor(lane: number, visit: number): number {
      const x = draws.uniform(lane, visit);
      const from = start(lane);
      let low = from;
      let high = start(lane + 1) - 1;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (cumulative[middle] > x) high = middle;
        else low = middle + 1;
      }
      return lane + (low - from) * lanes;
    }
  }

  function share(user: number): number {
    const from = start(user % lanes);
    const at = from + Math.floor(user / lanes);
    return cumulative[at] - (at > from ? cumulative[at - 1] : 0);
  }
}
