// The kernels behind escape.h, one set per instruction set. For the row writer, which looks the set
// up once per query, and for tests, fuzzers and benches, which hold each against the scalar set;
// everybody else calls escape.h.
#pragma once

#include <cstddef>
#include <vector>

namespace sfdb::dumper {

// Contracts as the functions of the same names in escape.h; count_specials says how many of the
// bytes get a backslash form.
struct Kernels {
  const char* name;
  char* (*escape_bytes)(const char* src, size_t n, char* dst);
  char* (*hex_encode)(const char* src, size_t n, char* dst);
  size_t (*count_specials)(const char* src, size_t n);
};

// The sets that this CPU can run, best first; the last is the scalar one.
const std::vector<Kernels>& SupportedKernels();

// The set in use: the best, or the one SFDB_FORCE_KERNEL names if the CPU can run it.
const Kernels& ActiveKernels();

namespace scalar {
size_t CountSpecials(const char* src, size_t n);
}  // namespace scalar

#ifdef __x86_64__
// To be called only on a CPU that has the instructions.
namespace sse2 {
char* EscapeBytes(const char* src, size_t n, char* dst);
char* HexEncode(const char* src, size_t n, char* dst);
size_t CountSpecials(const char* src, size_t n);
}  // namespace sse2
namespace avx2 {
char* EscapeBytes(const char* src, size_t n, char* dst);
char* HexEncode(const char* src, size_t n, char* dst);
size_t CountSpecials(const char* src, size_t n);
}  // namespace avx2
namespace avx512 {
char* EscapeBytes(const char* src, size_t n, char* dst);
char* HexEncode(const char* src, size_t n, char* dst);
size_t CountSpecials(const char* src, size_t n);
}  // namespace avx512
#endif

}  // namespace sfdb::dumper
