/** What our kernels use of the wasm back end. */
import type { DataId, KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';

export interface WasmBackend {
  makeOutput(shape: readonly number[], dtype: string): TensorInfo;
  /** A view on the tensor's memory: take it after the last allocation, a growing heap detaches earlier views. */
  typedArrayFromHeap(info: TensorInfo): Float32Array;
  readSync(id: DataId): Float32Array;
  /** Frees the memory with its last reference. */
  disposeData(id: DataId): boolean;
  /** One more reference. */
  incRef(id: DataId): void;
}

/** A kernel on the heap. */
export type HeapKernel = (call: {
  inputs: Record<string, TensorInfo>;
  backend: WasmBackend;
  attrs: Record<string, unknown>;
}) => TensorInfo | TensorInfo[];

/** A kernel of ours as the registry wants it. */
export function heapKernel(kernelName: string, kernel: HeapKernel): KernelConfig {
  return { kernelName, backendName: 'wasm', kernelFunc: kernel as unknown as KernelConfig['kernelFunc'] };
}

/** The same memory under another shape. */
export function reshaped(info: TensorInfo, shape: number[]): TensorInfo {
  return { dataId: info.dataId, shape, dtype: info.dtype };
}

/** The stock kernels that ours are made of. */
export interface StockKernels {
  /** (1×m×k) · (1×k×n): the only case that runs on XNNPACK. */
  multiply(a: TensorInfo, b: TensorInfo, backend: WasmBackend): TensorInfo;
  transpose(x: TensorInfo, order: number[], backend: WasmBackend): TensorInfo;
  /** Stride 1, NHWC. */
  convolve(
    x: TensorInfo,
    filter: TensorInfo,
    settings: { pad: number[][]; dilations: number[] },
    backend: WasmBackend,
  ): TensorInfo;
  slice(x: TensorInfo, begin: number[], size: number[], backend: WasmBackend): TensorInfo;
}
