/** Gradients against finite differences: of any layer, loss or kernel, with respect to its inputs and its weights. */
import { randomFrom } from '../../src/core/random.ts';
import type { Tensor, TensorGate, Variable } from '../../src/models/tensor.ts';

export interface GradientOptions {
  /** Weights that `forward` uses: the gradient with respect to each is checked too. */
  variables?: readonly Variable[];
  /** Relative error that is put down to single precision; default 2e-3. */
  tolerance?: number;
  /** Where the inputs are, one array for each; default: numbers in ±[0.1, 1], off the kinks of rectifiers. */
  points?: readonly Float32Array[];
}

/** One input or variable: how steep `forward` is along a direction, as differences and as the gradient say. */
export interface Slope {
  what: string;
  numeric: number;
  analytic: number;
  /** Error over the sizes of what was added up. */
  relativeError: number;
}

/** Numbers in ±[0.1, 1], the same for the same name. */
export function awayFromZero(size: number, name: string): Float32Array {
  const draws = randomFrom('gradients').stream(name).sequence();
  return Float32Array.from({ length: size }, () => {
    const u = draws.uniform() * 1.8 - 0.9;
    return u + Math.sign(u) * 0.1;
  });
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);
/** Two steps: a kink of a rectifier that lies within the longer one is seldom within the shorter one too. */
const STEPS = [1 / 128, 1 / 1024];
/** Rounding of a sum in single precision, as a share of the sizes of its terms. */
const ROUNDING = 5e-7;
const DIRECTIONS = 3;

/**
 * Draws weights u for the outputs of `forward` and compares, for each input (of `shapes`) and each variable, the
 * derivative of Σ u·forward along random directions: by fourth-order central differences, summed in double precision,
 * and by the gradient. Throws an Error that names the first input or variable whose two differ at both step lengths, and
 * where tensors are left behind. `forward` gives a tensor of any shape; integer inputs (ids, masks) belong in its
 * closure, and random draws out of it.
 */
export async function checkGradients(
  gate: TensorGate,
  forward: (...inputs: Tensor[]) => Tensor,
  shapes: readonly (readonly number[])[],
  options: GradientOptions = {},
): Promise<Slope[]> {
  const { tf, id } = gate;
  const { variables = [], tolerance = 2e-3, points } = options;
  const before = tf.memory().numTensors;
  const places = shapes.map((shape, i) => points?.[i] ?? awayFromZero(sizeOf(shape), `input ${i}`));
  const starts = await Promise.all(variables.map(async (variable) => (await variable.data()).slice() as Float32Array));
  const check: Check = { gate, forward, shapes, places, variables, starts };
  const still = await outputsOf(check);
  const weights = awayFromZero(still.length, 'outputs');
  const rounding = ROUNDING * still.reduce((sum, y, i) => sum + Math.abs(weights[i] * y), 0);
  const gradients = await gradientsOf(check, weights);
  const slopes: Slope[] = [];
  for (const [part, gradient] of gradients.entries()) {
    for (let d = 0; d < DIRECTIONS; d++) {
      // oxlint-disable-next-line no-await-in-loop -- one back end, one call at a time
      const slope = await slopeOf(check, part, gradient, weights, rounding, d);
      if (!(slope.relativeError <= tolerance)) {
        const shape = [...shapes, ...variables.map((variable) => variable.shape)][part].join('×');
        const { what, analytic, numeric } = slope;
        throw new Error(`${id}: the gradient of ${what} (${shape}) says ${analytic}, differences say ${numeric}`);
      }
      slopes.push(slope);
    }
  }
  if (slopes.every(({ numeric, analytic }) => Math.abs(numeric) + Math.abs(analytic) < 1e-3)) {
    throw new Error(`${id}: flat everywhere: nothing was checked`);
  }
  const left = tf.memory().numTensors - before;
  if (left !== 0) throw new Error(`${id}: ${left} tensors are left behind`);
  return slopes;
}

