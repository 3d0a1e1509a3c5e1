/** Numbers of 16 bits (IEEE 754-2019 binary16): weights on disk at a quarter of their size in memory. */

const SIGN = 0x8000;
const INFINITE = 0x7c00;
const NOT_A_NUMBER = 0x7e00;
/** Halves below 2⁻¹⁴ are multiples of 2⁻²⁴. */
const LEAST_EXPONENT = -14;
const FRACTION_BITS = 10;
/** From half of the last place above the largest half, 65,504, a number is infinite. */
const OVERFLOW = 65520;

const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** 2ⁿ for whole n in [−1022, 1023], exactly. */
function powerOfTwo(exponent: number): number {
  words[HIGH] = (exponent + 1023) << 20;
  words[1 - HIGH] = 0;
  return number[0];
}

/** ⌊log₂|value|⌋ of a number that is neither 0 nor subnormal. */
function exponentOf(value: number): number {
  number[0] = value;
  return ((words[HIGH] >>> 20) & 0x7ff) - 1023;
}

/** The bits of the half nearest to `value`; of two equally near ones the even one. Every NaN becomes the quiet one. */
export function halfBits(value: number): number {
  if (Number.isNaN(value)) return NOT_A_NUMBER;
  const sign = value < 0 || Object.is(value, -0) ? SIGN : 0;
  const size = Math.abs(value);
  if (size >= OVERFLOW) return sign | INFINITE;
  const exponent = Math.max(LEAST_EXPONENT, exponentOf(size));
  // Dividing by a power of two is exact, and adding 2⁵² rounds to whole numbers as IEEE 754 does: ties to even.
  const units = size / powerOfTwo(exponent - FRACTION_BITS) + 2 ** 52 - 2 ** 52;
  // A fraction that rounds up to the next power of two carries into the exponent by itself.
  const biased = exponent - LEAST_EXPONENT;
  return sign | (units + (biased << FRACTION_BITS));
}

/** The number that the bits of a half say, exactly. */
export function halfValue(bits: number): number {
  const sign = (bits & SIGN) === 0 ? 1 : -1;
  const exponent = (bits >>> FRACTION_BITS) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * powerOfTwo(LEAST_EXPONENT - FRACTION_BITS);
  return sign * (1024 + fraction) * powerOfTwo(exponent - 1 + LEAST_EXPONENT - FRACTION_BITS);
}

/** (n) */
export function toHalves(values: ArrayLike<number>): Uint16Array {
  return Uint16Array.from({ length: values.length }, (_, i) => halfBits(values[i]));
}

/** (n) */
export function fromHalves(halves: Uint16Array): Float64Array {
  return Float64Array.from(halves, halfValue);
}
