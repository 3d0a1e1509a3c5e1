/** Delays of conversions: Weibull, so that half come by the median and some come very late (Chapelle 2014; Yoshikawa & Imai 2018). */
import type { WorldConfig } from './config.ts';

export interface Delays {
  /** [h] at the uniform draw u in [0, 1). */
  at(u: number): number;
  /** P(delay ≤ window): of all conversions, those that are ever seen. */
  seen: number;
  /** [h] a conversion later than this is never seen. */
  windowHours: number;
}

/** The delays of a world; undefined where conversions come at once. */
export function delaysOf({ conversion }: WorldConfig): Delays | undefined {
  const { delayMedianHours, delayShape, windowHours } = conversion;
  if (delayMedianHours === 0) return undefined;
  // Powers by exp and log: Math.pow differs between V8 versions.
  const scale = delayMedianHours / Math.exp(Math.log(Math.LN2) / delayShape);
  return {
    at: (u) => scale * Math.exp(Math.log(-Math.log(1 - u)) / delayShape),
    seen: -Math.expm1(-Math.exp(delayShape * Math.log(windowHours / scale))),
    windowHours,
  };
}
