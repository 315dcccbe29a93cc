// Portable twins of the kernels. No branch per byte: every byte stores two and advances by one or
// two, so that dirty text costs the same as clean text.
#include <cstring>

#include "dumper/escape/byte_table.h"
#include "dumper/escape/escape.h"
#include "dumper/escape/kernels.h"

namespace sfdb::dumper::scalar {

char* EscapeBytes(const char* src, size_t n, char* dst) {
  for (const char* const end = src + n; src != end; ++src) {
    const auto c = static_cast<uint8_t>(*src);
    std::memcpy(dst, kEscapeTable.bytes[c].data(), 2);
    dst += kEscapeTable.length[c];
  }
  return dst;
}

char* HexEncode(const char* src, size_t n, char* dst) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  for (const char* const end = src + n; src != end; ++src) {
    const auto c = static_cast<uint8_t>(*src);
    *dst++ = kDigits[c >> 4];
    *dst++ = kDigits[c & 15];
  }
  return dst;
}

size_t CountSpecials(const char* src, size_t n) {
  size_t length = 0;
  for (const char* const end = src + n; src != end; ++src) {
    length += kEscapeTable.length[static_cast<uint8_t>(*src)];
  }
  return length - n;
}

}  // namespace sfdb::dumper::scalar
