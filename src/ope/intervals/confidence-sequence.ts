/**
 * Confidence sequences for the mean of numbers in [0, 1]: at every length at once the interval holds the mean with the
 * stated chance, so one may look every day and stop when one likes. Waudby-Smith & Ramdas 2024 (JRSS B, "Estimating means
 * of bounded random variables by betting"), predictable plug-ins.
 */

/** Takes numbers one by one; may be asked at any time. Without running intersection, which would hold too. */
export interface ConfidenceSequence {
  /** x in [0, 1]. Allocates nothing. */
  add(x: number): void;
  /** Of all numbers so far; may reach beyond [0, 1] while they are few. */
  interval(): readonly [number, number];
}

/** Greatest stake of the empirical-Bernstein sequence. */
export const CAP = 0.5;

/** −ln(1 − λ) − λ, λ in [0, 1). */
export function psi(lambda: number): number {
  return -Math.log1p(-lambda) - lambda;
}

/** Predictable plug-in Hoeffding (Theorem 1): knows the bounds alone. */
export function hoeffdingSequence(alpha: number): ConfidenceSequence {
  const log = Math.log(2 / alpha);
  let t = 0;
  let stakes = 0;
  let staked = 0;
  let squares = 0;
  return {
    add(x) {
      t++;
      const lambda = Math.min(Math.sqrt((8 * log) / (t * Math.log(t + 1))), 1);
      stakes += lambda;
      staked += lambda * x;
      squares += lambda * lambda;
    },
    interval() {
      const half = (log + squares / 8) / stakes;
      return t === 0 ? [0, 1] : [staked / stakes - half, staked / stakes + half];
    },
  };
}

/** Running variance of WSR24, eq. 15: begun with one observation's ¼ about ½, so that no stake is endless. */
export interface Plugin {
  /** σ̂² of the numbers so far. */
  variance: number;
  add(x: number): void;
}

export function plugin(): Plugin {
  let t = 0;
  let sum = 0.5;
  let squares = 0.25;
  return {
    variance: 0.25,
    add(x) {
      t++;
      sum += x;
      const gap = x - sum / (t + 1);
      squares += gap * gap;
      this.variance = squares / (t + 1);
    },
  };
}

/**
 * Predictable plug-in empirical Bernstein (Theorem 2). With a `horizon` n the stakes are those that make the interval
 * narrowest at n numbers (Remark 1, eq. 17): an interval for a sample of known size, still valid at every other.
 */
export function bernsteinSequence(alpha: number, horizon?: number): ConfidenceSequence {
  const log = Math.log(2 / alpha);
  const past = plugin();
  let t = 0;
  let sum = 0;
  let stakes = 0;
  let staked = 0;
  let spread = 0;
  return {
    add(x) {
      t++;
      const time = horizon ?? t * Math.log(t + 1);
      const lambda = Math.min(Math.sqrt((2 * log) / (past.variance * time)), CAP);
      // Any guess made beforehand is valid; the authors' is the plain mean of the past, and nothing before it.
      const gap = t === 1 ? x : x - sum / (t - 1);
      sum += x;
      stakes += lambda;
      staked += lambda * x;
      spread += gap * gap * psi(lambda);
      past.add(x);
    },
    interval() {
      const half = (log + spread) / stakes;
      return t === 0 ? [0, 1] : [staked / stakes - half, staked / stakes + half];
    },
  };
}
