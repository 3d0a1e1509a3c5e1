/**
 * Who sees which real images. Four disjoint parts, so that the generator can't please its judges by heart: generator
 * and perception model never share an image, the judge shares none with either, distances are to images nobody saw.
 */
import { CATEGORY_NAMES } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import type { Random } from '../../core/random.ts';
import type { Images } from './images.ts';

/** Indices of images, each part in shuffled order with the categories of the whole in equal shares. */
export interface Splits {
  generator: Int32Array;
  perception: Int32Array;
  judge: Int32Array;
  heldOut: Int32Array;
}

const SHARES = { generator: 0.5, perception: 0.15, judge: 0.2, heldOut: 0.15 } as const;
const PARTS = ['generator', 'perception', 'judge', 'heldOut'] as const;
/** Fewer images of a category than this can't be shared out sensibly. */
const FEWEST = 20;

/** Splits by category, at random. Throws `InputError` where a category has fewer than 20 images. */
export function splitImages(images: Images, random: Random): Splits {
  const parts: Record<(typeof PARTS)[number], number[]> = { generator: [], perception: [], judge: [], heldOut: [] };
  CATEGORY_NAMES.forEach((name, category) => {
    const members: number[] = [];
    for (let i = 0; i < images.count; i++) if (images.labels[i] === category) members.push(i);
    if (members.length < FEWEST) {
      throw new InputError(
        `The images (${images.source}) hold ${members.length} of category ${category} (${name}); adsim needs at least ${FEWEST} of each.`,
      );
    }
    random.stream('split', category).sequence().shuffle(members);
    let from = 0;
    let share = 0;
    for (const part of PARTS) {
      share += SHARES[part];
      const to = part === 'heldOut' ? members.length : Math.round(share * members.length);
      parts[part].push(...members.slice(from, to));
      from = to;
    }
  });
  const shuffled = (part: (typeof PARTS)[number]): Int32Array =>
    Int32Array.from(random.stream('order', part).sequence().shuffle(parts[part]));
  return {
    generator: shuffled('generator'),
    perception: shuffled('perception'),
    judge: shuffled('judge'),
    heldOut: shuffled('heldOut'),
  };
}
