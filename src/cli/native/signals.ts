/**
 * What adsim adds to tfjs-node's binding, in C++: TensorFlow's work, and every thread that it starts, is out of reach of
 * signals. oneDNN up to 3.11.1, which multiplies matrices in TensorFlow 2.21 (its convolutions too), keeps an address of
 * the heap in the stack pointer meanwhile; a handler that is called then writes over memory (github.com/uxlfoundation/oneDNN,
 * issue 4845). A signal waits until the operation is done: milliseconds.
 *
 * The linker puts these functions between the binding and TensorFlow (`--wrap`), so that its sources stay as they are.
 */
const WRAPPED = ['TFE_NewContext', 'TFE_Execute', 'TFE_OpSetAttrString'];

export const WRAP = `-Wl,${WRAPPED.map((name) => `--wrap=${name}`).join(',')}`;

export const SIGNALS_SOURCE = `
#include <signal.h>
#include <string.h>
#include <vector>
#include "tensorflow/c/eager/c_api.h"

namespace {
// Faults of the work itself must not wait. Threads inherit what the thread that starts them holds back.
struct Undisturbed {
  sigset_t before;
  Undisturbed() {
    sigset_t held;
    sigfillset(&held);
    for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) sigdelset(&held, fault);
    pthread_sigmask(SIG_SETMASK, &held, &before);
  }
  ~Undisturbed() { pthread_sigmask(SIG_SETMASK, &before, nullptr); }
};
}

extern "C" {
TFE_Context* __real_TFE_NewContext(const TFE_ContextOptions*, TF_Status*);
void __real_TFE_Execute(TFE_Op*, TFE_TensorHandle* [], int*, TF_Status*);
void __real_TFE_OpSetAttrString(TFE_Op*, const char*, const void*, size_t);

TFE_Context* __wrap_TFE_NewContext(const TFE_ContextOptions* options, TF_Status* status) {
  Undisturbed during;
  return __real_TFE_NewContext(options, status);
}

void __wrap_TFE_Execute(TFE_Op* op, TFE_TensorHandle* outputs[], int* count, TF_Status* status) {
  Undisturbed during;
  __real_TFE_Execute(op, outputs, count, status);
}

// The binding knows no lists of strings: fused_ops, the only one that adsim needs, comes with commas.
void __wrap_TFE_OpSetAttrString(TFE_Op* op, const char* name, const void* value, size_t length) {
  if (strcmp(name, "fused_ops") != 0) return __real_TFE_OpSetAttrString(op, name, value, length);
  std::vector<const void*> parts;
  std::vector<size_t> lengths;
  const char* at = static_cast<const char*>(value);
  for (const char* end = at + length; at <= end; at += lengths.back() + 1) {
    const void* comma = memchr(at, ',', end - at);
    parts.push_back(at);
    lengths.push_back((comma ? static_cast<const char*>(comma) : end) - at);
  }
  TFE_OpSetAttrStringList(op, name, parts.data(), lengths.data(), parts.size());
}
}
`;
