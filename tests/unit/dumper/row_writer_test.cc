#include "dumper/rows/row_writer.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "dumper/escape/escape.h"
#include "dumper/rows/stitcher.h"
#include "tests/unit/dumper/collecting_sink.h"
#include "tests/unit/dumper/naive_dump.h"

namespace sfdb::dumper {
namespace {

using naive::Row;
constexpr auto kBare = ColumnFormat::kBare;
constexpr auto kQuoted = ColumnFormat::kQuoted;
constexpr auto kHex = ColumnFormat::kHex;
constexpr auto kUnescaped = ColumnFormat::kQuotedUnescaped;

absl::Status Append(RowWriter* writer, const Row& row) {
  std::vector<const char*> values;
  std::vector<unsigned long> lengths;
  for (const auto& value : row) {
    // Exactly as many bytes as the value has, so that a sanitizer sees a read past them.
    values.push_back(value ? value->data() : nullptr);
    lengths.push_back(value ? value->size() : 0);
  }
  return writer->AppendRow(values.data(), lengths.data());
}

std::vector<BlockPtr> Write(const std::vector<ColumnFormat>& formats, const std::vector<Row>& rows,
                            size_t capacity, EscapeCharset charset = EscapeCharset::kBytewise) {
  CollectingSink sink(capacity);
  RowWriter writer(formats, charset, &sink);
  for (const Row& row : rows) EXPECT_TRUE(Append(&writer, row).ok());
  EXPECT_TRUE(writer.Finish().ok());
  EXPECT_EQ(writer.rows(), rows.size());
  uint64_t bytes = 0;
  for (const BlockPtr& block : sink.blocks) bytes += block->size();
  EXPECT_EQ(writer.bytes(), bytes);
  return std::move(sink.blocks);
}

// What blocks promise the stitcher, checked against the text of the rows.
void CheckBlocks(const std::vector<BlockPtr>& blocks, const std::vector<std::string>& rows) {
  size_t row = 0;
  std::string rest;  // of the row in progress
  for (const BlockPtr& block : blocks) {
    const std::string_view text(block->data(), block->size());
    ASSERT_GT(text.size(), 0u);
    ASSERT_LE(text.size() + 4 * block->rows(), block->capacity());
    ASSERT_EQ(block->continued(), std::min(rest.size(), text.size()));
    ASSERT_EQ(text.substr(0, block->continued()), rest.substr(0, block->continued()));
    rest.erase(0, block->continued());
    size_t at = block->continued();
    for (size_t i = 0; i < block->rows(); ++i, ++row) {
      ASSERT_LT(row, rows.size());
      const std::string whole = ",\n" + rows[row];
      ASSERT_EQ(block->row_begin(i), at);
      ASSERT_GE(text.size() - at, 2u) << "a separator must lie in one block";
      const std::string_view here = text.substr(at, whole.size());
      ASSERT_EQ(here, whole.substr(0, here.size()));
      at += here.size();
      if (here.size() < whole.size()) {
        ASSERT_EQ(i + 1, block->rows());
        ASSERT_EQ(block->last_row_bytes(), whole.size());
        ASSERT_GT(whole.size() + 4, block->capacity()) << "a row that fits one block is not split";
        rest = whole.substr(here.size());
      }
    }
    if (rest.empty()) {
      ASSERT_EQ(block->last_row_bytes(), 0u);
    }
    ASSERT_EQ(at, text.size());
  }
  EXPECT_EQ(row, rows.size());
  EXPECT_TRUE(rest.empty());
}

std::vector<std::string> Texts(const std::vector<ColumnFormat>& formats,
                               const std::vector<Row>& rows) {
  std::vector<std::string> texts;
  for (const Row& row : rows) texts.push_back(naive::RowText(formats, row));
  return texts;
}

// Rows go through blocks of `capacity` and come out of the stitcher as the rules say.
void ExpectSameAsNaive(const std::vector<ColumnFormat>& formats, const std::vector<Row>& rows,
                       size_t capacity, uint64_t n, bool extended = true) {
  const InsertStyle style{
      .pattern = extended ? "INSERT INTO `t` VALUES\n" : "INSERT INTO `t` VALUES ",
      .extended = extended,
      .net_buffer_length = n};
  const std::vector<BlockPtr> blocks = Write(formats, rows, capacity);
  const std::vector<std::string> texts = Texts(formats, rows);
  ASSERT_NO_FATAL_FAILURE(CheckBlocks(blocks, texts));
  const std::string expected = naive::Statements(texts, style.pattern, extended, n);
  ASSERT_TRUE(Stitched(blocks, style) == expected)
      << "capacity " << capacity << ", N " << n << ", " << rows.size() << " rows";
}

TEST(RowWriter, WritesEveryFormatAsTheReferenceSays) {
  const std::vector<ColumnFormat> formats = {kBare, kBare, kBare,      kQuoted, kQuoted, kQuoted,
                                             kHex,  kHex,  kUnescaped, kBare,   kHex,    kBare};
  const Row row = {"-17",   std::nullopt,     "",           std::string("a'b\0", 4),
                   "",      std::nullopt,     "\xFFz",      "",
                   "1'2.5", "-0.00000000015", std::nullopt, "+1"};
  const std::vector<BlockPtr> blocks = Write(formats, {row}, 4096);
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(std::string_view(blocks[0]->data(), blocks[0]->size()),
            ",\n(-17,NULL,'','a\\'b\\0','',NULL,0xFF7A,'','1'2.5',-0.00000000015,NULL,+1)");
}

TEST(RowWriter, PrintsANumberThatBeginsWithALetterAsNull) {
  for (const char* const value : {"inf", "-inf", "nan", "NaN", "-Inf", "z", "-Z", "A"}) {
    const std::vector<BlockPtr> blocks = Write({kBare}, {{value}}, 4096);
    EXPECT_EQ(std::string(blocks[0]->data(), blocks[0]->size()), ",\n(NULL)") << value;
  }
  for (const char* const value : {"-", "1e38", "0x", "-1a", "@", "[", "`", "{", "\xC3\xA4", "-["}) {
    const std::vector<BlockPtr> blocks = Write({kBare}, {{value}}, 4096);
    EXPECT_EQ(std::string(blocks[0]->data(), blocks[0]->size()), std::string(",\n(") + value + ")");
  }
}

TEST(RowWriter, ValuesOfEveryLengthComeOutWhole) {
  std::vector<Row> rows;
  for (size_t n = 0; n < 300; ++n) {
    std::string digits;
    for (size_t i = 0; i < n; ++i) digits += static_cast<char>('0' + (i * 7 + n) % 10);
    rows.push_back({digits, digits, digits, digits + "'"});
  }
  ExpectSameAsNaive({kBare, kQuoted, kUnescaped, kHex}, rows, 4096, 4096);
  ExpectSameAsNaive({kQuoted, kHex, kBare, kQuoted}, rows, 65536, 4096);
}

TEST(RowWriter, RowsAtTheEdgeOfABlockOneUnderEqualAndOver) {
  constexpr size_t kCapacity = 4096;
  for (const ColumnFormat format : {kBare, kQuoted, kHex, kUnescaped}) {
    for (size_t first = 0; first <= 600; first += 150) {
      for (size_t n = 1700; n < kCapacity + 20; ++n) {
        if (format == kHex ? n > 2100 : n < 3300) continue;
        const std::vector<Row> rows = {
            {std::string(first, '1')}, {std::string(n, '7')}, {std::string(3, '5')}};
        ExpectSameAsNaive({format}, rows, kCapacity, 5000);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(RowWriter, RowsThatGrowMostStayInsideTheBlock) {
  // NULL is four bytes made of none; a quote is four made of one. Many to a row, so that too small
  // a bound per value adds up to more than the slack at the block's end.
  for (size_t columns = 100; columns < 160; ++columns) {
    for (const Row& row : {Row(columns, std::nullopt), Row(columns, "'"), Row(columns, "")}) {
      for (const ColumnFormat format : {kBare, kQuoted, kHex}) {
        ExpectSameAsNaive(std::vector(columns, format), std::vector(20, row), 4096, 4096);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(RowWriter, ARowOfManyBlocksNeedsOnlyOneAtATime) {
  std::mt19937 random(1);
  std::string blob(300000, ' ');
  for (char& c : blob) c = static_cast<char>(random());
  for (const ColumnFormat format : {kBare, kQuoted, kHex}) {
    ExpectSameAsNaive({kBare, format, format},
                      {{"1", "a", "b"}, {"2", blob, blob}, {"3", "c", blob}}, 4096, 16384);
  }
}

TEST(RowWriter, EveryBlockSizeAndEveryRowsGiveTheTextOfTheReference) {
  std::mt19937 random(2);
  const auto below = [&](size_t n) { return static_cast<size_t>(random() % n); };
  constexpr size_t kLengths[] = {1, 4, 21, 64, 65, 500, 4096, 20000, 140000};
  for (int round = 0; round < 1500; ++round) {
    const size_t capacity = 4096 + 4 * below(round % 3 == 0 ? 15361 : 300);
    const uint64_t n = 4096 + (round % 2 == 0 ? below(64) : below(200000));
    std::vector<ColumnFormat> formats(1 + below(12));
    for (ColumnFormat& format : formats) {
      format = std::vector{kBare, kQuoted, kHex, kUnescaped}[below(4)];
    }
    std::vector<Row> rows(below(60));
    const size_t largest = 2 + below(round % 20 == 0 ? 9 : 6);  // index into kLengths
    for (Row& row : rows) {
      for (size_t i = 0; i < formats.size(); ++i) {
        if (below(10) == 0) {
          row.push_back(std::nullopt);
          continue;
        }
        std::string value(below(kLengths[below(std::min(largest, std::size(kLengths)))] + 1), ' ');
        const bool binary = below(2) == 0;
        for (char& c : value) {
          c = static_cast<char>(binary ? random() : "0123456789abc'\\-"[below(16)]);
        }
        row.push_back(std::move(value));
      }
    }
    ExpectSameAsNaive(formats, rows, capacity, n, /*extended=*/round % 4 != 3);
    if (HasFatalFailure()) return;
  }
}

TEST(RowWriter, MultibyteCharactersSurviveBlockEnds) {
  // Every character ends in a backslash byte: cut in two, it would be escaped.
  std::string value;
  for (int i = 0; i < 20000; ++i) value += "\x81\x5C";
  for (const size_t before : {0, 1, 2, 3}) {
    const std::string prefix(before, 'x');
    const std::vector<BlockPtr> blocks =
        Write({kQuoted}, {{prefix + value}}, 4096, EscapeCharset::kGbk);
    std::string text;
    for (const BlockPtr& block : blocks) text.append(block->data(), block->size());
    EXPECT_EQ(blocks[0]->last_row_bytes(), text.size());
    EXPECT_EQ(text, ",\n('" + prefix + value + "')");
  }
}

TEST(RowWriter, ReturnsTheErrorOfTheSinkAsItIs) {
  for (const size_t good : {0, 1, 3}) {
    CollectingSink sink(4096);
    sink.FailAcquireFrom(good);
    RowWriter writer({kQuoted}, EscapeCharset::kBytewise, &sink);
    const absl::Status status = Append(&writer, {std::string(20000, 'x')});
    EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
    EXPECT_EQ(status.message(), "no more blocks");
  }
}

TEST(RowWriter, NeverReadsOutsideAValue) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  // One readable page between two that are not; values at its beginning and at its end.
  char* const base =
      static_cast<char*>(mmap(nullptr, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(base, MAP_FAILED);
  ASSERT_EQ(mprotect(base + page, page, PROT_READ | PROT_WRITE), 0);
  for (const char fill : {'7', '\'', '-'}) {
    std::fill_n(base + page, page, fill);
    for (unsigned long n = 1; n <= 200; ++n) {
      for (const char* const value : {base + page, base + 2 * page - n}) {
        for (const ColumnFormat format : {kBare, kQuoted, kHex, kUnescaped}) {
          CollectingSink sink(8192);
          RowWriter writer({format}, EscapeCharset::kBytewise, &sink);
          ASSERT_TRUE(writer.AppendRow(&value, &n).ok());
          ASSERT_TRUE(writer.Finish().ok());
          ASSERT_EQ(std::string_view(sink.blocks[0]->data(), sink.blocks[0]->size()),
                    ",\n" + naive::RowText({format}, {std::string(n, fill)}));
        }
      }
    }
  }
  munmap(base, 3 * page);
}

TEST(RowWriter, DoesNotLookAtTheLengthOfANull) {
  CollectingSink sink(4096);
  RowWriter writer({kQuoted, kBare}, EscapeCharset::kBytewise, &sink);
  const char* const values[] = {nullptr, "1"};
  const unsigned long lengths[] = {~0UL, 1};
  ASSERT_TRUE(writer.AppendRow(values, lengths).ok());
  ASSERT_TRUE(writer.Finish().ok());
  EXPECT_EQ(std::string_view(sink.blocks[0]->data(), sink.blocks[0]->size()), ",\n(NULL,1)");
}

TEST(RowWriter, WithoutRowsDeliversNothing) { EXPECT_TRUE(Write({kBare}, {}, 4096).empty()); }

}  // namespace
}  // namespace sfdb::dumper
