#include "dumper/rows/stitcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tests/unit/dumper/collecting_sink.h"
#include "tests/unit/dumper/naive_dump.h"

namespace sfdb::dumper {
namespace {

// Rows of the given lengths (of "(...)") in one block after another, `per_block` to each.
std::vector<BlockPtr> BlocksOf(const std::vector<std::string>& rows, size_t per_block) {
  size_t longest = 0;
  for (const std::string& row : rows) longest = std::max(longest, row.size());
  const size_t per_row = (longest + 2 + sizeof(uint32_t) + 3) / 4 * 4;
  const size_t capacity = 4096 + per_row * std::min(per_block, rows.size());
  std::vector<BlockPtr> blocks;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i % per_block == 0) blocks.emplace_back(new Block(capacity, nullptr));
    Block& block = *blocks.back();
    block.MarkRow();
    const std::string text = ",\n" + rows[i];
    text.copy(block.tail(), text.size());
    block.Advance(text.size());
  }
  return blocks;
}

std::string RowOf(size_t length) { return "(" + std::string(length - 2, '1') + ")"; }

TEST(Stitcher, AStatementStaysStrictlyBelowNetBufferLength) {
  const InsertStyle style{.pattern = "INSERT INTO `t` VALUES\n", .net_buffer_length = 4096};
  // Accounted: pattern + 4 + (row + 2) each. The second row makes it one under N, then equal.
  const size_t first = 1000;
  const size_t full = 4096 - style.pattern.size() - 4 - (first + 2) - 2;
  const std::string joined = Stitched(BlocksOf({RowOf(first), RowOf(full - 1)}, 9), style);
  EXPECT_EQ(joined, style.pattern + RowOf(first) + ",\n" + RowOf(full - 1) + ";\n");
  const std::string broken = Stitched(BlocksOf({RowOf(first), RowOf(full)}, 9), style);
  EXPECT_EQ(broken, style.pattern + RowOf(first) + ";\n" + style.pattern + RowOf(full) + ";\n");
}

TEST(Stitcher, AnOversizeRowGetsAStatementOfItsOwn) {
  const InsertStyle style{.pattern = "P\n", .net_buffer_length = 4096};
  const std::string text =
      Stitched(BlocksOf({RowOf(3), RowOf(9000), RowOf(3), RowOf(3)}, 2), style);
  EXPECT_EQ(text, "P\n" + RowOf(3) + ";\nP\n" + RowOf(9000) + ";\nP\n" + RowOf(3) + ",\n" +
                      RowOf(3) + ";\n");
}

TEST(Stitcher, WithoutExtendedInsertEveryRowIsAStatement) {
  const InsertStyle style{.pattern = "INSERT INTO `t` VALUES ", .extended = false};
  const std::string text = Stitched(BlocksOf({RowOf(3), RowOf(5), RowOf(4)}, 2), style);
  EXPECT_EQ(text,
            "INSERT INTO `t` VALUES (1);\nINSERT INTO `t` VALUES (111);\n"
            "INSERT INTO `t` VALUES (11);\n");
}

TEST(Stitcher, AnEmptyTableGivesNoText) { EXPECT_EQ(Stitched({}, InsertStyle{"P\n"}), ""); }

TEST(Stitcher, ABlockWithoutABreakIsOnePiece) {
  const InsertStyle style{.pattern = "P\n", .net_buffer_length = 100000};
  const std::vector<BlockPtr> blocks = BlocksOf(std::vector<std::string>(20, RowOf(50)), 10);
  Stitcher stitcher;
  stitcher.BeginTable(&style);
  std::vector<std::string_view> pieces;
  stitcher.Add(blocks[0].get(), &pieces);
  EXPECT_EQ(pieces.size(), 2u);  // the head and the rows
  pieces.clear();
  stitcher.Add(blocks[1].get(), &pieces);
  ASSERT_EQ(pieces.size(), 1u);
  EXPECT_EQ(pieces[0].data(), blocks[1]->data());
  EXPECT_EQ(pieces[0].size(), blocks[1]->size());
}

TEST(Stitcher, OneStitcherServesOneTableAfterAnother) {
  const InsertStyle a{.pattern = "A\n", .net_buffer_length = 4096};
  const InsertStyle b{.pattern = "B\n", .net_buffer_length = 4096};
  Stitcher stitcher;
  std::string text;
  for (const InsertStyle* const style : {&a, &b, &a}) {
    const std::vector<BlockPtr> blocks = BlocksOf({RowOf(3)}, 1);
    std::vector<std::string_view> pieces;
    stitcher.BeginTable(style);
    stitcher.Add(blocks[0].get(), &pieces);
    stitcher.EndTable(&pieces);
    for (const std::string_view piece : pieces) text += piece;
  }
  EXPECT_EQ(text, "A\n(1);\nB\n(1);\nA\n(1);\n");
}

TEST(Stitcher, TextDoesNotDependOnHowRowsWereCutIntoBlocks) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> rows(1 + random() % 400);
    for (std::string& row : rows) row = RowOf(3 + random() % (round % 2 == 0 ? 40 : 2500));
    const uint64_t n = 4096 + random() % 9000;
    const InsertStyle style{.pattern = "INSERT INTO `t` (`a`) VALUES ", .net_buffer_length = n};
    const std::string expected = naive::Statements(rows, style.pattern, true, n);
    for (const size_t per_block : {1, 3, 50, 1000}) {
      ASSERT_EQ(Stitched(BlocksOf(rows, per_block), style), expected);
    }
  }
}

}  // namespace
}  // namespace sfdb::dumper
