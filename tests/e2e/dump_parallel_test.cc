// Reading over several connections cannot be seen in the bytes: not by their number, not when some
// of them die or their queries are killed, not when somebody alters a table that is being read.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/e2e/dump_pair.h"
#include "tests/support/dump_diff.h"

namespace sfdb::e2e {
namespace {

using test_support::MariadbServer;
using test_support::Subprocess;
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

INSTANTIATE_TEST_SUITE_P(, DumpThreads, testing::Values(1, 2, 3, 8, 16), ThreadsName);

// A parallel dump whose reader stands still until it is told to go on.
class DumpUnderAttack : public testing::Test {
 protected:
  void SetUp() override {
    expected_ = Pair().Run(Side::kExpected, WithServer(*Server(), Args()));
    ASSERT_EQ(expected_.exit_code, 0);
  }

  static std::vector<std::string> Args() {
    return {"--single-transaction", "--order-by-primary", "--skip-dump-date", "key_shapes_large"};
  }

  // Starts ours with its output in a pipe that holds little, so that readers stand in the middle.
  void Start(const std::vector<std::string>& more) {
    ASSERT_EQ(pipe2(pipe_, O_CLOEXEC), 0);
    std::vector<std::string> args = WithServer(*Server(), Args());
    args.insert(args.end(), more.begin(), more.end());
    auto options = Pair().Options(Side::kActual, args);
    options.stdout_fd = pipe_[1];
    auto child = Subprocess::Start(options);
    ASSERT_TRUE(child.ok()) << child.status();
    child_.emplace(*std::move(child));
    close(pipe_[1]);
  }

  // Reads `bytes` of the dump, or all that is left.
  void Read(size_t bytes) {
    char buffer[1 << 16];
    while (bytes > 0) {
      const ssize_t got = read(pipe_[0], buffer, std::min(bytes, sizeof buffer));
      if (got <= 0) return;
      text_.append(buffer, static_cast<size_t>(got));
      bytes -= static_cast<size_t>(got);
    }
  }

  DumpRun Finish() {
    Read(SIZE_MAX);
    close(pipe_[0]);
    auto run = child_->Wait();
    EXPECT_TRUE(run.ok()) << run.status();
    return run.ok() ? *std::move(run) : DumpRun{};
  }

  // Connections that read rows now.
  static std::vector<std::string> Readers() {
    const auto ids = Server()->Query(
        "SELECT id FROM information_schema.processlist WHERE info LIKE 'SELECT /*!40001%'");
    EXPECT_TRUE(ids.ok()) << ids.status();
    return absl::StrSplit(ids.ok() ? *ids : "", '\n', absl::SkipEmpty());
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
            test_support::DescribeDumpDifference(expected_.stdout_text, text_)) {
      ADD_FAILURE() << *difference;
    }
  }

  DumpRun expected_;
  std::optional<Subprocess> child_;
  std::string text_;
  int pipe_[2] = {-1, -1};
};

TEST_F(DumpUnderAttack, SurvivesTheLossOfAllButOneConnection) {
  std::mt19937 random(7);
  Start({"--threads=4", "--memory-limit=32M"});
  for (int kill = 0; kill < 3; ++kill) {
    Read((1 << 20) + random() % (6 << 20));
    std::vector<std::string> readers;
    for (int tries = 0; readers.empty() && tries < 100; ++tries) {
      Read(64 << 10);
      readers = Readers();
    }
    ASSERT_FALSE(readers.empty());
    ASSERT_TRUE(Server()->Exec("KILL " + readers[random() % readers.size()]).ok());
  }
  const DumpRun run = Finish();
  ExpectWhole(run);
  EXPECT_THAT(run.stderr_text, HasSubstr("warning: connection "));
}

TEST_F(DumpUnderAttack, SurvivesKilledQueries) {
  std::mt19937 random(8);
  Start({"--threads=3", "--memory-limit=32M"});
  int killed = 0;
  for (int kill = 0; kill < 6; ++kill) {
    Read((1 << 20) + random() % (3 << 20));
    for (const std::string& id : Readers()) {
      killed += Server()->Exec("KILL QUERY " + id).ok();
    }
  }
  const DumpRun run = Finish();
  EXPECT_GT(killed, 0);
  ExpectWhole(run);
}

TEST_F(DumpUnderAttack, FailsWhenAllConnectionsAreLost) {
  Start({"--threads=4", "--memory-limit=32M"});
  Read(3 << 20);
  for (const std::string& id : AllOfUs()) (void)Server()->Exec("KILL " + id);
  const DumpRun run = Finish();
  EXPECT_NE(run.exit_code, 0);
  EXPECT_THAT(text_, Not(HasSubstr("-- Dump completed")));
}

TEST_F(DumpUnderAttack, LetsAlterOfATableItReadsWaitAndFinish) {
  for (const char* ddl : {"ALTER TABLE l_constant_head ADD COLUMN added INT DEFAULT 5",
                          "OPTIMIZE TABLE l_int", "RENAME TABLE l_skew TO l_skew2"}) {
    SCOPED_TRACE(ddl);
    text_.clear();
    Start({"--threads=3", "--memory-limit=32M"});
    Read(14 << 20);
    std::thread alter([&] { (void)Server()->Exec(ddl, "key_shapes_large"); });
    absl::SleepFor(absl::Milliseconds(300));
    const DumpRun run = Finish();
    alter.join();
    // A statement that came before the table's first read is refused by the snapshot, by name.
    if (run.exit_code == 0) {
      ExpectWhole(run);
    } else {
      EXPECT_THAT(run.stderr_text, testing::AnyOf(HasSubstr("1412"), HasSubstr("(1146)")));
    }
    ASSERT_TRUE(Server()
                    ->Exec("ALTER TABLE l_constant_head DROP COLUMN IF EXISTS added; RENAME TABLE "
                           "IF EXISTS l_skew2 TO l_skew",
                           "key_shapes_large")
                    .ok());
    expected_ = Pair().Run(Side::kExpected, WithServer(*Server(), Args()));
  }
}

}  // namespace
}  // namespace sfdb::e2e
