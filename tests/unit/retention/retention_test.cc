// What goes and what stays, case by case. retention_property_test.cc tries histories at random.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "engine/base/exit_code.h"
#include "engine/retention/cleanup.h"
#include "engine/sinks/directory_lock.h"
#include "tests/unit/retention/backup_maker.h"

namespace sfdb::engine {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Retention : public testing::Test {
 protected:
  CleanupReport Clean(RetentionPolicy policy, bool dry_run = false) {
    const auto report =
        RunCleanup({directory_.path(), std::move(policy), dry_run}, PosixFileSystem(), TestNow());
    EXPECT_TRUE(report.ok()) << report.status();
    if (!report.ok()) return {};
    EXPECT_THAT(report->failures, IsEmpty());
    return *report;
  }
  // Bases of the backups that are there, oldest first.
  std::vector<std::string> Bases() const {
    const auto catalog = ReadCatalog(directory_.path());
    std::vector<std::string> bases;
    for (const CatalogEntry& entry : catalog->backups) {
      bases.push_back(entry.dump_names.front().substr(0, entry.dump_names.front().find(".sql")));
    }
    return bases;
  }

  BackupDirectory directory_;
};

TEST_F(Retention, ABackupGoesWithItsSidecarsAndNothingElseGoes) {
  directory_.Add({.days_ago = 40});
  directory_.Add({.days_ago = 1});
  directory_.Write("notes.txt", "mine");
  directory_.Write(BaseOf({.days_ago = 40}) + ".sql.gz.sha256", "mine too");
  directory_.Write("old_dump_20200101_000000.sql.gz", "somebody's");
  directory_.Write("x.meta.json", R"({"backup_file":"old_dump_20200101_000000.sql.gz"})");
  Clean({.days = 30});
  std::vector<std::string> names;
  for (const auto& [name, content] : directory_.Files()) names.push_back(name);
  const std::string kept = BaseOf({.days_ago = 1});
  EXPECT_THAT(names, testing::UnorderedElementsAre(
                         kept + ".meta.json", kept + ".sql.gz", kept + ".toc", kept + "_gtid.info",
                         kept + "_users.cnf", "notes.txt", "old_dump_20200101_000000.sql.gz",
                         BaseOf({.days_ago = 40}) + ".sql.gz.sha256", "x.meta.json"));
}

TEST_F(Retention, TheNewestGoodBackupStaysHoweverOldItIs) {
  directory_.Add({.days_ago = 300});
  directory_.Add({.days_ago = 200, .cut_short = true});
  directory_.Add({.days_ago = 100, .status = "failed"});
  EXPECT_THAT(Clean({.days = 30}).plan.removals, SizeIs(2));
  EXPECT_THAT(Bases(), ElementsAre(BaseOf({.days_ago = 300})));
}

TEST_F(Retention, ASeriesWithoutAGoodBackupKeepsWhatMayBeSalvaged) {
  directory_.Add({.days_ago = 300, .cut_short = true});
  directory_.Add({.days_ago = 200, .with_dump = false});
  Clean({.days = 30});
  EXPECT_THAT(Bases(), ElementsAre(BaseOf({.days_ago = 300})));
}

TEST_F(Retention, KeepLastCountsGoodBackupsOfEachSeries) {
  for (const char* database : {"app", "shop"}) {
    for (int day = 1; day <= 4; ++day) {
      directory_.Add({.type = "separated", .database = database, .days_ago = day});
    }
  }
  directory_.Add({.type = "separated", .database = "app", .days_ago = 0, .cut_short = true});
  Clean({.keep_last = 2});
  EXPECT_THAT(Bases(), testing::UnorderedElementsAre(
                           BaseOf({.type = "separated", .database = "app", .days_ago = 2}),
                           BaseOf({.type = "separated", .database = "app", .days_ago = 1}),
                           BaseOf({.type = "separated", .database = "app", .days_ago = 0}),
                           BaseOf({.type = "separated", .database = "shop", .days_ago = 2}),
                           BaseOf({.type = "separated", .database = "shop", .days_ago = 1})));
}

TEST_F(Retention, WithBothRulesABackupGoesOnlyWhenBothLetItGo) {
  for (int day = 1; day <= 5; ++day) directory_.Add({.days_ago = day * 10});
  Clean({.days = 25, .keep_last = 3});
  EXPECT_THAT(Bases(), ElementsAre(BaseOf({.days_ago = 30}), BaseOf({.days_ago = 20}),
                                   BaseOf({.days_ago = 10})));
}

TEST_F(Retention, ABackupOfSomeDatabasesDoesNotReplaceOneOfAll) {
  directory_.Add({.days_ago = 3});
  directory_.Add({.days_ago = 2, .selection = "app"});
  directory_.Add({.days_ago = 1, .selection = "app"});
  Clean({.keep_last = 1});
  EXPECT_THAT(Bases(), ElementsAre(BaseOf({.days_ago = 3}), BaseOf({.days_ago = 1})));
}

TEST_F(Retention, ABackupWithoutRowsDoesNotReplaceOneWithThem) {
  directory_.Add({.type = "single", .database = "app", .days_ago = 40});
  directory_.Add({.type = "single", .database = "app", .days_ago = 1, .exclude_data = true});
  EXPECT_THAT(Clean({.days = 30, .keep_last = 1}).plan.removals, IsEmpty());
}

TEST_F(Retention, APatternNarrowsWhatMayGoNotWhatCounts) {
  directory_.Add({.type = "single", .database = "app", .days_ago = 40});
  directory_.Add({.type = "single", .database = "app", .days_ago = 1});
  directory_.Add({.type = "single", .database = "shop", .days_ago = 40}, "2026/05/");
  directory_.Add({.type = "single", .database = "shop", .days_ago = 1}, "2026/06/");
  EXPECT_THAT(Clean({.days = 30, .pattern = "nothing*"}).plan.removals, IsEmpty());
  EXPECT_THAT(Clean({.days = 30, .pattern = "shop_*"}).plan.removals, SizeIs(1));
  EXPECT_THAT(Clean({.days = 30, .pattern = "**/app_*.sql.gz"}).plan.removals, SizeIs(1));
  EXPECT_THAT(Clean({.days = 0, .pattern = "*"}).plan.removals, IsEmpty());
}

TEST_F(Retention, DateDirectoriesThatBecomeEmptyGoToo) {
  directory_.Add({.days_ago = 40}, "2026/05/21/");
  directory_.Add({.days_ago = 1}, "2026/06/29/");
  directory_.Write("2026/04/keep.txt", "x");
  directory_.Add({.days_ago = 50}, "2025/12/31/");
  const auto lock = DirectoryLock::Acquire(directory_.path() + "/2025", "a run that begins");
  ASSERT_TRUE(lock.ok());
  Clean({.days = 30});
  EXPECT_FALSE(fs::exists(directory_.path() + "/2025/12"));
  EXPECT_TRUE(fs::exists(directory_.path() + "/2025/" + kLockFileName));
  EXPECT_FALSE(fs::exists(directory_.path() + "/2026/05"));
  EXPECT_TRUE(fs::exists(directory_.path() + "/2026/06/29"));
  EXPECT_TRUE(fs::exists(directory_.path() + "/2026/04/keep.txt"));
}

TEST_F(Retention, SpellingsOfGoSfdbtoolsAreOursToo) {
  // As version 1.0 wrote it: metadata behind the whole name, no hash, a size that is too small.
  const std::string go = R"({"backup_file":"/b/app_20251208_101500_db1.zst.enc",
    "backup_type":"single","database_names":["app"],"hostname":"db1","backup_status":"success",
    "backup_end_time":"2025-12-08 10:16:00","file_size_bytes":0,"generated_by":"sfDBTools"})";
  directory_.Write("app_20251208_101500_db1.zst.enc", "sealed");
  directory_.Write("app_20251208_101500_db1.zst.enc.meta.json", go);
  directory_.Write("app_20251208_101500_db1.zst_users.cnf", "grants");
  directory_.Write("app_20251208_101500_db1.zst_gtid.info", "gtid");
  directory_.Add({.type = "single", .database = "app", .days_ago = 1, .old_spelling = true});
  EXPECT_THAT(Clean({.days = 30}).plan.removals, SizeIs(1));
  EXPECT_THAT(directory_.Files(), SizeIs(5)) << "of the newer one";
}

