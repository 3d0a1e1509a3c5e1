/** Demographics: what a platform knows of a user apart from behaviour. Each is drawn given the segment. */
import type { Random } from '../core/random.ts';

export const AGE_BANDS = ['18-24', '25-34', '35-44', '45-54', '55+'] as const;
export const DEVICES = ['phone', 'desktop', 'tablet'] as const;
export const REGIONS = ['north', 'east', 'south', 'west'] as const;

/** The fields, their levels, and how common each level is overall (chosen: about those of a European web shop). */
export const DEMOGRAPHICS: readonly { name: string; levels: readonly string[]; shares: readonly number[] }[] = [
  { name: 'age', levels: AGE_BANDS, shares: [0.18, 0.27, 0.22, 0.17, 0.16] },
  { name: 'device', levels: DEVICES, shares: [0.6, 0.32, 0.08] },
  { name: 'region', levels: REGIONS, shares: [0.25, 0.25, 0.25, 0.25] },
];

/** Names of the one-hot columns, `age-18-24` and so on. */
export const DEMOGRAPHIC_NAMES: readonly string[] = DEMOGRAPHICS.flatMap(({ name, levels }) =>
  levels.map((level) => `${name}-${level}`),
);

/**
 * (S × fields) cumulative shares of the levels in each segment: overall shares × e^(skew·ε), scaled to 1. ε is drawn per
 * (segment, field, level), so a larger skew tells segments further apart.
 */
export function demographicShares(segments: number, skew: number, random: Random): Float64Array[][] {
  const draws = random.stream('demographics');
  return Array.from({ length: segments }, (_, s) =>
    DEMOGRAPHICS.map(({ shares }, f) => {
      const weights = shares.map((share, level) => share * Math.exp(skew * draws.normal(s, f * 16 + level)));
      const total = weights.reduce((a, b) => a + b, 0);
      let sum = 0;
      return Float64Array.from(weights, (weight) => (sum += weight / total));
    }),
  );
}
