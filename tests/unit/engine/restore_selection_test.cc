#include "engine/restore/restore_selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/exit_code.h"
#include "engine/restore/near_names.h"

namespace sfdb::engine {
namespace {

using Kind = TocSection::Kind;
using testing::ElementsAre;
using testing::HasSubstr;

Toc TwoDatabases() {
  Toc toc;
  auto add = [&](Kind kind, std::string database = "", std::string table = "") {
    TocSection& section = toc.sections.emplace_back();
    section.kind = kind;
    section.database = std::move(database);
    section.table = std::move(table);
  };
  add(Kind::kPrologue);
  add(Kind::kHead, "a");
  add(Kind::kStructure, "a", "orders");
  add(Kind::kRows, "a", "orders");
  add(Kind::kStructure, "a", "x.y");
  add(Kind::kHead, "b.c");
  add(Kind::kStructure, "b.c", "orders");
  add(Kind::kViewsHead, "a");
  add(Kind::kView, "a", "v");
  add(Kind::kEpilogue);
  return toc;
}

TEST(SelectSections, OneTableBringsTheHeadOfItsDatabase) {
  const auto selection = SelectSections(TwoDatabases(), std::nullopt, "a.orders");
  ASSERT_TRUE(selection.ok()) << selection.status();
  EXPECT_THAT(selection->sections, ElementsAre(0, 1, 2, 3, 7, 9));
  EXPECT_EQ(selection->table, "orders");
}

TEST(SelectSections, DotsInNamesAreTriedOneByOne) {
  EXPECT_EQ(SelectSections(TwoDatabases(), std::nullopt, "a.x.y")->table, "x.y");
  EXPECT_THAT(SelectSections(TwoDatabases(), std::nullopt, "b.c.orders")->databases,
              ElementsAre("b.c"));
}

TEST(SelectSections, OneDatabaseBringsAllThatIsItsOwn) {
  EXPECT_THAT(SelectSections(TwoDatabases(), "b.c", std::nullopt)->sections,
              ElementsAre(0, 5, 6, 9));
  EXPECT_THAT(SelectSections(TwoDatabases(), std::nullopt, std::nullopt)->databases,
              ElementsAre("a", "b.c"));
}

TEST(SelectSections, AWrongNameIsExitFourWithNearOnes) {
  const auto table = SelectSections(TwoDatabases(), std::nullopt, "a.order");
  EXPECT_EQ(base::ExitCodeOf(table.status()), base::kExitNothing);
  EXPECT_THAT(std::string(table.status().message()), HasSubstr("did you mean a.orders"));
  EXPECT_THAT(std::string(SelectSections(TwoDatabases(), "B.d", std::nullopt).status().message()),
              HasSubstr("did you mean b.c?"));
  EXPECT_EQ(base::ExitCodeOf(SelectSections(TwoDatabases(), std::nullopt, "orders").status()),
            base::kExitUsage);
}

TEST(NearNames, NearestFirstAndNothingFarAway) {
  EXPECT_THAT(NearNames("custmers", {"orders", "customer", "customers"}),
              ElementsAre("customers", "customer"));
  EXPECT_TRUE(NearNames("abc", {"xyz", ""}).empty());
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
}

}  // namespace
}  // namespace sfdb::engine
