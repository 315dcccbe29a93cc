// Reading over several connections cannot be seen in the bytes: not by their number, not when some
// of them die or their queries are killed, not when somebody alters a table that is being read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/e2e/dump_pair.h"
#include "tests/e2e/stalled_dump.h"
#include "tests/support/dump_diff.h"

namespace sfdb::e2e {
namespace {

using test_support::MariadbServer;
using testing::HasSubstr;
using testing::Not;

// One server for the program; its destructor ends it.
const MariadbServer* Server() {
  static const std::unique_ptr<MariadbServer> server =
      StartWithSchemas({"keys", "keys_large"}, {"--log-bin", "--server-id=1"});
  return server.get();
}

const DumpPair& Pair() {
  static const DumpPair pair = MakePair(*Server());
  return pair;
}

std::string ThreadsName(const testing::TestParamInfo<int>& info) {
  return absl::StrCat("Threads", info.param);
}

class DumpThreads : public testing::TestWithParam<int> {
 protected:
  // Ours with the parameter's threads and a small memory limit, so that tables are cut in pieces.
  void ExpectSameAsMariadbDump(std::vector<std::string> args) {
    const DumpPair& pair = Pair();
    const DumpRun expected = pair.Run(Side::kExpected, WithServer(*Server(), args));
    args.push_back(absl::StrCat("--threads=", GetParam()));
    args.push_back("--memory-limit=64M");
    const DumpRun actual = pair.Run(Side::kActual, WithServer(*Server(), args));
    pair.ExpectSame(expected, actual);
    EXPECT_EQ(expected.exit_code, 0) << expected.stderr_text;
  }
};

TEST_P(DumpThreads, InOneTransactionGiveMariadbDumpsBytes) {
  ExpectSameAsMariadbDump(
      {"--single-transaction", "--databases", "key_shapes", "key_shapes_large"});
}

TEST_P(DumpThreads, OrderedByPrimaryGiveMariadbDumpsBytes) {
  ExpectSameAsMariadbDump({"--single-transaction", "--order-by-primary", "--hex-blob",
                           "--databases", "key_shapes", "key_shapes_large"});
}

TEST_P(DumpThreads, UnderTableLocksGiveMariadbDumpsBytes) {
  ExpectSameAsMariadbDump({"--databases", "key_shapes", "key_shapes_large"});
}

TEST_P(DumpThreads, WithAnOrInWhereReadNoRowTwice) {
  ExpectSameAsMariadbDump({"--single-transaction", "--where=1=0 OR 1=1", "key_shapes_large"});
}

TEST_P(DumpThreads, WithoutLocksGiveMariadbDumpsBytes) {
  ExpectSameAsMariadbDump({"--skip-lock-tables", "key_shapes_large"});
}

TEST_P(DumpThreads, WithMasterDataPrintTheSnapshotsPosition) {
  ExpectSameAsMariadbDump({"--single-transaction", "--master-data", "--no-data", "key_shapes"});
}

INSTANTIATE_TEST_SUITE_P(, DumpThreads, testing::Values(1, 2, 3, 8, 16), ThreadsName);

// A parallel dump whose reader stands still until it is told to go on.
class DumpUnderAttack : public testing::Test {
 protected:
  void SetUp() override {
    Expect({"--single-transaction", "--order-by-primary", "--skip-dump-date", "key_shapes_large"});
  }

  // What is to be dumped from now on.
  void Expect(std::vector<std::string> args) {
    args_ = std::move(args);
    expected_ = Pair().Run(Side::kExpected, WithServer(*Server(), args_));
    ASSERT_EQ(expected_.exit_code, 0);
  }

  void Start(std::vector<std::string> args) {
    dump_.reset();
    args.insert(args.begin(), args_.begin(), args_.end());
    dump_.emplace(Pair(), Server(), args);
  }

  static std::vector<std::string> AllOfUs() {
    const auto ids = Server()->Query(
        "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user = "
        "'root'");
    return absl::StrSplit(ids.ok() ? *ids : "", '\n', absl::SkipEmpty());
  }

