#include "tools/screen/display_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sfdb::tools {
namespace {

using testing::ElementsAre;

TEST(DisplayText, WidthIsWhatATerminalTakes) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("mydb"), 4u);
  EXPECT_EQ(DisplayWidth("データ"), 6u);
  EXPECT_EQ(DisplayWidth("한국"), 4u);
  EXPECT_EQ(DisplayWidth("é"), 1u);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1u);
  EXPECT_EQ(DisplayWidth("😀"), 2u);
  EXPECT_EQ(DisplayWidth("─│"), 2u);
}

TEST(DisplayText, NothingActsOnTheTerminal) {
  EXPECT_EQ(CleanText("a\x1b[31mb\n"), "a\\x1b[31mb\\x0a");
  EXPECT_EQ(CleanText("\u202e\u009b"), "\\u202e\\x9b");
  EXPECT_EQ(CleanText("\xff\xc0\xaf"), "\ufffd\ufffd\ufffd");
  EXPECT_EQ(CleanText("\xe3\x83"), "\ufffd\ufffd");
  EXPECT_EQ(CleanText("データ é"), "データ é");
}

TEST(DisplayText, LinesOfAMessageStayLines) {
  EXPECT_EQ(CleanLines("a\x1b\nb\n"), "a\\x1b\nb\n");
  EXPECT_EQ(CleanLines(""), "");
}

TEST(DisplayText, LinesBreakAtBlanksAndSlashesWithoutLosingText) {
  EXPECT_THAT(WrapText("one two three", 8), ElementsAre("one two", "three"));
  EXPECT_THAT(WrapText("/backup/2025/mydb.sql", 13), ElementsAre("/backup/2025/", "mydb.sql"));
  EXPECT_THAT(WrapText("abcdefgh", 3), ElementsAre("abc", "def", "gh"));
  EXPECT_THAT(WrapText("データ", 3), ElementsAre("デ", "ー", "タ"));
  EXPECT_THAT(WrapText("", 5), ElementsAre(""));
}

}  // namespace
}  // namespace sfdb::tools
