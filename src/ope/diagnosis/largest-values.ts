/**
 * The largest values of a long column, exactly, in memory for twice as many as are kept: values above the least one kept
 * go into a buffer, and a full buffer is cut back to its larger half.
 */

export interface LargestValues {
  add(value: number): void;
  /** The largest min(count, all added) values, rising. */
  sorted(count: number): Float64Array;
}

/** Keeps `most` values. */
export function largestValues(most: number): LargestValues {
  const room = Math.max(2 * most, 64);
  const values = new Float64Array(room);
  let size = 0;
  let least = -Infinity;
  return {
    add(value) {
      if (value <= least) return;
      values[size++] = value;
      if (size < room) return;
      // Typed arrays sort by value; sorting a full buffer costs log(room) a value that entered it, and few do.
      values.sort();
      values.copyWithin(0, room - most);
      size = most;
      least = most > 0 ? values[0] : Infinity;
    },
    sorted(count) {
      const all = values.slice(0, size).sort();
      return all.subarray(Math.max(0, size - Math.min(count, most)));
    },
  };
}
