/**
 * A network of parts: a table of embeddings, parts whose outputs stand beside each other before dense ReLU layers, and
 * parts that add to the logit. Once as tensors, to learn with; once as plain loops, to predict with.
 */
import { denseForward } from '../../ctr/network.ts';
import type { DenseLayer } from '../../ctr/network.ts';
import { dense } from '../../gan/layers.ts';
import type { Layer, Weights } from '../../gan/layers.ts';
import type { Tensor, Tensor2D, TensorGate } from '../../tensor.ts';
import type { InputDesign, Inputs } from './inputs.ts';
import { rowsOf } from './linear.ts';
import { small } from './part.ts';
import type { Batch, Part, PartShape } from './part.ts';

export interface NetworkShape extends PartShape {
  /** Before the dense layers. */
  deep: readonly Part[];
  /** Beside them. */
  wide: readonly Part[];
  /** Units of each hidden layer. */
  hidden: readonly number[];
}

/** Each tower's (b×1) logits of rows of the inputs. */
export type Logits = (inputs: Inputs, rows: Uint32Array) => Tensor2D[];

/**
 * Makes the variables, and the forward pass that is differentiated: as many towers of this shape as there are `biases`,
 * the last bias of each beginning there, over one table of embeddings.
 */
export function tensorTowers(gate: TensorGate, shape: NetworkShape, list: Weights, biases: readonly number[]): Logits {
  const lookUp = embeddings(gate, shape, list);
  const towers = biases.map((bias) => tensorTower(gate, shape, list, bias));
  return (inputs, rows) => {
    const batch = lookUp(inputs, rows);
    return towers.map((tower) => tower(batch));
  };
}

function tensorTower({ tf }: TensorGate, shape: NetworkShape, list: Weights, start: number) {
  const deep = shape.deep.map((part) => part.learn(tf, list));
  const wide = shape.wide.map((part) => part.learn(tf, list));
  const widths = [widthOf(shape.deep), ...shape.hidden];
  const layers: Layer[] = shape.hidden.map((outputs, l) => dense(tf, list, widths[l], outputs));
  const last = widths[widths.length - 1];
  const read = small(list, [last, 1], 0.1 / Math.sqrt(last)) as Tensor as Tensor2D;
  const bias = list.constant([1], start);
  return (batch: Batch): Tensor2D => {
    let x: Tensor = tf.concat(
      deep.map((part) => part(batch)),
      1,
    );
    for (const layer of layers) x = tf.relu(layer(x));
    const logit = tf.add<Tensor2D>(tf.matMul(x as Tensor2D, read), bias);
    return wide.length === 0 ? logit : tf.addN([logit, ...wide.map((part) => part(batch))]);
  };
}

/** The table of embeddings, small at first and 0 for code 0: what training rows never had says nothing. */
function embeddings({ tf }: TensorGate, { design, embedding: e }: NetworkShape, list: Weights) {
  const { fields, sequences } = design;
  const F = fields.length;
  const table = small(list, [Math.max(1, design.levels), e], 0.1);
  const zeros = new Float32Array(table.shape[0]).fill(1);
  for (const { first } of [...fields, ...sequences]) zeros[first] = 0;
  tf.tidy(() => table.assign(tf.mul(table, tf.tensor2d(zeros, [zeros.length, 1]))));
  const find = (codes: Int32Array): Tensor => tf.gather(table as Tensor, tf.tensor1d(codes, 'int32'));
  return (inputs: Inputs, rows: Uint32Array): Batch => {
    const b = rows.length;
    const d = inputs.columns;
    const found = F > 0 ? tf.reshape(find(rowsOf(inputs.codes, rows, F)), [b, F, e]) : undefined;
    return {
      size: b,
      numbers: d > 0 ? tf.tensor2d(numbersOf(inputs, rows), [b, d]) : undefined,
      fields: found,
      sequences: sequences.map(({ steps: T, target }, s) => {
        const { codes, length } = inputs.sequences[s];
        const mask = new Float32Array(b * T);
        rows.forEach((row, i) => mask.fill(1, (i + 1) * T - length[row], (i + 1) * T));
        return {
          events: tf.reshape(find(rowsOf(codes, rows, T)), [b, T, e]),
          mask: tf.tensor2d(mask, [b, T]),
          target:
            target < 0 || found === undefined
              ? undefined
              : (tf.reshape(tf.slice(found, [0, target, 0], [b, 1, e]), [b, e]) as Tensor2D),
        };
      }),
      inputs,
      rows,
    };
  };
}

function numbersOf({ numbers, columns: d }: Inputs, rows: Uint32Array): Float32Array {
  const out = new Float32Array(rows.length * d);
  rows.forEach((row, i) => out.set(numbers.subarray(row * d, (row + 1) * d), i * d));
  return out;
}

/** Logit of one row. */
export type PlainTower = (inputs: Inputs, i: number) => number;

/** The same towers of plain numbers: `values` are the variables' in the order in which they were made. */
export function plainTowers(shape: NetworkShape, towers: number, values: readonly Float32Array[]): PlainTower[] {
  let at = 0;
  const next = (): Float32Array => values[at++];
  const table = next();
  return Array.from({ length: towers }, () => plainTower(shape, next, table));
}

function plainTower(shape: NetworkShape, next: () => Float32Array, table: Float32Array): PlainTower {
  const deep = shape.deep.map((part) => part.use(next, table));
  const wide = shape.wide.map((part) => part.use(next, table));
  const widths = [widthOf(shape.deep), ...shape.hidden, 1];
  const layers = widths.slice(1).map((outputs, l): DenseLayer => {
    const [weights, bias] = [next(), next()].map((one) => Float64Array.from(one));
    return { inputs: widths[l], outputs, weights, bias };
  });
  const forward = denseForward(layers);
  const x = new Float64Array(widths[0]);
  const one = new Float64Array(1);
  return (inputs, i) => {
    let to = 0;
    for (let p = 0; p < deep.length; p++) {
      deep[p](inputs, i, x, to);
      to += shape.deep[p].width;
    }
    let logit = forward(x, 0);
    for (const part of wide) {
      part(inputs, i, one, 0);
      logit += one[0];
    }
    return logit;
  };
}

function widthOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { width }) => sum + width, 0);
}

/** True where there is anything to learn from. */
export function hasColumns({ numbers, fields, sequences }: InputDesign): boolean {
  return numbers.columns + fields.length + sequences.length > 0;
}
