/** A policy inside another: what a rule becomes once the log is known, not yet named and not yet checked. */
import type { Random } from '../../core/random.ts';
import type { LogSource } from '../logs/source.ts';
import type { BroughtPolicy } from './policy.ts';

export type Part = Omit<BroughtPolicy, 'name'>;

/** What policies are opened with. */
export interface PolicySetup {
  random: Random;
  /** How a log is opened: for agents that are trained on another one. */
  openLog?: (path: string) => Promise<LogSource>;
}

/** What a rule is made with. */
export interface PartSetup extends PolicySetup {
  source: LogSource;
  /** Relative paths start here. */
  folder: string;
}
