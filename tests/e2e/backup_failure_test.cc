// Law 3 end to end: whatever ends a backup early, no final name is left, and the next run cleans
// up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/e2e/backup_fixture.h"

namespace sfdb::e2e {
namespace {

namespace fs = std::filesystem;
using test_support::MariadbServer;
using test_support::ProcessResult;
using test_support::Subprocess;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

// Takes zstd -19 some ten seconds, so there is time to do things to it.
constexpr char kLarge[] =
    "CREATE DATABASE large; USE large;"
    "CREATE TABLE t (id INT PRIMARY KEY, a BIGINT, b VARCHAR(80));"
    "INSERT INTO t SELECT seq, seq * 2654435761, REPEAT(MD5(seq), 2) FROM seq_1_to_400000;"
    "ANALYZE TABLE t;";

class BackupFailure : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = StartWithSchemas({}).release();
    ExecOrExit(*server_, kLarge);
  }
  static void TearDownTestSuite() { delete server_; }

  BackupFailure() { dir_ = server_->dir() / absl::StrCat("out", ++counter_); }
  ~BackupFailure() override { fs::remove_all(dir_); }

  // A backup that takes its time, in the middle of writing its file.
  Subprocess StartSlow(std::vector<std::string> more = {}) {
    more.insert(more.end(),
                {"--compression-type", "zstd", "--compress-level", "19", "--threads", "1"});
    auto process = Subprocess::Start(VerbOptions(BackupArgs(*server_, "combined", dir_, more)));
    EXPECT_TRUE(process.ok()) << process.status();
    EXPECT_TRUE(WaitForFile(dir_, ".sfdb.tmp"));
    return *std::move(process);
  }

  static MariadbServer* server_;
  static int counter_;
  fs::path dir_;
};
MariadbServer* BackupFailure::server_ = nullptr;
int BackupFailure::counter_ = 0;

TEST_F(BackupFailure, SignalsEndItCleanlyWithTheirCode) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    Subprocess run = StartSlow();
    run.Signal(signal);
    const auto result = run.Wait();
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result->exit_code, 128 + signal) << result->stderr_text;
    EXPECT_THAT(result->stderr_text, HasSubstr("nothing was published"));
    EXPECT_THAT(NamesIn(dir_), ElementsAre(".sfdbtools.lock"));
  }
}

TEST_F(BackupFailure, ATimeoutIs124) {
  const ProcessResult run = RunVerb(BackupArgs(*server_, "combined", dir_,
                                               {"--compression-type", "zstd", "--compress-level",
                                                "19", "--threads", "1", "--timeout", "0.5"}));
  EXPECT_EQ(run.exit_code, 124) << run.stderr_text;
  for (const std::string& name : NamesIn(dir_)) EXPECT_EQ(name, ".sfdbtools.lock");
}

TEST_F(BackupFailure, KilledItLeavesNoFinalNameAndTheNextRunCleansUp) {
  Subprocess run = StartSlow();
  run.Signal(SIGKILL);
  ASSERT_TRUE(run.Wait().ok());
  const std::vector<std::string> left = NamesIn(dir_);
  EXPECT_EQ(left.size(), 2u);
  for (const std::string& name : left) {
    EXPECT_TRUE(name == ".sfdbtools.lock" || name.ends_with(".sfdb.tmp")) << name;
  }
  const ProcessResult next = RunVerb(
      BackupArgs(*server_, "combined", dir_, {"--compression-type", "zstd", "--include", "large"}));
  EXPECT_EQ(next.exit_code, 0) << next.stderr_text;
  EXPECT_THAT(next.stderr_text, HasSubstr("removed"));
  EXPECT_EQ(NamesIn(dir_).size(), 5u);
  EXPECT_EQ(RunVerb({"verify", OnlyFile(dir_, ".sql.zst").string()}).exit_code, 0);
}

TEST_F(BackupFailure, ASecondRunInTheSameDirectoryIsTurnedAway) {
  Subprocess first = StartSlow();
  const ProcessResult second = RunVerb(BackupArgs(*server_, "combined", dir_, {}));
  EXPECT_EQ(second.exit_code, 11) << second.stderr_text;
  EXPECT_THAT(second.stderr_text, HasSubstr(absl::StrCat("process ", first.pid())));
  EXPECT_TRUE(first.Running());
  first.Signal(SIGTERM);
  ASSERT_TRUE(first.Wait().ok());
}

