/** What choosing images by clicks was worth, over seeds. */
import { CATEGORY_NAMES, STYLE_NAMES } from '../core/contracts.ts';
import { pairedDifference } from '../core/paired.ts';
import type { Summary } from '../core/statistics.ts';
import { summarise } from '../core/statistics.ts';
import type { ReadyCreatives } from './creatives.ts';
import type { Guided } from './guidance.ts';
import { firstOfEach } from './guidance.ts';
import type { GuidanceResult } from './image-results.ts';
import type { SeedResult } from './seed.ts';

/** Throws RangeError where a seed chose nothing. */
export function aggregateGuidance(
  { creatives, pixels }: NonNullable<ReadyCreatives['pool']>,
  seeds: readonly SeedResult[],
): GuidanceResult {
  const all = seeds.map(({ guided }): Guided => {
    if (!guided) throw new RangeError('aggregateGuidance: a seed without a choice');
    return guided;
  });
  const each = (of: (one: Guided) => number): number[] => all.map(of);
  const over = (of: (one: Guided) => number): Summary => summarise(each(of));
  const guided = each((one) => one.guided);
  const before = firstOfEach(creatives, 1);
  const { chosen } = all[0];
  const base64 = (a: number): string => Buffer.from(pixels[a]).toString('base64');
  return {
    unguided: over((one) => one.unguided),
    recognised: over((one) => one.recognised),
    guided: over((one) => one.guided),
    gain: pairedDifference(
      guided,
      each((one) => one.unguided),
    ),
    gainOverRecognised: pairedDifference(
      guided,
      each((one) => one.recognised),
    ),
    predictedGain: over((one) => one.predictedGain),
    appeal: [
      { feature: 'recognisability', weight: over((one) => one.appeal.recognisability) },
      ...STYLE_NAMES.map((feature, j) => ({ feature, weight: over((one) => one.appeal.style[j]) })),
    ],
    images: Array.from(before, (a, c) => ({
      category: CATEGORY_NAMES[creatives.category[a]],
      unguided: base64(a),
      guided: base64(chosen[c * (chosen.length / before.length)]),
    })),
  };
}
