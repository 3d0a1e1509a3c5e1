/** Counts by key, most of them 0: an open-addressing table that is emptied at once. */

export interface CountTable {
  get(key: number): number;
  /** Adds 1. */
  add(key: number): void;
  clear(): void;
}

/** A table that grows as it fills; keys are whole numbers from 0 to 2⁵³ − 1. */
export function countTable(): CountTable {
  let size = 1024;
  let keys = new Float64Array(size).fill(-1);
  let counts = new Uint16Array(size);
  let filled = 0;
  return { get, add, clear };

  /** The place of the key, or the empty place where it would go. */
  function placeOf(key: number): number {
    let hash = Math.imul(key | 0, 0x9e3779b1) ^ Math.imul(Math.floor(key / 4294967296), 0x85ebca6b);
    hash ^= hash >>> 15;
    let place = hash & (size - 1);
    while (keys[place] !== -1 && keys[place] !== key) place = (place + 1) & (size - 1);
    return place;
  }

  function get(key: number): number {
    const place = placeOf(key);
    return keys[place] === key ? counts[place] : 0;
  }

  function add(key: number): void {
    let place = placeOf(key);
    if (keys[place] === -1) {
      if (2 * filled >= size) {
        grow();
        place = placeOf(key);
      }
      keys[place] = key;
      counts[place] = 0;
      filled++;
    }
    counts[place]++;
  }

  function grow(): void {
    const before = { keys, counts };
    size *= 2;
    keys = new Float64Array(size).fill(-1);
    counts = new Uint16Array(size);
    before.keys.forEach((key, at) => {
      if (key === -1) return;
      const place = placeOf(key);
      keys[place] = key;
      counts[place] = before.counts[at];
    });
  }

  function clear(): void {
    keys.fill(-1);
    filled = 0;
  }
}
