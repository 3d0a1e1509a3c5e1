/**
 * The hedged betting interval: somebody bets against the mean being m, half of the money that it is larger and half that
 * it is smaller, and m is given up where the money has grown 1/α-fold. Waudby-Smith & Ramdas 2024, Theorem 3 and §4.4.
 */
import { CAP, plugin } from './confidence-sequence.ts';

/** Halvings of the bracket: 2⁻⁴⁴ of the range is left. */
const HALVINGS = 44;

/** {m : capital below 1/α} after all of `values` (in [0, 1], in time order): valid at every length, if looked at each day. */
export function bettingInterval(values: ArrayLike<number>, alpha: number): readonly [number, number] {
  const n = values.length;
  const stakes = new Float64Array(n);
  const past = plugin();
  for (let i = 0; i < n; i++) {
    stakes[i] = Math.sqrt((2 * Math.log(2 / alpha)) / (past.variance * (i + 1) * Math.log(i + 2)));
    past.add(values[i]);
  }
  const goal = Math.log(2 / alpha);
  // Whether the bets on "larger than m" have won; the fewer, the larger m is. The other side is its mirror image.
  const larger = (m: number): boolean => logCapital(values, stakes, m, 1) >= goal;
  const smaller = (m: number): boolean => logCapital(values, stakes, m, -1) >= goal;
  return [bound(0, 1, larger), bound(1, 0, smaller)];
}

/** Where, on the way from `lost` (an end of the range) to `kept`, the bets stop winning. */
function bound(lost: number, kept: number, won: (m: number) => boolean): number {
  if (!won(lost)) return lost;
  let [a, b] = [lost, kept];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (a + b) / 2;
    if (won(middle)) a = middle;
    else b = middle;
  }
  return a;
}

/** ln Π (1 ± λ(m)(x − m)), stakes cut so that nothing can be lost but half. */
function logCapital(values: ArrayLike<number>, stakes: Float64Array, m: number, side: 1 | -1): number {
  const most = CAP / (side === 1 ? m : 1 - m); // Infinity at the end of the range, where nothing can be lost
  let log = 0;
  let product = 1;
  for (let i = 0; i < stakes.length; i++) {
    product *= 1 + side * Math.min(stakes[i], most) * (values[i] - m);
    if (product > 1e100 || product < 1e-100) {
      log += Math.log(product);
      product = 1;
    }
  }
  return log + Math.log(product);
}
