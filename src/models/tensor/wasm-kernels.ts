/**
 * What TensorFlow.js 4.22.0's wasm back end lacks for training, made of what it has: fast transposed products,
 * gradients of convolutions and embeddings, the one-pass Adam step, and a slow path for every other missing kernel.
 */
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../tensor.ts';
import { ADAM_KERNEL, adamUpdate } from './adam.ts';
import type { AdamStep } from './adam.ts';
import { RECTIFIER_GRADIENT, registerRectifierGradients } from './rectifier-gradient.ts';
import { addRowsBySegment } from './segment-sum.ts';
import { filterGradient, inputGradient } from './wasm-convolution.ts';
import { heapKernel, reshaped } from './wasm-heap.ts';
import type { HeapKernel, StockKernels, WasmBackend } from './wasm-heap.ts';

/** Kernels whose tensors the slow path can't copy (complex numbers, strings, ragged lists). */
const NOT_COPYABLE = /Complex|Real|Imag|FFT|Ragged|Draw|String/;

const UNTURNED = { transposeA: false, transposeB: false };

function stockKernels(tf: Tf): StockKernels {
  const named = (name: string): HeapKernel => {
    const kernel = tf.getKernel(name, 'wasm');
    if (kernel === undefined || kernel === null) throw new Error(`the wasm back end has no ${name}`);
    return kernel.kernelFunc as unknown as HeapKernel;
  };
  const product = named('BatchMatMul');
  const transposition = named('Transpose');
  const convolution = named('Conv2D');
  const part = named('Slice');
  return {
    multiply: (a, b, backend) => product({ inputs: { a, b }, backend, attrs: UNTURNED }) as TensorInfo,
    transpose: (x, perm, backend) => transposition({ inputs: { x }, backend, attrs: { perm } }) as TensorInfo,
    convolve: (x, filter, settings, backend) =>
      convolution({
        inputs: { x, filter },
        backend,
        attrs: { ...settings, strides: [1, 1], dataFormat: 'NHWC' },
      }) as TensorInfo,
    slice: (x, begin, size, backend) => part({ inputs: { x }, backend, attrs: { begin, size } }) as TensorInfo,
  };
}

/** The stock product is a naive loop when either factor is transposed (every gradient): transpose first. */
function matrixProduct(stock: StockKernels): HeapKernel {
  const turn = (x: TensorInfo, backend: WasmBackend): TensorInfo => {
    const order = x.shape.map((_, axis) => axis);
    order.push(...order.splice(-2).toReversed());
    return stock.transpose(x, order, backend);
  };
  return ({ inputs, backend, attrs }) => {
    const a = attrs['transposeA'] === true ? turn(inputs['a'], backend) : inputs['a'];
    const b = attrs['transposeB'] === true ? turn(inputs['b'], backend) : inputs['b'];
    const out = stock.multiply(a, b, backend);
    if (a !== inputs['a']) backend.disposeData(a.dataId);
    if (b !== inputs['b']) backend.disposeData(b.dataId);
    return out;
  };
}

/** The stock kernel copies the memory, and every tensor that a gradient needs is cloned: share it instead. */
const identity: HeapKernel = ({ inputs: { x }, backend }) => {
  backend.incRef(x.dataId);
  return reshaped(x, x.shape);
};

const segmentSum: HeapKernel = ({ inputs, backend, attrs }) => {
  const { x, segmentIds } = inputs;
  const segments = attrs['numSegments'] as number;
  const out = backend.makeOutput([segments, ...x.shape.slice(segmentIds.shape.length)], x.dtype);
  const read = (info: TensorInfo): Float32Array => backend.typedArrayFromHeap(info);
  addRowsBySegment(read(x), read(segmentIds), segments, read(out));
  return out;
};

const adamStep: HeapKernel = ({ inputs, backend, attrs }) => {
  const { parameter, gradient, first, second } = inputs;
  const out = [0, 1, 2].map(() => backend.makeOutput(parameter.shape, 'float32'));
  const read = (info: TensorInfo): Float32Array => backend.typedArrayFromHeap(info);
  adamUpdate([parameter, gradient, first, second].map(read), out.map(read), attrs as unknown as AdamStep);
  return out;
};

