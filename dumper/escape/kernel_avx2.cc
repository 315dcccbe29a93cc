#include "dumper/escape/kernels.h"

#ifdef __x86_64__
#include "dumper/escape/avx2.h"
#include "dumper/escape/escape.h"

namespace sfdb::dumper::avx2 {

SFDB_AVX2 char* EscapeBytes(const char* src, size_t n, char* dst) {
  for (; n >= 32; src += 32, n -= 32) {
    const __m256i v = Load(src);
    Store(dst, v);
    dst = Specials(v) == 0 ? dst + 32 : EscapeDirty(src, 32, dst);
  }
  return EscapeUpTo31(src, n, dst);
}

SFDB_AVX2 char* HexEncode(const char* src, size_t n, char* dst) {
  if (n < 16) {
    if (n < 8) return scalar::HexEncode(src, n, dst);
    const __m256i both =
        Hex16(_mm_set_epi64x(LoadWord<int64_t>(src + n - 8), LoadWord<int64_t>(src)));
    Store16(dst, _mm256_castsi256_si128(both));
    Store16(dst + 2 * n - 16, _mm256_extracti128_si256(both, 1));
    return dst + 2 * n;
  }
  for (size_t i = 0; i + 16 <= n; i += 16) Store(dst + 2 * i, Hex16(Load16(src + i)));
  Store(dst + 2 * n - 32, Hex16(Load16(src + n - 16)));  // the end, some of it once more
  return dst + 2 * n;
}

SFDB_AVX2 size_t CountSpecials(const char* src, size_t n) {
  size_t count = 0;
  const char* const end = src + n;
  for (; end - src >= 32; src += 32) {
    count += static_cast<size_t>(std::popcount(Specials(Load(src))));
  }
  return count + scalar::CountSpecials(src, static_cast<size_t>(end - src));
}

}  // namespace sfdb::dumper::avx2
#endif
