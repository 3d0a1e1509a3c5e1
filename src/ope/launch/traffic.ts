/**
 * A ramp that a wrong verdict does not survive: at each stage a part of the traffic goes to the candidate, the rest stays
 * with the baseline, and the stage lasts until harm that matters would have shown.
 */
import { normalQuantile } from '../../core/quantiles.ts';
import { meanArms, proportionArms, rowsNeeded } from '../ab/sample-size.ts';

export interface TrafficStage {
  /** Of the requests, to the candidate. */
  share: number;
  /** Relative harm to the candidate's own requests that the stage shows with the plan's power. */
  detects: number;
  /** Requests of both arms together; null for the last stage, which has nobody left to be compared with. */
  requests: number | null;
  /** At the log's own rate; null where it is not known. */
  days: number | null;
  /** One-sided risk that the stage may spend on a false alarm. */
  risk: number;
}

export interface TrafficPlan {
  /** The share of all reward that a stage may cost without being seen. */
  harm: number;
  /** One-sided chance of any false alarm over the whole ramp; each stage may spend an equal part (Bonferroni). */
  risk: number;
  power: number;
  stages: readonly TrafficStage[];
}

export interface TrafficOptions {
  /** Reward per request of the baseline, and variance of one row's reward. */
  value: number;
  variance: number;
  binary: boolean;
  harm: number;
  risk: number;
  power: number;
  rowsPerDay: number | null;
  /** The ramp ends at this share; 1 for a launch. */
  most: number;
}

const RAMP = [0.01, 0.05, 0.2, 0.5, 1];
/** A stage need not tell a policy that is worse than this from a broken one. */
const WORST = 0.5;

/** Each stage must see a harm that costs `harm` of all reward: at 1 % of the traffic that is a hundred times as much harm. */
export function trafficPlan({
  value,
  variance,
  binary,
  harm,
  risk,
  power,
  rowsPerDay,
  most,
}: TrafficOptions): TrafficPlan {
  const shares = [...RAMP.filter((share) => share < most), most].filter((share) => share > 0);
  const compared = shares.filter((share) => share < 1).length;
  const each = risk / Math.max(compared, 1);
  const stages = shares.map((share): TrafficStage => {
    const detects = Math.min(harm / share, WORST);
    if (share === 1) return { share, detects, requests: null, days: null, risk: 0 };
    const arms = binary ? proportionArms(value, value * (1 - detects), share) : meanArms(variance, share);
    const requests = Math.ceil(rowsNeeded(arms, detects * value, normalQuantile(1 - each), power));
    return { share, detects, requests, days: rowsPerDay === null ? null : requests / rowsPerDay, risk: each };
  });
  return { harm, risk, power, stages };
}
