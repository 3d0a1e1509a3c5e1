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

/**
 * Adds the patches in `columns` (n·oh·ow × kh·kw·c) back to where they came from in `image` (zeroed), run by run:
 * neighbouring filter columns are neighbours in the image too.
 */
function fold(columns: Float32Array, image: Float32Array, g: Geometry): void {
  const width = g.kh * g.kw * g.c;
  for (let n = 0; n < g.n; n++) {
    for (let oh = 0; oh < g.oh; oh++) {
      for (let ow = 0; ow < g.ow; ow++) {
        const patch = ((n * g.oh + oh) * g.ow + ow) * width;
        const left = ow * g.strideW - g.left;
        const from = Math.max(0, -left);
        const length = (Math.min(g.kw, g.w - left) - from) * g.c;
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

/**
 * Conv2DBackpropFilter, as a convolution itself: channels take the place of images and images that of channels, dy is
 * the filter, and the stride becomes its dilation. XNNPACK does all the work.
 */
export function filterGradient(tf: Tf, stock: StockKernels): HeapKernel {
  return ({ inputs, backend, attrs }) => {
    const { x, dy } = inputs;
    const shape = attrs['filterShape'] as number[];
    const g = geometry(tf, x.shape, shape, attrs);
    const images = stock.transpose(x, [3, 1, 2, 0], backend);
    const filter = stock.transpose(dy, [1, 2, 0, 3], backend);
    // As much padding at the end as the last filter row and column ask for; where there is less image, cut the rest off.
    const bottom = Math.max(0, g.strideH * (g.oh - 1) + g.kh - g.h - g.top);
    const right = Math.max(0, g.strideW * (g.ow - 1) + g.kw - g.w - g.left);
    const pad = [[0, 0], [g.top, bottom], [g.left, right], [0, 0]]; // prettier-ignore
    const whole = stock.convolve(images, filter, { pad, dilations: [g.strideH, g.strideW] }, backend);
    const part = stock.slice(whole, [0, 0, 0, 0], [g.c, g.kh, g.kw, g.o], backend);
    const gradient = stock.transpose(part, [1, 2, 0, 3], backend);
    for (const used of [images, filter, whole, part]) backend.disposeData(used.dataId);
    return gradient;
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