interface Check {
  gate: TensorGate;
  forward: (...inputs: Tensor[]) => Tensor;
  shapes: readonly (readonly number[])[];
  places: readonly Float32Array[];
  variables: readonly Variable[];
  starts: readonly Float32Array[];
}

/** Outputs, flat; with the part `moved` (inputs first, then variables) at other values where they are given. */
async function outputsOf(
  { gate, forward, shapes, places, variables, starts }: Check,
  moved = -1,
  values?: Float32Array,
): Promise<Float32Array> {
  const { tf } = gate;
  const own = moved - shapes.length;
  const assign = (to: Float32Array): void => tf.tidy(() => variables[own].assign(tf.tensor(to, variables[own].shape)));
  if (own >= 0 && values !== undefined) assign(values);
  const result = tf.tidy(() =>
    forward(...shapes.map((shape, i) => tf.tensor(i === moved && values ? values : places[i], [...shape]))),
  );
  const read = (await result.data()).slice() as Float32Array;
  result.dispose();
  if (own >= 0 && values !== undefined) assign(starts[own]);
  return read;
}

/** Of Σ weights·forward, with respect to each input and each variable, flat. */
async function gradientsOf(
  { gate: { tf }, forward, shapes, places, variables }: Check,
  weights: Float32Array,
): Promise<Float32Array[]> {
  // Inputs become variables: one way to all gradients, and those that do not take part have 0.
  const inputs = shapes.map((shape, i) => tf.tidy(() => tf.variable(tf.tensor(places[i], [...shape]))));
  const list = [...inputs, ...variables];
  const { value, grads } = tf.variableGrads(() => {
    const out = forward(...inputs);
    return tf.sum(tf.mul(out, tf.tensor(weights, out.shape)));
  }, list);
  const read = await Promise.all(
    list.map(async ({ name, size }) => {
      const gradient = grads[name] as Tensor | null | undefined;
      return gradient ? ((await gradient.data()).slice() as Float32Array) : new Float32Array(size);
    }),
  );
  for (const tensor of [value, ...Object.values(grads), ...inputs]) (tensor as Tensor | null)?.dispose();
  return read;
}

/** Along the `d`th random direction of a part, at whichever step length the two ways agree better. */
async function slopeOf(
  check: Check,
  part: number,
  gradient: Float32Array,
  weights: Float32Array,
  rounding: number,
  d: number,
): Promise<Slope> {
  const start = [...check.places, ...check.starts][part];
  // In proportion to what is there: small weights stay off their kinks.
  const size = Math.sqrt(start.reduce((sum, value) => sum + value * value, 0) / start.length) || 1;
  const direction = awayFromZero(start.length, `direction ${part} ${d}`).map((one) => one * size);
  const analytic = gradient.reduce((sum, g, i) => sum + g * direction[i], 0);
  const terms = gradient.reduce((sum, g, i) => sum + Math.abs(g * direction[i]), 0);
  const isInput = part < check.shapes.length;
  const what = isInput ? `input ${part}` : `variable ${part - check.shapes.length}`;
  let best: Slope = { what, numeric: NaN, analytic, relativeError: Infinity };
  for (const h of STEPS) {
    const at = (times: number): Promise<Float32Array> => {
      const values = start.map((value, i) => value + times * h * direction[i]);
      return outputsOf(check, part, values);
    };
    // oxlint-disable-next-line no-await-in-loop -- one back end, one call at a time
    const [low, below, above, high] = [await at(-2), await at(-1), await at(1), await at(2)];
    const numeric = weights.reduce(
      (sum, u, i) => sum + (u * (8 * (above[i] - below[i]) - (high[i] - low[i]))) / (12 * h),
      0,
    );
    const error = Math.max(0, Math.abs(analytic - numeric) - rounding / h);
    const relativeError = error / Math.max(terms, Math.abs(numeric), Number.MIN_VALUE);
    if (!(relativeError >= best.relativeError)) best = { what, numeric, analytic, relativeError };
  }
  return best;
}