  void ExpectWhole(const DumpRun& run) {
    EXPECT_EQ(run.exit_code, 0) << run.stderr_text;
    if (const auto difference =
            test_support::DescribeDumpDifference(expected_.stdout_text, dump_->text())) {
      ADD_FAILURE() << *difference;
    }
  }

  std::vector<std::string> args_;
  DumpRun expected_;
  std::optional<StalledDump> dump_;
};

TEST_F(DumpUnderAttack, SurvivesTheLossOfAllButOneConnection) {
  std::mt19937 random(7);
  Start({"--threads=4", "--memory-limit=32M"});
  for (int kill = 0; kill < 3; ++kill) {
    dump_->Read((1 << 20) + random() % (6 << 20));
    std::vector<StalledDump::Reader> readers;
    for (int tries = 0; readers.empty() && tries < 100; ++tries) {
      dump_->Read(64 << 10);
      readers = dump_->Readers();
    }
    ASSERT_FALSE(readers.empty());
    ASSERT_TRUE(Server()->Exec("KILL " + readers[random() % readers.size()].id).ok());
  }
  const DumpRun run = dump_->Finish();
  ExpectWhole(run);
  EXPECT_THAT(run.stderr_text, HasSubstr("warning: connection "));
}

TEST_F(DumpUnderAttack, SurvivesKilledQueries) {
  std::mt19937 random(8);
  Start({"--threads=3", "--memory-limit=32M"});
  int killed = 0;
  for (int kill = 0; kill < 6; ++kill) {
    dump_->Read((1 << 20) + random() % (3 << 20));
    for (const StalledDump::Reader& reader : dump_->Readers()) {
      killed += Server()->Exec("KILL QUERY " + reader.id).ok();
    }
  }
  const DumpRun run = dump_->Finish();
  EXPECT_GT(killed, 0);
  ExpectWhole(run);
}

TEST_F(DumpUnderAttack, FailsWhenAllConnectionsAreLost) {
  Start({"--threads=4", "--memory-limit=32M"});
  dump_->Read(3 << 20);
  for (const std::string& id : AllOfUs()) (void)Server()->Exec("KILL " + id);
  const DumpRun run = dump_->Finish();
  EXPECT_NE(run.exit_code, 0);
  EXPECT_THAT(dump_->text(), Not(HasSubstr("-- Dump completed")));
}

// A table that cannot be cut is read at the head of the output, another one ahead of it, by a
// reader that has taken all the memory there is and stands in the middle of a row larger than a
// block. When the first is lost, the second has to give up what it reads, or both wait for ever.
TEST_F(DumpUnderAttack, AReaderWithoutMemoryGivesWayToWhatALostConnectionReadAtTheHead) {
  ASSERT_TRUE(Server()
                  ->Exec("CREATE DATABASE whole; USE whole;"
                         "CREATE TABLE a (v VARCHAR(1000)); CREATE TABLE b (v LONGBLOB);"
                         "INSERT INTO a SELECT REPEAT(MD5(seq), 30) FROM seq_1_to_20000;"
                         "INSERT INTO b SELECT REPEAT(SHA2(seq, 512), 3000) FROM seq_1_to_50;"
                         "ANALYZE TABLE a, b")
                  .ok());
  Expect({"--single-transaction", "--skip-dump-date", "whole"});
  for (const std::string lost : {"`a`", "`b`"}) {
    SCOPED_TRACE(lost);
    Start({"--threads=2", "--memory-limit=16M"});
    dump_->Read(2 << 20);
    ASSERT_EQ(dump_->StandingReaders().size(), 2u);
    const auto readers = dump_->Readers("FROM " + lost);
    ASSERT_EQ(readers.size(), 1u);
    ASSERT_TRUE(Server()->Exec("KILL " + readers.front().id).ok());
    const DumpRun run = dump_->Finish();
    ExpectWhole(run);
    EXPECT_THAT(run.stderr_text, HasSubstr("through another connection"));
  }
}

}  // namespace
}  // namespace sfdb::e2e
