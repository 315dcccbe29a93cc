// Key columns: which types can be cut on, and how their values are written.
#include "dumper/chunks/key_column.h"

#include <gtest/gtest.h>

#include <string>

namespace sfdb::dumper {
namespace {

using Type = KeyColumn::Type;

ColumnFacts Facts(std::string data_type, std::string column_type, std::string charset = "",
                  std::string collation = "") {
  ColumnFacts facts;
  facts.name = "c";
  facts.data_type = std::move(data_type);
  facts.column_type = std::move(column_type);
  facts.charset = std::move(charset);
  facts.collation = std::move(collation);
  return facts;
}

KeyColumn Column(std::string data_type, std::string column_type, std::string charset = "",
                 std::string collation = "") {
  const auto column = MakeKeyColumn(Facts(data_type, column_type, charset, collation), true);
  EXPECT_TRUE(column.has_value()) << column_type;
  return column.value_or(KeyColumn());
}

KeyValue Value(std::string raw) { return {false, std::move(raw)}; }

TEST(KeyColumn, IntegersKnowTheirEnds) {
  const KeyColumn tiny = Column("tinyint", "tinyint(4)");
  EXPECT_EQ(tiny.smallest_magnitude, 128u);
  EXPECT_EQ(tiny.largest, 127u);
  const KeyColumn big = Column("bigint", "bigint(20)");
  EXPECT_EQ(big.smallest_magnitude, 9223372036854775808u);
  EXPECT_EQ(big.largest, 9223372036854775807u);
  const KeyColumn unsigned_big = Column("bigint", "bigint(20) unsigned zerofill");
  EXPECT_EQ(unsigned_big.smallest_magnitude, 0u);
  EXPECT_EQ(unsigned_big.largest, 18446744073709551615u);
}

TEST(KeyColumn, NumbersAreWrittenWithoutTheZerosOfZerofill) {
  const KeyColumn column = Column("decimal", "decimal(10,3) unsigned zerofill");
  EXPECT_EQ(Literal(column, "0000012.500"), "12.500");
  EXPECT_EQ(Literal(column, "0000000.500"), "0.500");
  EXPECT_EQ(Literal(column, "0000000000"), "0");
  EXPECT_EQ(Literal(column, "-0.50"), "-0.50");
}

TEST(KeyColumn, FloatsAreDoublesEvenWithoutExponent) {
  const KeyColumn column = Column("float", "float");
  EXPECT_EQ(FetchExpression(column), "CAST(`c` AS DOUBLE)");
  EXPECT_EQ(Literal(column, "10.142857551574707"), "10.142857551574707e0");
  EXPECT_EQ(Literal(column, "-1e300"), "-1e300");
}

TEST(KeyColumn, StringsAreComparedInTheirOwnCollation) {
  const KeyColumn column = Column("varchar", "varchar(30)", "latin1", "latin1_german2_ci");
  EXPECT_EQ(FetchExpression(column), "HEX(`c`)");
  EXPECT_EQ(*After(column, Value("C3DF")), "`c` > _latin1 X'C3DF' COLLATE latin1_german2_ci");
  EXPECT_EQ(*UpTo(column, Value("")), "`c` <= _latin1 X'' COLLATE latin1_german2_ci");
}

TEST(KeyColumn, EnumsAreComparedMemberByMember) {
  const KeyColumn column =
      Column("enum", "enum('zeta','it''s',',','(')", "utf8mb4", "utf8mb4_general_ci");
  EXPECT_EQ(column.largest_member, 4u);
  EXPECT_EQ(*After(column, Value("2:69742773")), "`c` IN (3,4)");
  EXPECT_EQ(*Before(column, Value("2:69742773")), "`c` IN (0,1)");
  EXPECT_EQ(*UpTo(column, Value("2:69742773")), "`c` IN (0,1,2)");
  EXPECT_EQ(*Equal(column, Value("2:69742773")),
            "`c` = 2 AND `c` = _utf8mb4 X'69742773' COLLATE utf8mb4_general_ci");
  EXPECT_FALSE(After(column, Value("4:28")).has_value());
  EXPECT_FALSE(Before(column, Value("0:")).has_value());
  EXPECT_EQ(*Between(column, Value("1:00"), Value("4:28"), Last::kExcluded), "`c` IN (2,3)");
  EXPECT_FALSE(Between(column, Value("1:00"), Value("2:00"), Last::kExcluded).has_value());
  EXPECT_EQ(*Between(column, Value("1:00"), Value("2:00"), Last::kIncluded), "`c` IN (2)");
}

TEST(KeyColumn, TextsThatTwoMembersMayHaveAreNotAsked) {
  EXPECT_EQ(*Equal(Column("enum", "enum('a','A')", "latin1", "latin1_swedish_ci"), Value("2:41")),
            "`c` IN (2)");
  EXPECT_EQ(*Equal(Column("enum", "enum('a','')", "latin1", "latin1_swedish_ci"), Value("1:61")),
            "`c` IN (1)");
  EXPECT_EQ(*Equal(Column("enum", "enum('a','b')", "latin1", "latin1_swedish_ci"), Value("0:")),
            "`c` IN (0)");
  EXPECT_EQ(*Equal(Column("enum", "enum('\xc3\xa4','a')", "utf8mb4", "utf8mb4_bin"), Value("2:61")),
            "`c` IN (2)");
}

TEST(KeyColumn, SetsHaveAMemberPerCombination) {
  EXPECT_EQ(Column("set", "set('x','a','m')", "utf8mb4", "utf8mb4_bin").largest_member, 7u);
  EXPECT_FALSE(
      MakeKeyColumn(Facts("set", "set('1','2','3','4','5','6','7')", "latin1", "latin1_bin"), true)
          .has_value());
}

TEST(KeyColumn, WhatCannotBeWrittenOrComparedIsNotCutOn) {
  // A backslash may be an escape or half a character.
  EXPECT_FALSE(MakeKeyColumn(Facts("enum", "enum('a\\\\b')", "latin1", "latin1_bin"), true));
  EXPECT_FALSE(MakeKeyColumn(Facts("enum", "enum('a','b", "latin1", "latin1_bin"), true));
  EXPECT_FALSE(MakeKeyColumn(Facts("enum", "enum('a' 'b')", "latin1", "latin1_bin"), true));
  EXPECT_FALSE(MakeKeyColumn(Facts("year", "year(2)"), true));
  EXPECT_FALSE(MakeKeyColumn(Facts("text", "text", "latin1", "latin1_bin"), true));
  EXPECT_FALSE(MakeKeyColumn(Facts("char", "char(9)", "latin1", "latin1_nopad_bin"), true));
  EXPECT_TRUE(MakeKeyColumn(Facts("char", "char(9)", "latin1", "latin1_bin"), true));
  EXPECT_FALSE(MakeKeyColumn(Facts("varchar", "varchar(9)", "cp1250", "cp1250_czech_cs"), true));
  EXPECT_FALSE(MakeKeyColumn(Facts("geometry", "geometry"), true));
  EXPECT_FALSE(MakeKeyColumn(Facts("vector", "vector(3)"), true));
  // An hour that occurs twice has no order.
  EXPECT_FALSE(MakeKeyColumn(Facts("timestamp", "timestamp"), false));
  EXPECT_TRUE(MakeKeyColumn(Facts("timestamp", "timestamp"), true));
  EXPECT_TRUE(MakeKeyColumn(Facts("datetime", "datetime(6)"), false));
}

}  // namespace
}  // namespace sfdb::dumper
