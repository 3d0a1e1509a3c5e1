/** What already stands on the pages that are being filled; absent while their first ads are chosen. */
export interface PageSoFar {
  /** The slot to fill next, 1 … L − 1: so many ads stand above it. */
  slot: number;
  /** L */
  slots: number;
  /** (n×L) ads decided on; only those above the slot mean anything. */
  action: Int32Array;
}
