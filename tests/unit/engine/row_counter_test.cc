#include "engine/read/row_counter.h"

#include <gtest/gtest.h>

#include <string>

namespace sfdb::engine {
namespace {

uint64_t Count(std::string_view text, size_t piece) {
  RowCounter counter;
  for (size_t at = 0; at < text.size(); at += piece) counter.Add(text.substr(at, piece));
  return counter.rows();
}

// However the text is cut.
void ExpectRows(std::string_view text, uint64_t rows) {
  for (size_t piece = 1; piece <= text.size() + 1; ++piece) {
    EXPECT_EQ(Count(text, piece), rows) << "pieces of " << piece;
  }
}

TEST(RowCounter, RowsOnLinesOfTheirOwn) {
  ExpectRows(
      "--\n-- Dumping data for table `t`\n--\n\nLOCK TABLES `t` WRITE;\n"
      "INSERT INTO `t` VALUES\n(1,'a'),\n(2,'b');\nINSERT INTO `t` VALUES\n(3,'c');\n"
      "UNLOCK TABLES;\n",
      3);
}

TEST(RowCounter, ARowBehindTheHead) {
  ExpectRows("INSERT INTO `t` (`a`, `b`) VALUES (1,2),\n(3,4);\nINSERT INTO `t` VALUES (5,6);\n",
             3);
}

TEST(RowCounter, ValuesThatLookLikeRows) {
  ExpectRows("INSERT INTO `t` VALUES\n('\\n(1),\\n(2) VALUES (3)'),\n('INSERT INTO `t` VALUES');\n",
             2);
}

TEST(RowCounter, NamesThatLookLikeRows) {
  ExpectRows("INSERT INTO `x VALUES\n(``)\n(` VALUES\n(1);\n", 1);
}

TEST(RowCounter, NoRows) {
  ExpectRows("LOCK TABLES `t` WRITE;\n/*!40000 x */;\nUNLOCK TABLES;\n", 0);
}

}  // namespace
}  // namespace sfdb::engine
