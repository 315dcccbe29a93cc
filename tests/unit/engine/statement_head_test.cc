#include "engine/restore/statement_head.h"

#include <gtest/gtest.h>

namespace sfdb::engine {
namespace {

using Kind = StatementHead::Kind;

TEST(StatementHead, StatementsOfADumpAreUnderstoodThroughTheirVersionComments) {
  const struct {
    std::string_view text;
    Kind kind;
    std::string_view what, name;
  } cases[] = {
      {"/*!40101 SET NAMES utf8mb4 */", Kind::kSet, "", ""},
      {"USE `od``d`", Kind::kUse, "", "od`d"},
      {"use plain", Kind::kUse, "", "plain"},
      {"CREATE DATABASE /*!32312 IF NOT EXISTS*/ `d` /*!40100 DEFAULT CHARACTER SET latin1 */",
       Kind::kCreateDatabase, "DATABASE", "d"},
      {"/*!40000 DROP DATABASE IF EXISTS `d`*/", Kind::kDropDatabase, "DATABASE", "d"},
      {"ALTER DATABASE `d` CHARACTER SET latin1 COLLATE latin1_bin", Kind::kAlterDatabase, "", "d"},
      {"/*!40000 ALTER TABLE `t` DISABLE KEYS */", Kind::kOther, "", "t"},
      {"DROP TABLE IF EXISTS `t`", Kind::kDrop, "TABLE", "t"},
      {"/*!50001 DROP VIEW IF EXISTS `v`*/", Kind::kDrop, "VIEW", "v"},
      {"CREATE TABLE `t` (`a` int)", Kind::kCreate, "TABLE", "t"},
      {"CREATE TABLE t(a int)", Kind::kCreate, "TABLE", "t"},
      {"/*!50001 CREATE VIEW `v` AS SELECT\n 1 AS `a`*/", Kind::kCreate, "VIEW", "v"},
      {"/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`root`@`localhost` SQL SECURITY "
       "DEFINER */\n/*!50001 VIEW `v` AS select 1 */",
       Kind::kCreate, "VIEW", "v"},
      {"/*!50003 CREATE*/ /*!50017 DEFINER=`a b`@`%`*/ /*!50003 TRIGGER `tr` BEFORE INSERT ON `t` "
       "FOR EACH ROW set @a=1 */",
       Kind::kCreate, "TRIGGER", "tr"},
      {"CREATE DEFINER=`r`@`h` PROCEDURE `p`() SELECT 1", Kind::kCreate, "PROCEDURE", "p"},
      {"CREATE SEQUENCE `s` start with 1", Kind::kCreate, "SEQUENCE", "s"},
      {"CREATE OR REPLACE DEFINER='u'@'h' PACKAGE BODY p AS END", Kind::kCreate, "PACKAGE BODY",
       "p"},
      {"LOCK TABLES `t` WRITE", Kind::kLockTables, "", ""},
      {"UNLOCK TABLES", Kind::kUnlockTables, "", ""},
      {"INSERT INTO `t` VALUES (1)", Kind::kInsert, "", "t"},
      {"INSERT  IGNORE INTO d.t (`a`) VALUES (1)", Kind::kInsert, "", "t"},
      {"REPLACE INTO `t` VALUES (1)", Kind::kInsert, "", "t"},
      {"DO SETVAL(`s`, 5, 0)", Kind::kOther, "", ""},
  };
  for (const auto& one : cases) {
    const StatementHead head = ParseStatementHead(one.text);
    EXPECT_EQ(head.kind, one.kind) << one.text;
    EXPECT_EQ(head.what, one.what) << one.text;
    EXPECT_EQ(head.name, one.name) << one.text;
  }
}

TEST(StatementHead, TheDatabasesNameIsFoundInTheText) {
  const std::string_view text = "CREATE DATABASE /*!32312 IF NOT EXISTS*/ `d``x` /*!40100 X */";
  const StatementHead head = ParseStatementHead(text);
  EXPECT_EQ(text.substr(head.name_at, head.name_bytes), "`d``x`");
}

TEST(StatementHead, AnyPrefixOfAnyBytesIsHarmless) {
  const std::string_view text =
      "/*!50003 CREATE*/ /*!50017 DEFINER='a'@`h`*/ TRIGGER `t` /* x */ \"";
  for (size_t size = 0; size <= text.size(); ++size) ParseStatementHead(text.substr(0, size));
  std::string bytes;
  for (int c = 0; c < 256; ++c) bytes += static_cast<char>(c);
  EXPECT_EQ(ParseStatementHead(bytes).kind, Kind::kOther);
}

TEST(RenameQualifier, OnlyQualifiersOfTheDatabaseChange) {
  EXPECT_EQ(RenameQualifier("CREATE TABLE `d` (`a` int DEFAULT nextval(`d`.`s`), `d` char DEFAULT "
                            "'`d`.' COMMENT 'it''s `d`.x') UNION=(`d`.`t`,`e`.`d`)",
                            "d", "new`d"),
            "CREATE TABLE `d` (`a` int DEFAULT nextval(`new``d`.`s`), `d` char DEFAULT "
            "'`d`.' COMMENT 'it''s `d`.x') UNION=(`new``d`.`t`,`e`.`d`)");
  EXPECT_EQ(RenameQualifier("nextval(`a``d`.`s`)", "d", "x"), "nextval(`a``d`.`s`)");
}

TEST(ShownHead, IsOneShortLineOfWholeCharacters) {
  EXPECT_EQ(ShownHead("a\nb"), "a b");
  const std::string shown = ShownHead(std::string(119, 'x') + "ä" + std::string(50, 'y'));
  EXPECT_EQ(shown, std::string(119, 'x') + "...");
}

}  // namespace
}  // namespace sfdb::engine
