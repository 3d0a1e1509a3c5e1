/**
 * The gradient of rectifiers in one pass. TensorFlow.js makes a mask, converts it and multiplies, and for leaky ones the
 * result has no gradient itself, which penalties on gradients need (Gulrajani et al. 2017).
 */
import type { GradConfig, NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../tensor.ts';

/** Of `dy` and `x`, of equal shape: dy where x > 0, alpha·dy elsewhere. Attribute: `alpha`. */
export const RECTIFIER_GRADIENT = 'RectifierGradient';

function hasRectifierGradient(tf: Tf): boolean {
  return tf.getKernel(RECTIFIER_GRADIENT, tf.getBackend()) !== undefined;
}

/** dy where x > 0, alpha·dy elsewhere: the kernel where there is one. */
export function rectifierGradient(tf: Tf, dy: Tensor, x: Tensor, alpha: number): Tensor {
  if (!hasRectifierGradient(tf)) return tf.mul(dy, tf.step(x, alpha));
  return tf.engine().runKernel(RECTIFIER_GRADIENT, { dy, x } as NamedTensorMap, { alpha });
}

/** Uses the kernel for `Relu` and `LeakyRelu` wherever the active back end has it; once. */
export function registerRectifierGradients(tf: Tf): void {
  if (tf.getGradient(RECTIFIER_GRADIENT) !== undefined) return;
  // Linear in dy, flat in x.
  tf.registerGradient({
    kernelName: RECTIFIER_GRADIENT,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => ({
      dy: () => rectifierGradient(tf, dy as Tensor, x, attributes['alpha'] as number),
      x: () => tf.zerosLike(x),
    }),
  });
  for (const kernelName of ['Relu', 'LeakyRelu']) {
    const old: GradConfig = tf.getGradient(kernelName);
    tf.unregisterGradient(kernelName);
    tf.registerGradient({
      ...old,
      gradFunc(dy, saved, attributes: NamedAttrMap) {
        if (!hasRectifierGradient(tf)) return old.gradFunc(dy, saved, attributes);
        const alpha = kernelName === 'Relu' ? 0 : (attributes['alpha'] as number);
        return { x: () => rectifierGradient(tf, dy as Tensor, saved[0], alpha) };
      },
    });
  }
}
