/** A factorisation machine's score of a sparse row, its gradient, and a step along it. */
import type { SparseRows } from '../ctr/newton.ts';

/**
 * Parameters of an output lie together: its constant, its weights (columns), its vectors (columns×factors). Of two classes there
 * is one output.
 */
export interface FactorShape {
  columns: number;
  factors: number;
  outputs: number;
}

/** What a step needs beside the gradient. */
export interface Steps {
  learningRate: number;
  l2: number;
  /** (parameters) summed squared gradients. */
  squares: Float64Array;
}

/** Squares begin at 1, as LIBFFM's do: the first steps stay short. */
export function adagradSteps(parameters: Float64Array, rates: Pick<Steps, 'learningRate' | 'l2'>): Steps {
  return { ...rates, squares: new Float64Array(parameters.length).fill(1) };
}

/** How many parameters an output has. */
export function blockOf({ columns, factors }: FactorShape): number {
  return 1 + columns * (1 + factors);
}

/** w₀ + Σ wᵢxᵢ + ½ Σ_f [(Σ vᵢ_f xᵢ)² − Σ vᵢ_f² xᵢ²] of one output; leaves the sums Σ vᵢ_f xᵢ in `sums` (factors). */
function scoreOf(
  { columns, factors }: FactorShape,
  parameters: Float64Array,
  from: number,
  { width, index, value }: SparseRows,
  i: number,
  sums: Float64Array,
): number {
  let score = parameters[from];
  sums.fill(0);
  let own = 0;
  for (let e = i * width; e < (i + 1) * width; e++) {
    const x = value[e];
    if (x === 0) continue;
    score += parameters[from + 1 + index[e]] * x;
    const at = from + 1 + columns + index[e] * factors;
    for (let f = 0; f < factors; f++) {
      const term = parameters[at + f] * x;
      sums[f] += term;
      own += term * term;
    }
  }
  let pairs = -own;
  for (let f = 0; f < factors; f++) pairs += sums[f] * sums[f];
  return score + pairs / 2;
}

/** Fills `odds` (outputs) with the probabilities of row i. `sums` (factors) is room. */
export function scoreRow(
  shape: FactorShape,
  parameters: Float64Array,
  rows: SparseRows,
  i: number,
  sums: Float64Array,
  odds: Float64Array,
): void {
  const block = blockOf(shape);
  let most = -Infinity;
  for (let o = 0; o < shape.outputs; o++) {
    odds[o] = scoreOf(shape, parameters, o * block, rows, i, sums);
    most = Math.max(most, odds[o]);
  }
  if (shape.outputs === 1) {
    odds[0] = 1 / (1 + Math.exp(-odds[0]));
    return;
  }
  let total = 0;
  for (let o = 0; o < shape.outputs; o++) total += odds[o] = Math.exp(odds[o] - most);
  for (let o = 0; o < shape.outputs; o++) odds[o] /= total;
}

/** Probability that the odds (outputs) give a label. */
export function oddsOfLabel(odds: Float64Array, label: number): number {
  return odds.length > 1 ? odds[label] : label === 1 ? odds[0] : 1 - odds[0];
}

/** An AdaGrad step of every parameter that row i touches, from the odds it was just given. `sums` (factors) is room. */
export function stepRow(
  shape: FactorShape,
  parameters: Float64Array,
  rows: SparseRows,
  i: number,
  label: number,
  weight: number,
  odds: Float64Array,
  sums: Float64Array,
  { learningRate, l2, squares }: Steps,
): void {
  const { columns, factors, outputs } = shape;
  const { width, index, value } = rows;
  const step = (p: number, gradient: number): void => {
    const g = gradient + l2 * parameters[p];
    squares[p] += g * g;
    parameters[p] -= (learningRate * g) / Math.sqrt(squares[p]);
  };
  for (let o = 0; o < outputs; o++) {
    const from = o * blockOf(shape);
    const error = weight * (odds[o] - (outputs === 1 ? label : Number(label === o)));
    scoreOf(shape, parameters, from, rows, i, sums);
    step(from, error);
    for (let e = i * width; e < (i + 1) * width; e++) {
      const x = value[e];
      if (x === 0) continue;
      step(from + 1 + index[e], error * x);
      const at = from + 1 + columns + index[e] * factors;
      // Each column's factor is moved after its part of the gradient is known; `sums` stay those of before.
      for (let f = 0; f < factors; f++) step(at + f, error * x * (sums[f] - parameters[at + f] * x));
    }
  }
}
