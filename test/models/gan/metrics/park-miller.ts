/** Park & Miller's generator: the same numbers in numpy, so that golden values can be made there. */
export function draws(seed: number, n: number): number[] {
  let state = seed;
  return Array.from({ length: n }, () => (state = (16807 * state) % 2147483647) / 2147483647);
}
