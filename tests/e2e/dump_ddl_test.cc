// Somebody changes tables while we read them: the statement waits for us and goes through
// afterwards, nobody waits for ever, and the dump is what it would have been. Or it came first, and
// the dump says so by the table's name. With and without a binary log, which decides whether we can
// give up locks before the end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <list>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/e2e/dump_pair.h"
#include "tests/e2e/stalled_dump.h"
#include "tests/support/dump_diff.h"

namespace sfdb::e2e {
namespace {

using test_support::MariadbServer;
using testing::HasSubstr;

struct Change {
  std::string table;
  std::string sql;
};

// In the order of their tables.
const std::vector<Change>& Changes() {
  static const std::vector<Change> changes = {
      {"a_alter", "ALTER TABLE a_alter ADD COLUMN added INT DEFAULT 5"},
      {"d_drop", "DROP TABLE d_drop"},
      {"o_optimize", "OPTIMIZE TABLE o_optimize"},
      {"r_rename", "RENAME TABLE r_rename TO z_renamed"},
      {"t_truncate", "TRUNCATE TABLE t_truncate"},
  };
  return changes;
}

class DumpDuringDdl : public testing::TestWithParam<bool> {
 protected:
  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override {
    if (server_ == nullptr || with_log_ != GetParam()) {
      server_.reset();
      with_log_ = GetParam();
      std::vector<std::string> args = {"--server-id=1"};
      if (with_log_) args.push_back("--log-bin");
      server_ = StartWithSchemas({}, args);
      pair_.emplace(MakePair(*server_));
      ExecOrExit(*server_, "CREATE DATABASE d");
    }
    FillDatabase();
  }

  // 14 MB of SQL a table: more than the readers' memory (12 MB), so that they are still in the
  // middle of a table when its first bytes come out.
  static void FillDatabase() {
    std::string sql = "DROP DATABASE d; CREATE DATABASE d; USE d;";
    for (const Change& change : Changes()) {
      absl::StrAppend(&sql, "CREATE TABLE ", change.table,
                      " (id INT PRIMARY KEY, v VARCHAR(8000)); INSERT INTO ", change.table,
                      " SELECT seq, REPEAT(MD5(seq), 220) FROM seq_1_to_2000; ANALYZE TABLE ",
                      change.table, ";");
    }
    ExecOrExit(*server_, sql + "CREATE TABLE y_small (a INT PRIMARY KEY) SELECT 1 AS a");
  }

  // Dumps while each table is changed as soon as rows of it are read.
  void ExpectAllWait(const std::vector<std::string>& more) {
    SCOPED_TRACE(absl::StrCat(more.front(), ", ", more.back()));
    const DumpRun expected =
        pair_->Run(Side::kExpected, WithServer(*server_, {more.front(), "--skip-dump-date", "d"}));
    std::vector<std::string> args = {"--memory-limit=16M", "--skip-dump-date", "d"};
    args.insert(args.begin(), more.begin(), more.end());
    StalledDump dump(*pair_, server_.get(), args);
    std::list<std::thread> users;
    for (const Change& change : Changes()) {
      while (dump.Readers(change.table).empty() &&
             dump.text().size() < expected.stdout_text.size() && !testing::Test::HasFailure()) {
        dump.Read(256 << 10);
      }
      users.emplace_back([&change] {
        const absl::Status done = server_->Exec("SET lock_wait_timeout=60; " + change.sql, "d");
        EXPECT_TRUE(done.ok()) << done;
      });
      WaitUntilItWaits(change.sql);
    }
    const DumpRun run = dump.Finish();
    for (std::thread& user : users) user.join();
    EXPECT_EQ(run.exit_code, 0) << run.stderr_text;
    if (const auto difference =
            test_support::DescribeDumpDifference(expected.stdout_text, dump.text())) {
      ADD_FAILURE() << *difference;
    }
    EXPECT_EQ(server_
                  ->Query("SELECT COUNT(*) FROM z_renamed UNION ALL SELECT COUNT(*) FROM "
                          "t_truncate UNION ALL SELECT SUM(added) FROM a_alter",
                          "d")
                  .value_or(""),
              "2000\n0\n10000\n");
  }

  // A statement of DDL has come to where it waits for our locks.
  static void WaitUntilItWaits(const std::string& sql) {
    for (int tries = 0; tries < 50; ++tries) {
      const auto waiting = server_->Query(
          "SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for%' AND "
          "info = '" +
          sql + "'");
      if (waiting.ok() && *waiting != "0\n") return;
      absl::SleepFor(absl::Milliseconds(20));
    }
    ADD_FAILURE() << sql << " does not wait for the dump:\n"
                  << server_->Query("SHOW PROCESSLIST").value_or("");
  }

  static std::unique_ptr<MariadbServer> server_;
  static std::optional<DumpPair> pair_;
  static bool with_log_;
};

std::unique_ptr<MariadbServer> DumpDuringDdl::server_;
std::optional<DumpPair> DumpDuringDdl::pair_;
bool DumpDuringDdl::with_log_ = false;

TEST_P(DumpDuringDdl, EveryStatementWaitsAndIsDoneAfterwards) {
  ExpectAllWait({"--single-transaction", "--threads=3"});
}

TEST_P(DumpDuringDdl, ManySessionsDoNotWaitForEachOther) {
  ExpectAllWait({"--single-transaction", "--threads=8"});
}

TEST_P(DumpDuringDdl, UnderTableLocksTheSame) {
  ExpectAllWait({"--lock-tables", GetParam() ? "--threads=8" : "--threads=3"});
}

TEST_P(DumpDuringDdl, BlockDdlMakesNoDifference) {
  // What it does has nothing to do with the binary log.
  if (!GetParam()) GTEST_SKIP();
  ExpectAllWait({"--single-transaction", "--block-ddl", "--threads=3"});
}

TEST_P(DumpDuringDdl, BeforeATablesFirstReadItFailsTheDumpByName) {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"ALTER TABLE y_small ADD COLUMN b INT, ALGORITHM=COPY", "1412"},
      {"TRUNCATE TABLE y_small", "1412"},
      {"RENAME TABLE y_small TO y_other", "1146"},
      {"DROP TABLE y_other", "1146"},
  };
  for (const auto& [sql, number] : changes) {
    SCOPED_TRACE(sql);
    StalledDump dump(*pair_, server_.get(),
                     {"--single-transaction", "--threads=3", "--memory-limit=16M", "d"});
    dump.Read(1 << 20);
    ASSERT_FALSE(dump.StandingReaders().empty());
    ASSERT_TRUE(server_->Exec("SET lock_wait_timeout=5; " + sql, "d").ok());
    const DumpRun run = dump.Finish();
    EXPECT_NE(run.exit_code, 0);
    EXPECT_THAT(run.stderr_text, HasSubstr(number));
    EXPECT_THAT(run.stderr_text, HasSubstr(absl::StrContains(sql, "DROP") ? "y_other" : "y_small"));
    EXPECT_FALSE(absl::StrContains(dump.text(), "-- Dump completed"));
  }
}

INSTANTIATE_TEST_SUITE_P(, DumpDuringDdl, testing::Bool(),
                         [](const testing::TestParamInfo<bool>& with_log) {
                           return std::string(with_log.param ? "WithBinaryLog"
                                                             : "WithoutBinaryLog");
                         });

}  // namespace
}  // namespace sfdb::e2e
