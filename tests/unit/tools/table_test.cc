#include "tools/screen/table.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "absl/strings/str_split.h"
#include "tools/screen/display_text.h"

namespace sfdb::tools {
namespace {

// The result table of the user's document, character for character.
TEST(Table, LooksAsInTheDocument) {
  const Table table = {.header = {"Kategori", "Jumlah"},
                       .rows = {{"Total Database", "5"}, {"Total Waktu Proses", "2m 30s"}},
                       .right = {}};
  EXPECT_EQ(TableText(table, {.unicode = true}),
            "┌────────────────────┬────────┐\n"
            "│ Kategori           │ Jumlah │\n"
            "├────────────────────┼────────┤\n"
            "│ Total Database     │ 5      │\n"
            "│ Total Waktu Proses │ 2m 30s │\n"
            "└────────────────────┴────────┘\n");
}

TEST(Table, WithoutUtf8TheFrameIsAscii) {
  EXPECT_EQ(TableText({.header = {"a", "n"}, .rows = {{"x", "1"}, {"y", "22"}}, .right = {1}}, {}),
            "+---+----+\n"
            "| a | n  |\n"
            "+---+----+\n"
            "| x |  1 |\n"
            "| y | 22 |\n"
            "+---+----+\n");
}

TEST(Table, EveryLineIsAsWideAsTheOthersWhateverTheNames) {
  const Table table = {.header = {"Database", "Status"},
                       .rows = {{"データベース", "ok"},
                                {"e\u0301\u0302", "ok"},
                                {"a\tb\x1b[0m", "bad\n"},
                                {"😀", ""}},
                       .right = {}};
  const std::string text = TableText(table, {.unicode = true});
  const std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 8u);
  for (const std::string& line : lines) EXPECT_EQ(DisplayWidth(line), DisplayWidth(lines[0]));
}

TEST(Table, OnATerminalTheLastColumnIsWrapped) {
  const Table table = {.header = {"P", "Value"},
                       .rows = {{"file", "/backup/2025/01/01/mydb_single_server1.sql.gz"}},
                       .right = {}};
  const std::string text = TableText(table, {.unicode = true, .width = 40});
  const std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  for (const std::string& line : lines) {
    EXPECT_LE(DisplayWidth(line), 40u) << line;
  }
}

TEST(Table, ColourOnlyOnATerminalThatHasItAndNotWithNoColor) {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_GE(terminal, 0);
  std::string no_color;
  std::string term = "xterm";
  const GetVariable environment = [&](const std::string& name) -> std::optional<std::string> {
    if (name == "NO_COLOR") return no_color;
    if (name == "TERM") return term;
    if (name == "LANG") return "id_ID.UTF-8";
    return std::nullopt;
  };
  EXPECT_TRUE(StyleFor(terminal, environment).colour);
  EXPECT_TRUE(StyleFor(terminal, environment).unicode);
  EXPECT_GT(StyleFor(terminal, environment).width, 0u);
  no_color = "1";
  EXPECT_FALSE(StyleFor(terminal, environment).colour);
  no_color = "";
  term = "dumb";
  EXPECT_FALSE(StyleFor(terminal, environment).colour);
  term = "xterm";
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_FALSE(StyleFor(ends[1], environment).colour);
  EXPECT_EQ(StyleFor(ends[1], environment).width, 0u);
  for (const int fd : {terminal, ends[0], ends[1]}) close(fd);
}

}  // namespace
}  // namespace sfdb::tools
