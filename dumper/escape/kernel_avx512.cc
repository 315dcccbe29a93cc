#include "dumper/escape/kernels.h"

#ifdef __x86_64__
#include "dumper/escape/avx512.h"

namespace sfdb::dumper::avx512 {

SFDB_AVX512 char* EscapeBytes(const char* src, size_t n, char* dst) {
  for (; n >= 64; src += 64, n -= 64) {
    const __m512i v = _mm512_loadu_si512(src);
    const __mmask64 specials = Specials(v);
    if (specials == 0) {
      _mm512_storeu_si512(dst, v);
      dst += 64;
    } else {
      dst = EmitBoth(v, specials, 64, dst);
    }
  }
  return EscapeUpTo64(src, n, dst);
}

SFDB_AVX512 char* HexEncode(const char* src, size_t n, char* dst) {
  for (; n >= 32; src += 32, dst += 64, n -= 32) {
    _mm512_storeu_si512(dst, Hex32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(src))));
  }
  const __mmask32 valid = _bzhi_u32(~uint32_t{0}, static_cast<uint32_t>(n));
  _mm512_storeu_si512(dst, Hex32(_mm256_maskz_loadu_epi8(valid, src)));
  return dst + 2 * n;
}

SFDB_AVX512 size_t CountSpecials(const char* src, size_t n) {
  size_t count = 0;
  for (; n >= 64; src += 64, n -= 64) {
    count += static_cast<size_t>(std::popcount(Specials(_mm512_loadu_si512(src))));
  }
  __mmask64 valid;
  const __m512i v = LoadUpTo64(src, n, &valid);
  return count + static_cast<size_t>(std::popcount(Specials(v) & valid));
}

}  // namespace sfdb::dumper::avx512
#endif
