#include "dumper/rows/format_row.h"

#include <cstdint>
#include <cstring>

#include "dumper/escape/kernels.h"
#include "dumper/rows/value_format.h"

namespace sfdb::dumper {
namespace {

#define SFDB_ROW_TARGET

template <typename Word>
inline void CopyEnds(const char* src, size_t n, char* dst) {
  Word first, last;
  std::memcpy(&first, src, sizeof first);
  std::memcpy(&last, src + n - sizeof last, sizeof last);
  std::memcpy(dst, &first, sizeof first);
  std::memcpy(dst + n - sizeof last, &last, sizeof last);
}

// memcpy for the lengths that numbers have, without a call: two overlapping moves.
inline char* CopyValue(const char* src, size_t n, char* dst) {
  if (n > 16) {
    std::memcpy(dst, src, n);
  } else if (n >= 8) {
    CopyEnds<uint64_t>(src, n, dst);
  } else if (n >= 4) {
    CopyEnds<uint32_t>(src, n, dst);
  } else if (n >= 2) {
    CopyEnds<uint16_t>(src, n, dst);
  } else {
    *dst = *src;
  }
  return dst + n;
}

inline char* EscapeValue(EscapeCharset charset, const char* src, size_t n, char* dst) {
  return EscapeString(charset, src, n, dst);
}

inline char* HexValue(const char* src, size_t n, char* dst) { return HexEncode(src, n, dst); }

#include "dumper/rows/format_row.inc"

}  // namespace

char* FormatRowPortable(const RowValues& row, EscapeCharset charset, char* dst) {
  return PutRow(row, charset, dst);
}

FormatRowFunction FormatRowFor(EscapeCharset charset) {
#ifdef __x86_64__
  const std::string_view kernel = ActiveKernels().name;
  if (charset == EscapeCharset::kBytewise && kernel == "avx512") return FormatRowAvx512;
  if (charset == EscapeCharset::kBytewise && kernel == "avx2") return FormatRowAvx2;
#endif
  return FormatRowPortable;
}

}  // namespace sfdb::dumper
