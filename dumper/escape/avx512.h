// The pieces of the AVX-512 kernels, inline: for kernel_avx512.cc and for the row formatter, which
// would otherwise pay a call for every short value. 64 bytes at a time, with masks instead of tails
// and VPCOMPRESSB instead of a loop over specials: each byte becomes the pair (backslash, byte),
// then the backslashes that are not wanted are squeezed out. Needs VBMI2: Ice Lake, Zen 4 and
// later.
//
// Attributes on the functions, not flags on the file, so that no inline function of a header is
// compiled for AVX-512 and then picked by the linker for everybody.
#pragma once

#ifdef __x86_64__
// g++ 12 warns of its own header's deliberately undefined registers (GCC bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
#else
#include <immintrin.h>
#endif

#include <bit>
#include <cstddef>
#include <cstdint>

#define SFDB_AVX512 \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,avx2,bmi,bmi2,popcnt")))

namespace sfdb::dumper::avx512 {

// See avx2.h.
SFDB_AVX512 inline __mmask64 Specials(__m512i v) {
  const __m512i table = _mm512_broadcast_i32x4(
      _mm_setr_epi8(0, 0, '"', 0, 0, 0, 0, '\'', 0, 0, '\n', 0, '\\', '\r', 0, 0));
  return _mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(table, v), v) |
         _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(0x1A));
}

// Writes the first `n` (at most 32) bytes of `v`, of which `specials` get a backslash.
SFDB_AVX512 inline char* Emit(__m256i v, uint32_t specials, uint32_t n, char* dst) {
  // By low nibble, the letter behind the backslash; 0x1A is apart, as above.
  const __m256i letters = _mm256_broadcastsi128_si256(
      _mm_setr_epi8('0', 0, '"', 0, 0, 0, 0, '\'', 0, 0, 'n', 0, '\\', 'r', 0, 0));
  const __mmask32 z = _mm256_cmpeq_epi8_mask(v, _mm256_set1_epi8(0x1A));
  v = _mm256_mask_shuffle_epi8(v, specials, letters, v);
  v = _mm256_mask_mov_epi8(v, z, _mm256_set1_epi8('Z'));
  const __m512i pairs =
      _mm512_or_si512(_mm512_slli_epi16(_mm512_cvtepu8_epi16(v), 8), _mm512_set1_epi16('\\'));
  const uint64_t wanted =
      _bzhi_u64(0xAAAAAAAAAAAAAAAA | _pdep_u64(specials, 0x5555555555555555), 2 * n);
  _mm512_storeu_si512(dst, _mm512_maskz_compress_epi8(wanted, pairs));
  return dst + std::popcount(wanted);
}

SFDB_AVX512 inline char* EmitBoth(__m512i v, uint64_t specials, uint32_t n, char* dst) {
  dst = Emit(_mm512_castsi512_si256(v), static_cast<uint32_t>(specials), n < 32 ? n : 32, dst);
  if (n <= 32) return dst;
  return Emit(_mm512_extracti64x4_epi64(v, 1), static_cast<uint32_t>(specials >> 32), n - 32, dst);
}

SFDB_AVX512 inline __m512i Hex32(__m256i v) {
  const __m512i digits = _mm512_broadcast_i32x4(_mm_setr_epi8(
      '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'));
  const __m512i words = _mm512_cvtepu8_epi16(v);
  const __m512i swapped = _mm512_or_si512(_mm512_srli_epi16(words, 4), _mm512_slli_epi16(words, 8));
  return _mm512_shuffle_epi8(digits, _mm512_and_si512(swapped, _mm512_set1_epi8(15)));
}

// The first `n` bytes (at most 64) at `src`; nothing behind them is touched.
SFDB_AVX512 inline __m512i LoadUpTo64(const char* src, size_t n, __mmask64* valid) {
  *valid = _bzhi_u64(~uint64_t{0}, static_cast<uint32_t>(n));
  return _mm512_maskz_loadu_epi8(*valid, src);
}

// EscapeBytes for n <= 64.
SFDB_AVX512 inline char* EscapeUpTo64(const char* src, size_t n, char* dst) {
  __mmask64 valid;
  const __m512i v = LoadUpTo64(src, n, &valid);
  const __mmask64 specials = Specials(v) & valid;
  if (specials == 0) {
    _mm512_storeu_si512(dst, v);
    return dst + n;
  }
  return EmitBoth(v, specials, static_cast<uint32_t>(n), dst);
}

}  // namespace sfdb::dumper::avx512
#endif
