/**
 * How many rows a test of two arms needs: the normal approximation of the difference of two means. Proportions use the
 * pooled variance under "no difference" and each arm's own under the difference looked for (Fleiss 1981; R's
 * power.prop.test: 20 % against 25 %, two-sided 5 %, power 80 % gives 1,094 an arm). Calculators that put the control's
 * variance under the null (Evan Miller) give 1,030 for the same question, unpooled ones 1,091.
 */
import { normalQuantile } from '../../core/quantiles.ts';

export interface Arms {
  /** Of the reward of one row in each arm, if the difference is there. */
  controlVariance: number;
  treatmentVariance: number;
  /** Of one row in either arm, if it is not. */
  nullVariance: number;
  /** Share of the rows that go to the treatment, in (0, 1). */
  share: number;
}

/** Two proportions; `share` as in `Arms`. */
export function proportionArms(control: number, treatment: number, share: number): Arms {
  const pooled = share * treatment + (1 - share) * control;
  return {
    controlVariance: control * (1 - control),
    treatmentVariance: treatment * (1 - treatment),
    nullVariance: pooled * (1 - pooled),
    share,
  };
}

/** Two means of the same variance. */
export function meanArms(variance: number, share: number): Arms {
  return { controlVariance: variance, treatmentVariance: variance, nullVariance: variance, share };
}

/**
 * Rows of both arms together, not rounded, that show a difference of `difference` (≠ 0) with chance `power`. `critical`
 * is how many standard errors show it: z_{1−risk} for one look at a one-sided risk.
 */
export function rowsNeeded(arms: Arms, difference: number, critical: number, power: number): number {
  const { share, nullVariance, controlVariance, treatmentVariance } = arms;
  const under = Math.sqrt(nullVariance * (1 / share + 1 / (1 - share)));
  const there = Math.sqrt(treatmentVariance / share + controlVariance / (1 - share));
  const root = (critical * under + normalQuantile(power) * there) / difference;
  return root * root;
}

/** The least relative lift that `rows` rows show with chance `power`: by bisection; null where no lift below 1,000 % does. */
export function detectableLift(
  rows: number,
  armsAt: (lift: number) => Arms,
  base: number,
  critical: number,
  power: number,
  most: number = 10,
): number | null {
  const enough = (lift: number): boolean => rowsNeeded(armsAt(lift), lift * base, critical, power) <= rows;
  if (!enough(most)) return null;
  let low = 0;
  let high = most;
  for (let i = 0; i < 200 && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2;
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
