/** The block function of numpy's and TensorFlow's counter-based streams, to check ours against. */

const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
const WEYL = [0x9e3779b9, 0xbb67ae85] as const;
const ROUNDS = 10;

/** High and low word of a 32×32-bit product. */
function product(a: number, b: number): [number, number] {
  const whole = BigInt(a >>> 0) * BigInt(b >>> 0);
  return [Number(whole >> 32n), Number(whole & 0xffffffffn)];
}

/** One block of Philox-4×32-10 (Salmon et al. 2011, section 3.3) as four unsigned words. */
export function philox4x32(counter: readonly number[], key: readonly number[]): number[] {
  let [a, b, c, d] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const [high0, low0] = product(MULTIPLIERS[0], a);
    const [high1, low1] = product(MULTIPLIERS[1], c);
    [a, b, c, d] = [(high1 ^ b ^ k0) >>> 0, low1, (high0 ^ d ^ k1) >>> 0, low0];
    k0 = (k0 + WEYL[0]) >>> 0;
    k1 = (k1 + WEYL[1]) >>> 0;
  }
  return [a, b, c, d];
}
