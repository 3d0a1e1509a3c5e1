/** A controller with proportional, integral and derivative terms that does not wind up where its output is cut. */

/** Weights of the error, of its sum and of its change. */
export interface Gains {
  proportional: number;
  integral: number;
  derivative: number;
}

/** A controller and what it puts out. */
export interface Controller {
  /** The signal, in [low, high]; 0 at first, or the bound next to it. */
  signal: number;
  /** Takes the next error: positive asks for more. */
  update(error: number): void;
}

/**
 * signal = P·e + I·Σe + D·Δe, cut to [low, high]. An error that would push a cut signal further out is not added to the
 * sum (conditional integration: Åström & Hägglund 1995, PID Controllers, section 3.5).
 */
export function pid(gains: Gains, low: number, high: number): Controller {
  let sum = 0;
  let last = 0;
  const controller: Controller = { signal: Math.min(high, Math.max(low, 0)), update };
  return controller;

  function update(error: number): void {
    const rest = gains.proportional * error + gains.derivative * (error - last);
    const wanted = rest + gains.integral * (sum + error);
    if (!(wanted > high && error > 0) && !(wanted < low && error < 0)) sum += error;
    last = error;
    controller.signal = Math.min(high, Math.max(low, rest + gains.integral * sum));
  }
}
