// Which databases each mode and filter takes, and what the statistics say of the rest.
#include "engine/filters/database_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sfdb::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::vector<std::string> kThere = {"App",
                                         "app",
                                         "app_archive",
                                         "app_dmart",
                                         "app_secondary",
                                         "app_secondary_x",
                                         "app_secondary_x_dmart",
                                         "app_temp",
                                         "billing",
                                         "hollow",
                                         "information_schema",
                                         "mysql",
                                         "performance_schema",
                                         "sys"};
const std::set<std::string> kEmpty = {"hollow"};

std::vector<std::string> Chosen(const ChoiceRequest& request) {
  return ChooseDatabases(request, kThere, kEmpty).databases;
}
ChoiceRequest Of(BackupMode mode, DatabaseFilter filter = {}) {
  ChoiceRequest request;
  request.mode = mode;
  request.filter = std::move(filter);
  return request;
}
DatabaseFilter Include(std::vector<std::string> names) {
  DatabaseFilter filter;
  filter.include = std::move(names);
  return filter;
}

TEST(DatabaseFilter, WithoutListsItTakesAllButTheSystems) {
  EXPECT_THAT(
      Chosen(Of(BackupMode::kCombined)),
      ElementsAre("App", "app", "app_archive", "app_dmart", "app_secondary", "app_secondary_x",
                  "app_secondary_x_dmart", "app_temp", "billing", "hollow"));
}

TEST(DatabaseFilter, SystemDatabasesCanBeTakenButVirtualOnesOnlyByName) {
  ChoiceRequest request = Of(BackupMode::kSeparated);
  request.filter.exclude_system = false;
  request.filter.exclude = {"app*", "App"};
  EXPECT_THAT(Chosen(request), ElementsAre("billing", "hollow", "mysql", "sys"));
  EXPECT_THAT(Chosen(Of(BackupMode::kSeparated, Include({"information_schema"}))),
              ElementsAre("information_schema"));
}

TEST(DatabaseFilter, ANameOnTheListBeatsEveryOtherRule) {
  DatabaseFilter filter = Include({"mysql", "hollow", "billing"});
  filter.exclude = {"billing"};
  filter.exclude_empty = true;
  EXPECT_THAT(Chosen(Of(BackupMode::kCombined, filter)), ElementsAre("billing", "hollow", "mysql"));
}

TEST(DatabaseFilter, AGlobOnTheListDoesNot) {
  DatabaseFilter filter = Include({"*l*"});
  filter.exclude = {"bill*"};
  filter.exclude_empty = true;
  EXPECT_THAT(Chosen(Of(BackupMode::kCombined, filter)), IsEmpty());
  filter.exclude_empty = false;
  EXPECT_THAT(Chosen(Of(BackupMode::kCombined, filter)), ElementsAre("hollow"));
}

TEST(DatabaseFilter, CaseMattersOnlyWhereANameIsNotThereAsSpelled) {
  EXPECT_THAT(Chosen(Of(BackupMode::kCombined, Include({"app"}))), ElementsAre("app"));
  EXPECT_THAT(Chosen(Of(BackupMode::kCombined, Include({"BILLING"}))), ElementsAre("billing"));
  EXPECT_THAT(Chosen(Of(BackupMode::kCombined, Include({"APP"}))), ElementsAre("App", "app"));
}

TEST(DatabaseFilter, StatisticsNameEveryDroppedDatabaseAndWhy) {
  ChoiceRequest request = Of(BackupMode::kCombined);
  request.filter.exclude = {"app_*"};
  request.filter.exclude_empty = true;
  const DatabaseChoice choice = ChooseDatabases(request, kThere, kEmpty);
  EXPECT_THAT(choice.databases, ElementsAre("App", "app", "billing"));
  EXPECT_EQ(choice.statistics.found, kThere.size());
  EXPECT_EQ(choice.statistics.Count(DropReason::kExcluded), 6u);
  EXPECT_EQ(choice.statistics.Count(DropReason::kEmpty), 1u);
  EXPECT_EQ(choice.statistics.Count(DropReason::kSystem), 2u);
  EXPECT_EQ(choice.statistics.Count(DropReason::kVirtual), 2u);
  EXPECT_EQ(choice.statistics.dropped.size() + choice.databases.size(), kThere.size());
}

