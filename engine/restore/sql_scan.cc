#include "engine/restore/sql_scan.h"

#include <emmintrin.h>

#include <bit>
#include <cstdint>

namespace sfdb::engine {
namespace {

template <typename IsMark16, typename IsMark>
size_t Find(std::string_view text, size_t at, IsMark16 is_mark16, IsMark is_mark) {
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const auto marks = static_cast<uint32_t>(_mm_movemask_epi8(is_mark16(bytes)));
    if (marks != 0) return at + static_cast<size_t>(std::countr_zero(marks));
  }
  while (at < text.size() && !is_mark(text[at])) ++at;
  return at;
}

}  // namespace

size_t FindSqlMark(std::string_view text, size_t at, char delimiter) {
  const __m128i quote = _mm_set1_epi8('\'');
  const __m128i double_quote = _mm_set1_epi8('"');
  const __m128i backtick = _mm_set1_epi8('`');
  const __m128i hash = _mm_set1_epi8('#');
  const __m128i dash = _mm_set1_epi8('-');
  const __m128i slash = _mm_set1_epi8('/');
  const __m128i end = _mm_set1_epi8(delimiter);
  return Find(
      text, at,
      [&](__m128i b) {
        const __m128i quotes =
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(b, quote), _mm_cmpeq_epi8(b, double_quote)),
                         _mm_cmpeq_epi8(b, backtick));
        const __m128i comments =
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(b, hash), _mm_cmpeq_epi8(b, dash)),
                         _mm_cmpeq_epi8(b, slash));
        return _mm_or_si128(_mm_or_si128(quotes, comments), _mm_cmpeq_epi8(b, end));
      },
      [&](char c) {
        return c == '\'' || c == '"' || c == '`' || c == '#' || c == '-' || c == '/' ||
               c == delimiter;
      });
}

size_t FindStringMark(std::string_view text, size_t at, char quote, bool backslash) {
  const char other = backslash ? '\\' : quote;
  const __m128i a = _mm_set1_epi8(quote);
  const __m128i b = _mm_set1_epi8(other);
  return Find(
      text, at,
      [&](__m128i bytes) {
        return _mm_or_si128(_mm_cmpeq_epi8(bytes, a), _mm_cmpeq_epi8(bytes, b));
      },
      [&](char c) { return c == quote || c == other; });
}

}  // namespace sfdb::engine
