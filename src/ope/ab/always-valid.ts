/**
 * A bound that may be looked at every day: Robbins' normal mixture. Over a whole test, however often somebody looks, the
 * chance that it ever errs is at most the risk; a bound for one look errs far more often when it is looked at daily.
 * Robbins 1970; Johari et al. 2017 (mSPRT); Waudby-Smith et al. 2021 for estimated variances (asymptotic).
 */
import { normalQuantile } from '../../core/quantiles.ts';

/** Once at the planned end, or as often as one likes. */
export type Looks = 'once' | 'any-day';

/**
 * How many standard errors one side's bound stands off after `rows` rows. `once`: z_{1−risk}. `any-day`:
 * √((1 + ρ/n)·(ln(1 + n/ρ) + 2 ln(1/(2·risk)))), two-sided at twice the risk, narrowest about `planned` rows, where ρ is
 * tuned. `risk` in (0, 0.5).
 */
export function criticalValue(looks: Looks, rows: number, planned: number, risk: number): number {
  if (looks === 'once') return normalQuantile(1 - risk);
  const evidence = 2 * Math.log(1 / (2 * risk));
  // Least over ρ at n = planned: the derivative is 0 where x = n/ρ solves x = evidence + ln(1 + x).
  let ratio = evidence + 1;
  for (let i = 0; i < 50; i++) ratio = evidence + Math.log(1 + ratio);
  const seen = (rows / planned) * ratio;
  return Math.sqrt((1 + 1 / seen) * (Math.log(1 + seen) + evidence));
}
