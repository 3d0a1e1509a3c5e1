/** Made-up examples that are learned in seconds. */
import type { CopyExample, Slots } from '../../../src/models/copy/slots.ts';

const NAMES = ['Aromi', 'Blue Spice', 'Cotto', 'The Mill', 'Zizzi', 'Wildwood', 'Loch Fyne', 'Strada'];
const RATING = { high: 'loved, with great reviews', low: 'slow, with poor reviews' };
const FAMILY = { yes: 'kids are welcome', no: 'it is for adults' };

/** Eight names, each with two ratings and two families: 32 meanings with two texts each. */
export function smallExamples(): CopyExample[] {
  return NAMES.flatMap((name) =>
    (['high', 'low'] as const).flatMap((rating) =>
      (['yes', 'no'] as const).map((family) => ({
        slots: { name, 'customer rating': rating, familyFriendly: family },
        references: [
          `${name} is ${RATING[rating]} and ${FAMILY[family]}.`,
          `Here ${FAMILY[family]}: ${name} is ${RATING[rating]}.`,
        ],
      })),
    ),
  );
}

/** As the E2E data writes them. */
export function meaningOf(slots: Slots): string {
  return Object.entries(slots)
    .map(([name, value]) => `${name}[${value}]`)
    .join(', ');
}
