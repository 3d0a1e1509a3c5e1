/** Sums rows by segment: the gradient of an embedding lookup. */

/** Adds row i of `values` (ids.length × width) to row `ids[i]` of `out`; ids outside [0, segments) are skipped. */
export function addRowsBySegment(
  values: ArrayLike<number>,
  ids: ArrayLike<number>,
  segments: number,
  out: Float32Array | Int32Array | Uint8Array,
): void {
  out.fill(0);
  const width = ids.length === 0 ? 0 : values.length / ids.length;
  for (let i = 0; i < ids.length; i++) {
    const segment = ids[i];
    if (segment < 0 || segment >= segments) continue;
    const target = segment * width;
    const source = i * width;
    for (let j = 0; j < width; j++) out[target + j] += values[source + j];
  }
}
