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

/** Where the last bias of a tower begins: one number for a single logit, several for as many. */
export type Start = number | readonly number[];

/** How many logits a tower of this start has. */
export function logitsOf(start: Start): number {
  return typeof start === 'number' ? 1 : start.length;
}

/** Each tower's (b×logits) of rows of the inputs. */
export type Logits = (inputs: Inputs, rows: Uint32Array) => Tensor2D[];

/**
 * Makes the variables, and the forward pass that is differentiated: as many towers of this shape as there are `starts`,
 * the last bias of each beginning there, over one table of embeddings.
 */
export function tensorTowers(gate: TensorGate, shape: NetworkShape, list: Weights, starts: readonly Start[]): Logits {
  const lookUp = embeddings(gate, shape, list);
  const towers = starts.map((start) => tensorTower(gate, shape, list, start));
  return (inputs, rows) => {
    const batch = lookUp(inputs, rows);
    return towers.map((tower) => tower(batch));
  };
}

function tensorTower({ tf }: TensorGate, shape: NetworkShape, list: Weights, start: Start) {
  const outputs = logitsOf(start);
  const deep = shape.deep.map((part) => part.learn(tf, list));
  // What adds to a logit is learned once for each.
  const wide = Array.from({ length: outputs }, () => shape.wide.map((part) => part.learn(tf, list)));
  const widths = [widthOf(shape.deep), ...shape.hidden];
  const layers: Layer[] = shape.hidden.map((units, l) => dense(tf, list, widths[l], units));
  const last = widths[widths.length - 1];
  const read = small(list, [last, outputs], 0.1 / Math.sqrt(last)) as Tensor as Tensor2D;
  const bias = list.constant([outputs], 0);
  tf.tidy(() => bias.assign(tf.tensor1d(typeof start === 'number' ? [start] : [...start])));
  return (batch: Batch): Tensor2D => {
    let x: Tensor = tf.concat(
      deep.map((part) => part(batch)),
      1,
    );
    for (const layer of layers) x = tf.relu(layer(x));
    const logits = tf.add<Tensor2D>(tf.matMul(x as Tensor2D, read), bias);
    if (shape.wide.length === 0) return logits;
    const beside = shape.wide.map((_, p) =>
      tf.concat<Tensor2D>(
        wide.map((parts) => parts[p](batch)),
        1,
      ),
    );
    return tf.addN([logits, ...beside]);
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

/** The logits of one row; the same array every time. */
export type PlainTower = (inputs: Inputs, i: number) => Float64Array;

/** The same towers of plain numbers, of so many logits each: `values` are the variables' in the order in which they were made. */
export function plainTowers(
  shape: NetworkShape,
  logits: readonly number[],
  values: readonly Float32Array[],
): PlainTower[] {
  let at = 0;
  const next = (): Float32Array => values[at++];
  const table = next();
  return logits.map((outputs) => plainTower(shape, outputs, next, table));
}

function plainTower(shape: NetworkShape, outputs: number, next: () => Float32Array, table: Float32Array): PlainTower {
  const deep = shape.deep.map((part) => part.use(next, table));
  const wide = Array.from({ length: outputs }, () => shape.wide.map((part) => part.use(next, table)));
  const widths = [widthOf(shape.deep), ...shape.hidden, outputs];
  const layers = widths.slice(1).map((units, l): DenseLayer => {
    const [weights, bias] = [next(), next()].map((one) => Float64Array.from(one));
    return { inputs: widths[l], outputs: units, weights, bias };
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
    const logits = forward(x, 0);
    for (let o = 0; o < outputs; o++) {
      for (const part of wide[o]) {
        part(inputs, i, one, 0);
        logits[o] += one[0];
      }
    }
    return logits;
  };
}

function widthOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { width }) => sum + width, 0);
}

/** True where there is anything to learn from. */
export function hasColumns({ numbers, fields, sequences }: InputDesign): boolean {
  return numbers.columns + fields.length + sequences.length > 0;
}
