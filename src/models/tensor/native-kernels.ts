/**
 * Quicker ways for TensorFlow's own kernels, where tfjs-node goes a long one: gradients of rectifiers and sums over rows in
 * one operation, Adam in one pass, and no copy where a shape stays what it was.
 *
 * Products of matrices stay what they are in tfjs-node, batches of one. `MatMul` would take half the time, but in TensorFlow
 * 2.21 it is oneDNN's sgemm, during which a signal overwrites memory: a window that changes its size ends the process.
 */
import type { DataId, KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../tensor.ts';
import { ADAM_KERNEL, adamUpdate } from './adam.ts';
import type { AdamStep } from './adam.ts';
import { RECTIFIER_GRADIENT, registerRectifierGradients } from './rectifier-gradient.ts';

interface Attribute {
  name: string;
  type: number;
  value: unknown;
}

/** What our kernels use of tfjs-node's back end. */
interface NativeBackend {
  isUsingGpuDevice: boolean;
  binding: Record<'TF_FLOAT' | 'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_STRING', number>;
  executeSingleOutput(name: string, attributes: Attribute[], inputs: TensorInfo[]): TensorInfo;
  readSync(id: DataId): Float32Array;
  /** One more reference. */
  incRef(id: DataId): void;
  write(values: Float32Array, shape: number[], dtype: string): DataId;
}

type NativeKernel = (call: {
  inputs: Record<string, TensorInfo>;
  backend: NativeBackend;
  attrs: Record<string, unknown>;
}) => TensorInfo | TensorInfo[];

const NAME = 'tensorflow';

/** Registers the kernels, once; needs tfjs-node's to be there. */
export function registerNativeKernels(tf: Tf): void {
  registerRectifierGradients(tf);
  if (tf.getKernel(RECTIFIER_GRADIENT, NAME) !== undefined) return;
  const stock = (name: string): NativeKernel => tf.getKernel(name, NAME).kernelFunc as unknown as NativeKernel;
  const register = (kernelName: string, kernel: NativeKernel): void => {
    if (tf.getKernel(kernelName, NAME) !== undefined) tf.unregisterKernel(kernelName, NAME);
    tf.registerKernel({ kernelName, backendName: NAME, kernelFunc: kernel as unknown as KernelConfig['kernelFunc'] });
  };
  const { binding, isUsingGpuDevice } = tf.backend() as unknown as NativeBackend;
  const T: Attribute = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
  const layout: Attribute = { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' };

  register(RECTIFIER_GRADIENT, ({ inputs: { dy, x }, backend, attrs: { alpha } }) => {
    if (alpha === 0) return backend.executeSingleOutput('ReluGrad', [T], [dy, x]);
    const slope = { name: 'alpha', type: binding.TF_ATTR_FLOAT, value: alpha };
    return backend.executeSingleOutput('LeakyReluGrad', [T, slope], [dy, x]);
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
    return call.backend.executeSingleOutput('BiasAddGrad', [T, layout], [x]);
  });

  // On a GPU the way through this process costs more than a dozen operations there.
  if (!isUsingGpuDevice) register(ADAM_KERNEL, adamStep);
}

const adamStep: NativeKernel = ({ inputs, backend, attrs }) => {
  const { parameter, gradient, first, second } = inputs;
  const size = parameter.shape.reduce((product, side) => product * side, 1);
  const out = [0, 1, 2].map(() => new Float32Array(size));
  const read = ({ dataId }: TensorInfo): Float32Array => backend.readSync(dataId);
  adamUpdate([parameter, gradient, first, second].map(read), out, attrs as unknown as AdamStep);
  return out.map((values) => ({
    dataId: backend.write(values, parameter.shape, 'float32'),
    shape: parameter.shape,
    dtype: 'float32',
  }));
};
