// How the values of one column are written: decided once per query from the result set's metadata
// (protocol type code, character set number), never per row.
#pragma once

#include <cstdint>

namespace sfdb::dumper {

enum class ColumnFormat : uint8_t {
  kBare,             // integers, FLOAT, DOUBLE, YEAR, DECIMAL: the server's text, untouched
  kQuotedUnescaped,  // DECIMAL of tables older than 5.0
  kQuoted,           // everything else: '...' with escapes
  kHex,              // --hex-blob and a binary field: 0x..., or '' when empty
};

// `protocol_type` is enum_field_types as sent by the server, `charset_number` the column's (63 is
// binary). Source of the rule: mariadb-dump 10.11's output, type by type.
ColumnFormat ColumnFormatFor(int protocol_type, unsigned charset_number, bool hex_blob);

}  // namespace sfdb::dumper
