/** What operations in C++ are made of (`operations.ts`, `network.ts`): a header of theirs. */
export const OPERATION_HEADER = `
#include <stdint.h>
#include <vector>
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

// Of tensorflow/c/kernels.h, which includes a header that wheels leave out.
extern "C" {
struct TF_KernelBuilder;
struct TF_OpKernelConstruction;
struct TF_OpKernelContext;
TF_KernelBuilder* TF_NewKernelBuilder(const char*, const char*, void* (*)(TF_OpKernelConstruction*),
                                      void (*)(void*, TF_OpKernelContext*), void (*)(void*));
void TF_RegisterKernelBuilder(const char*, TF_KernelBuilder*, TF_Status*);
int TF_NumInputs(TF_OpKernelContext*);
void TF_GetInput(TF_OpKernelContext*, int, TF_Tensor* [], TF_Status*);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext*, int, TF_DataType, const int64_t*, int, size_t, TF_Status*);
void TF_OpKernelContext_Failure(TF_OpKernelContext*, TF_Status*);
}

namespace {
using Shape = std::vector<int64_t>;

// A call of an operation: what it gets and gives, and whether all went well so far.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  ~Call() {
    if (!fine()) TF_OpKernelContext_Failure(context_, status_);
    for (TF_Tensor* tensor : held_) TF_DeleteTensor(tensor);
    TF_DeleteStatus(status_);
  }
  bool fine() const { return TF_GetCode(status_) == TF_OK; }
  template <typename Number>
  const Number* in(int which, Shape* shape = nullptr) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, which, &tensor, status_);
    if (!fine()) return nullptr;
    held_.push_back(tensor);
    for (int axis = 0; shape && axis < TF_NumDims(tensor); axis++) shape->push_back(TF_Dim(tensor, axis));
    return static_cast<const Number*>(TF_TensorData(tensor));
  }
  float* out(int which, const Shape& shape) {
    TF_Tensor* tensor =
        TF_AllocateOutput(context_, which, TF_FLOAT, shape.data(), shape.size(), sizeof(float) * size(shape), status_);
    if (!fine()) return nullptr;
    held_.push_back(tensor);
    return static_cast<float*>(TF_TensorData(tensor));
  }
  static int64_t size(const Shape& shape) {
    int64_t product = 1;
    for (int64_t side : shape) product *= side;
    return product;
  }

 private:
  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> held_;
};

void add(const char* name, const std::vector<const char*>& in, const std::vector<const char*>& out,
         void (*compute)(void*, TF_OpKernelContext*), const char* attribute = nullptr) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* operation = TF_NewOpDefinitionBuilder(name);
  for (const char* one : in) TF_OpDefinitionBuilderAddInput(operation, one);
  for (const char* one : out) TF_OpDefinitionBuilderAddOutput(operation, one);
  if (attribute) TF_OpDefinitionBuilderAddAttr(operation, attribute);
  TF_RegisterOpDefinition(operation, status);
  if (TF_GetCode(status) == TF_OK)
    TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", nullptr, compute, nullptr), status);
  TF_DeleteStatus(status);
}

}
`;
