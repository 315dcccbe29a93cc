#include "engine/config/directory_pattern.h"

#include <gtest/gtest.h>

#include "engine/base/exit_code.h"

namespace sfdb::engine {
namespace {

std::string Expanded(std::string_view base, std::string_view pattern,
                     std::string_view database = "d") {
  const absl::TimeZone zone = absl::UTCTimeZone();
  const absl::Time time = absl::FromCivil(absl::CivilSecond(2025, 1, 2, 3, 4, 5), zone);
  const auto path = ExpandDirectoryPattern(base, pattern, database, time, zone);
  return path.ok() ? *path : "error";
}

TEST(DirectoryPattern, EveryTokenHasItsValue) {
  EXPECT_EQ(Expanded("/b", "{year}/{month}/{day}/"), "/b/2025/01/02");
  EXPECT_EQ(Expanded("/b/", "{year}{month}{day}"), "/b/20250102");
  EXPECT_EQ(Expanded("/b", "{hour}-{minute}-{second}"), "/b/03-04-05");
  EXPECT_EQ(Expanded("/b", "{timestamp}"), "/b/1735787045");
  EXPECT_EQ(Expanded("/b", "x/{database}/y", "shop"), "/b/x/shop/y");
}

TEST(DirectoryPattern, HostnameStaysAsItIsAndAnEmptyPatternIsTheBase) {
  EXPECT_EQ(Expanded("/b", "{hostname}/{day}"), "/b/{hostname}/02");
  EXPECT_EQ(Expanded("/b", ""), "/b");
}

TEST(DirectoryPattern, NoDatabaseNameLeavesTheBaseDirectory) {
  EXPECT_EQ(Expanded("/b", "{database}", "../../etc"), "/b/.._.._etc");
  EXPECT_EQ(Expanded("/b", "{database}", ".."), "/b/_");
}

TEST(DirectoryPattern, WrongPatternsAreUsageErrors) {
  for (const char* pattern : {"{yaer}", "{year", "../{year}", "a/../../b"}) {
    const auto path =
        ExpandDirectoryPattern("/b", pattern, "d", absl::UnixEpoch(), absl::UTCTimeZone());
    ASSERT_FALSE(path.ok()) << pattern;
    EXPECT_EQ(base::ExitCodeOf(path.status()), base::kExitUsage);
  }
}

}  // namespace
}  // namespace sfdb::engine
