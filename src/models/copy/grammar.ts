/**
 * Copy from a small grammar: every fact once, in one of several wordings. The baseline that a language model must beat,
 * and what writes where there is no model: it takes slots of any name.
 */
import type { Sequence } from '../../core/random.ts';
import { labelOf } from './realisation.ts';
import type { Slots } from './slots.ts';
import { slotKey } from './slots.ts';
import { joinTokens } from './tokens.ts';

type Say = (value: string, label: string) => string;

/** Where a fact can stand: in praise before the noun, as the noun, after it, or as a clause of a sentence of its own. */
interface Wordings {
  before?: readonly Say[];
  after?: readonly Say[];
  /** `it …` */
  clause?: readonly Say[];
}

const negative = (value: string): boolean => /^(?:no|false)$/iu.test(value);
const lower = (value: string): string => value.charAt(0).toLowerCase() + value.slice(1);
const area = (value: string): string => (/side$/iu.test(value) ? `${value} area` : value);
const food = (value: string): string => (/food$/iu.test(value) ? lower(value) : `${value} food`);

const FAMILY: Wordings = {
  clause: [
    (value) => `is ${negative(value) ? 'not ' : ''}family-friendly`,
    (value) => `is ${negative(value) ? 'not ' : ''}kid friendly`,
    (value) => (negative(value) ? 'is not a place for families' : 'is children friendly'),
  ],
};
const RATING: Wordings = {
  clause: [
    (value) => (/\d/u.test(value) ? `has a customer rating of ${value}` : `has a ${value} customer rating`),
    (value) => (/\d/u.test(value) ? `is rated ${value} by customers` : `has a customer rating that is ${value}`),
  ],
};
const PRICE: Wordings = {
  clause: [
    (value) => (/\d/u.test(value) ? `has a price range of ${value}` : `has a ${value} price range`),
    (value) => (/\d/u.test(value) ? `offers prices of ${value}` : `has prices that are ${value}`),
  ],
};

/** By slot, its name in lower case without spaces. */
const WORDINGS: Readonly<Record<string, Wordings>> = {
  food: {
    after: [(value) => `that serves ${food(value)}`, (value) => `serving ${food(value)}`],
    clause: [(value) => `serves ${food(value)}`],
  },
  area: { after: [(value) => `in the ${area(value)}`, (value) => `located in the ${area(value)}`] },
  near: { after: [(value) => `near ${value}`, (value) => `close to ${value}`] },
  familyfriendly: FAMILY,
  customerrating: RATING,
  rating: RATING,
  pricerange: PRICE,
  brand: { after: [(value) => `by ${value}`, (value) => `from ${value}`] },
  colour: { before: [(value) => value] },
  color: { before: [(value) => value] },
  material: { after: [(value) => `made of ${value}`, (value) => `in ${value}`] },
  price: { after: [(value) => `for ${value}`, (value) => `at ${value}`], clause: [(value) => `costs ${value}`] },
  discount: { clause: [(value) => `comes with ${value} off`, (value) => `is ${value} off`] },
  delivery: { clause: [(value) => `comes with ${value} delivery`] },
};

/** What the thing is. */
const NOUNS = new Set(['eattype', 'category', 'product', 'type', 'kind', 'item']);
const TITLES = new Set(['name', 'title', 'productname']);
/** What it is where nobody says. */
const PLACES = ['place', 'spot'] as const;
const THINGS = ['choice', 'find', 'pick'] as const;
const MOST_AFTER = 3;
/** Between the words of a value, which stays as it is: an "a" that ends it is no article of ours. */
const GLUE = '\u00A0';

/**
 * One text that says every slot, drawn by `draw`. Slots without wordings of their own are said as `has a LABEL of VALUE`,
 * or `is LABEL` where the value is yes or no.
 */
export function grammarCopy(slots: Slots, draw: Sequence): string {
  const pick = <T>(all: readonly T[]): T => all[draw.integer(all.length)];
  const facts = Object.entries(slots).map(([name, value]) => ({
    name,
    key: slotKey(name),
    value: value.replaceAll(/\s+/gu, GLUE),
  }));
  const entries = draw.shuffle(facts);
  const title = entries.find(({ key }) => TITLES.has(key));
  const noun = entries.find((one) => one !== title && NOUNS.has(one.key));
  const before: string[] = [];
  const after: string[] = [];
  const clauses: string[] = [];
  for (const { name, key, value } of entries.filter((one) => one !== title && one !== noun)) {
    const wordings = WORDINGS[key];
    const label = labelOf(name);
    if (wordings?.before && before.length === 0) before.push(pick(wordings.before)(value, label));
    else if (wordings?.after && (after.length < MOST_AFTER || !wordings.clause))
      after.push(pick(wordings.after)(value, label));
    else clauses.push(wordings?.clause ? pick(wordings.clause)(value, label) : plainClause(value, label));
  }
  const what = [...before, noun?.value ?? pick(hasPlace(slots) ? PLACES : THINGS), ...after].join(' ');
  const subject = title?.value ?? 'this';
  const opening = title
    ? pick([`${subject} is a ${what}`, `${subject} is a ${what}`, `there is a ${what} called ${subject}`])
    : `this is a ${what}`;
  const sentences = [opening];
  for (let i = 0; i < clauses.length;) {
    const together = clauses.slice(i, i + 1 + draw.integer(2));
    i += together.length;
    sentences.push(`it ${together.join(' and ')}`);
  }
  return joinTokens(sentences.flatMap((sentence) => [...sentence.split(' '), '.'])).replaceAll(GLUE, ' ');
}

function plainClause(value: string, label: string): string {
  if (/^(?:yes|true)$/iu.test(value)) return `is ${label}`;
  if (negative(value)) return `is not ${label}`;
  return `has a ${label} of ${value}`;
}

/** Restaurants and the like are places. */
function hasPlace(slots: Slots): boolean {
  return Object.keys(slots).some((name) => ['area', 'near', 'food', 'familyfriendly'].includes(slotKey(name)));
}