TEST_F(Retention, CompanionsOfOneMetadataGoTogetherAndCountAsOneBackup) {
  const std::string go = R"({"backup": {"file": "/b/app_1.sql.gz", "type": "single",
    "status": "success", "databases": ["app"]}, "time": {"end_time": "2026-01-05 02:00:00"},
    "database_details": [{"backup_file": "/b/app_1.sql.gz"}, {"backup_file": "/b/app_dmart_1.sql.gz"},
    {"backup_file": "/b/../id_rsa"}], "source": {"hostname": "db1"},
    "generator": {"generated_by": "sfdbtools"}})";
  directory_.Write("app_1.sql.gz.meta.json", go);
  directory_.Write("app_1.sql.gz", "x");
  directory_.Write("app_dmart_1.sql.gz", "x");
  directory_.Write("id_rsa", "secret");
  directory_.Add({.type = "single", .database = "app", .days_ago = 1});
  EXPECT_THAT(Clean({.days = 30}).plan.removals, SizeIs(1));
  EXPECT_THAT(directory_.Files(), SizeIs(6));
  EXPECT_TRUE(directory_.Has("id_rsa"));
}

TEST_F(Retention, AFileThatAStayingBackupNeedsStays) {
  // Somebody compressed again under the same base: two dumps, two metadata, shared sidecars.
  directory_.Add({.days_ago = 40, .old_spelling = true});
  MadeBackup again{.days_ago = 40, .extension = ".sql.zst", .old_spelling = true};
  again.selection = "other";
  directory_.Add(again);
  directory_.Add({.days_ago = 1});
  Clean({.days = 30});
  const std::string base = BaseOf({.days_ago = 40});
  EXPECT_FALSE(directory_.Has(base + ".sql.gz"));
  EXPECT_TRUE(directory_.Has(base + ".sql.zst"));
  EXPECT_TRUE(directory_.Has(base + ".toc"));
}

