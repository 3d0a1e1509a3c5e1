/**
 * What actions have in common: categories of what was shown (brand, colour, price band), so that a row tells of every
 * action that might have shown the same. They may be drawn anew in every row or be fixed for each action. One of `given`
 * and `posterior` says how they go with the actions.
 */
import type { Matrix } from './matrix.ts';

export interface Embedding {
  /** (m×D) the categories e of each row, counted from 0 in each of D dimensions. */
  seen: Matrix;
  /** D matrices (k×categories), rows sum to 1: p(e_d | action), the dimensions independent given the action. */
  given?: readonly Matrix[];
  /** (m×k) rows sum to 1: π_b(action | context, e) of the categories seen. */
  posterior?: Matrix;
}
