#include "dumper/escape/escape.h"

#include <cctype>
#include <utility>

#include "dumper/escape/kernels.h"
#include "dumper/escape/multibyte.h"

namespace sfdb::dumper {

EscapeCharset EscapeCharsetFor(std::string_view character_set_name) {
  static constexpr std::pair<std::string_view, EscapeCharset> kNames[] = {
      {"big5", EscapeCharset::kBig5},     {"gbk", EscapeCharset::kGbk},
      {"gb2312", EscapeCharset::kGb2312}, {"sjis", EscapeCharset::kSjis},
      {"cp932", EscapeCharset::kCp932},   {"euckr", EscapeCharset::kEuckr},
      {"ujis", EscapeCharset::kUjis},     {"eucjpms", EscapeCharset::kEucjpms},
  };
  const auto same_letters = [&](std::string_view name) {
    if (name.size() != character_set_name.size()) return false;
    for (size_t i = 0; i < name.size(); ++i) {
      if (std::tolower(static_cast<unsigned char>(character_set_name[i])) != name[i]) return false;
    }
    return true;
  };
  for (const auto& [name, charset] : kNames) {
    if (same_letters(name)) return charset;
  }
  return EscapeCharset::kBytewise;
}

char* EscapeBytes(const char* src, size_t n, char* dst) {
  return ActiveKernels().escape_bytes(src, n, dst);
}

char* HexEncode(const char* src, size_t n, char* dst) {
  return ActiveKernels().hex_encode(src, n, dst);
}

char* EscapeString(EscapeCharset charset, const char* src, size_t n, char* dst) {
  if (charset == EscapeCharset::kBytewise) return EscapeBytes(src, n, dst);
  const char* next;
  return EscapeMultibyte(charset, src, src + n, src + n, dst, &next);
}

size_t EscapedLength(EscapeCharset charset, const char* src, size_t n) {
  if (charset == EscapeCharset::kBytewise) return n + ActiveKernels().count_specials(src, n);
  return MultibyteEscapedLength(charset, src, n);
}

const char* EscapeKernelName() { return ActiveKernels().name; }

}  // namespace sfdb::dumper
