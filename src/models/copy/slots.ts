/** Facts of a product as slots: what copy is written from. */
import { InputError } from '../../core/errors.ts';

/** Slot → value, in the order given: `{ name: 'Aromi', food: 'Chinese' }`. */
export type Slots = Readonly<Record<string, string>>;

/** Facts and what people wrote of them. */
export interface CopyExample {
  slots: Slots;
  references: readonly string[];
}

const LONGEST = 200;

/** `customer rating`, `customerRating` and `customer_rating` are one slot. */
export function slotKey(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** The slots with their values trimmed. Throws `InputError` where there are none, or a name or a value can't be written. */
export function checkedSlots(slots: Readonly<Record<string, unknown>>): Slots {
  const entries = Object.entries(slots).map(([name, value]): [string, string] => {
    if (slotKey(name) === '') throw new InputError(`slots: "${name}" is no name; use letters, for instance "name"`);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw new InputError(`slots.${name}: must be a text; for instance "${name}": "Aromi"`);
    }
    const said = typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value).trim();
    if (!/[\p{L}\p{N}]/u.test(said)) throw new InputError(`slots.${name}: is empty; give a value or leave it out`);
    if (said.length > LONGEST || /\p{Cc}/u.test(said)) {
      throw new InputError(`slots.${name}: must be one line of at most ${LONGEST} characters; shorten it`);
    }
    return [name, said];
  });
  if (entries.length === 0) throw new InputError('slots: there are none; for instance {"name": "Aromi"}');
  const keys = entries.map(([name]) => slotKey(name));
  const twice = keys.findIndex((key, i) => keys.indexOf(key) !== i);
  if (twice >= 0) throw new InputError(`slots.${entries[twice][0]}: is given twice; keep one of them`);
  return Object.fromEntries(entries);
}

/**
 * A meaning as the E2E data writes it: `name[Aromi], area[riverside]`. Throws `InputError` where it is written otherwise.
 * Source: Novikova et al. (2017), The E2E dataset.
 */
export function parseMeaning(meaning: string): Slots {
  const slots: Record<string, string> = {};
  for (const part of meaning.split(/,(?![^[]*\])/u)) {
    const [, name, value] = /^\s*([^[\]]+?)\s*\[\s*([^[\]]+?)\s*\]\s*$/u.exec(part) ?? [];
    if (name === undefined) {
      throw new InputError(`"${part.trim()}" is no slot; write name[value], with commas between`);
    }
    slots[name] = value;
  }
  return slots;
}
