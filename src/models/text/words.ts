/** The words of advertising: what the ten categories are called, and which words press, praise or cut prices. */

/** How a category is named in copy. */
export interface CategoryWords {
  /** One item with its article, and several: `['a T-shirt', 'T-shirts']`. */
  nouns: readonly (readonly [one: string, several: string])[];
  /** Words that fit this category and no other. */
  praise: readonly string[];
  /** Words of the wider family, half a match; the first can stand for several items. */
  family: readonly string[];
}

const TOPS = ['layers', 'layer', 'top', 'tops', 'wardrobe', 'sleeve', 'sleeves'];
const SHOES = ['footwear', 'shoe', 'shoes', 'sole', 'soles', 'step', 'steps', 'feet'];

/** One entry per entry of `CATEGORY_NAMES`, in its order. */
export const CATEGORY_WORDS: readonly CategoryWords[] = [
  {
    nouns: [
      ['a T-shirt', 'T-shirts'],
      ['a tee', 'tees'],
    ],
    praise: ['crew-neck', 'breathable'],
    family: TOPS,
  },
  {
    nouns: [
      ['a pair of trousers', 'trousers'],
      ['a pair of chinos', 'chinos'],
    ],
    praise: ['straight-cut', 'tapered'],
    family: ['pants', 'leg', 'legs', 'waist', 'wardrobe'],
  },
  {
    nouns: [
      ['a pullover', 'pullovers'],
      ['a sweater', 'sweaters'],
    ],
    praise: ['knitted', 'woollen'],
    family: ['knitwear', ...TOPS],
  },
  {
    nouns: [
      ['a dress', 'dresses'],
      ['a gown', 'gowns'],
    ],
    praise: ['flowing', 'knee-length'],
    family: ['evening-wear', 'evening', 'hem', 'waist', 'wardrobe'],
  },
  {
    nouns: [
      ['a coat', 'coats'],
      ['a jacket', 'jackets'],
    ],
    praise: ['windproof', 'quilted'],
    family: ['outerwear', ...TOPS],
  },
  {
    nouns: [
      ['a pair of sandals', 'sandals'],
      ['a pair of slides', 'slides'],
    ],
    praise: ['open-toe', 'strappy'],
    family: SHOES,
  },
  {
    nouns: [
      ['a shirt', 'shirts'],
      ['a blouse', 'blouses'],
    ],
    praise: ['button-down', 'crease-free'],
    family: [...TOPS, 'collar'],
  },
  {
    nouns: [
      ['a pair of sneakers', 'sneakers'],
      ['a pair of trainers', 'trainers'],
    ],
    praise: ['cushioned', 'bouncy'],
    family: SHOES,
  },
  {
    nouns: [
      ['a bag', 'bags'],
      ['a tote', 'totes'],
    ],
    praise: ['roomy', 'zip-top'],
    family: ['accessories', 'accessory', 'strap', 'pocket', 'pockets', 'handle'],
  },
  {
    nouns: [
      ['a pair of boots', 'boots'],
      ['a pair of ankle-boots', 'ankle-boots'],
    ],
    praise: ['lace-up', 'waterproof'],
    family: SHOES,
  },
];

/** Press the reader for time. */
export const URGENCY_WORDS: ReadonlySet<string> = new Set(
  'now today tonight hurry last only ends final limited quick quickly soon deadline wait'.split(' '),
);

/** Cut the price. */
export const DISCOUNT_WORDS: ReadonlySet<string> = new Set(
  'off sale save deal deals discount discounts clearance reduced less cheaper bargain bargains'.split(' '),
);

/** Speak of or to a person. */
export const PRONOUNS: ReadonlySet<string> = new Set(
  'i me my mine we us our ours you your yours he him his she her hers they them their'.split(' '),
);
