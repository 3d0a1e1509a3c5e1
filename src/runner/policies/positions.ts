/** The position of each row on its page, for logs that keep one row for each ad of a page. */
import { InputError } from '../../core/errors.ts';
import type { LogBlock } from '../logs/source.ts';
import { numbersOf } from './names.ts';

/** How to read the position of row i, 1 at the top. Throws `InputError` naming the row of what is no whole number above 0. */
export function positionsOf(block: LogBlock, column: string): (i: number) => number {
  const value = numbersOf(block, column);
  return (i) => {
    const position = value(i);
    if (Number.isInteger(position) && position >= 1) return position;
    throw new InputError(`${block.where(i)}: column "${column}" holds ${position}; positions are 1, 2, … from the top`);
  };
}
