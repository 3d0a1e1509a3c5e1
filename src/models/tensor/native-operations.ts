/** Kernels on the operations that `adsim native build` adds to TensorFlow's (src/cli/native/operations.ts and network.ts). */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { ADAM_KERNEL } from './adam.ts';
import type { AdamStep } from './adam.ts';
import { BLEND } from './blend.ts';
import { made } from './native-backend.ts';
import type { Attribute, NativeBackend, NativeKernel } from './native-backend.ts';
import { NETWORK_ENTROPY } from './network-entropy.ts';

/** What tfjs says of the transposed convolution. */
interface Convolution {
  inputShape: [number, number, number, number];
  strides: number | [number, number];
  pad: unknown;
  dataFormat: string;
}

/** Of a back end without GPU: they run on the processor. */
export function registerOperations(
  register: (name: string, kernel: NativeKernel) => void,
  stock: (name: string) => NativeKernel,
  backend: NativeBackend,
): void {
  register(ADAM_KERNEL, ({ inputs, attrs }) => {
    const { parameter, gradient, first, second } = inputs;
    const { rate, beta1, beta2, epsilon, correction2 } = attrs as unknown as AdamStep;
    const settings = made(backend, Float32Array.of(rate, beta1, beta2, epsilon, correction2), [5]);
    const out = backend.executeMultipleOutputs('AdsimAdam', [], [parameter, gradient, first, second, settings], 3);
    backend.disposeData(settings.dataId);
    return out;
  });
  register(BLEND, ({ inputs: { from, to }, attrs: { decay } }) => {
    const share = made(backend, Float32Array.of(decay as number), []);
    const out = backend.executeSingleOutput('AdsimBlend', [], [from, to, share]);
    backend.disposeData(share.dataId);
    return out;
  });
  const spread = stock('Conv2DBackpropInput');
  register('Conv2DBackpropInput', (call) => {
    const { dy, filter } = call.inputs;
    const { inputShape, strides, pad, dataFormat } = call.attrs as unknown as Convolution;
    const [, height, width, channels] = inputShape;
    const stride = [strides].flat()[0];
    const known =
      channels === 1 && pad === 'same' && dataFormat === 'NHWC' && filter.shape.slice(0, 2).join() === '4,4';
    if (!known || [strides].flat().some((one) => one !== stride)) return spread(call);
    const before = (side: number): number => Math.max(0, (Math.ceil(side / stride) - 1) * stride + 4 - side) >> 1;
    const place = made(backend, Int32Array.of(height, width, stride, before(height), before(width)), [5], 'int32');
    const out = backend.executeSingleOutput('AdsimSpread', [], [dy, filter, place]);
    backend.disposeData(place.dataId);
    return out;
  });

  const network: NativeKernel = ({ inputs }) => {
    const given = Object.values(inputs);
    const layers: Attribute = { name: 'N', type: backend.binding.TF_ATTR_INT, value: given.length - 2 };
    return backend.executeMultipleOutputs('AdsimNetwork', [layers], given, given.length - 1);
  };
  if (runs(network, backend)) register(NETWORK_ENTROPY, network);
}

/** False where the processor lacks what the operation was compiled for: it isn't there then. */
function runs(network: NativeKernel, backend: NativeBackend): boolean {
  const inputs = [[1, 1], [1, 1], [1, 1], [1]].map((shape) => made(backend, new Float32Array(1), shape)); // prettier-ignore
  try {
    const found = network({ inputs: Object.fromEntries(inputs.entries()), backend, attrs: {} });
    inputs.push(...(found as TensorInfo[]));
    return true;
  } catch {
    return false;
  } finally {
    for (const { dataId } of inputs) backend.disposeData(dataId);
  }
}
