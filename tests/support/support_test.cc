// The tools that judge everything else are judged here: a comparison that cannot see a difference,
// or a child that survives its time limit, would make all other tests worthless.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/dump_diff.h"
#include "tests/support/mariadb_server.h"
#include "tests/support/run_process.h"

namespace sfdb::test_support {
namespace {

std::string Dump(const std::string& version, const std::string& server, const std::string& body,
                 const std::string& date) {
  return absl::StrCat("/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump ", version,
                      "\n--\n-- Host: localhost    Database: d\n-- ----\n-- Server version\t",
                      server, "\n\n", body, "-- Dump completed on ", date, "\n");
}

TEST(DumpDiff, VersionServerAndDateDoNotCount) {
  EXPECT_EQ(DescribeDumpDifference(Dump("10.19 A", "10.11.1", "x\n", "2026-01-01  1:00:00"),
                                   Dump("1.0 B", "10.11.2-log", "x\n", "2027-02-02 12:00:00")),
            std::nullopt);
}

TEST(DumpDiff, MaskedTextInsideTheBodyCounts) {
  const auto difference =
      DescribeDumpDifference(Dump("1", "1", "-- Dump completed on 2026\n", "2026-01-01  1:00:00"),
                             Dump("1", "1", "-- Dump completed on 2027\n", "2026-01-01  1:00:00"));
  ASSERT_TRUE(difference.has_value());
  EXPECT_NE(difference->find("line 8"), std::string::npos) << *difference;
}

TEST(DumpDiff, MissingFooterIsADifference) {
  const std::string whole = Dump("1", "1", "x\n", "2026-01-01  1:00:00");
  EXPECT_TRUE(DescribeDumpDifference(whole, whole.substr(0, whole.rfind("-- Dump"))).has_value());
  EXPECT_TRUE(DescribeDumpDifference(whole, whole.substr(0, whole.size() - 1)).has_value());
  EXPECT_TRUE(DescribeDumpDifference(whole, "").has_value());
}

TEST(DumpDiff, FirstDifferingLineOfBothIsShown) {
  const auto difference = DescribeTextDifference("same\nleft\x01\nend\n", "same\nleft\x02\nend\n");
  ASSERT_TRUE(difference.has_value());
  EXPECT_NE(difference->find("line 2, column 5"), std::string::npos) << *difference;
  EXPECT_NE(difference->find("expected: left\\x01"), std::string::npos) << *difference;
  EXPECT_NE(difference->find("actual:   left\\x02"), std::string::npos) << *difference;
}

TEST(RunProcess, CapturesOutputExitCodeAndInput) {
  const auto result = RunProcess({.argv = {"sh", "-c", "cat; echo problem >&2; exit 7"},
                                  .stdin_text = std::string("a\0b", 3)});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->exit_code, 7);
  EXPECT_EQ(result->stdout_text, std::string("a\0b", 3));
  EXPECT_EQ(result->stderr_text, "problem\n");
}

TEST(RunProcess, TimeLimitKillsTheChild) {
  const absl::Time start = absl::Now();
  const auto result = RunProcess({.argv = {"sleep", "60"}, .timeout = absl::Milliseconds(200)});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->timed_out);
  EXPECT_EQ(result->exit_code, 128 + SIGKILL);
  EXPECT_LT(absl::Now() - start, absl::Seconds(30));
}

TEST(RunProcess, EnvironmentIsAddedAndRemoved) {
  setenv("SFDB_TEST_GONE", "1", 1);
  const auto result = RunProcess({.argv = {"sh", "-c", "echo $SFDB_TEST_NEW-$SFDB_TEST_GONE"},
                                  .env = {{"SFDB_TEST_NEW", "here"}},
                                  .unset_env = {"SFDB_TEST_GONE"}});
  unsetenv("SFDB_TEST_GONE");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->stdout_text, "here-\n");
}

TEST(MariadbServer, ServesAndLeavesNothingBehind) {
  pid_t pid = -1;
  std::filesystem::path dir;
  {
    auto server = MariadbServer::Start({.args = {"--server-id=77", "--log-bin"}});
    ASSERT_TRUE(server.ok()) << server.status();
    pid = (*server)->pid();
    dir = (*server)->dir();
    ASSERT_TRUE((*server)->Exec("CREATE DATABASE d; CREATE TABLE d.t (a TEXT)").ok());
    ASSERT_TRUE((*server)->Exec("INSERT INTO t VALUES ('ä')", "d").ok());
    EXPECT_EQ(
        (*server)
            ->Query("SELECT HEX(CONVERT(a USING utf8mb4)), @@server_id, @@log_bin FROM t", "d")
            .value(),
        "C3A4\t77\t1\n");
    EXPECT_FALSE((*server)->Exec("SELECT * FROM d.missing").ok());
  }
  EXPECT_NE(kill(pid, 0), 0);
  EXPECT_FALSE(std::filesystem::exists(dir));
}

// A test program killed with -9 must not leave a server running.
TEST(MariadbServer, DiesWithItsParent) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t parent = fork();
  ASSERT_GE(parent, 0);
  if (parent == 0) {
    auto server = MariadbServer::Start();
    pid_t pid = server.ok() ? (*server)->pid() : -1;
    if (write(pipe_ends[1], &pid, sizeof(pid)) != sizeof(pid)) _exit(1);
    for (;;) pause();
  }
  pid_t server_pid = -1;
  ASSERT_EQ(read(pipe_ends[0], &server_pid, sizeof(server_pid)),
            static_cast<ssize_t>(sizeof(server_pid)));
  ASSERT_GT(server_pid, 0);
  const std::filesystem::path cwd =
      std::filesystem::read_symlink(absl::StrCat("/proc/", server_pid, "/cwd")).parent_path();
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  bool gone = false;
  for (int i = 0; i < 500 && !gone; ++i) {
    absl::SleepFor(absl::Milliseconds(10));
    gone = kill(server_pid, 0) != 0 ||
           !std::filesystem::exists(absl::StrCat("/proc/", server_pid, "/exe"));
  }
  EXPECT_TRUE(gone);
  if (cwd.filename().string().starts_with("sfdb-server-")) std::filesystem::remove_all(cwd);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

}  // namespace
}  // namespace sfdb::test_support
