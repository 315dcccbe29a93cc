// 32 bytes at a time. Attributes on the functions, not flags on the file, so that no inline
// function of a header is compiled for AVX2 and then picked by the linker for everybody.
#include "dumper/escape/kernels.h"

#ifdef __x86_64__
#include <immintrin.h>

#include <bit>
#include <cstdint>
#include <cstring>

#include "dumper/escape/byte_table.h"
#include "dumper/escape/escape.h"

#define SFDB_AVX2 __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))

namespace sfdb::dumper::avx2 {
namespace {

SFDB_AVX2 inline __m256i Load(const char* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}
SFDB_AVX2 inline void Store(char* p, __m256i v) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v);
}
SFDB_AVX2 inline __m128i Load16(const char* p) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
}
SFDB_AVX2 inline void Store16(char* p, __m128i v) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), v);
}

// By low nibble, the special byte with that nibble (0x1A shares A with 0x0A and is compared apart).
// An entry of 0 matches only byte 0; bytes from 0x80 on look up 0.
SFDB_AVX2 inline __m128i SpecialByNibble() {
  return _mm_setr_epi8(0, 0, '"', 0, 0, 0, 0, '\'', 0, 0, '\n', 0, '\\', '\r', 0, 0);
}

SFDB_AVX2 inline uint32_t Specials(__m256i v) {
  const __m256i table = _mm256_broadcastsi128_si256(SpecialByNibble());
  const __m256i found = _mm256_or_si256(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, v), v),
                                        _mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x1A)));
  return static_cast<uint32_t>(_mm256_movemask_epi8(found));
}

SFDB_AVX2 inline uint32_t Specials(__m128i v) {
  const __m128i found = _mm_or_si128(_mm_cmpeq_epi8(_mm_shuffle_epi8(SpecialByNibble(), v), v),
                                     _mm_cmpeq_epi8(v, _mm_set1_epi8(0x1A)));
  return static_cast<uint32_t>(_mm_movemask_epi8(found));
}

template <typename Word>
inline Word LoadWord(const char* p) {
  Word word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

// Fewer than 32 bytes: two overlapping halves, checked and copied without a loop.
SFDB_AVX2 inline char* EscapeTail(const char* src, size_t n, char* dst) {
  if (n >= 16) {
    const __m128i first = Load16(src);
    const __m128i last = Load16(src + n - 16);
    Store16(dst, first);
    Store16(dst + n - 16, last);
    if ((Specials(first) | Specials(last)) == 0) return dst + n;
  } else if (n >= 8) {
    const auto first = LoadWord<int64_t>(src);
    const auto last = LoadWord<int64_t>(src + n - 8);
    std::memcpy(dst, &first, 8);
    std::memcpy(dst + n - 8, &last, 8);
    if (Specials(_mm_set_epi64x(last, first)) == 0) return dst + n;
  } else if (n >= 4) {
    const auto first = LoadWord<int32_t>(src);
    const auto last = LoadWord<int32_t>(src + n - 4);
    std::memcpy(dst, &first, 4);
    std::memcpy(dst + n - 4, &last, 4);
    if (Specials(_mm_set_epi32(last, first, last, first)) == 0) return dst + n;
  }
  return scalar::EscapeBytes(src, n, dst);
}

SFDB_AVX2 inline __m256i Digits(__m256i nibbles) {
  const __m256i digits = _mm256_broadcastsi128_si256(_mm_setr_epi8(
      '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'));
  return _mm256_shuffle_epi8(digits, nibbles);
}

// 16 bytes to 32 digits.
SFDB_AVX2 inline __m256i Hex16(__m128i v) {
  const __m256i words = _mm256_cvtepu8_epi16(v);
  const __m256i swapped = _mm256_or_si256(_mm256_srli_epi16(words, 4), _mm256_slli_epi16(words, 8));
  return Digits(_mm256_and_si256(swapped, _mm256_set1_epi8(15)));
}

}  // namespace

SFDB_AVX2 char* EscapeBytes(const char* src, size_t n, char* dst) {
  const char* const end = src + n;
  while (end - src >= 32) {
    const __m256i v = Load(src);
    Store(dst, v);
    uint32_t specials = Specials(v);
    if (specials == 0) {
      src += 32, dst += 32;
      continue;
    }
    if (end - src < 64) {  // the run behind a special may not be there to load: reload from it
      const int at = std::countr_zero(specials);
      std::memcpy(dst + at, kEscapeTable.bytes[static_cast<uint8_t>(src[at])].data(), 2);
      src += at + 1, dst += at + 2;
      continue;
    }
    for (; specials != 0; specials &= specials - 1) {
      const int at = std::countr_zero(specials);
      std::memcpy(dst + at, kEscapeTable.bytes[static_cast<uint8_t>(src[at])].data(), 2);
      Store(dst + at + 2, Load(src + at + 1));
      ++dst;
    }
    src += 32, dst += 32;
  }
  return EscapeTail(src, static_cast<size_t>(end - src), dst);
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
