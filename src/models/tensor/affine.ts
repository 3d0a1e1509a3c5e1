/** x·w + b, rectified if asked: one fused kernel where a back end has one, two plain ones on TensorFlow's own, which hasn't. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from '../tensor.ts';

/** Of x (n×inputs), w (inputs×outputs) and b (outputs). tfjs-node's "fused" kernel only wraps the two in four copies. */
export function affine(tf: Tf, x: Tensor, w: Tensor, b: Tensor, activation: 'linear' | 'relu' = 'linear'): Tensor2D {
  if (tf.getBackend() === 'tensorflow') {
    const out: Tensor2D = tf.add(tf.matMul(x, w), b);
    return activation === 'relu' ? tf.relu(out) : out;
  }
  return tf.fused.matMul({ a: x as Tensor2D, b: w as Tensor2D, bias: b, activation }) as Tensor2D;
}
