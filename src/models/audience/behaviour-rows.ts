/** A behaviour log as columns: who did something with which kind of thing, and when. */

/** m purchases, or other events, of U users in C categories. */
export interface BehaviourRows {
  size: number;
  users: number;
  categories: readonly string[];
  /** (m) 0 … U − 1. */
  user: Int32Array;
  /** (m) 0 … C − 1. */
  category: Int32Array;
  /** (m)[h] since a Monday's midnight; rows of one user at one time are one visit. */
  hour: Float64Array;
  /** (m)[the log's currency] price of the thing, > 0; NaN where it is not known. */
  price?: Float64Array;
  /** (m) 1 where an ad shown with the row was clicked, 0 where not; of logs of ads alone. */
  click?: Uint8Array;
}

/** Name of the category that holds what has no other. */
export const REST = 'other';
