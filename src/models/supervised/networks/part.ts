/**
 * A part of a network, twice over: as tensors, to learn with, and as plain loops over one row, to predict with. Both read
 * the same weights in the same order; a test holds them together.
 */
import type { Weights } from '../../gan/layers.ts';
import type { Tensor, Tensor2D, Tf } from '../../tensor.ts';
import type { InputDesign, Inputs } from './inputs.ts';

/** b rows as tensors, their embeddings looked up. */
export interface Batch {
  size: number;
  /** (b×d); undefined where there are no numbers. */
  numbers: Tensor2D | undefined;
  /** (b×F×e); undefined where there are no fields. */
  fields: Tensor | undefined;
  sequences: readonly BatchSequence[];
  /** The rows themselves. */
  inputs: Inputs;
  rows: Uint32Array;
}

export interface BatchSequence {
  /** (b×T×e) */
  events: Tensor;
  /** (b×T) 1 where there is an event. */
  mask: Tensor2D;
  /** (b×e) embedding of the field that events are compared with. */
  target: Tensor2D | undefined;
}

/** What every part knows. */
export interface PartShape {
  design: InputDesign;
  /** e: width of an embedding. */
  embedding: number;
}

/** Fills `out` [at, at + width) from row i. */
export type PlainPart = (inputs: Inputs, i: number, out: Float64Array, at: number) => void;

export interface Part {
  width: number;
  /** Makes its variables, and what they make of a batch: (b×width). */
  learn(tf: Tf, list: Weights): (batch: Batch) => Tensor2D;
  /** The same of plain numbers: `next` hands out the variables' values in their order; `table` holds the embeddings. */
  use(next: () => Float32Array, table: Float32Array): PlainPart;
}

/** Weights N(0, spread²) for what should begin near nothing: embeddings, and layers that end in a logit. */
export function small(list: Weights, shape: number[], spread: number): ReturnType<Weights['normal']> {
  return list.normal(shape, 2 / (spread * spread));
}

/** A vector, and its products with the target's embedding: what the dense layers see of a sequence. */
export function besideTarget(tf: Tf, vector: Tensor2D, target: Tensor2D | undefined): Tensor2D {
  return target === undefined ? vector : tf.concat([vector, tf.mul<Tensor2D>(vector, target)], 1);
}

/** Writes the products of `out` [at, at + e) with the target's embedding behind it. */
export function productsWithTarget(
  { codes }: Inputs,
  i: number,
  { target, fields }: { target: number; fields: number },
  table: Float32Array,
  e: number,
  out: Float64Array,
  at: number,
): void {
  if (target < 0) return;
  const from = codes[i * fields + target] * e;
  for (let j = 0; j < e; j++) out[at + e + j] = out[at + j] * table[from + j];
}

/** e numbers, or twice as many where there is a target. */
export function widthBesideTarget(e: number, target: number): number {
  return target < 0 ? e : 2 * e;
}
