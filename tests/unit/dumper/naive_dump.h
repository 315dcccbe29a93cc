// The rules of the dump's text written down once more, as plainly as the reference states them
// (7.4 splitting, 7.5 values, 7.6 escaping), for the fast code to be compared with. Nothing here is
// shared with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dumper/rows/column_format.h"

namespace sfdb::dumper::naive {

using Row = std::vector<std::optional<std::string>>;

inline std::string Escape(std::string_view value) {
  std::string out;
  for (const char c : value) {
    switch (c) {
      case '\0':
        out += "\\0";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\x1A':
        out += "\\Z";
        break;
      case '"':
      case '\'':
      case '\\':
        out += '\\';
        out += c;
        break;
      default:
        out += c;
    }
  }
  return out;
}

inline std::string Hex(std::string_view value) {
  std::string out;
  for (const char c : value) {
    for (const int nibble : {(c >> 4) & 15, c & 15}) {
      out += static_cast<char>(nibble < 10 ? '0' + nibble : 'A' + nibble - 10);
    }
  }
  return out;
}

inline std::string Value(ColumnFormat format, const std::optional<std::string>& value) {
  const auto letter = [&](size_t i) {
    return i < value->size() && (((*value)[i] >= 'a' && (*value)[i] <= 'z') ||
                                 ((*value)[i] >= 'A' && (*value)[i] <= 'Z'));
  };
  if (!value) return "NULL";
  if (value->empty()) return "''";
  switch (format) {
    case ColumnFormat::kBare:
      return letter(0) || ((*value)[0] == '-' && letter(1)) ? "NULL" : *value;
    case ColumnFormat::kQuotedUnescaped:
      return "'" + *value + "'";
    case ColumnFormat::kQuoted:
      return "'" + Escape(*value) + "'";
    case ColumnFormat::kHex:
      return "0x" + Hex(*value);
  }
  return "";
}

inline std::string RowText(const std::vector<ColumnFormat>& formats, const Row& row) {
  std::string text = "(";
  for (size_t i = 0; i < row.size(); ++i) text += (i ? "," : "") + Value(formats[i], row[i]);
  return text + ")";
}

// The whole data part of a table, from the text of its rows.
inline std::string Statements(const std::vector<std::string>& rows, const std::string& pattern,
                              bool extended, uint64_t n) {
  std::string out;
  uint64_t total = n;
  bool open = false;
  for (const std::string& row : rows) {
    const uint64_t length = row.size() + 2;
    if (!extended) {
      out += pattern + row + ";\n";
    } else if (total + length < n) {
      out += ",\n" + row;
      total += length;
    } else {
      if (open) out += ";\n";
      open = true;
      out += pattern + row;
      total = length + pattern.size() + 4;
    }
  }
  if (open) out += ";\n";
  return out;
}

}  // namespace sfdb::dumper::naive
