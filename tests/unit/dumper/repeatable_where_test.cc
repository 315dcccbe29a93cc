// Which --where conditions may be asked once per chunk.
#include "dumper/chunks/repeatable_where.h"

#include <gtest/gtest.h>

namespace sfdb::dumper {
namespace {

TEST(RepeatableWhere, ConditionsOnColumnsAreRepeatable) {
  for (const char* where : {
           "id > 5",
           "a=1 OR b=2",
           "v<>40",
           "name LIKE 'it''s (%' AND x IN (1,2,3)",
           "`order` = 1",
           "created >= '2020-01-01' AND DATE(created) < '2021-01-01'",
           "COALESCE(a, b) IS NULL",
           "(a = 1) AND (b = 2 OR NOT (c))",
           "a BETWEEN 1 AND 2",
           "t = \"x\"",
           "name = 'ä'",
           "text = 'select now() -- x'",
           "`rand` = `now`",
       }) {
    EXPECT_EQ(WhyNotRepeatable(where, "utf8mb4").value_or(""), "") << where;
  }
}

TEST(RepeatableWhere, WhatChangesFromOneTimeToTheNextIsNot) {
  for (const char* where : {
           "rand() < 0.5",
           "RAND(3) < 0.5",
           "created > NOW() - INTERVAL 1 DAY",
           "created > current_timestamp",
           "d = CURDATE()",
           "(@i := @i + 1) < 100",
           "@@session.x = 1",
           "rownum() < 5",
           "ROWNUM () < 5",
           "NEXT VALUE FOR s > 1",
           "nextval(s) > 1",
           "sleep(1)",
           "my_function(id) = 1",
           "db.left(id) = 1",
           "`my_function`(id) = 1",
           "user() = 'x'",
           "uuid() > a",
           "unix_timestamp() > t",
           "MATCH (t) AGAINST ('x')",
       }) {
    EXPECT_TRUE(WhyNotRepeatable(where, "utf8mb4").has_value()) << where;
  }
}

TEST(RepeatableWhere, WhatIsMoreThanAConditionIsNot) {
  for (const char* where : {
           "1 LIMIT 5",
           "1 ORDER BY id",
           "1 GROUP BY id",
           "1 HAVING 1",
           "1 UNION SELECT 1",
           "id IN (SELECT id FROM other)",
           "EXISTS (SELECT 1)",
           "1) OR (1",
           "1 -- x",
           "1 # x",
           "1 /* x",
           "1 /*!50000 OR 1 */",
           "1;",
           "'unended",
           "(1",
           "1 FOR UPDATE",
           "1 PROCEDURE ANALYSE()",
           "1 INTO OUTFILE 'x'",
           "a = 'x\\' OR 1'",
       }) {
    EXPECT_TRUE(WhyNotRepeatable(where, "utf8mb4").has_value()) << where;
  }
}

TEST(RepeatableWhere, WhereQuotesMayBeHalvesOfCharactersOnlyAsciiIsUnderstood) {
  EXPECT_TRUE(WhyNotRepeatable("a = '\xe4\x60'", "sjis").has_value());
  EXPECT_FALSE(WhyNotRepeatable("a = 'x'", "sjis").has_value());
  EXPECT_FALSE(WhyNotRepeatable("a = '\xe4'", "latin1").has_value());
}

}  // namespace
}  // namespace sfdb::dumper
