/** A part of the training rows held out, by group, to choose on. */
import type { Random } from '../../core/contracts.ts';
import { splitRows } from '../ctr/split.ts';
import { selectExamples } from './examples.ts';
import type { LabelledExamples } from './examples.ts';

/** Rows to learn from and rows to choose on. */
export interface HeldOut {
  train: LabelledExamples;
  held: LabelledExamples;
}

/** About a fifth of the rows held out, whole groups of them; undefined where too few are left to tell classes apart. */
export function heldOut(all: LabelledExamples, random: Random): HeldOut | undefined {
  const group = all.group ?? Int32Array.from({ length: all.size }, (_, i) => i);
  if (group.every((one) => one === group[0])) return undefined;
  const [train, held] = splitRows(group, all.size, [0.8, 0.2], random).map((rows) => selectExamples(all, rows));
  return train.label.some((label) => label !== train.label[0]) ? { train, held } : undefined;
}
