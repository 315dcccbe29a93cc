#include "tests/e2e/backup_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/support/dump_diff.h"

namespace sfdb::e2e {

namespace fs = std::filesystem;
using test_support::MariadbServer;
using test_support::ProcessOptions;
using test_support::ProcessResult;

std::string SfdbProgram() {
  const char* const program = std::getenv("SFDB_PROGRAM");
  return program != nullptr ? program : SFDB_PROGRAM;
}

ProcessOptions VerbOptions(std::vector<std::string> args) {
  ProcessOptions options;
  options.argv = {SfdbProgram()};
  options.argv.insert(options.argv.end(), args.begin(), args.end());
  // Failures are meant in these tests; they are not for the machine's own log.
  options.env = {{"HOME", "/nonexistent"},
                 {"TZ", "UTC"},
                 {"SFDB_LOG_DIR", (fs::temp_directory_path() / "sfdb-test-logs").string()}};
  options.unset_env = {"MYSQL_PWD", "MYSQL_HOST", "SFDB_BACKUP_ENCRYPTION_KEY"};
  options.timeout = absl::Seconds(300);
  return options;
}

ProcessResult RunVerb(std::vector<std::string> args) {
  auto result = test_support::RunProcess(VerbOptions(std::move(args)));
  EXPECT_TRUE(result.ok()) << result.status();
  if (!result.ok()) return {};
  EXPECT_FALSE(result->timed_out);
  return *std::move(result);
}

std::vector<std::string> BackupArgs(const MariadbServer& server, const std::string& mode,
                                    const fs::path& dir, std::vector<std::string> more) {
  std::vector<std::string> args = {"backup", mode};
  for (const std::string& arg : server.ConnectionArgs()) args.push_back(arg);
  args.insert(args.end(), {"--output-dir", dir.string(), "--non-interactive"});
  args.insert(args.end(), more.begin(), more.end());
  return args;
}

std::string StockDump(const MariadbServer& server, std::vector<std::string> args) {
  ProcessOptions options;
  options.argv = {"mariadb-dump"};
  for (const std::string& arg : server.ConnectionArgs()) options.argv.push_back(arg);
  options.argv.insert(options.argv.end(), {"--single-transaction", "--order-by-primary",
                                           "--hex-blob", "--routines", "--events", "--triggers"});
  options.argv.insert(options.argv.end(), args.begin(), args.end());
  options.env = {{"TZ", "UTC"}};
  auto result = test_support::RunProcess(std::move(options));
  EXPECT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->exit_code, 0) << result->stderr_text;
  return std::move(result->stdout_text);
}

std::string ExpectedDump(const MariadbServer& server, const std::vector<std::string>& databases) {
  // Behind "--" no name is taken for an option.
  std::vector<std::string> args = {"--databases", "--"};
  args.insert(args.end(), databases.begin(), databases.end());
  return StockDump(server, std::move(args));
}

void ExpectSameDump(std::string_view expected, std::string_view actual) {
  const auto difference = test_support::DescribeDumpDifference(expected, actual);
  EXPECT_FALSE(difference.has_value()) << *difference;
}

std::vector<std::string> NamesIn(const fs::path& dir) {
  std::vector<std::string> names;
  if (!fs::exists(dir)) return names;
  for (const auto& entry : fs::directory_iterator(dir)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

fs::path OnlyFile(const fs::path& dir, const std::string& suffix) {
  std::vector<std::string> found = NamesIn(dir);
  std::erase_if(found, [&](const std::string& name) { return !name.ends_with(suffix); });
  EXPECT_EQ(found.size(), 1u) << suffix << " in " << dir << ": "
                              << testing::PrintToString(NamesIn(dir));
  return found.empty() ? fs::path() : dir / found.front();
}

bool WaitForFile(const fs::path& dir, const std::string& suffix) {
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (absl::Now() < deadline) {
    for (const std::string& name : NamesIn(dir)) {
      if (name.ends_with(suffix)) return true;
    }
    absl::SleepFor(absl::Milliseconds(5));
  }
  return false;
}

}  // namespace sfdb::e2e
