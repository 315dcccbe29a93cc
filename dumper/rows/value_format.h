// One value's text. The two ways to write a row (at once into a block with room to spare, piece by
// piece across blocks) and the exact length share these rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "dumper/escape/escape.h"
#include "dumper/rows/column_format.h"

namespace sfdb::dumper {

// The separator that begins each row's text, and the parenthesis.
inline constexpr std::string_view kRowHead = ",\n(";
inline constexpr std::string_view kNullText = "NULL";
inline constexpr std::string_view kEmptyText = "''";

// A value of n bytes takes at most 2 * n + kValueOverhead bytes, with the comma or parenthesis that
// follows: two quotes or "0x" and one, or NULL and one.
inline constexpr size_t kValueOverhead = 5;
// EscapeBytes and HexEncode may write this far past their end.
inline constexpr size_t kEscapeSlack = 64;

inline bool IsAsciiLetter(char c) {
  const auto lower = static_cast<unsigned char>(c | 0x20);
  return lower >= 'a' && lower <= 'z';
}

// mariadb-dump prints inf, -inf and nan as NULL: a number that begins with a letter, or with a
// minus and a letter. REQUIRES: n > 0.
inline bool BareIsNull(const char* value, size_t n) {
  return IsAsciiLetter(value[static_cast<size_t>(value[0] == '-') & static_cast<size_t>(n > 1)]);
}

inline char* Put(char* dst, std::string_view literal) {
  std::memcpy(dst, literal.data(), literal.size());
  return dst + literal.size();
}

// Bytes of one value's text, without what follows it.
inline uint64_t ExactValueLength(ColumnFormat format, EscapeCharset charset, const char* value,
                                 size_t n) {
  if (value == nullptr) return kNullText.size();
  if (n == 0) return kEmptyText.size();
  switch (format) {
    case ColumnFormat::kBare:
      return BareIsNull(value, n) ? kNullText.size() : n;
    case ColumnFormat::kQuotedUnescaped:
      return n + 2;
    case ColumnFormat::kHex:
      return 2 * uint64_t{n} + 2;
    case ColumnFormat::kQuoted:
      break;
  }
  return EscapedLength(charset, value, n) + 2;
}

}  // namespace sfdb::dumper
