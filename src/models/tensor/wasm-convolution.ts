/**
 * Gradients of convolutions on the wasm heap, as one fast matrix product and one rearrangement each. Stock wasm lacks
 * the gradient of the filter and has a naive loop for that of the input (which is also the transposed convolution).
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../tensor.ts';
import type { HeapKernel, StockKernels } from './wasm-heap.ts';
import { reshaped } from './wasm-heap.ts';

type Shape4 = [number, number, number, number];

/** Sizes of a convolution: n images of h×w×c, filters kh×kw×c×o, output oh×ow×o. */
interface Geometry {
  n: number;
  h: number;
  w: number;
  c: number;
  oh: number;
  ow: number;
  o: number;
  kh: number;
  kw: number;
  strideH: number;
  strideW: number;
  top: number;
  left: number;
}

function geometry(
  tf: Tf,
  image: readonly number[],
  filter: readonly number[],
  attrs: Record<string, unknown>,
): Geometry {
  if ((attrs['dataFormat'] ?? 'NHWC') !== 'NHWC') throw new Error('wasm convolution gradients take NHWC tensors only');
  const info = tf.backend_util.computeConv2DInfo(
    image as Shape4,
    filter as Shape4,
    attrs['strides'] as number,
    1,
    attrs['pad'] as 'same',
    attrs['dimRoundingMode'] as 'floor',
  );
  return {
    n: info.batchSize,
    h: info.inHeight,
    w: info.inWidth,
    c: info.inChannels,
    oh: info.outHeight,
    ow: info.outWidth,
    o: info.outChannels,
    kh: info.filterHeight,
    kw: info.filterWidth,
    strideH: info.strideHeight,
    strideW: info.strideWidth,
    top: info.padInfo.top,
    left: info.padInfo.left,
  };
}

/** Fills `columns` (kh·kw·c × n·oh·ow, zeroed) with the patches of `image` that each filter weight meets. */
function unfold(image: Float32Array, columns: Float32Array, g: Geometry): void {
  const patches = g.n * g.oh * g.ow;
  for (let kh = 0; kh < g.kh; kh++) {
    for (let kw = 0; kw < g.kw; kw++) {
      // Output columns whose input column lies inside the image.
      const from = Math.max(0, Math.ceil((g.left - kw) / g.strideW));
      const to = Math.min(g.ow, Math.floor((g.w - 1 + g.left - kw) / g.strideW) + 1);
      for (let c = 0; c < g.c; c++) {
        const row = ((kh * g.kw + kw) * g.c + c) * patches;
        for (let n = 0; n < g.n; n++) {
          for (let oh = 0; oh < g.oh; oh++) {
            const ih = oh * g.strideH - g.top + kh;
            if (ih < 0 || ih >= g.h) continue;
            const target = row + (n * g.oh + oh) * g.ow;
            const stride = g.strideW * g.c;
            let source = ((n * g.h + ih) * g.w + from * g.strideW - g.left + kw) * g.c + c;
            for (let ow = from; ow < to; ow++, source += stride) columns[target + ow] = image[source];
          }
        }
      }
    }
  }
}

/** Adds the patches in `columns` (n·oh·ow × kh·kw·c) back to where they came from in `image` (zeroed). */
function fold(columns: Float32Array, image: Float32Array, g: Geometry): void {
  const width = g.kh * g.kw * g.c;
  for (let n = 0; n < g.n; n++) {
    for (let oh = 0; oh < g.oh; oh++) {
      for (let ow = 0; ow < g.ow; ow++) {
        const patch = ((n * g.oh + oh) * g.ow + ow) * width;
        const left = ow * g.strideW - g.left;
        const from = Math.max(0, -left);
        const to = Math.min(g.kw, g.w - left);
        const length = (to - from) * g.c; // neighbouring filter columns are neighbours in the image too
        for (let kh = 0; kh < g.kh; kh++) {
          const ih = oh * g.strideH - g.top + kh;
          if (ih < 0 || ih >= g.h) continue;
          const target = ((n * g.h + ih) * g.w + left + from) * g.c;
          const source = patch + (kh * g.kw + from) * g.c;
          for (let i = 0; i < length; i++) image[target + i] += columns[source + i];
        }
      }
    }
  }
}

/** Conv2DBackpropFilter: unfolded image · dy. */
export function filterGradient(tf: Tf, stock: StockKernels): HeapKernel {
  return ({ inputs, backend, attrs }) => {
    const { x, dy } = inputs;
    const shape = attrs['filterShape'] as number[];
    const g = geometry(tf, x.shape, shape, attrs);
    const patches = g.n * g.oh * g.ow;
    const columns = backend.makeOutput([1, g.kh * g.kw * g.c, patches], 'float32');
    const view = backend.typedArrayFromHeap(columns);
    view.fill(0);
    unfold(backend.typedArrayFromHeap(x), view, g);
    const gradient = stock.multiply(columns, reshaped(dy, [1, patches, g.o]), backend);
    backend.disposeData(columns.dataId);
    return reshaped(gradient, shape);
  };
}

/** Conv2DBackpropInput, which is also the forward pass of a transposed convolution: fold(dy · filterᵀ). */
export function inputGradient(tf: Tf, stock: StockKernels): HeapKernel {
  return ({ inputs, backend, attrs }) => {
    const { dy, filter } = inputs;
    const shape = attrs['inputShape'] as number[];
    const g = geometry(tf, shape, filter.shape, attrs);
    const width = g.kh * g.kw * g.c;
    const turned = stock.transpose(reshaped(filter, [width, g.o]), [1, 0], backend);
    const rows = reshaped(dy, [1, g.n * g.oh * g.ow, g.o]);
    const columns = stock.multiply(rows, reshaped(turned, [1, g.o, width]), backend);
    const out: TensorInfo = backend.makeOutput(shape, 'float32');
    const image = backend.typedArrayFromHeap(out);
    image.fill(0);
    fold(backend.typedArrayFromHeap(columns), image, g);
    backend.disposeData(turned.dataId);
    backend.disposeData(columns.dataId);
    return out;
  };
}
