// The pieces of the AVX2 kernels, inline: for kernel_avx2.cc and for the row formatter, which would
// otherwise pay a call for every short value. Loads never pass the end of the source.
//
// Attributes on the functions, not flags on the file, so that no inline function of a header is
// compiled for AVX2 and then picked by the linker for everybody.
#pragma once

#ifdef __x86_64__
#include <immintrin.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#define SFDB_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))

namespace sfdb::dumper::avx2 {

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

// Which of the 16 bytes "backslash, byte, backslash, byte, ..." stay, by a mask of special bytes.
struct SqueezeTable {
  alignas(16) std::array<std::array<int8_t, 16>, 256> index{};
  std::array<uint8_t, 256> specials{};

  constexpr SqueezeTable() {
    for (size_t mask = 0; mask < 256; ++mask) {
      size_t to = 0;
      for (size_t i = 0; i < 8; ++i) {
        if ((mask >> i & 1) != 0) index[mask][to++] = static_cast<int8_t>(2 * i);
        index[mask][to++] = static_cast<int8_t>(2 * i + 1);
      }
      specials[mask] = static_cast<uint8_t>(to - 8);
      while (to < 16) index[mask][to++] = -1;
    }
  }
};
inline constexpr SqueezeTable kSqueezeTable;

// Writes the first `n` (at most 8) of eight bytes, whatever is special among them, without a
// branch.
SFDB_AVX2 inline char* EscapeUpTo8(uint64_t bytes, size_t n, char* dst) {
  __m128i v = _mm_cvtsi64_si128(static_cast<int64_t>(bytes));
  const __m128i z = _mm_cmpeq_epi8(v, _mm_set1_epi8(0x1A));
  const __m128i found = _mm_or_si128(_mm_cmpeq_epi8(_mm_shuffle_epi8(SpecialByNibble(), v), v), z);
  const auto specials =
      _bzhi_u32(static_cast<uint32_t>(_mm_movemask_epi8(found)), static_cast<uint32_t>(n));
  // By low nibble, the letter behind the backslash.
  const __m128i letters =
      _mm_setr_epi8('0', 0, '"', 0, 0, 0, 0, '\'', 0, 0, 'n', 0, '\\', 'r', 0, 0);
  v = _mm_blendv_epi8(v, _mm_shuffle_epi8(letters, v), found);
  v = _mm_blendv_epi8(v, _mm_set1_epi8('Z'), z);
  const __m128i pairs = _mm_unpacklo_epi8(_mm_set1_epi8('\\'), v);
  const __m128i index = Load16(reinterpret_cast<const char*>(kSqueezeTable.index[specials].data()));
  Store16(dst, _mm_shuffle_epi8(pairs, index));
  return dst + n + kSqueezeTable.specials[specials];
}

// The `n` (1 to 7) bytes at `src`; what is above them is undefined.
inline uint64_t LoadUpTo7(const char* src, size_t n) {
  if (n >= 4) {
    return LoadWord<uint32_t>(src) | uint64_t{LoadWord<uint32_t>(src + n - 4)} << (8 * (n - 4));
  }
  const auto byte = [src](size_t i) { return uint64_t{static_cast<uint8_t>(src[i])} << (8 * i); };
  return byte(0) | byte(n >> 1) | byte(n - 1);
}

// EscapeBytes for text that holds specials, eight bytes at a time. REQUIRES: n >= 8.
SFDB_AVX2 inline char* EscapeDirty(const char* src, size_t n, char* dst) {
  for (; n >= 8; src += 8, n -= 8) dst = EscapeUpTo8(LoadWord<uint64_t>(src), 8, dst);
  // The rest as the upper end of the last eight bytes.
  return n == 0 ? dst : EscapeUpTo8(LoadWord<uint64_t>(src + n - 8) >> (8 * (8 - n)), n, dst);
}

// EscapeBytes for n < 32: two overlapping halves, checked and copied without a loop.
SFDB_AVX2 inline char* EscapeUpTo31(const char* src, size_t n, char* dst) {
  if (n >= 16) {
    const __m128i first = Load16(src);
    const __m128i last = Load16(src + n - 16);
    Store16(dst, first);
    Store16(dst + n - 16, last);
    return (Specials(first) | Specials(last)) == 0 ? dst + n : EscapeDirty(src, n, dst);
  }
  if (n >= 8) {
    const auto first = LoadWord<int64_t>(src);
    const auto last = LoadWord<int64_t>(src + n - 8);
    std::memcpy(dst, &first, 8);
    std::memcpy(dst + n - 8, &last, 8);
    return Specials(_mm_set_epi64x(last, first)) == 0 ? dst + n : EscapeDirty(src, n, dst);
  }
  return n == 0 ? dst : EscapeUpTo8(LoadUpTo7(src, n), n, dst);
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

}  // namespace sfdb::dumper::avx2
#endif
