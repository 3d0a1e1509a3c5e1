/** What is known of rows before any column is looked at: how many are of each class. */
import { outputsOf } from './classifier.ts';

export interface ClassShares {
  /** Counts a row of class `label` so many times; ≥ 0. */
  add(label: number, weight: number): void;
  /** Writes the shares so far (outputs, `outputsOf`) into `out` from `at` on. */
  write(out: Float64Array, at: number): void;
}

/** Of nothing yet: half a row of each class, so that no share is ever 0 (Jeffreys). */
export function classShares(classes: number): ClassShares {
  const counts = new Float64Array(classes).fill(0.5);
  const first = classes - outputsOf(classes);
  let total = classes / 2;
  return {
    add(label, weight) {
      counts[label] += weight;
      total += weight;
    },
    write(out, at) {
      for (let c = first; c < classes; c++) out[at + c - first] = counts[c] / total;
    },
  };
}

/** (outputs) shares of all rows. */
export function sharesOf(label: ArrayLike<number>, classes: number, weight?: ArrayLike<number>): Float64Array {
  const shares = classShares(classes);
  for (let i = 0; i < label.length; i++) shares.add(label[i], weight ? weight[i] : 1);
  const out = new Float64Array(outputsOf(classes));
  shares.write(out, 0);
  return out;
}
