/** The generator that golden vectors are rebuilt with (ope.md): x ← 1664525·x + 1013904223 mod 2³², u = x / 2³². */
export function lcg(seed: number): () => number {
  let x = seed;
  return () => (x = (Math.imul(x, 1664525) + 1013904223) >>> 0) / 4294967296;
}
