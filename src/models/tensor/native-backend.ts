/** tfjs-node's back end, as far as our kernels use it. */
import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';

/** Of an operation, as the binding takes it. */
export interface Attribute {
  name: string;
  type: number;
  value: unknown;
}

/** What our kernels use of tfjs-node's back end. */
export interface NativeBackend {
  isUsingGpuDevice: boolean;
  binding: Record<'TF_FLOAT' | `TF_ATTR_${'TYPE' | 'FLOAT' | 'STRING' | 'BOOL' | 'INT'}`, number>;
  executeSingleOutput(name: string, attributes: Attribute[], inputs: TensorInfo[]): TensorInfo;
  executeMultipleOutputs(name: string, attributes: Attribute[], inputs: TensorInfo[], outputs: number): TensorInfo[];
  disposeData(id: DataId): void;
  readSync(id: DataId): Float32Array;
  /** One more reference. */
  incRef(id: DataId): void;
  write(values: Float32Array | Int32Array, shape: number[], dtype: string): DataId;
}

/** As tfjs calls one; the outputs are the caller's to dispose. */
export type NativeKernel = (call: {
  inputs: Record<string, TensorInfo>;
  backend: NativeBackend;
  attrs: Record<string, unknown>;
}) => TensorInfo | TensorInfo[];

/** A tensor of these numbers; whoever makes it disposes it. */
export function made(
  backend: NativeBackend,
  values: Float32Array | Int32Array,
  shape: number[],
  dtype: 'float32' | 'int32' = 'float32',
): TensorInfo {
  return { dataId: backend.write(values, shape, dtype), shape, dtype };
}
