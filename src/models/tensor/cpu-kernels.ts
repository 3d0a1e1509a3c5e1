/** Kernels for plain JavaScript: a segment sum that is linear in the rows, and gradients of rectifiers and Adam in one pass. */
import type { DataId, KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../tensor.ts';
import { ADAM_KERNEL, adamUpdate } from './adam.ts';
import type { AdamStep } from './adam.ts';
import { RECTIFIER_GRADIENT, registerRectifierGradients } from './rectifier-gradient.ts';
import { addRowsBySegment } from './segment-sum.ts';

interface CpuBackend {
  data: { get(id: DataId): { values: Float32Array } };
  makeTensorInfo(shape: number[], dtype: string, values: ArrayLike<number>): TensorInfo;
}

const registered = new WeakSet<object>();

/** Registers the kernels, once. */
export function registerCpuKernels(tf: Tf): void {
  if (registered.has(tf.registerKernel)) return;
  registered.add(tf.registerKernel);

  // The stock kernel compares every row with every segment: 5.6 s for 1,024 rows into 2,000 segments.
  tf.unregisterKernel('UnsortedSegmentSum', 'cpu');
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'cpu',
    kernelFunc: (({ inputs, backend, attrs }) => {
      const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo };
      const cpu = backend as CpuBackend;
      const { numSegments } = attrs as { numSegments: number };
      const shape = [numSegments, ...x.shape.slice(segmentIds.shape.length)];
      const out = tf.util.getTypedArrayFromDType(x.dtype as 'float32', tf.util.sizeFromShape(shape));
      addRowsBySegment(cpu.data.get(x.dataId).values, cpu.data.get(segmentIds.dataId).values, numSegments, out);
      return cpu.makeTensorInfo(shape, x.dtype, out);
    }) as KernelConfig['kernelFunc'],
  });

  tf.registerKernel({
    kernelName: ADAM_KERNEL,
    backendName: 'cpu',
    kernelFunc: (({ inputs, backend, attrs }) => {
      const cpu = backend as CpuBackend;
      const { parameter, gradient, first, second } = inputs as Record<string, TensorInfo>;
      const read = (info: TensorInfo): Float32Array => cpu.data.get(info.dataId).values;
      const out = [0, 1, 2].map(() => new Float32Array(tf.util.sizeFromShape(parameter.shape)));
      adamUpdate([parameter, gradient, first, second].map(read), out, attrs as unknown as AdamStep);
      return out.map((values) => cpu.makeTensorInfo(parameter.shape, 'float32', values));
    }) as KernelConfig['kernelFunc'],
  });

  tf.registerKernel({
    kernelName: RECTIFIER_GRADIENT,
    backendName: 'cpu',
    kernelFunc: (({ inputs, backend, attrs }) => {
      const cpu = backend as CpuBackend;
      const { dy, x } = inputs as Record<string, TensorInfo>;
      const [slope, value] = [dy, x].map((info) => cpu.data.get(info.dataId).values);
      const alpha = (attrs as { alpha: number }).alpha;
      return cpu.makeTensorInfo(
        x.shape,
        'float32',
        value.map((one, i) => (one > 0 ? slope[i] : alpha * slope[i])),
      );
    }) as KernelConfig['kernelFunc'],
  });
  registerRectifierGradients(tf);
}
