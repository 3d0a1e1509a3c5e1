/**
 * The gradient of rectifiers in one pass. TensorFlow.js makes a mask, converts it and multiplies, and for leaky ones the
 * result has no gradient itself, which penalties on gradients need (Gulrajani et al. 2017).
 */
import type { GradConfig, NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../tensor.ts';

/** Of `dy` and `x`, of equal shape: dy where x > 0, alpha·dy elsewhere. Attribute: `alpha`. */
export const RECTIFIER_GRADIENT = 'RectifierGradient';

/** Uses the kernel for `Relu` and `LeakyRelu` wherever the active back end has it; once. */
export function registerRectifierGradients(tf: Tf): void {
  if (tf.getGradient(RECTIFIER_GRADIENT) !== undefined) return;
  const run = (dy: Tensor, x: Tensor, alpha: number): Tensor =>
    tf.engine().runKernel(RECTIFIER_GRADIENT, { dy, x } as NamedTensorMap, { alpha });
  // Linear in dy, flat in x.
  tf.registerGradient({
    kernelName: RECTIFIER_GRADIENT,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => ({
      dy: () => run(dy as Tensor, x, attributes['alpha'] as number),
      x: () => tf.zerosLike(x),
    }),
  });
  for (const kernelName of ['Relu', 'LeakyRelu']) {
    const old: GradConfig = tf.getGradient(kernelName);
    tf.unregisterGradient(kernelName);
    tf.registerGradient({
      ...old,
      gradFunc(dy, saved, attributes: NamedAttrMap) {
        if (tf.getKernel(RECTIFIER_GRADIENT, tf.getBackend()) === undefined) return old.gradFunc(dy, saved, attributes);
        const alpha = kernelName === 'Relu' ? 0 : (attributes['alpha'] as number);
        return { x: () => run(dy as Tensor, saved[0], alpha) };
      },
    });
  }
}
