/** Ad headlines from a small grammar, and the seven interpretable features that the market responds to. */
import { CATEGORY_NAMES, HEADLINE_NAMES } from '../../core/contracts.ts';
import type { Random } from '../../core/random.ts';
import { CATEGORY_WORDS, DISCOUNT_WORDS, PRONOUNS, URGENCY_WORDS } from './words.ts';
import type { CategoryWords } from './words.ts';

/** Patterns take a noun with its article, its plural, and praise; the first letter is capitalised afterwards. */
const CALM: readonly ((one: string, several: string, praise: string) => string)[] = [
  (_, several, praise) => `${praise} ${several} for every day`,
  (one) => `${one} made to go with everything`,
  (_, several) => `meet the new season's ${several}`,
  (one, _several, praise) => `looking for ${one} that feels ${praise}?`,
  (_, several) => `${several} you will reach for first`,
  (_, several, praise) => `${praise} ${several}, simply well made`,
  (one) => `what would you wear with ${one}?`,
  (_, several) => `our quiet classics: ${several}`,
];

const PUSHY: readonly ((several: string, praise: string, percent: number, left: number) => string)[] = [
  (several, _, percent) => `last hours: ${percent} % off ${several}!`,
  (several, praise, percent, left) => `only ${left} left: ${praise} ${several}, ${percent} % off`,
  (several, _, percent) => `save ${percent} % on ${several}, today only!`,
  (several, _, percent) => `final sale: your ${several} at ${percent} % less`,
  (several, praise, percent) => `hurry, ${praise} ${several} now ${percent} % off!`,
  (several, _, percent, left) => `ends in ${left} hours: ${percent} % discount on all ${several}`,
  (several, _, percent) => `why wait? Get your ${several} ${percent} % cheaper tonight`,
];

/**
 * A plausible headline for one of the ten categories. Calm where `variant + category` is even; where it is odd pushy:
 * always with a word of urgency, a word of discount and a number. A pure function of its arguments: the same `random`
 * may serve every creative.
 * Throws RangeError where `category` is not an index into `CATEGORY_NAMES`.
 */
export function headlineFor(category: number, variant: number, random: Random): string {
  const words = wordsOf(category);
  const draw = random.stream('headline', category, variant).sequence();
  const pick = <T>(values: readonly T[]): T => values[draw.integer(values.length)];
  const [one, exact] = pick(words.nouns);
  // Copywriters do not always name the product: some headlines match its topic by half, some not at all.
  const several = pick([exact, exact, exact, words.family[0], 'favourites']);
  const praise = pick(words.praise);
  const pushy = (variant + category) % 2 !== 0;
  const text = pushy
    ? pick(PUSHY)(several, praise, 5 * (3 + draw.integer(10)), 2 + draw.integer(8))
    : pick(CALM)(one, several, praise);
  return text[0].toUpperCase() + text.slice(1);
}

/**
 * (7) `HEADLINE_NAMES` of a headline, by rules that can be read off the page:
 * length = words / 10; question: has a `?`; number: has a digit; urgency, pronoun, discount: has a word of the list
 * (`words.ts`); topical match = 1 with a word that names or praises this category, 0.5 with a word of its family only,
 * else 0. Words are compared in lower case; hyphens and apostrophes belong to words, so `t-shirt` is no `shirt`.
 * Throws RangeError where `category` is not an index into `CATEGORY_NAMES`.
 */
export function headlineFeatures(text: string, category: number): Float64Array {
  const topic = wordsOf(category);
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+(?:[-'’][\p{L}\p{N}]+)*/gu) ?? [];
  const has = (list: ReadonlySet<string>): number => (words.some((word) => list.has(word)) ? 1 : 0);
  const features = new Float64Array(HEADLINE_NAMES.length);
  features[0] = words.length / 10;
  features[1] = text.includes('?') ? 1 : 0;
  features[2] = /\d/.test(text) ? 1 : 0;
  features[3] = has(URGENCY_WORDS);
  features[4] = has(PRONOUNS);
  features[5] = has(DISCOUNT_WORDS);
  features[6] = Math.max(has(ownWords(topic)), 0.5 * has(new Set(topic.family)));
  return features;
}

/** Every word that names or praises one item or several; a noun's last word carries the name. */
function ownWords(topic: CategoryWords): ReadonlySet<string> {
  const names = topic.nouns.flat().flatMap((noun) => {
    const last = noun.slice(noun.lastIndexOf(' ') + 1).toLowerCase();
    return last.endsWith('s') ? [last, last.slice(0, -1)] : [last];
  });
  return new Set([...names, ...topic.praise]);
}

function wordsOf(category: number): CategoryWords {
  const words = CATEGORY_WORDS[category];
  if (!words) throw new RangeError(`headline: ${category} is no category; there are ${CATEGORY_NAMES.length}`);
  return words;
}
