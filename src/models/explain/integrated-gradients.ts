/**
 * What each input adds to an output of a network, beside an empty input: the gradient averaged along the straight way from the
 * one to the other, times the way (Sundararajan, Taly & Yan 2017, "Axiomatic attribution for deep networks", eq. 1). The
 * contributions add up to the difference of the two outputs; what is missing is the error of the steps, and is told.
 */
import type { Tensor, Tf } from '../tensor.ts';

export interface Attribution {
  /** (size) what each input adds. */
  values: Float32Array;
  /** Output at the input less output at the baseline. */
  difference: number;
  /** Sum of the values less the difference: what too few steps leave over. */
  leftOver: number;
}

/** Points on the way, at the middles of equal parts. */
export const STEPS = 64;

/**
 * `forward` maps points (n×shape) to one number each (n); `input` and `baseline` are of `shape`. Deterministic on the wasm
 * and cpu back ends.
 */
export async function integratedGradients(
  tf: Tf,
  forward: (points: Tensor) => Tensor,
  input: Float32Array,
  baseline: Float32Array,
  shape: readonly number[],
  steps: number = STEPS,
): Promise<Attribution> {
  const size = input.length;
  const points = new Float32Array(steps * size);
  for (let s = 0; s < steps; s++) {
    const part = (s + 0.5) / steps;
    for (let j = 0; j < size; j++) points[s * size + j] = baseline[j] + part * (input[j] - baseline[j]);
  }
  const [gradient, ends] = tf.tidy(() => {
    const along = tf.grad((x) => tf.sum(forward(x)))(tf.tensor(points, [steps, ...shape]));
    const both = tf.stack([tf.tensor(input, [...shape]), tf.tensor(baseline, [...shape])]);
    return [tf.mean(along, 0), forward(both)];
  });
  const mean = await gradient.data();
  const [reached, started] = await ends.data();
  tf.dispose([gradient, ends]);
  const values = Float32Array.from(input, (x, j) => (x - baseline[j]) * mean[j]);
  const difference = reached - started;
  return { values, difference, leftOver: values.reduce((sum, value) => sum + value, 0) - difference };
}
