/** What users did lately, as columns: what models of sequences read. */

/** The latest events of n users, such as the categories that they looked at. */
export interface EventHistory {
  /** T: how many are kept. */
  steps: number;
  /** Codes are in [1, levels): 1 + the category. */
  levels: number;
  /** (n×T) row i has `length[i]` events from its start, oldest first, then zeros. */
  codes: Int32Array;
  /** (n) in [0, T]. */
  length: Int32Array;
}
