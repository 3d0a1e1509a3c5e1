/** How far two distributions are apart, with the doubt that comes of having seen so many users and no more. */
import { sampleQuantile } from '../../core/statistics.ts';
import type { Random, Sequence } from '../../core/random.ts';
import { sharesOf, together, usersOf } from './traits.ts';
import type { Trait } from './traits.ts';

/** A measure of distance between shares (bins). */
export type Measure = (p: Float64Array, q: Float64Array) => number;

/** Half the sum of differences: the share that would have to move, in [0, 1]. */
export const totalVariation: Measure = (p, q) => p.reduce((sum, x, b) => sum + Math.abs(x - q[b]), 0) / 2;

/** Largest difference of the cumulative shares, in [0, 1] (Kolmogorov–Smirnov). */
export const kolmogorovSmirnov: Measure = (p, q) => gaps(p, q).reduce((a, gap) => Math.max(a, gap), 0);

/** Bins that a share has to be moved, on average (Wasserstein-1, the earth mover's). */
export const wasserstein: Measure = (p, q) => gaps(p, q).reduce((sum, gap) => sum + gap, 0);

function gaps(p: Float64Array, q: Float64Array): Float64Array {
  let gap = 0;
  return p.map((x, b) => Math.abs((gap += x - q[b])));
}

/** A distance. */
export interface Distance {
  value: number;
  /** 95 %: basic bootstrap over users of both sides, so that what chance adds to a distance is taken off; from 0 up. */
  interval: readonly [number, number];
  /** What chance alone would stay below in 95 % of cases: users dealt at random to the two sides. */
  chance: number;
}

const REPLICATES = 200;

/** The distance between the same trait of two groups of users. Deterministic in (a, b, measure, random). */
export function distanceBetween(a: Trait, b: Trait, measure: Measure, random: Random): Distance {
  const value = measure(sharesOf(a), sharesOf(b));
  const luck = random.stream('distance').sequence();
  const redrawn = repeated(() => measure(redrawnShares(a, luck), redrawnShares(b, luck)));
  const all = together(a, b);
  const side = Uint8Array.from({ length: usersOf(all) }, (_, u) => (u < usersOf(a) ? 1 : 0));
  const dealt = repeated(() => {
    luck.shuffle(side);
    return measure(
      sharesOf(all, side),
      sharesOf(
        all,
        side.map((one) => 1 - one),
      ),
    );
  });
  const from0 = (x: number): number => Math.max(0, x);
  return {
    value,
    interval: [from0(2 * value - sampleQuantile(redrawn, 0.975)), from0(2 * value - sampleQuantile(redrawn, 0.025))],
    chance: sampleQuantile(dealt, 0.95),
  };
}

/** A statistic of a trait, and its 95 % interval: percentiles of a bootstrap over users. */
export interface Shown {
  value: number;
  interval: readonly [number, number];
}

/** What `statistic` makes of the trait's shares, with its doubt. Deterministic in (trait, statistic, random). */
export function shown(trait: Trait, statistic: (shares: Float64Array) => number, random: Random): Shown {
  const luck = random.stream('shown').sequence();
  const redrawn = repeated(() => statistic(redrawnShares(trait, luck)));
  return {
    value: statistic(sharesOf(trait)),
    interval: [sampleQuantile(redrawn, 0.025), sampleQuantile(redrawn, 0.975)],
  };
}

/** The shares of as many users, drawn from the trait's with replacement. */
function redrawnShares(trait: Trait, luck: Sequence): Float64Array {
  const users = usersOf(trait);
  const times = new Float64Array(users);
  for (let i = 0; i < users; i++) times[luck.integer(users)]++;
  return sharesOf(trait, times);
}

function repeated(value: () => number): number[] {
  return Array.from({ length: REPLICATES }, value);
}
