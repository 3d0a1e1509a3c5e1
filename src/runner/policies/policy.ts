/** A policy that somebody brought, whatever its form: its odds on the rows of a log. */
import type { Matrix } from '../../core/contracts.ts';
import type { LogBlock } from '../logs/source.ts';

export interface BroughtPolicy {
  name: string;
  /**
   * False where only the odds of the logged action are known (one column): the other actions of a row then share the rest
   * evenly, which weights do not see; estimators that need the whole distribution must be refused.
   */
  whole: boolean;
  /** True where the odds of a row stand in the row's own columns, so that a row may be bad and be left out. */
  fromColumns?: boolean;
  /** (n×k) the odds of every action in every row of the block. Throws `InputError` naming the row. */
  odds(block: LogBlock): Promise<Matrix>;
  /** Frees what it holds (a process). */
  close(): Promise<void>;
}
