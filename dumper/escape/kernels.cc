#include "dumper/escape/kernels.h"

#include <cstdlib>
#include <string_view>

#include "dumper/escape/escape.h"

namespace sfdb::dumper {
namespace {

std::vector<Kernels> Detect() {
  std::vector<Kernels> kernels;
#ifdef __x86_64__
  __builtin_cpu_init();
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                        __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
  if (has_avx2 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512vbmi2")) {
    kernels.push_back({"avx512", avx512::EscapeBytes, avx512::HexEncode, avx512::CountSpecials});
  }
  if (has_avx2) {
    kernels.push_back({"avx2", avx2::EscapeBytes, avx2::HexEncode, avx2::CountSpecials});
  }
  kernels.push_back({"sse2", sse2::EscapeBytes, sse2::HexEncode, sse2::CountSpecials});
#endif
  kernels.push_back({"scalar", scalar::EscapeBytes, scalar::HexEncode, scalar::CountSpecials});
  return kernels;
}

Kernels Choose() {
  // Read before any thread of ours could change the environment, and never again.
  const char* const forced = std::getenv("SFDB_FORCE_KERNEL");
  for (const Kernels& kernels : SupportedKernels()) {
    if (forced != nullptr && std::string_view(forced) == kernels.name) return kernels;
  }
  return SupportedKernels().front();
}

}  // namespace

const std::vector<Kernels>& SupportedKernels() {
  static const auto& kernels = *new std::vector<Kernels>(Detect());
  return kernels;
}

const Kernels& ActiveKernels() {
  static const Kernels kernels = Choose();
  return kernels;
}

}  // namespace sfdb::dumper
