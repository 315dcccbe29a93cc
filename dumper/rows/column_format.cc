#include "dumper/rows/column_format.h"

namespace sfdb::dumper {
namespace {

// enum_field_types as the protocol has them; written out here because this folder does not need
// mysql.h for anything else.
enum ProtocolType {
  kDecimal = 0,
  kTiny = 1,
  kShort = 2,
  kLong = 3,
  kFloat = 4,
  kDouble = 5,
  kNull = 6,
  kLongLong = 8,
  kInt24 = 9,
  kYear = 13,
  kVarchar = 15,
  kBit = 16,
  kNewDecimal = 246,
  kTinyBlob = 249,
  kMediumBlob = 250,
  kLongBlob = 251,
  kBlob = 252,
  kVarString = 253,
  kString = 254,
  kGeometry = 255,
};

constexpr unsigned kBinaryCharset = 63;

}  // namespace

ColumnFormat ColumnFormatFor(int protocol_type, unsigned charset_number, bool hex_blob) {
  switch (protocol_type) {
    case kTiny:
    case kShort:
    case kLong:
    case kFloat:
    case kDouble:
    case kNull:
    case kLongLong:
    case kInt24:
    case kYear:
    case kNewDecimal:
      return ColumnFormat::kBare;
    case kDecimal:
      return ColumnFormat::kQuotedUnescaped;
    case kVarchar:
    case kBit:
    case kTinyBlob:
    case kMediumBlob:
    case kLongBlob:
    case kBlob:
    case kVarString:
    case kString:
    case kGeometry:
      return hex_blob && charset_number == kBinaryCharset ? ColumnFormat::kHex
                                                          : ColumnFormat::kQuoted;
    default:  // the temporal types carry charset 63 too, but are text
      return ColumnFormat::kQuoted;
  }
}

}  // namespace sfdb::dumper