const rectifierGradient: HeapKernel = ({ inputs: { dy, x }, backend, attrs }) => {
  const alpha = attrs['alpha'] as number;
  const out = backend.makeOutput(x.shape, 'float32');
  const [slope, value, result] = [dy, x, out].map((info) => backend.typedArrayFromHeap(info));
  for (let i = 0; i < value.length; i++) result[i] = value[i] > 0 ? slope[i] : alpha * slope[i];
  return out;
};

interface CopyBackend {
  makeTensorInfo(shape: number[], dtype: string, values: Float32Array): TensorInfo;
  readSync(id: object): Float32Array;
  disposeData(id: object): boolean;
}

/** Runs the plain JavaScript kernel on copies of the tensors. */
function throughCpu(tf: Tf, name: string): HeapKernel {
  return ({ inputs, backend, attrs }) => {
    const cpu = tf.findBackend('cpu') as unknown as CopyBackend;
    const kernel = tf.getKernel(name, 'cpu').kernelFunc as unknown as (call: object) => TensorInfo | TensorInfo[];
    const copies: TensorInfo[] = [];
    const copyIn = (info: TensorInfo): TensorInfo => {
      const copy = cpu.makeTensorInfo(info.shape, info.dtype, backend.readSync(info.dataId).slice());
      copies.push(copy);
      return copy;
    };
    const copied: Record<string, TensorInfo | TensorInfo[]> = {};
    for (const [key, value] of Object.entries(inputs as Record<string, TensorInfo | TensorInfo[] | undefined>)) {
      if (value !== undefined) copied[key] = Array.isArray(value) ? value.map(copyIn) : copyIn(value);
    }
    const copyOut = (info: TensorInfo): TensorInfo => {
      const out = backend.makeOutput(info.shape, info.dtype);
      backend.typedArrayFromHeap(out).set(cpu.readSync(info.dataId));
      return out;
    };
    // A kernel may hand an input back as its output: everything is freed once, after everything is read.
    const result = kernel({ inputs: Array.isArray(inputs) ? inputs.map(copyIn) : copied, backend: cpu, attrs });
    const results = Array.isArray(result) ? result : [result];
    const out = results.map(copyOut);
    for (const id of new Set([...results, ...copies].map((info) => info.dataId))) cpu.disposeData(id);
    return Array.isArray(result) ? out : out[0];
  };
}

function replace(tf: Tf, config: KernelConfig): void {
  const old = tf.getKernel(config.kernelName, 'wasm');
  if (old !== undefined && old !== null) tf.unregisterKernel(config.kernelName, 'wasm');
  tf.registerKernel({ ...old, ...config });
}

/** Kernels that only plain JavaScript has also run on wasm's tensors, through copies. */
export function registerMissingKernels(tf: Tf): void {
  for (const { kernelName } of tf.getKernelsForBackend('cpu')) {
    const missing = tf.getKernel(kernelName, 'wasm') === undefined;
    if (missing && !NOT_COPYABLE.test(kernelName))
      tf.registerKernel(heapKernel(kernelName, throughCpu(tf, kernelName)));
  }
}

/** Registers the kernels, once; needs both the wasm and the cpu back end to be imported. */
export function registerWasmKernels(tf: Tf): void {
  if (tf.getKernel(ADAM_KERNEL, 'wasm') !== undefined) return;
  const stock = stockKernels(tf);
  replace(tf, heapKernel('BatchMatMul', matrixProduct(stock)));
  replace(tf, heapKernel('Conv2DBackpropFilter', filterGradient(tf, stock)));
  replace(tf, heapKernel('Conv2DBackpropInput', inputGradient(tf, stock)));
  replace(tf, heapKernel('Identity', identity));
  replace(tf, heapKernel('UnsortedSegmentSum', segmentSum));
  replace(tf, heapKernel(ADAM_KERNEL, adamStep));
  replace(tf, heapKernel(RECTIFIER_GRADIENT, rectifierGradient));
  registerRectifierGradients(tf);
  registerMissingKernels(tf);
}