TEST(DatabaseFilter, NamesThatAreNotThereAreReported) {
  const DatabaseChoice choice =
      ChooseDatabases(Of(BackupMode::kCombined, Include({"billing", "gone", "x*"})), kThere, {});
  EXPECT_THAT(choice.databases, ElementsAre("billing"));
  EXPECT_THAT(choice.statistics.missing, ElementsAre("gone", "x*"));
}

TEST(DatabaseFilter, PrimaryTakesWhatIsNeitherSecondaryNorACompanion) {
  EXPECT_THAT(Chosen(Of(BackupMode::kPrimary)), ElementsAre("App", "app", "billing", "hollow"));
}

TEST(DatabaseFilter, SecondaryTakesSecondariesThatAreNoCompanions) {
  EXPECT_THAT(Chosen(Of(BackupMode::kSecondary)), ElementsAre("app_secondary", "app_secondary_x"));
}

TEST(DatabaseFilter, FiltersApplyToPrimaryToo) {
  ChoiceRequest request = Of(BackupMode::kPrimary, Include({"app", "app_dmart", "billing"}));
  EXPECT_THAT(Chosen(request), ElementsAre("app", "billing"));
}

TEST(DatabaseFilter, SingleTakesOneDatabaseAndTheCompanionsAskedFor) {
  ChoiceRequest request = Of(BackupMode::kSingle);
  request.database = "app";
  EXPECT_THAT(Chosen(request), ElementsAre("app"));
  request.companions = {.dmart = true, .temp = true, .archive = true};
  EXPECT_THAT(Chosen(request), ElementsAre("app", "app_dmart", "app_temp", "app_archive"));
  request.database = "billing";
  const DatabaseChoice choice = ChooseDatabases(request, kThere, kEmpty);
  EXPECT_THAT(choice.databases, ElementsAre("billing"));
  EXPECT_THAT(choice.statistics.absent_companions,
              UnorderedElementsAre("billing_dmart", "billing_temp", "billing_archive"));
  EXPECT_EQ(choice.statistics.Count(DropReason::kNotChosen), kThere.size() - 1);
}

TEST(DatabaseFilter, SingleWithoutADatabaseOffersWhatAMenuWould) {
  EXPECT_THAT(Chosen(Of(BackupMode::kSingle)),
              ElementsAre("App", "app", "app_secondary", "app_secondary_x", "billing", "hollow"));
}

TEST(DatabaseFilter, CompanionsFollowEachPrimary) {
  ChoiceRequest request = Of(BackupMode::kPrimary);
  request.filter.exclude = {"hollow"};
  request.companions.dmart = true;
  EXPECT_THAT(Chosen(request), ElementsAre("App", "app_dmart", "app", "billing"));
}

TEST(DatabaseFilter, ANamedDatabaseMustFitTheMode) {
  ChoiceRequest request = Of(BackupMode::kSecondary);
  request.database = "billing";
  const DatabaseChoice choice = ChooseDatabases(request, kThere, kEmpty);
  EXPECT_THAT(choice.databases, IsEmpty());
  EXPECT_EQ(choice.statistics.Count(DropReason::kMode), 1u);
}

TEST(DatabaseFilter, TheSameSelectionHasTheSameText) {
  EXPECT_EQ(SelectionText({}), "");
  DatabaseFilter filter = Include({"b", "a", "b"});
  filter.exclude = {"c"};
  filter.exclude_empty = true;
  EXPECT_EQ(SelectionText(filter), "only a, b; without c; without empty ones");
  DatabaseFilter other;
  other.exclude_system = false;
  EXPECT_EQ(SelectionText(other), "with the system's");
}

TEST(DatabaseFilter, ModesAreFoundByTheirNames) {
  for (const BackupMode mode : {BackupMode::kCombined, BackupMode::kSeparated, BackupMode::kSingle,
                                BackupMode::kPrimary, BackupMode::kSecondary}) {
    BackupMode found = BackupMode::kCombined;
    EXPECT_TRUE(BackupModeNamed(BackupModeName(mode), &found));
    EXPECT_EQ(found, mode);
  }
  BackupMode found;
  EXPECT_FALSE(BackupModeNamed("separate", &found));
}

}  // namespace
}  // namespace sfdb::engine
