/** The label of a table: which classes there are, and which of two is the one that counts. */
import { InputError } from '../../../core/errors.ts';
import type { TextCells } from './rows.ts';

export interface PreparedLabel {
  name: string;
  /** In the order of the codes; of two classes the second is the one whose probability is predicted. */
  classes: readonly string[];
  /** True where every label but the second class's counts as the first: that one is then called `not NAME`. */
  oneAgainstRest: boolean;
}

/** Of a pair, the one that says yes. */
const YES: ReadonlySet<string> = new Set(['1', 'true', 'yes', 'y', 't', 'click', 'clicked', 'converted', 'positive']);
const MOST_CLASSES = 100;

/**
 * The classes of a column, numbers in their order, else by name. Throws `InputError` where there is one class only, where
 * there are more than a hundred, or where `positive` is none of them.
 */
export function labelFor(cells: TextCells, positive?: string): PreparedLabel {
  const { name } = cells;
  const seen = new Uint8Array(cells.texts.length);
  for (let i = 0; i < cells.codes.length; i++) seen[cells.codes[i]] = 1;
  const found = cells.texts.filter((_, code) => code > 0 && seen[code] === 1);
  if (found.length === 0) throw new InputError(`label "${name}": every cell is missing; name another column`);
  if (found.length === 1) {
    throw new InputError(
      `label "${name}": all labels are ${JSON.stringify(found[0])}, nothing to tell apart; bring rows of both kinds`,
    );
  }
  const classes = ordered(found);
  if (positive !== undefined) {
    const chosen = matching(classes, positive);
    if (chosen < 0) {
      throw new InputError(`label "${name}": no row says ${JSON.stringify(positive)}; it has ${shown(classes)}`);
    }
    const yes = classes[chosen];
    if (classes.length > 2) return { name, classes: [`not ${yes}`, yes], oneAgainstRest: true };
    return { name, classes: [classes[1 - chosen], yes], oneAgainstRest: false };
  }
  if (classes.length > MOST_CLASSES) {
    throw new InputError(
      `label "${name}": has ${classes.length} different values, and classes are at most ${MOST_CLASSES}; name another column, or the one value that counts with positive`,
    );
  }
  const yes = classes.length === 2 ? classes.findIndex((one) => YES.has(one.toLowerCase())) : -1;
  return { name, classes: yes === 0 ? [classes[1], classes[0]] : classes, oneAgainstRest: false };
}

/**
 * (m) class of each row; −1 where the label is missing. `first` rows came before these. Throws `InputError` for a label that
 * training never met.
 */
export function labelCodes({ name, classes, oneAgainstRest }: PreparedLabel, cells: TextCells, first = 0): Int32Array {
  const codes = cells.texts.map((text, code) => {
    if (code === 0) return -1;
    const known = matching(classes, text);
    return known >= 0 ? known : oneAgainstRest ? 0 : -2;
  });
  const out = new Int32Array(cells.codes.length);
  for (let i = 0; i < out.length; i++) {
    const label = codes[cells.codes[i]];
    if (label === -2) {
      throw new InputError(
        `label "${name}": row ${first + i + 1} says ${JSON.stringify(cells.texts[cells.codes[i]])}, which the model does not know; it knows ${shown(classes)}`,
      );
    }
    out[i] = label;
  }
  return out;
}

/** Index of a class as it is written, or but for its case (`TRUE` in one table is `true` in another); −1 where there is none. */
function matching(classes: readonly string[], text: string): number {
  const exact = classes.indexOf(text);
  return exact >= 0 ? exact : classes.findIndex((one) => one.toLowerCase() === text.toLowerCase());
}

function ordered(texts: readonly string[]): string[] {
  const numbers = texts.every((text) => Number.isFinite(Number(text)));
  return [...texts].sort(numbers ? (a, b) => Number(a) - Number(b) : undefined);
}

function shown(classes: readonly string[]): string {
  const more = classes.length > 10 ? ` and ${classes.length - 10} more` : '';
  return `${classes.slice(0, 10).join(', ')}${more}`;
}
