/** How large an A/B test must be to see the lift that is asked for, and what smaller and larger ones would see. */
import { InputError } from '../../core/errors.ts';
import { normalQuantile } from '../../core/quantiles.ts';
import { criticalValue } from './always-valid.ts';
import type { Looks } from './always-valid.ts';
import { detectableLift, meanArms, proportionArms, rowsNeeded } from './sample-size.ts';
import type { Arms } from './sample-size.ts';
import { SRM_RISK } from './sample-ratio.ts';

export interface AbQuestion {
  /** Reward per row of the control: a proportion in (0, 1), or a mean where `sd` is given. */
  base: number;
  /** Standard deviation of one row's reward; without it rewards are 0 or 1. */
  sd?: number;
  /** Relative lift to be seen, > 0. */
  minLift: number;
  /** Chance of launching a treatment that has no lift. */
  risk: number;
  /** 1: only more is looked for, as `adsim launch` does; 2: calculators that halve the risk for each side. */
  sides?: 1 | 2;
  power: number;
  /** Share of the rows that go to the treatment. */
  allocation?: number;
  looks?: Looks;
  /** Of both arms together. */
  rowsPerDay?: number;
}

/** What `adsim ab plan --json` prints and `adsim ab check` reads. */
export interface AbPlan {
  kind: 'ab-plan';
  schemaVersion: 1;
  base: number;
  /** Null where rewards are 0 or 1. */
  sd: number | null;
  minLift: number;
  risk: number;
  sides: 1 | 2;
  power: number;
  allocation: number;
  looks: Looks;
  rows: { total: number; control: number; treatment: number };
  /** Rows in total if it is looked at once, or any day. */
  totals: Readonly<Record<Looks, number>>;
  rowsPerDay: number | null;
  days: number | null;
  /** Relative lifts that other sizes would see with the same power; null where they see none below 1,000 %. */
  detectable: readonly { rows: number; lift: number | null }[];
  sampleRatio: {
    /** Below this p-value the split is not the planned one, and nothing may be concluded. */
    risk: number;
    /** Rows by which the treatment may miss its share at the planned size. */
    tolerance: number;
  };
}

const SIZES = [0.25, 0.5, 1, 2, 4];

/** Throws `InputError` on numbers out of range, naming the option. */
export function abPlan(question: AbQuestion): AbPlan {
  checkQuestion(question);
  const { base, sd, minLift, risk, power } = question;
  const { sides = 1, allocation = 0.5, looks = 'once', rowsPerDay } = question;
  const armsAt = (lift: number): Arms =>
    sd === undefined ? proportionArms(base, base * (1 + lift), allocation) : meanArms(sd * sd, allocation);
  const needed = (how: Looks): number =>
    rowsNeeded(armsAt(minLift), base * minLift, criticalValue(how, 1, 1, risk / sides), power);
  const split = (total: number): AbPlan['rows'] => {
    const treatment = Math.ceil(total * allocation - 1e-9);
    const control = Math.ceil(total * (1 - allocation) - 1e-9);
    return { total: control + treatment, control, treatment };
  };
  const rows = split(needed(looks));
  const critical = criticalValue(looks, 1, 1, risk / sides);
  // Proportions end at 1: no lift can be larger.
  const most = sd === undefined ? Math.min(10, (1 - 1e-9) / base - 1) : 10;
  return {
    kind: 'ab-plan',
    schemaVersion: 1,
    base,
    sd: sd ?? null,
    minLift,
    risk,
    sides,
    power,
    allocation,
    looks,
    rows,
    totals: { once: split(needed('once')).total, 'any-day': split(needed('any-day')).total },
    rowsPerDay: rowsPerDay ?? null,
    days: rowsPerDay === undefined ? null : rows.total / rowsPerDay,
    detectable: SIZES.map((size) => ({
      rows: Math.ceil(rows.total * size),
      lift: detectableLift(Math.ceil(rows.total * size), armsAt, base, critical, power, most),
    })),
    sampleRatio: {
      risk: SRM_RISK,
      tolerance: Math.floor(normalQuantile(1 - SRM_RISK / 2) * Math.sqrt(rows.total * allocation * (1 - allocation))),
    },
  };
}

function checkQuestion({ base, sd, minLift, risk, power, allocation = 0.5, rowsPerDay }: AbQuestion): void {
  const demand = (holds: boolean, what: string): void => {
    if (!holds) throw new InputError(what);
  };
  if (sd === undefined) {
    demand(base > 0 && base < 1, `--base-rate: ${base} is not in (0, 1); for a mean give --sd too`);
    demand(base * (1 + minLift) < 1, `--min-lift: ${minLift} takes the rate ${base} to 1 or beyond`);
  } else {
    demand(
      base > 0 && Number.isFinite(base),
      `--base-rate: a mean of ${base} has no relative lift; it must be above 0`,
    );
    demand(sd > 0 && Number.isFinite(sd), `--sd: ${sd} is not above 0`);
  }
  demand(minLift > 0 && Number.isFinite(minLift), `--min-lift: ${minLift} is not above 0; 0.05 looks for 5 % more`);
  demand(risk > 0 && risk < 0.5, `--risk: ${risk} is not in (0, 0.5); 0.05 is usual`);
  demand(power > 0.5 && power < 1, `--power: ${power} is not in (0.5, 1); 0.8 is usual`);
  demand(allocation > 0 && allocation < 1, `--allocation: ${allocation} is not in (0, 1); 0.5 is the shortest test`);
  demand(
    rowsPerDay === undefined || (rowsPerDay > 0 && Number.isFinite(rowsPerDay)),
    `--rows-per-day: ${String(rowsPerDay)} is not above 0`,
  );
}
