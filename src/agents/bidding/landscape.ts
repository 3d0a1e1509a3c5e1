/** The highest competing bid as a log-normal, learned from auctions won and lost: most of what it sees is censored. */
import { logNormalCdf } from './normal-tail.ts';

/** Bids are kept in cells so wide in the log, each with the mean of what fell into it. */
const CELL = 1 / 64;
/** Logs of bids outside lie in the outermost cells: 1e-12 to 1e6 USD. */
const LOWEST = -28;
const CELLS = 43 / CELL;
/** Weight of the prior: so many exact observations, one standard deviation to both sides of its centre. */
const PRIOR_WEIGHT = 2;
const PRIOR_SIGMA = 1;

/** What is believed of the highest competing bid. */
export interface Landscape {
  /** Mean and standard deviation of its log. */
  mu: number;
  sigma: number;
  /** How many auctions have been seen. */
  weight: number;
  /** It was at most `bid` > 0: the auction was won. */
  won(bid: number): void;
  /** It was more than `bid` > 0: the auction was lost. */
  lost(bid: number): void;
  /** It was `price` > 0. */
  seen(price: number): void;
  /** Fits `mu` and `sigma` to all that has been seen. */
  fit(): void;
}

/**
 * The maximum likelihood fit of a normal to logs that are exact, censored from the left or from the right, with a weak
 * prior around `centre` [log USD]. In (1/σ, μ/σ) the log likelihood is concave (Olsen 1978, Econometrica 46), so Newton's
 * method with step halving finds its only maximum from anywhere. Observations are kept in 2,752 cells of 1/64 in the
 * log: memory and the time of a fit do not grow with what has been seen.
 */
export function landscape(centre: number): Landscape {
  const below = new Float64Array(CELLS);
  const belowSum = new Float64Array(CELLS);
  const above = new Float64Array(CELLS);
  const aboveSum = new Float64Array(CELLS);
  let exact = 0;
  let exactSum = 0;
  let exactSquares = 0;
  const believed: Landscape = { mu: centre, sigma: PRIOR_SIGMA, weight: 0, won, lost, seen, fit };
  return believed;

  function won(bid: number): void {
    add(bid, below, belowSum);
  }

  function lost(bid: number): void {
    add(bid, above, aboveSum);
  }

  function add(bid: number, count: Float64Array, sum: Float64Array): void {
    const x = Math.log(bid);
    const cell = Math.min(CELLS - 1, Math.max(0, Math.floor((x - LOWEST) / CELL)));
    count[cell]++;
    sum[cell] += x - centre;
    believed.weight++;
  }

  function seen(price: number): void {
    const x = Math.log(price) - centre;
    exact++;
    exactSum += x;
    exactSquares += x * x;
    believed.weight++;
  }

  /** Newton on the concave log likelihood of (a, b) = (1/σ, μ/σ), μ measured from the centre: z = a·x − b. */
  function fit(): void {
    let a = 1 / believed.sigma;
    let b = (believed.mu - centre) * a;
    let now = derivatives(a, b);
    for (let iteration = 0; iteration < 50; iteration++) {
      const { gradientA, gradientB, hessianAA, hessianAB, hessianBB } = now;
      const determinant = hessianAA * hessianBB - hessianAB * hessianAB;
      const stepA = -(hessianBB * gradientA - hessianAB * gradientB) / determinant;
      const stepB = -(hessianAA * gradientB - hessianAB * gradientA) / determinant;
      let scale = 1;
      let next = now;
      for (; scale > 1e-10; scale /= 2) {
        if (!(a + scale * stepA > 0)) continue;
        next = derivatives(a + scale * stepA, b + scale * stepB);
        if (next.value >= now.value) break;
      }
      if (scale <= 1e-10) break;
      a += scale * stepA;
      b += scale * stepB;
      now = next;
      if (Math.abs(scale * stepA) + Math.abs(scale * stepB) < 1e-10 * (1 + a + Math.abs(b))) break;
    }
    believed.mu = centre + b / a;
    believed.sigma = 1 / a;
  }

  function derivatives(a: number, b: number): Derivatives {
    // Exact observations, the prior's among them: log a − (a·x − b)²/2 each.
    const n = exact + PRIOR_WEIGHT;
    const squares = exactSquares + PRIOR_WEIGHT * PRIOR_SIGMA * PRIOR_SIGMA;
    const out: Derivatives = {
      value: n * Math.log(a) - 0.5 * (a * a * squares - 2 * a * b * exactSum + n * b * b),
      gradientA: n / a - a * squares + b * exactSum,
      gradientB: a * exactSum - n * b,
      hessianAA: -n / (a * a) - squares,
      hessianAB: exactSum,
      hessianBB: -n,
    };
    for (let c = 0; c < CELLS; c++) {
      if (below[c] > 0) censored(below[c], belowSum[c] / below[c], 1, a, b, out);
      if (above[c] > 0) censored(above[c], aboveSum[c] / above[c], -1, a, b, out);
    }
    return out;
  }
}

interface Derivatives {
  value: number;
  gradientA: number;
  gradientB: number;
  hessianAA: number;
  hessianAB: number;
  hessianBB: number;
}

/** Adds `weight` times log Φ(±(a·x − b)), and its derivatives. */
function censored(weight: number, x: number, sign: 1 | -1, a: number, b: number, out: Derivatives): void {
  const z = sign * (a * x - b);
  const { value, slope } = logNormalCdf(z);
  out.value += weight * value;
  out.gradientA += weight * slope * sign * x;
  out.gradientB -= weight * slope * sign;
  const bend = weight * slope * (z + slope);
  out.hessianAA -= bend * x * x;
  out.hessianAB += bend * x;
  out.hessianBB -= bend;
}
