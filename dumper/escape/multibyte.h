// Escaping in the multi-byte character sets whose trail bytes can be a quote or a backslash. At
// each position: a complete valid character is copied whole; else a byte that could begin one gets
// a backslash; else the seven-byte rule. Source of the tables: libmariadb 3.3's
// mysql_real_escape_string, tried with every sequence of one and two bytes; that is what
// mariadb-dump calls, and its idea of a valid character differs from the character set's standard.
#pragma once

#include <cstddef>

#include "dumper/escape/escape.h"

namespace sfdb::dumper {

// Escapes `[src, stop)` of the value that ends at `end`, but finishes a character that begins
// before `stop`; sets `*next` to the first byte not done (at most two past `stop`). So a value can
// be escaped in pieces. Writes at most 2 * (*next - src) bytes to `dst`, and returns their end.
// REQUIRES: charset is not kBytewise.
char* EscapeMultibyte(EscapeCharset charset, const char* src, const char* stop, const char* end,
                      char* dst, const char** next);

// How many bytes EscapeMultibyte writes for a whole value.
size_t MultibyteEscapedLength(EscapeCharset charset, const char* src, size_t n);

}  // namespace sfdb::dumper
