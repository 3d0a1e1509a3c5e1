/** Rows drawn evenly out of a stream of unknown length, as many as may be held: by a hash of each, so the same ones every time. */

export interface RowDraw {
  /** Takes the next `count` rows, each with a hash in [0, 2^32): those that are kept for now; undefined where that is all of them. */
  next(count: number, hash: (i: number) => number): Int32Array | undefined;
  /** Rows kept so far. */
  size(): number;
  /**
   * Halves the share that is kept until no more than `most` rows are left, each time telling `thin` which of those kept before
   * are. More are left only where too many rows have one hash.
   */
  keepBelow(most: number, thin: (left: Int32Array) => void): void;
}

/** Keeps rows whose hash is below a bound, which is halved when there are too many: equal hashes, such as those of a group, stay together. */
export function rowDraw(): RowDraw {
  let bound = 0x1_0000_0000;
  let hashes = new Uint32Array(1024);
  let size = 0;
  function halve(): Int32Array {
    bound /= 2;
    const rows = new Int32Array(size);
    let kept = 0;
    for (let i = 0; i < size; i++) {
      if (hashes[i] >= bound) continue;
      hashes[kept] = hashes[i];
      rows[kept++] = i;
    }
    return rows.slice(0, kept);
  }
  return {
    next(count, hash) {
      const rows = new Int32Array(count);
      let kept = 0;
      if (size + count > hashes.length) {
        const larger = new Uint32Array(Math.max(2 * hashes.length, size + count));
        larger.set(hashes);
        hashes = larger;
      }
      for (let i = 0; i < count; i++) {
        const value = hash(i);
        if (value >= bound) continue;
        hashes[size++] = value;
        rows[kept++] = i;
      }
      return kept === count ? undefined : rows.slice(0, kept);
    },
    size: () => size,
    keepBelow(most, thin) {
      while (size > most && bound >= 2) {
        const left = halve();
        if (left.length === size) continue;
        size = left.length;
        thin(left);
      }
    },
  };
}

type Values = Int32Array | Float64Array;

/** Makers of columns. */
export const floats = (size: number): Float64Array => new Float64Array(size);
export const integers = (size: number): Int32Array => new Int32Array(size);

/** A column that comes in parts. */
export interface Pieces<T> {
  add(part: T): void;
  /** Keeps of the rows so far these alone. */
  thin(rows: Int32Array): void;
  /** All of them, one after the other. */
  whole(): T;
}

/** An empty column of `width` values a row; `make` says of which type. */
export function pieces<T extends Values>(make: (size: number) => T, width = 1): Pieces<T> {
  let parts: T[] = [];
  return {
    add: (part) => void parts.push(part),
    thin: (rows) => (parts = [picked(joined(parts, make), rows, make, width)]),
    whole: () => joined(parts, make),
  };
}

/** The values of some rows, in that order; all where none are named. */
export function picked<T extends Values>(
  from: T,
  rows: Int32Array | undefined,
  make: (size: number) => T,
  width = 1,
): T {
  if (!rows) return from;
  const out = make(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < width; j++) out[i * width + j] = from[rows[i] * width + j];
  }
  return out;
}

/** Parts as one. */
export function joined<T extends Values>(parts: readonly T[], make: (size: number) => T): T {
  if (parts.length === 1) return parts[0];
  const out = make(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part as never, at);
    at += part.length;
  }
  return out;
}
