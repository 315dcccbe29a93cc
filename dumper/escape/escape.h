// Escaping of string values for SQL literals, as mariadb-dump does it: seven bytes (NUL, LF, CR,
// 0x1A, ", ', \) get a backslash form, all others are copied. Rule: mariadb-dump 10.11, tried byte
// by byte against the installed binary.
//
// All functions are pure and thread-safe. Each has a scalar twin (namespace scalar) that tests and
// fuzzers hold the vector kernels to; the kernel is chosen once, at first use, from the CPU.
#pragma once

#include <cstddef>
#include <string_view>

namespace sfdb::dumper {

// How multi-byte characters of the dump's character set are to be recognised. kBytewise covers
// utf8mb4, utf8mb3, binary and every single-byte set: there no byte of a character can be mistaken
// for one of the seven.
enum class EscapeCharset {
  kBytewise,
  kBig5,
  kGbk,
  kGb2312,
  kSjis,
  kCp932,
  kEuckr,
  kUjis,
  kEucjpms
};

// The class of a character set name as typed ("utf8mb4", "GBK", ...); kBytewise when unknown.
EscapeCharset EscapeCharsetFor(std::string_view character_set_name);

// Writes the escaped form of `[src, src + n)` to `dst` and returns the end of what was written.
// REQUIRES: `dst` has room for 2 * n + 64 bytes; the vector kernels may write up to 64 bytes past
// the returned end. Ranges do not overlap.
char* EscapeBytes(const char* src, size_t n, char* dst);

// As EscapeBytes, for any character set.
char* EscapeString(EscapeCharset charset, const char* src, size_t n, char* dst);

// Exactly how many bytes EscapeString would write.
size_t EscapedLength(EscapeCharset charset, const char* src, size_t n);

// Writes 2 * n upper-case hexadecimal digits and returns the end. Same room rule as EscapeBytes.
char* HexEncode(const char* src, size_t n, char* dst);

// The name of the kernel in use: "avx512", "avx2", "sse2" or "scalar". The environment variable
// SFDB_FORCE_KERNEL, read once, forces one that the CPU has; tests use it and check this.
const char* EscapeKernelName();

namespace scalar {
char* EscapeBytes(const char* src, size_t n, char* dst);
char* HexEncode(const char* src, size_t n, char* dst);
}  // namespace scalar

}  // namespace sfdb::dumper
