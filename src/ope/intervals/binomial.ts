/**
 * How many of n trials succeed, drawn from the binomial distribution itself, at a price that does not grow with n: few
 * expected successes by walking up the distribution function, many by transformed rejection (Hörmann 1993, "The
 * generation of binomial random variates", algorithm BTRS).
 */

/** Below this many expected successes the walk is quicker, and BTRS not proven. */
const FEW = 10;

/** Successes among n ≥ 0 trials of probability p in [0, 1]; `uniform` draws from [0, 1). */
export function binomial(n: number, p: number, uniform: () => number): number {
  if (p > 0.5) return n - binomial(n, 1 - p, uniform);
  if (n === 0 || p <= 0) return 0;
  return n * p < FEW ? walk(n, p, uniform()) : rejection(n, p, uniform);
}

function walk(n: number, p: number, uniform: number): number {
  const odds = p / (1 - p);
  let mass = Math.exp(n * Math.log1p(-p));
  let left = uniform;
  let k = 0;
  while (left >= mass && k < n) {
    left -= mass;
    k++;
    mass *= ((n - k + 1) / k) * odds;
    if (mass < 1e-300) break; // what is left of `uniform` is rounding
  }
  return k;
}

/** Names as in the paper: its hat is the density of (2a/us + b)u + c. */
function rejection(n: number, p: number, uniform: () => number): number {
  const spread = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const c = n * p + 0.5;
  const squeeze = 0.92 - 4.2 / b;
  for (;;) {
    const u = uniform() - 0.5;
    const v = uniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + c);
    if (us >= 0.07 && v <= squeeze) return k;
    if (!(k >= 0 && k <= n)) continue;
    const alpha = (2.83 + 5.1 / b) * spread;
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= logRatio(n, p, k)) return k;
  }
}

/** ln of the probability of k, relative to that of the mode. */
function logRatio(n: number, p: number, k: number): number {
  const odds = p / (1 - p);
  const mode = Math.floor((n + 1) * p);
  return (
    (mode + 0.5) * Math.log((mode + 1) / (odds * (n - mode + 1))) +
    (n + 1) * Math.log((n - mode + 1) / (n - k + 1)) +
    (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1)) +
    stirling(mode) +
    stirling(n - mode) -
    stirling(k) -
    stirling(n - k)
  );
}

/** What Stirling's formula with k + 1 leaves of ln k!, for k ≥ 10 to 1e-12; small k from the table. */
function stirling(k: number): number {
  if (k < TAILS.length) return TAILS[k];
  const x = 1 / (k + 1);
  const square = x * x;
  return (1 / 12 - (1 / 360 - (1 / 1260 - square / 1680) * square) * square) * x;
}

/** ln k! − (k + ½) ln(k + 1) + (k + 1) − ½ ln 2π, k = 0 … 9. */
const TAILS: readonly number[] = Array.from({ length: 10 }, (_, k) => {
  let factorial = 0;
  for (let j = 2; j <= k; j++) factorial += Math.log(j);
  return factorial - (k + 0.5) * Math.log(k + 1) + (k + 1) - 0.5 * Math.log(2 * Math.PI);
});
