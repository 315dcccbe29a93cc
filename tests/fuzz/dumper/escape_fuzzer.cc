// Every kernel of this CPU against the scalar one, the length function against the text, and the
// text un-escaped against the source; for every character set. Source and destination are heap
// memory of exactly the size the contract names, so that the sanitizer sees a byte beyond.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "dumper/escape/escape.h"
#include "dumper/escape/kernels.h"
#include "dumper/escape/multibyte.h"

namespace {

using sfdb::dumper::EscapeCharset;

void Require(bool condition) {
  if (!condition) std::abort();
}

template <typename Function>
std::string Call(Function function, const char* src, size_t n) {
  const auto out = std::make_unique<char[]>(2 * n + 64);
  const char* const end = function(src, n, out.get());
  Require(end >= out.get() && end <= out.get() + 2 * n);
  return std::string(out.get(), static_cast<size_t>(end - out.get()));
}

// What a server makes of the text between the quotes, in a bytewise character set; every kind of
// escape that is not one of the seven is an error.
std::string Unescape(std::string_view text) {
  std::string value;
  for (size_t i = 0; i < text.size(); ++i) {
    if (std::string_view("\0\n\r\x1A\"'", 6).find(text[i]) != text.npos) std::abort();
    if (text[i] != '\\') {
      value += text[i];
      continue;
    }
    Require(++i < text.size());
    const size_t which = std::string_view("0nrZ\"'\\").find(text[i]);
    Require(which != text.npos);
    value += std::string_view("\0\n\r\x1A\"'\\", 7)[which];
  }
  return value;
}

std::string Unhex(std::string_view digits) {
  std::string value;
  const auto nibble = [](char c) { return c <= '9' ? c - '0' : c - 'A' + 10; };
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    value += static_cast<char>(nibble(digits[i]) << 4 | nibble(digits[i + 1]));
  }
  return value;
}

// At once, and in pieces of lengths taken from the input.
void CheckMultibyte(EscapeCharset charset, const char* src, size_t n) {
  const auto at_once = [=](const char* s, size_t size, char* dst) {
    return sfdb::dumper::EscapeString(charset, s, size, dst);
  };
  const std::string text = Call(at_once, src, n);
  Require(sfdb::dumper::EscapedLength(charset, src, n) == text.size());
  const auto in_pieces = [=](const char* s, size_t size, char* dst) {
    const char* const end = s + size;
    while (s < end) {
      const auto left = static_cast<size_t>(end - s);
      const char* const stop = s + 1 + static_cast<uint8_t>(*s) % left;
      dst = sfdb::dumper::EscapeMultibyte(charset, s, stop, end, dst, &s);
      Require(s >= stop && s <= end);
    }
    return dst;
  };
  Require(Call(in_pieces, src, n) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using sfdb::dumper::SupportedKernels;
  const size_t alignment = size > 0 ? data[0] % 64 : 0;  // where in memory the value begins
  const auto memory = std::make_unique<char[]>(alignment + size);
  if (size > 0) std::memcpy(memory.get() + alignment, data, size);
  const char* const src = memory.get() + alignment;
  const std::string_view value(src, size);

  const std::string escaped = Call(sfdb::dumper::scalar::EscapeBytes, src, size);
  const std::string hex = Call(sfdb::dumper::scalar::HexEncode, src, size);
  Require(Unescape(escaped) == value);
  Require(hex.size() == 2 * size && Unhex(hex) == value);
  Require(sfdb::dumper::EscapedLength(EscapeCharset::kBytewise, src, size) == escaped.size());
  for (const sfdb::dumper::Kernels& kernels : SupportedKernels()) {
    Require(Call(kernels.escape_bytes, src, size) == escaped);
    Require(Call(kernels.hex_encode, src, size) == hex);
    Require(kernels.count_specials(src, size) == escaped.size() - size);
  }
  for (const EscapeCharset charset :
       {EscapeCharset::kBig5, EscapeCharset::kGbk, EscapeCharset::kGb2312, EscapeCharset::kSjis,
        EscapeCharset::kCp932, EscapeCharset::kEuckr, EscapeCharset::kUjis,
        EscapeCharset::kEucjpms}) {
    CheckMultibyte(charset, src, size);
  }
  return 0;
}
