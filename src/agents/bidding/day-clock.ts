/** How many requests the rest of a day will bring, learned hour by hour. */

/** An hour of the day is known when so much of it has been seen [h]. */
const ENOUGH = 0.25;

/** Requests by hour of the day, and what they let expect. */
export interface DayClock {
  /** So many requests came, the last of them at `hour` since the start of the episode; hours do not fall. */
  add(requests: number, hour: number): void;
  /** Requests expected from `hour`, since the start of the episode, to midnight; Infinity before any time has passed. */
  toMidnight(hour: number): number;
}

/** Counts requests by hour of the day (24 h); an hour not seen yet is taken to be like all that were. */
export function dayClock(): DayClock {
  const count = new Float64Array(24);
  const elapsed = new Float64Array(24);
  let last = 0;
  let all = 0;
  // The rows of a tick ask the same.
  let asked = Number.NaN;
  let answer = Infinity;
  return { add, toMidnight };

  function add(requests: number, hour: number): void {
    const bin = Math.floor(last - 24 * Math.floor(last / 24));
    count[bin] += requests;
    elapsed[bin] += hour - last;
    all += requests;
    last = hour;
    asked = Number.NaN;
  }

  function toMidnight(hour: number): number {
    if (hour !== asked) answer = expected(hour - 24 * Math.floor(hour / 24));
    asked = hour;
    return answer;
  }

  function expected(hour: number): number {
    if (last === 0) return Infinity;
    let sum = 0;
    for (let bin = Math.floor(hour); bin < 24; bin++) {
      const rate = elapsed[bin] >= ENOUGH ? count[bin] / elapsed[bin] : all / last;
      sum += rate * Math.min(1, bin + 1 - hour);
    }
    return sum;
  }
}
