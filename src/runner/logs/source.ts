/** A log that somebody brought, whatever its format: what it says of itself, and its rows in blocks. */
import type { ImpressionLog, LogSpec, Matrix } from '../../core/contracts.ts';

/** How the file lays a log out. */
export type LogLayout = 'adsim' | 'obd' | 'vw' | 'dsjson' | 'columns';

export interface LogSource {
  /** As the user wrote it. */
  path: string;
  layout: LogLayout;
  /** m: rows that will come (bad rows that are skipped not counted). */
  rows: number;
  /** One slot. `actions` are the names in the file; `rewardRange` where rewards are known to be bounded (clicks: [0, 1]). */
  spec: LogSpec;
  /** False where the file has no propensities: the column is then NaN, and somebody has to estimate them. */
  propensities: boolean;
  /** Names of the columns that blocks carry beside the log's own: segments, odds of policies, predictions. */
  columns: readonly string[];
  /** Which rows are valued together; absent where every row stands for itself. */
  grouping?: Grouping;
  /** Rows left out because of `--skip-bad`, counted by reason; with the first of each, as `file:line:column: …`. */
  skipped: readonly SkippedRows[];
  /** The rows from the first to the last, anew at every call. Throws `InputError` naming file, line and column. */
  blocks(size?: number): AsyncIterable<LogBlock>;
}

/** Rows that are one episode, or one page: those with the same cell in a column. */
export interface Grouping {
  kind: 'episode' | 'slate';
  column: string;
  /** Column that orders the rows of a group; default: as the file does. */
  position?: string;
  /** Columns with both policies' odds of an action in its place, whatever stands in the others. */
  marginal?: { behaviour: string; evaluation: string };
}

export interface SkippedRows {
  reason: string;
  count: number;
  first: string;
}

/** Some rows of a log, in its order. */
export interface LogBlock {
  /** How many rows came before. */
  first: number;
  log: ImpressionLog;
  /** (n) each column of `LogSource.columns`: numbers, or texts where a cell is no number. */
  columns: ReadonlyMap<string, Float64Array | readonly string[]>;
  /** (n×k) π_b where the file has it whole. */
  behaviour?: Matrix;
  /** (n×k) q̂ where the file has it. */
  predicted?: Matrix;
  /** Where row i of the block stands, for instance `log.csv:17`. */
  where(i: number): string;
}
