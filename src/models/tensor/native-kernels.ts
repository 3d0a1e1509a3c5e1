/**
 * Quicker ways for TensorFlow's own kernels, where tfjs-node goes a long one: gradients of rectifiers and sums over rows in
 * one operation, Adam and the loss of logits in one pass, and no copy where a shape stays what it was. With our own build
 * also layers in one operation each (there the binding takes lists of strings), and operations of our own.
 */
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../tensor.ts';
import { ADAM_KERNEL, adamUpdate } from './adam.ts';
import type { AdamStep } from './adam.ts';
import { AFFINE } from './affine.ts';
import { BATCH_NORMALISATION, BATCH_NORMALISATION_GRADIENT } from './batch-normalisation.ts';
import { CATEGORY_ENTROPY, LOGIT_ENTROPY, meanCategoryEntropy, meanLogitEntropy } from './entropy.ts';
import type { MeanEntropy } from './entropy.ts';
import { made } from './native-backend.ts';
import type { Attribute, NativeBackend, NativeKernel } from './native-backend.ts';
import { registerOperations } from './native-operations.ts';
import { RECTIFIER_GRADIENT, registerRectifierGradients } from './rectifier-gradient.ts';

const NAME = 'tensorflow';

/** Registers the kernels, once; needs tfjs-node's to be there. `ours`: the binding is of `adsim native build`. */
export function registerNativeKernels(tf: Tf, ours: boolean): void {
  registerRectifierGradients(tf);
  if (tf.getKernel(RECTIFIER_GRADIENT, NAME) !== undefined) return;
  const stock = (name: string): NativeKernel => tf.getKernel(name, NAME).kernelFunc as unknown as NativeKernel;
  const register = (kernelName: string, kernel: NativeKernel): void => {
    if (tf.getKernel(kernelName, NAME) !== undefined) tf.unregisterKernel(kernelName, NAME);
    tf.registerKernel({ kernelName, backendName: NAME, kernelFunc: kernel as unknown as KernelConfig['kernelFunc'] });
  };
  const { binding, isUsingGpuDevice } = tf.backend() as unknown as NativeBackend;
  // TensorFlow sees types from the inputs, and other attributes are named where they aren't the default: each takes time.

  register(RECTIFIER_GRADIENT, ({ inputs: { dy, x }, backend, attrs: { alpha } }) => {
    if (alpha === 0) return backend.executeSingleOutput('ReluGrad', [], [dy, x]);
    const slope = { name: 'alpha', type: binding.TF_ATTR_FLOAT, value: alpha };
    return backend.executeSingleOutput('LeakyReluGrad', [slope], [dy, x]);
  });

  const reshape = stock('Reshape');
  register('Reshape', (call) => {
    const { x } = call.inputs;
    const shape = call.attrs['shape'] as number[];
    if (shape.length !== x.shape.length || shape.some((side, axis) => side !== x.shape[axis])) return reshape(call);
    call.backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  });

  const sum = stock('Sum');
  register('Sum', (call) => {
    const { x } = call.inputs;
    const axes = [call.attrs['axis']].flat() as number[];
    // Over all axes but the last, in order: the gradient of a bias.
    const overRows = axes.length === x.shape.length - 1 && axes.length > 0 && axes.every((axis, i) => axis === i);
    if (!overRows || call.attrs['keepDims'] === true || x.dtype !== 'float32' || x.shape.includes(0)) return sum(call);
    return call.backend.executeSingleOutput('BiasAddGrad', [], [x]);
  });

  // On a GPU the way through this process costs more than a dozen operations there.
  if (!isUsingGpuDevice) {
    register(ADAM_KERNEL, adamStep);
    register(LOGIT_ENTROPY, entropyStep(meanLogitEntropy));
    register(CATEGORY_ENTROPY, entropyStep(meanCategoryEntropy));
  }
  if (!ours) return;

  if (!isUsingGpuDevice) registerOperations(register, stock, tf.backend() as unknown as NativeBackend);

  const turned = (name: string): Attribute => ({ name, type: binding.TF_ATTR_BOOL, value: true });
  const product = stock('BatchMatMul');
  register('BatchMatMul', (call) => {
    const { a, b } = call.inputs;
    const flat = a.shape.length === 2 && b.shape.length === 2 && a.dtype === 'float32' && b.dtype === 'float32';
    if (!flat) return product(call);
    const { transposeA, transposeB } = call.attrs;
    const attributes = [...(transposeA ? [turned('transpose_a')] : []), ...(transposeB ? [turned('transpose_b')] : [])];
    return call.backend.executeSingleOutput('MatMul', attributes, [a, b]);
  });

  register(AFFINE, ({ inputs: { x, w, b }, backend, attrs: { activation } }) => {
    const attributes = [
      { name: 'num_args', type: binding.TF_ATTR_INT, value: 1 },
      { name: 'fused_ops', type: binding.TF_ATTR_STRING, value: activation === 'relu' ? 'BiasAdd,Relu' : 'BiasAdd' },
    ];
    return backend.executeSingleOutput('_FusedMatMul', attributes, [x, w, b]);
  });

  const normalising = (epsilon: unknown): Attribute[] => [
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: epsilon },
  ];
  register(BATCH_NORMALISATION, ({ inputs: { x, gain, offset }, backend, attrs: { epsilon } }) => {
    // Mean and variance of earlier batches: none.
    const none = made(backend, new Float32Array(0), [0]);
    const out = backend.executeMultipleOutputs(
      'FusedBatchNormV3',
      normalising(epsilon),
      [x, gain, offset, none, none],
      6,
    );
    backend.disposeData(none.dataId);
    for (const i of [1, 2, 5]) backend.disposeData(out[i].dataId);
    return [out[0], out[3], out[4]];
  });
  register(BATCH_NORMALISATION_GRADIENT, ({ inputs, backend, attrs: { epsilon } }) => {
    const { dy, x, gain, first, second } = inputs;
    // The last input is for GPUs.
    const from = [dy, x, gain, first, second, first];
    const out = backend.executeMultipleOutputs('FusedBatchNormGradV3', normalising(epsilon), from, 5);
    for (const i of [3, 4]) backend.disposeData(out[i].dataId);
    return out.slice(0, 3);
  });
}

const entropyStep =
  (entropy: MeanEntropy): NativeKernel =>
  ({ inputs: { logits, targets }, backend }) => {
    const values = backend.readSync(logits.dataId);
    const slopes = new Float32Array(values.length);
    const columns = logits.shape[logits.shape.length - 1];
    const mean = entropy(values, backend.readSync(targets.dataId), columns, slopes);
    return [made(backend, Float32Array.of(mean), []), made(backend, slopes, logits.shape)];
  };

const adamStep: NativeKernel = ({ inputs, backend, attrs }) => {
  const { parameter, gradient, first, second } = inputs;
  const size = parameter.shape.reduce((product, side) => product * side, 1);
  const out = [0, 1, 2].map(() => new Float32Array(size));
  const read = ({ dataId }: TensorInfo): Float32Array => backend.readSync(dataId);
  adamUpdate([parameter, gradient, first, second].map(read), out, attrs as unknown as AdamStep);
  return out.map((values) => made(backend, values, parameter.shape));
};
