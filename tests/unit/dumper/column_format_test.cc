#include "dumper/rows/column_format.h"

#include <gtest/gtest.h>

#include <set>

namespace sfdb::dumper {
namespace {

constexpr unsigned kBinary = 63;
constexpr unsigned kUtf8mb4 = 45;

TEST(ColumnFormatFor, NumbersAreBareWhateverTheirCharset) {
  for (const int type : {1, 2, 3, 4, 5, 6, 8, 9, 13, 246}) {
    EXPECT_EQ(ColumnFormatFor(type, kBinary, true), ColumnFormat::kBare) << type;
    EXPECT_EQ(ColumnFormatFor(type, kUtf8mb4, false), ColumnFormat::kBare) << type;
  }
}

TEST(ColumnFormatFor, OldDecimalIsQuotedUnescaped) {
  EXPECT_EQ(ColumnFormatFor(0, kBinary, true), ColumnFormat::kQuotedUnescaped);
  EXPECT_EQ(ColumnFormatFor(0, kBinary, false), ColumnFormat::kQuotedUnescaped);
}

TEST(ColumnFormatFor, HexBlobHexesBinaryStringsBlobsBitsAndGeometriesOnly) {
  const std::set<int> hexed = {15, 16, 249, 250, 251, 252, 253, 254, 255};
  const std::set<int> numbers = {0, 1, 2, 3, 4, 5, 6, 8, 9, 13, 246};
  for (int type = 0; type < 256; ++type) {
    if (numbers.contains(type)) continue;
    EXPECT_EQ(ColumnFormatFor(type, kBinary, false), ColumnFormat::kQuoted) << type;
    EXPECT_EQ(ColumnFormatFor(type, kUtf8mb4, true), ColumnFormat::kQuoted) << type;
    EXPECT_EQ(ColumnFormatFor(type, kBinary, true),
              hexed.contains(type) ? ColumnFormat::kHex : ColumnFormat::kQuoted)
        << type;
  }
}

TEST(ColumnFormatFor, TemporalTypesAreTextThoughTheirCharsetIsBinary) {
  for (const int type : {7, 10, 11, 12, 14, 17, 18, 19}) {
    EXPECT_EQ(ColumnFormatFor(type, kBinary, true), ColumnFormat::kQuoted) << type;
  }
}

}  // namespace
}  // namespace sfdb::dumper