TEST_F(BackupFailure, ALostServerLeavesNothing) {
  Subprocess run = StartSlow();
  const std::vector<std::string> ids = absl::StrSplit(
      server_
          ->Query("SELECT id FROM information_schema.processlist WHERE user = 'root' "
                  "AND id <> CONNECTION_ID()")
          .value(),
      '\n', absl::SkipEmpty());
  // A connection may be gone before it is killed.
  for (const std::string& id : ids) (void)server_->Exec("KILL " + id);
  const auto result = run.Wait();
  ASSERT_TRUE(result.ok());
  // Unless all rows had been read already.
  if (result->exit_code != 0) {
    EXPECT_EQ(result->exit_code, 1) << result->stderr_text;
    EXPECT_THAT(NamesIn(dir_), ElementsAre(".sfdbtools.lock"));
  }
}

// Law 5. Here and not elsewhere because a child's peak counts what its parent had when it forked.
// The sanitizer's own memory has no bound, so this is for the other builds.
#if !defined(__SANITIZE_ADDRESS__)
TEST_F(BackupFailure, MemoryStaysWithinItsLimit) {
  const std::string key = (server_->dir() / "key").string();
  ASSERT_EQ(RunVerb({"crypto", "keygen", "--out", key}).exit_code, 0);
  for (const std::vector<std::string>& codec :
       {std::vector<std::string>{"zstd", "3"}, {"gzip", "6"}, {"xz", "1"}, {"none", "0"}}) {
    const ProcessResult run =
        RunVerb(BackupArgs(*server_, "combined", dir_,
                           {"--memory-limit", "96M", "--threads", "3", "--compression-type",
                            codec[0], "--compress-level", codec[1], "--encryption-key-file", key}));
    EXPECT_EQ(run.exit_code, 0) << codec[0] << run.stderr_text;
    EXPECT_LE(run.max_rss_kib, 96 << 10) << codec[0];
    RecordProperty("peak_kib_" + codec[0], static_cast<int>(run.max_rss_kib));
  }
}
#endif

// A file system of its own, of that size, that only this child sees.
ProcessResult RunOnTinyDisk(const std::string& size, const fs::path& dir,
                            const std::vector<std::string>& args) {
  std::string command =
      absl::StrCat("mount -t tmpfs -o size=", size, " none ", dir.string(), " && ");
  absl::StrAppend(&command, "'", SfdbProgram(), "'");
  for (const std::string& arg : args) absl::StrAppend(&command, " '", arg, "'");
  absl::StrAppend(&command, "; code=$?; echo left:; ls -A ", dir.string(), "; exit $code");
  const auto run = test_support::RunProcess({.argv = {"unshare", "-rm", "sh", "-c", command}});
  EXPECT_TRUE(run.ok()) << run.status();
  return run.ok() ? *run : ProcessResult();
}

TEST_F(BackupFailure, AFullDiskIsExitOneAndSaysSo) {
  const auto probe = test_support::RunProcess({.argv = {"unshare", "-rm", "true"}});
  if (!probe.ok() || probe->exit_code != 0) GTEST_SKIP() << "no namespaces here";
  fs::create_directories(dir_);
  // 24 MiB may be enough for what the server says are 55 MB, and are not.
  const ProcessResult late = RunOnTinyDisk(
      "24m", dir_, BackupArgs(*server_, "combined", dir_, {"--compression-type", "none"}));
  EXPECT_EQ(late.exit_code, 1) << late.stderr_text;
  EXPECT_THAT(late.stderr_text, HasSubstr("no space"));
  EXPECT_THAT(late.stderr_text, Not(HasSubstr("nothing was read")));
  EXPECT_THAT(late.stdout_text, EndsWith("left:\n.sfdbtools.lock\n"));
  // 1 MiB cannot be, however well it compresses.
  const ProcessResult early = RunOnTinyDisk(
      "1m", dir_, BackupArgs(*server_, "combined", dir_, {"--compression-type", "zstd"}));
  EXPECT_EQ(early.exit_code, 1) << early.stderr_text;
  EXPECT_THAT(early.stderr_text, HasSubstr("no space"));
  EXPECT_THAT(early.stderr_text, HasSubstr("nothing was read"));
  EXPECT_THAT(early.stdout_text, EndsWith("left:\n.sfdbtools.lock\n"));
}

}  // namespace
}  // namespace sfdb::e2e
