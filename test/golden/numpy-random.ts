/** numpy's legacy indices, RandomState(seed).choice(n, size): only to resample as golden numbers were, never in `src`. */

/** MT19937 (Matsumoto & Nishimura 1998), seeded by init_genrand: 32-bit words, one after the other. */
function mersenneTwister(seed: number): () => number {
  const N = 624;
  const state = new Uint32Array(N);
  state[0] = seed;
  for (let i = 1; i < N; i++) state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
  let at = N;
  return () => {
    if (at === N) {
      for (let i = 0; i < N; i++) {
        const y = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
        state[i] = state[(i + 397) % N] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      at = 0;
    }
    let y = state[at++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
}

/** (count) indices below n: words masked to the next power of two, drawn again where they are too large. */
export function numpyIndices(seed: number, n: number, count: number): Int32Array {
  const next = mersenneTwister(seed);
  const mask = 2 ** (32 - Math.clz32(n - 1)) - 1;
  return Int32Array.from({ length: count }, () => {
    for (;;) {
      const index = next() & mask;
      if (index < n) return index;
    }
  });
}
