/** Labelled grey images of 28×28 pixels, as columns. */

export const SIDE = 28;
export const PIXELS: number = SIDE * SIDE;

export interface Images {
  /** How many. */
  count: number;
  /** (count×784) row-major: 0 black … 255 white. */
  pixels: Uint8Array;
  /** (count) category, 0…9. */
  labels: Uint8Array;
  /** `silhouettes`, or what was read: the same on every machine. */
  source: string;
  /** SHA-256 of pixels and labels, hexadecimal. */
  digest: string;
}

/** A view on image i. */
export function imageAt(pixels: Uint8Array, i: number): Uint8Array {
  return pixels.subarray(i * PIXELS, (i + 1) * PIXELS);
}

/** Copies the rows `indices` of images into [−1, 1]: (indices.length×784). */
export function normalised(pixels: Uint8Array, indices: ArrayLike<number>, out?: Float32Array): Float32Array {
  const values = out ?? new Float32Array(indices.length * PIXELS);
  for (let row = 0; row < indices.length; row++) {
    const from = indices[row] * PIXELS;
    for (let p = 0; p < PIXELS; p++) values[row * PIXELS + p] = pixels[from + p] / 127.5 - 1;
  }
  return values;
}

/** Bytes from values in [−1, 1]; values outside are clipped. */
export function bytesOf(values: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(values, (v) => Math.round(Math.min(1, Math.max(0, (v + 1) / 2)) * 255));
}
