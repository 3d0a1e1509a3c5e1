/**
 * How active users are, told from how often each was seen. Visits of a user are Poisson around an activity that is
 * Gamma(shape) within a segment, so counts are negative binomial; whoever never came is not in a log, so it is cut at
 * zero. Maximum likelihood (Johnson, Kemp & Kotz 2005, Univariate Discrete Distributions, §5.11).
 */

export interface VisitCounts {
  /** r: shape of the Gamma distribution within a segment. */
  shape: number;
  /** 95 % interval of the shape, by the curvature of the profile likelihood; null where it is at an end of what is tried. */
  interval: readonly [number, number] | null;
  /** (S) mean visits of a user of each segment, those who were never seen among them. */
  means: number[];
  /** (S) users of each segment, those who were never seen among them. */
  users: number[];
}

/** Shapes between these are told apart; below, nearly everybody is unseen, above, all are alike. */
const SHAPES = [0.05, 100] as const;

/**
 * `counts` (U) visits of each user, at least 1; `segment` (U) 0 … S − 1. A segment without users has mean and users 0.
 * Throws `RangeError` for a user without a visit.
 */
export function fitVisitCounts(counts: ArrayLike<number>, segment: ArrayLike<number>, segments: number): VisitCounts {
  const seen = Array.from({ length: segments }, () => new Map<number, number>());
  for (let u = 0; u < counts.length; u++) {
    if (!(counts[u] >= 1)) throw new RangeError(`fitVisitCounts: user ${u} has ${counts[u]} visits; leave them out`);
    const own = seen[segment[u]];
    own.set(counts[u], (own.get(counts[u]) ?? 0) + 1);
  }
  const profile = (log: number): number => seen.reduce((sum, own) => sum + logLikelihood(own, Math.exp(log)), 0);
  const [low, high] = SHAPES.map(Math.log);
  const best = highest(profile, low, high);
  const shape = Math.exp(best);
  const means = seen.map((own) => meanOf(own, shape));
  const users = seen.map((own, s) => sizeOf(own) / (1 - missed(means[s], shape)));
  return { shape, interval: intervalOf(profile, best, low, high), means, users: users.map((n) => n || 0) };
}

function intervalOf(
  profile: (log: number) => number,
  best: number,
  low: number,
  high: number,
): [number, number] | null {
  const step = 0.02;
  if (best - low < step || high - best < step) return null;
  const curvature = (2 * profile(best) - profile(best - step) - profile(best + step)) / (step * step);
  const half = 1.96 / Math.sqrt(curvature);
  return curvature > 0 ? [Math.exp(best - half), Math.exp(best + half)] : null;
}

/** Of a segment's counts, at the mean that is likeliest for this shape. */
function logLikelihood(seen: ReadonlyMap<number, number>, r: number): number {
  if (seen.size === 0) return 0;
  const mu = meanOf(seen, r);
  const certain = Math.log1p(-missed(mu, r));
  let sum = 0;
  for (const [n, users] of seen) {
    let log = -r * Math.log1p(mu / r) + n * Math.log(mu / (r + mu)) - certain;
    for (let j = 0; j < n; j++) log += Math.log((r + j) / (j + 1));
    sum += users * log;
  }
  return sum;
}

/** P(no visit). */
function missed(mu: number, r: number): number {
  return Math.exp(-r * Math.log1p(mu / r));
}

function sizeOf(seen: ReadonlyMap<number, number>): number {
  let users = 0;
  for (const own of seen.values()) users += own;
  return users;
}

/** The likeliest mean: the root of μ / (1 − P(no visit)) = mean of those seen, which grows with μ. */
function meanOf(seen: ReadonlyMap<number, number>, r: number): number {
  let visits = 0;
  for (const [n, users] of seen) visits += n * users;
  if (visits === 0) return 0;
  const target = visits / sizeOf(seen);
  let low = 0;
  let high = target;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (middle / (1 - missed(middle, r)) > target) high = middle;
    else low = middle;
  }
  return high;
}

/** Where a function with one peak is highest in [low, high]: golden-section search (Kiefer 1953). */
function highest(value: (x: number) => number, low: number, high: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [low, high];
  let [left, right] = [b - golden * (b - a), a + golden * (b - a)];
  let [atLeft, atRight] = [value(left), value(right)];
  while (b - a > 1e-7) {
    if (atLeft > atRight) {
      [b, right, atRight] = [right, left, atLeft];
      left = b - golden * (b - a);
      atLeft = value(left);
    } else {
      [a, left, atLeft] = [left, right, atRight];
      right = a + golden * (b - a);
      atRight = value(right);
    }
  }
  return (a + b) / 2;
}
