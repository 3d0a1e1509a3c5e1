/**
 * The loss of a dense network with rectifiers between its layers: an operation for each layer and for the loss, or one for all
 * where a back end has it, which finds the slopes on the way.
 */
import type { NamedTensorMap, Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from '../tensor.ts';
import { affine } from './affine.ts';
import { logitEntropy } from './entropy.ts';
import { rectifierGradient } from './rectifier-gradient.ts';

/** Of x (n×inputs), y (n×1) and weights and bias of each layer in turn: the mean, and its slopes by those of the layers. */
export const NETWORK_ENTROPY = 'NetworkEntropy';

/** What a dense layer computes with. */
export interface LayerTensors {
  /** (inputs×outputs) */
  weights: Tensor;
  /** (outputs) */
  bias: Tensor;
}

/** Mean cross-entropy of the logits (n×1) that the network makes of x (n×inputs), against targets y (n×1) in [0, 1]. */
export function networkEntropy(tf: Tf, layers: readonly LayerTensors[], x: Tensor, y: Tensor): Scalar {
  if (tf.getKernel(NETWORK_ENTROPY, tf.getBackend()) === undefined) {
    return logitEntropy(tf, reached(tf, layers, x)[layers.length - 1], y);
  }
  if (tf.getGradient(NETWORK_ENTROPY) === undefined) registerGradient(tf);
  const inputs = [x, y, ...layers.flatMap(({ weights, bias }) => [weights, bias])];
  return tf.engine().runKernel<Tensor[]>(NETWORK_ENTROPY, inputs as unknown as NamedTensorMap)[0] as Scalar;
}

/** What each layer makes of x. */
function reached(tf: Tf, layers: readonly LayerTensors[], x: Tensor): Tensor[] {
  const out: Tensor[] = [];
  layers.forEach(({ weights, bias }, l) => {
    out.push(affine(tf, out[l - 1] ?? x, weights, bias, l + 1 < layers.length ? 'relu' : 'linear'));
  });
  return out;
}

/** Slopes of the mean by x. */
function slopesByInput(tf: Tf, layers: readonly LayerTensors[], x: Tensor, y: Tensor): Tensor {
  const outputs = reached(tf, layers, x);
  const logits = outputs[layers.length - 1];
  let slope = tf.div(tf.sub(tf.sigmoid(logits), y), logits.size);
  for (let l = layers.length - 1; l >= 0; l--) {
    slope = tf.matMul(slope as Tensor2D, layers[l].weights as Tensor2D, false, true);
    if (l > 0) slope = rectifierGradient(tf, slope, outputs[l - 1], 0);
  }
  return slope;
}

/** More than any network has. */
const MOST_OUTPUTS = 200;

function registerGradient(tf: Tf): void {
  tf.registerGradient({
    kernelName: NETWORK_ENTROPY,
    saveAllInputs: true,
    outputsToSave: Array.from({ length: MOST_OUTPUTS }, (_, output) => output > 0),
    gradFunc(dys, saved) {
      const dy = (dys as Tensor[])[0];
      const inputs = saved.length / 2 + 1; // x, y and the layers' tensors, then as many slopes less two
      const [x, y, ...own] = saved.slice(0, inputs);
      const layers = Array.from({ length: own.length / 2 }, (_, l) => ({ weights: own[2 * l], bias: own[2 * l + 1] }));
      const whole = dy.dataSync()[0] === 1; // the loss itself, as a rule
      const slopes = saved.slice(inputs).map((slope) => () => (whole ? tf.clone(slope) : tf.mul(dy, slope)));
      // By place among the inputs; that of x is seldom asked for, that of y never.
      const byX = (): Tensor => tf.mul(dy, slopesByInput(tf, layers, x, y));
      return { 0: byX, ...Object.fromEntries(slopes.map((slope, i) => [i + 2, slope])) };
    },
  });
}
