#include "tools/menu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

namespace sfdb::tools {
namespace {

using testing::HasSubstr;

const Menu kMenu{"Choose", {"alpha", "alphabet", "2", "Beta\x1b[2J"}};

TEST(Menu, AWholeNameWinsOverANumberAndOverNamesThatContainIt) {
  EXPECT_EQ(*FindMenuItem(kMenu, "alpha"), 0u);
  EXPECT_EQ(*FindMenuItem(kMenu, "2"), 2u);
}

TEST(Menu, NumbersCountFromOneAndStopAtTheLast) {
  EXPECT_EQ(*FindMenuItem(kMenu, "1"), 0u);
  EXPECT_EQ(*FindMenuItem(kMenu, "4"), 3u);
  for (const char* wrong : {"0", "5", "99999999999999999999"}) {
    EXPECT_FALSE(FindMenuItem(kMenu, wrong).ok()) << wrong;
  }
}

TEST(Menu, APartOfOneNameIsEnoughAndOneOfSeveralIsNot) {
  EXPECT_EQ(*FindMenuItem(kMenu, "bEtA"), 3u);
  EXPECT_THAT(std::string(FindMenuItem(kMenu, "bet").status().message()),
              HasSubstr("part of 2 names"));
  EXPECT_THAT(std::string(FindMenuItem(kMenu, "gamma").status().message()),
              HasSubstr("nothing is called 'gamma'"));
}

TEST(Menu, NobodyToAskIsNoChoiceAndNoHang) {
  ASSERT_NE(std::freopen("/dev/null", "r", stdin), nullptr);
  ASSERT_FALSE(CanAsk());
  EXPECT_EQ(AskMenu(kMenu), std::nullopt);
  EXPECT_EQ(AskLine("Host", "localhost"), std::nullopt);
}

}  // namespace
}  // namespace sfdb::tools
