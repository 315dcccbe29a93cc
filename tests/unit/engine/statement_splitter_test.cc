#include "engine/restore/statement_splitter.h"

#include <gtest/gtest.h>

#include <random>

#include "engine/restore/sql_scan.h"
#include "tests/unit/engine/naive_splitter.h"

namespace sfdb::engine {
namespace {

struct Split {
  std::vector<NaiveStatement> statements;
  absl::Status status;
};

// `piece_bytes` from `random`, or the whole at once.
Split SplitInPieces(std::string_view text, SplitterModes modes, std::mt19937* random) {
  StatementSplitter splitter;
  splitter.set_modes(modes);
  Split split;
  auto drain = [&] {
    while (const auto statement = splitter.Next()) {
      split.statements.push_back(
          {std::string(statement->text), statement->offset, statement->delimited});
    }
  };
  while (!text.empty()) {
    const size_t bytes =
        random == nullptr ? text.size() : std::min<size_t>(text.size(), 1 + (*random)() % 7);
    splitter.Add(text.substr(0, bytes));
    text.remove_prefix(bytes);
    drain();
  }
  splitter.End();
  drain();
  split.status = splitter.status();
  return split;
}

std::vector<std::string> Texts(std::string_view text, SplitterModes modes = {}) {
  const Split split = SplitInPieces(text, modes, nullptr);
  EXPECT_TRUE(split.status.ok()) << split.status;
  std::vector<std::string> texts;
  for (const NaiveStatement& statement : split.statements) texts.push_back(statement.text);
  return texts;
}

using Strings = std::vector<std::string>;

TEST(StatementSplitter, DelimitersInStringsNamesAndCommentsDoNotCount) {
  EXPECT_EQ(Texts("SELECT ';' , \";\", `;` /* ; */ + 1; SELECT 2 # ;\n; SELECT 3 -- ;\n;"),
            (Strings{"SELECT ';' , \";\", `;` /* ; */ + 1", "SELECT 2 # ;", "SELECT 3 -- ;"}));
  EXPECT_EQ(Texts("SELECT 'it''s \\' ;'; SELECT 1--1; SELECT '\\\\';"),
            (Strings{"SELECT 'it''s \\' ;'", "SELECT 1--1", "SELECT '\\\\'"}));
}

TEST(StatementSplitter, TheSandboxLineAndLeadingCommentsAreDropped) {
  EXPECT_EQ(Texts("/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n--\n\n"
                  "/*!40101 SET NAMES utf8mb4 */;\n/* it's */ # it's\nSELECT 1;"),
            (Strings{"/*!40101 SET NAMES utf8mb4 */", "SELECT 1"}));
}

TEST(StatementSplitter, DelimiterCommandsChangeTheDelimiter) {
  EXPECT_EQ(Texts("DELIMITER ;;\nCREATE TRIGGER t BEGIN a; b; END ;;\nDELIMITER ;\nSELECT 1;\n"
                  "delimiter //\r\nx; // DELIMITER ;\ny;"),
            (Strings{"CREATE TRIGGER t BEGIN a; b; END", "SELECT 1", "x;", "y"}));
  EXPECT_EQ(Texts("SELECT 'DELIMITER ;;\n'; SELECT delimiter 1;"),
            (Strings{"SELECT 'DELIMITER ;;\n'", "SELECT delimiter 1"}));
}

TEST(StatementSplitter, ModesSayWhatABackslashIs) {
  EXPECT_EQ(Texts("SELECT '\\'; SELECT 2;", {.backslash_escapes = false}),
            (Strings{"SELECT '\\'", "SELECT 2"}));
  EXPECT_EQ(Texts("SELECT \"\\\"; SELECT '\\'';", {.ansi_quotes = true}),
            (Strings{"SELECT \"\\\"", "SELECT '\\''"}));
  EXPECT_EQ(Texts("SELECT `\\`; SELECT 2;"), (Strings{"SELECT `\\`", "SELECT 2"}));
}

TEST(StatementSplitter, TextThatEndsInAStringIsDataLoss) {
  for (const std::string text :
       {"INSERT INTO t VALUES ('abc", "SELECT `a", "SELECT 1 /* x", "/* x"}) {
    const Split split = SplitInPieces(text, {}, nullptr);
    EXPECT_TRUE(absl::IsDataLoss(split.status)) << text;
    EXPECT_TRUE(split.statements.empty());
  }
}

TEST(StatementSplitter, AStatementWithoutItsDelimiterIsToldApart) {
  const Split split = SplitInPieces("SELECT 1; SELECT 2 ", {}, nullptr);
  ASSERT_EQ(split.statements.size(), 2u);
  EXPECT_TRUE(split.statements[0].delimited);
  EXPECT_FALSE(split.statements[1].delimited);
  EXPECT_EQ(split.statements[1].offset, 10u);
}

TEST(StatementSplitter, SeekGoesOnAtAnotherOffset) {
  StatementSplitter splitter(100);
  splitter.Add("SELECT 1;\n");
  EXPECT_EQ(splitter.Next()->offset, 100u);
  EXPECT_FALSE(splitter.Next().has_value());
  splitter.Seek(5000);
  splitter.Add("\nSELECT 2;");
  EXPECT_EQ(splitter.Next()->offset, 5001u);
}

TEST(StatementSplitter, AnyTextInAnyPiecesSplitsAsByteByByte) {
  const std::string_view tokens[] = {"'",
                                     "\"",
                                     "`",
                                     "\\",
                                     "\n",
                                     ";",
                                     ";;",
                                     "--",
                                     "-- ",
                                     "#",
                                     "/*",
                                     "*/",
                                     "/*!",
                                     "/*M!",
                                     "/",
                                     "*",
                                     "-",
                                     "DELIMITER ;;\n",
                                     "delimiter ;\n",
                                     "delimiter",
                                     "/*M!999999\\-",
                                     "a",
                                     " ",
                                     "aaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                     "0",
                                     "\r\n",
                                     "DELIMITER $$"};
  std::mt19937 random(20261122);
  size_t statements = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (uint64_t count = random() % 24; count > 0; --count) {
      text += tokens[random() % std::size(tokens)];
    }
    const SplitterModes modes = {.backslash_escapes = random() % 4 != 0,
                                 .ansi_quotes = random() % 4 == 0};
    const NaiveSplit expected = SplitNaively(text, modes);
    for (std::mt19937* cuts : {static_cast<std::mt19937*>(nullptr), &random}) {
      const Split actual = SplitInPieces(text, modes, cuts);
      ASSERT_EQ(actual.statements, expected.statements) << text;
      ASSERT_EQ(actual.status.ok(), !expected.unclosed) << text;
    }
    statements += expected.statements.size();
  }
  EXPECT_GT(statements, 10000u);
}

TEST(SqlScan, WideSearchesFindWhatByteByByteFinds) {
  std::mt19937 random(7);
  for (int round = 0; round < 5000; ++round) {
    std::string text(random() % 70, 'x');
    for (uint64_t count = random() % 4; count > 0 && !text.empty(); --count) {
      text[random() % text.size()] = "'\"`#-/;\\$"[random() % 9];
    }
    const size_t at = random() % (text.size() + 1);
    size_t sql = text.find_first_of("'\"`#-/$", at);
    EXPECT_EQ(FindSqlMark(text, at, '$'), std::min(sql, text.size()));
    EXPECT_EQ(FindStringMark(text, at, '"', true),
              std::min(text.find_first_of("\"\\", at), text.size()));
    EXPECT_EQ(FindStringMark(text, at, '`', false), std::min(text.find('`', at), text.size()));
  }
}

}  // namespace
}  // namespace sfdb::engine
