/**
 * Operations that adsim adds to TensorFlow's own, in C++ by its interface for kernels (tensorflow/c/kernels.h): what takes
 * a dozen of theirs, or a way through JavaScript, is one pass over the numbers. They are registered as the binding is loaded.
 *
 * - `AdsimAdam`: a step of src/models/tensor/adam.ts; `settings` are rate, beta1, beta2, epsilon and correction2.
 * - `AdsimBlend`: src/models/tensor/blend.ts; `decay` is the share of `from`.
 * - `AdsimSpread`: the transposed convolution (n×h×w×c to n×H×W×1) with a kernel of 4×4×1×c; `place` holds H, W, the stride,
 *   and how far up and left of the first pixel the first kernel lies. TensorFlow's takes four times as long for one channel.
 */
export const OPERATIONS_SOURCE = `
#include <math.h>
#include <string.h>
#include "operation.h"

// As many numbers at a time as the processor takes.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define WIDE __attribute__((optimize("O3", "no-math-errno", "no-trapping-math"), target_clones("arch=x86-64-v3", "default")))
#else
#define WIDE
#endif

namespace {
WIDE void adam(int64_t n, const float* settings, const float* parameter, const float* gradient, const float* first,
               const float* second, float* __restrict__ moved, float* __restrict__ mean, float* __restrict__ square) {
  const float rate = settings[0], beta1 = settings[1], beta2 = settings[2], epsilon = settings[3];
  const float correction = settings[4];
  for (int64_t i = 0; i < n; i++) {
    const float g = gradient[i];
    const float m = beta1 * first[i] + (1 - beta1) * g;
    const float v = beta2 * second[i] + (1 - beta2) * g * g;
    mean[i] = m;
    square[i] = v;
    moved[i] = parameter[i] - rate * m / (sqrtf(v / correction) + epsilon);
  }
}

void adamCall(void*, TF_OpKernelContext* context) {
  Call call(context);
  Shape shape;
  const float* parameter = call.in<float>(0, &shape);
  const float *gradient = call.in<float>(1), *first = call.in<float>(2), *second = call.in<float>(3);
  const float* settings = call.in<float>(4);
  float *moved = call.out(0, shape), *mean = call.out(1, shape), *square = call.out(2, shape);
  if (call.fine()) adam(Call::size(shape), settings, parameter, gradient, first, second, moved, mean, square);
}

WIDE void blend(int64_t n, float decay, const float* from, const float* to, float* __restrict__ mixed) {
  for (int64_t i = 0; i < n; i++) mixed[i] = decay * from[i] + (1 - decay) * to[i];
}

void blendCall(void*, TF_OpKernelContext* context) {
  Call call(context);
  Shape shape;
  const float *from = call.in<float>(0, &shape), *to = call.in<float>(1), *decay = call.in<float>(2);
  float* mixed = call.out(0, shape);
  if (call.fine()) blend(Call::size(shape), *decay, from, to, mixed);
}

const int kSide = 4, kArea = kSide * kSide;
typedef float Eight __attribute__((vector_size(32)));

// What pixels with these channels add to the square around each.
WIDE void squaresOf(int64_t pixels, int64_t channels, const float* pixel, const Eight* turned, float* squares) {
  for (; pixels > 0; pixels--, pixel += channels, squares += kArea) {
    Eight upper = {}, lower = {};
    for (int64_t c = 0; c < channels; c++) {
      upper += pixel[c] * turned[2 * c];
      lower += pixel[c] * turned[2 * c + 1];
    }
    memcpy(squares, &upper, sizeof upper);
    memcpy(squares + kArea / 2, &lower, sizeof lower);
  }
}

void spreadCall(void*, TF_OpKernelContext* context) {
  Call call(context);
  Shape shape;
  const float *small = call.in<float>(0, &shape), *kernel = call.in<float>(1);
  const int* place = call.in<int>(2);
  if (!call.fine()) return;
  const int64_t height = place[0], width = place[1], stride = place[2], up = place[3], left = place[4];
  float* large = call.out(0, {shape[0], height, width, 1});
  if (!call.fine()) return;
  memset(large, 0, sizeof(float) * shape[0] * height * width);
  const int64_t channels = shape[3];
  std::vector<Eight> turned(2 * channels);
  for (int t = 0; t < kArea; t++) {
    for (int64_t c = 0; c < channels; c++) turned[2 * c + t / 8][t % 8] = kernel[t * channels + c];
  }
  std::vector<float> squares(shape[2] * kArea);
  for (int64_t i = 0; i < shape[0]; i++, large += height * width) {
    for (int64_t y = 0; y < shape[1]; y++, small += shape[2] * channels) {
      squaresOf(shape[2], channels, small, turned.data(), squares.data());
      for (int64_t x = 0; x < shape[2]; x++) {
        const float* square = squares.data() + x * kArea;
        for (int t = 0; t < kArea; t++) {
          const int64_t row = y * stride - up + t / kSide, column = x * stride - left + t % kSide;
          if (row >= 0 && row < height && column >= 0 && column < width) large[row * width + column] += square[t];
        }
      }
    }
  }
}

struct Operations {
  Operations() {
    add("AdsimAdam", {"parameter: float", "gradient: float", "first: float", "second: float", "settings: float"},
        {"moved: float", "mean: float", "square: float"}, adamCall);
    add("AdsimBlend", {"from: float", "to: float", "decay: float"}, {"mixed: float"}, blendCall);
    add("AdsimSpread", {"small: float", "kernel: float", "place: int32"}, {"large: float"}, spreadCall);
  }
} operations;
}
`;
