// One row's text into memory that has room for it whatever its values hold. Compiled once per
// instruction set with the kernels inlined: a call for each of many short values costs more than
// the value itself.
#pragma once

#include <cstddef>

#include "dumper/escape/escape.h"
#include "dumper/rows/column_format.h"

namespace sfdb::dumper {

// What a row consists of, as the row writer's AppendRow has it.
struct RowValues {
  const ColumnFormat* formats;
  const char* const* values;
  const unsigned long* lengths;  // not looked at where the value is null
  size_t columns;                // at least one
};

// Writes ",\n(v1,v2,...)" to `dst` and returns the end. REQUIRES: room for, with n the sum of
// lengths, 2 * n + kValueOverhead * columns + kRowHead.size() + kEscapeSlack bytes
// (value_format.h).
using FormatRowFunction = char* (*)(const RowValues& row, EscapeCharset charset, char* dst);

// The one for this CPU (or SFDB_FORCE_KERNEL).
FormatRowFunction FormatRowFor(EscapeCharset charset);

// Any CPU, any character set; escapes by calls.
char* FormatRowPortable(const RowValues& row, EscapeCharset charset, char* dst);

#ifdef __x86_64__
// For bytewise character sets, on a CPU that has the instructions.
char* FormatRowAvx2(const RowValues& row, EscapeCharset charset, char* dst);
char* FormatRowAvx512(const RowValues& row, EscapeCharset charset, char* dst);
#endif

}  // namespace sfdb::dumper
