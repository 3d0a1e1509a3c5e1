/** Squared distances of pairs of rows, four pairs side by side: each is one long chain of dependent sums. */

/** Pairs that are met at a time. */
const ABREAST = 4;

/** A list of pairs, and the squared distance of each once `fillDistances` was called. */
export interface Pairs {
  count: number;
  /** (room) rows of the one side and of the other. */
  left: Int32Array;
  right: Int32Array;
  /** (room) */
  square: Float64Array;
}

/** An empty list with room for so many pairs. */
export function pairsFor(most: number): Pairs {
  const room = most + ABREAST - 1;
  return { count: 0, left: new Int32Array(room), right: new Int32Array(room), square: new Float64Array(room) };
}

/** Fills `square` with the squared Euclidean distances of rows (d columns) of `a` from rows of `b`; sums go in order of columns. */
export function fillDistances(pairs: Pairs, a: Float64Array, b: Float64Array, d: number): void {
  const { count, left, right, square } = pairs;
  for (let p = 0; p < count; p += ABREAST) {
    // The last four may be fewer: what an earlier list left there is measured for nothing.
    const [a0, a1, a2, a3] = [left[p] * d, left[p + 1] * d, left[p + 2] * d, left[p + 3] * d];
    const [b0, b1, b2, b3] = [right[p] * d, right[p + 1] * d, right[p + 2] * d, right[p + 3] * d];
    let first = 0;
    let second = 0;
    let third = 0;
    let fourth = 0;
    for (let j = 0; j < d; j++) {
      const toFirst = a[a0 + j] - b[b0 + j];
      const toSecond = a[a1 + j] - b[b1 + j];
      const toThird = a[a2 + j] - b[b2 + j];
      const toFourth = a[a3 + j] - b[b3 + j];
      first += toFirst * toFirst;
      second += toSecond * toSecond;
      third += toThird * toThird;
      fourth += toFourth * toFourth;
    }
    square[p] = first;
    square[p + 1] = second;
    square[p + 2] = third;
    square[p + 3] = fourth;
  }
}

/** Squared Euclidean distance. */
export function distance(a: Float64Array, at: number, b: Float64Array, bt: number, d: number): number {
  let sum = 0;
  for (let j = 0; j < d; j++) sum += (a[at + j] - b[bt + j]) * (a[at + j] - b[bt + j]);
  return sum;
}