TEST_F(Retention, SymbolicLinksAreNeitherFollowedNorRemoved) {
  BackupDirectory other;
  other.Add({.days_ago = 40});
  other.Add({.days_ago = 1});
  fs::create_directory_symlink(other.path(), directory_.path() + "/link");
  EXPECT_THAT(Clean({.days = 30}).plan.removals, IsEmpty());
  EXPECT_THAT(other.Files(), SizeIs(10));
}

TEST_F(Retention, AgeOfAMetadataWithoutATimeIsUnknownSoItStays) {
  directory_.Write("a.sql.meta.json",
                   R"({"backup_file":"a.sql","backup_type":"combined","hostname":"db1",
                       "backup_status":"success","generated_by":"sfDBTools"})");
  directory_.Write("a.sql", "x");
  directory_.Add({.days_ago = 1});
  EXPECT_THAT(Clean({.days = 0, .keep_last = 1}).plan.removals, IsEmpty());
}

TEST_F(Retention, APolicyThatSaysNothingOrNonsenseIsAWrongCommandLine) {
  for (const RetentionPolicy& policy :
       {RetentionPolicy{}, {.days = -1}, {.keep_last = 0}, {.days = 40000}}) {
    const auto report = RunCleanup({directory_.path(), policy}, PosixFileSystem(), TestNow());
    EXPECT_EQ(base::ExitCodeOf(report.status()), base::kExitUsage);
  }
  const auto report =
      RunCleanup({directory_.path() + "/none", {.days = 1}}, PosixFileSystem(), TestNow());
  EXPECT_EQ(base::ExitCodeOf(report.status()), base::kExitUsage);
}

TEST_F(Retention, WaitsForNobodyAndTouchesNothingWhileARunHoldsADirectory) {
  directory_.Add({.days_ago = 40}, "2026/05/");
  directory_.Add({.days_ago = 39}, "2026/05/");
  directory_.Add({.days_ago = 38}, "2026/06/");
  directory_.Add({.days_ago = 1}, "2026/06/");
  const auto files = directory_.Files();
  for (const char* below : {"", "/2026/06"}) {
    const auto lock = DirectoryLock::Acquire(directory_.path() + below, "backup combined");
    ASSERT_TRUE(lock.ok());
    const auto report = RunCleanup({directory_.path(), {.days = 30}}, PosixFileSystem(), TestNow());
    EXPECT_EQ(base::ExitCodeOf(report.status()), base::kExitLocked);
    EXPECT_THAT(std::string(report.status().message()), HasSubstr("backup combined"));
    EXPECT_EQ(directory_.Files(), files);
  }
  EXPECT_THAT(Clean({.days = 30}).plan.removals, SizeIs(3));
}

TEST_F(Retention, ADryRunLeavesNotEvenALockFile) {
  directory_.Add({.days_ago = 40});
  directory_.Add({.days_ago = 1});
  const auto files = directory_.Files();
  EXPECT_THAT(Clean({.days = 30}, /*dry_run=*/true).plan.removals, SizeIs(1));
  EXPECT_EQ(directory_.Files(), files);
  EXPECT_FALSE(fs::exists(directory_.path() + "/" + kLockFileName));
}

TEST_F(Retention, NothingIsCleanedAfterAFailedRun) {
  directory_.Add({.days_ago = 40});
  directory_.Add({.days_ago = 1});
  const CleanupRequest request{directory_.path(), {.days = 30}};
  for (const int code : {1, 3, 4, 124, 130}) {
    const absl::Status failed = base::WithExitCode(absl::InternalError("failed"), code);
    const auto report = CleanupAfterBackup(failed, request);
    ASSERT_TRUE(report.ok());
    EXPECT_THAT(report->plan.removals, IsEmpty()) << code;
    EXPECT_THAT(directory_.Files(), SizeIs(10));
  }
  EXPECT_THAT(
      CleanupAfterBackup(absl::OkStatus(), {directory_.path(), {.keep_last = 1}})->plan.removals,
      SizeIs(1));
}

}  // namespace
}  // namespace sfdb::engine
