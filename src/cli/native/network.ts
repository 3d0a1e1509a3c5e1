/**
 * The loss of a dense network and its slopes in one operation of C++, `AdsimNetwork` (src/models/tensor/network-entropy.ts): on
 * batches of a thousand rows TensorFlow's way takes longer from operation to operation than in them. Products are Eigen's,
 * whose headers come with TensorFlow; rows are taken in blocks that stay in the processor's cache, in two halves side by side.
 */
export const NETWORK_SOURCE = `
// What it is compiled for (build.ts) must be there.
#if defined(__AVX512F__)
#define HAS __builtin_cpu_supports
#define ABLE HAS("avx512f") && HAS("avx512dq") && HAS("avx512bw") && HAS("avx512vl")
#elif defined(__AVX2__)
#define ABLE __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
#else
#define ABLE true
#endif
#include <math.h>
#include <stdlib.h>
#include <thread>
#include <Eigen/Core>
#include "operation.h"

namespace {
using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using From = Eigen::Map<const Rows>;
using To = Eigen::Map<Rows>;
const int64_t kBlock = 256;

// Sum of softplus(z) - y z over logits z, which become its slopes.
double entropy(Eigen::Ref<Rows> logits, const float* y) {
  double sum = 0;
  for (int64_t i = 0; i < logits.rows(); i++) {
    const float z = logits(i, 0), small = expf(-fabsf(z));
    sum += fmaxf(z, 0) + log1pf(small) - y[i] * z;
    logits(i, 0) = (z > 0 ? 1 : small) / (1 + small) - y[i];
  }
  return sum;
}

struct Layer {
  From weights, bias;
};

// What some of the rows add. Its memory is kept from call to call: to be given new pages takes longer than the products.
struct Part {
  double sum;
  std::vector<Rows> weightSlopes, biasSlopes, reached;
  Rows slope, next;

  void add(const std::vector<Layer>& layers, const float* x, const float* y, int64_t rows, int64_t width, float share) {
    const int count = layers.size();
    sum = 0;
    for (auto list : {&weightSlopes, &biasSlopes, &reached}) list->resize(count);
    for (int l = 0; l < count; l++) {
      weightSlopes[l].setZero(layers[l].weights.rows(), layers[l].weights.cols());
      biasSlopes[l].setZero(1, layers[l].weights.cols());
    }
    for (int64_t from = 0; from < rows; from += kBlock) {
      const From input(x + from * width, std::min(kBlock, rows - from), width);
      for (int l = 0; l < count; l++) {
        if (l == 0) reached[l].noalias() = input * layers[l].weights;
        else reached[l].noalias() = reached[l - 1] * layers[l].weights;
        reached[l].rowwise() += layers[l].bias.row(0);
        if (l + 1 < count) reached[l] = reached[l].cwiseMax<Eigen::PropagateNaN>(0);
      }
      sum += entropy(reached[count - 1], y + from);
      slope = reached[count - 1] * share;
      for (int l = count - 1; l >= 0; l--) {
        biasSlopes[l] += slope.colwise().sum();
        if (l == 0) {
          weightSlopes[l].noalias() += input.transpose() * slope;
          break;
        }
        weightSlopes[l].noalias() += reached[l - 1].transpose() * slope;
        next.noalias() = slope * layers[l].weights.transpose();
        slope = (reached[l - 1].array() > 0).select(next, 0);
      }
    }
  }
};

// As TensorFlow is told.
bool alone() {
  const char* threads = getenv("TF_NUM_INTRAOP_THREADS");
  return (threads && atoi(threads) == 1) || std::thread::hardware_concurrency() < 2;
}

void networkCall(void*, TF_OpKernelContext* context) {
  Call call(context);
  Shape size;
  const float *x = call.in<float>(0, &size), *y = call.in<float>(1);
  std::vector<Layer> layers;
  for (int i = 2; i < TF_NumInputs(context) && call.fine(); i += 2) {
    Shape shape;
    const float *weights = call.in<float>(i, &shape), *bias = call.in<float>(i + 1);
    if (call.fine()) layers.push_back({From(weights, shape[0], shape[1]), From(bias, 1, shape[1])});
  }
  if (!call.fine()) return;
  // Always the same halves, whoever adds them up: the same sums on any number of threads.
  const int64_t rows = size[0], width = size[1], blocks = (rows + kBlock - 1) / kBlock;
  const int64_t middle = std::min(rows, (blocks + 1) / 2 * kBlock);
  const float share = 1 / float(rows);
  static thread_local Part first, second;
  Part* const later = &second; // this thread's
  auto rest = [&, later] { later->add(layers, x + middle * width, y + middle, rows - middle, width, share); };
  if (middle == rows || alone()) {
    first.add(layers, x, y, middle, width, share);
    rest();
  } else {
    std::thread other(rest);
    first.add(layers, x, y, middle, width, share);
    other.join();
  }
  float* loss = call.out(0, {});
  if (call.fine()) *loss = (first.sum + second.sum) * share;
  for (size_t l = 0; l < layers.size() && call.fine(); l++) {
    const int64_t inputs = layers[l].weights.rows(), outputs = layers[l].weights.cols();
    float *weightSlope = call.out(1 + 2 * l, {inputs, outputs}), *biasSlope = call.out(2 + 2 * l, {outputs});
    if (!call.fine()) return;
    To(weightSlope, inputs, outputs) = first.weightSlopes[l] + second.weightSlopes[l];
    To(biasSlope, 1, outputs) = first.biasSlopes[l] + second.biasSlopes[l];
  }
}

struct Network {
  Network() {
    if (ABLE)
      add("AdsimNetwork", {"x: float", "y: float", "layers: N * float"}, {"loss: float", "slopes: N * float"}, networkCall,
          "N: int >= 2");
  }
} network;
}
`;
