/**
 * x·w + b, rectified if asked: one kernel with its gradient where a back end has it, else `tf.fused.matMul`, which does it in
 * two or three where a gradient is wanted.
 */
import type { NamedTensorMap, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from '../tensor.ts';
import { rectifierGradient } from './rectifier-gradient.ts';

/** Of `x` (n×inputs), `w` (inputs×outputs) and `b` (outputs). Attribute: `activation`. */
export const AFFINE = 'Affine';

/** Of x (n×inputs), w (inputs×outputs) and b (outputs). */
export function affine(tf: Tf, x: Tensor, w: Tensor, b: Tensor, activation: 'linear' | 'relu' = 'linear'): Tensor2D {
  if (tf.getKernel(AFFINE, tf.getBackend()) === undefined) {
    return tf.fused.matMul({ a: x as Tensor2D, b: w as Tensor2D, bias: b, activation }) as Tensor2D;
  }
  if (tf.getGradient(AFFINE) === undefined) registerGradient(tf);
  return tf.engine().runKernel(AFFINE, { x, w, b } as NamedTensorMap, { activation });
}

function registerGradient(tf: Tf): void {
  tf.registerGradient({
    kernelName: AFFINE,
    inputsToSave: ['x', 'w'],
    outputsToSave: [true],
    gradFunc(dy, [x, w, y], { activation }) {
      const slope = activation === 'relu' ? rectifierGradient(tf, dy as Tensor, y, 0) : (dy as Tensor);
      return {
        x: () => tf.matMul(slope, w, false, true),
        w: () => tf.matMul(x, slope, true, false),
        b: () => tf.sum(slope, 0),
      };
    },
  });
}
