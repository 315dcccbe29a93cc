#include "tests/e2e/dump_pair.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "engine/base/status_macros.h"
#include "tests/support/dump_diff.h"

namespace sfdb::e2e {
namespace {

namespace fs = std::filesystem;
using test_support::MariadbServer;
using test_support::ProcessOptions;

// No dump of the corpora takes longer than some seconds; under ASan on a busy machine ten times
// that.
constexpr absl::Duration kDumpBound = absl::Seconds(180);

void ExitUnlessOk(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "cannot prepare the test: %s\n", status.ToString().c_str());
  std::exit(1);
}

// What our program is told beyond mariadb-dump's arguments. Defaults options have to stay first.
void AddThreads(std::vector<std::string>* argv) {
  const char* threads = std::getenv("SFDB_DUMP_THREADS");
  auto place = argv->begin() + 1;
  while (place != argv->end() &&
         (absl::StartsWith(*place, "--defaults-") || *place == "--no-defaults")) {
    ++place;
  }
  if (place != argv->end() && *place == "--print-defaults") return;
  argv->insert(place, absl::StrCat("--threads=", threads != nullptr ? threads : "1"));
}

absl::Status Link(const std::string& target, const fs::path& dir) {
  std::error_code error;
  fs::create_directories(dir, error);
  fs::create_symlink(target, dir / "mariadb-dump", error);
  if (error) {
    return absl::InternalError(
        absl::StrCat("link ", target, " into ", dir.string(), ": ", error.message()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DumpPair> DumpPair::Create(const fs::path& dir) {
  ASSIGN_OR_RETURN(const std::string reference, test_support::FindProgram("mariadb-dump"));
  const char* override_program = std::getenv("SFDB_DUMP_PROGRAM");
  const std::string program = override_program != nullptr ? override_program : SFDB_DUMP_PROGRAM;
  ASSIGN_OR_RETURN(const std::string tested, test_support::FindProgram(program));
  if (!fs::exists(tested)) {
    return absl::NotFoundError(absl::StrCat(tested, " does not exist; build target sfdbtools"));
  }
  DumpPair pair(dir);
  RETURN_IF_ERROR(Link(reference, dir / "expected"));
  RETURN_IF_ERROR(Link(tested, dir / "actual"));
  return pair;
}

std::string DumpPair::Program(Side side) const {
  return (dir_ / (side == Side::kExpected ? "expected" : "actual") / "mariadb-dump").string();
}

ProcessOptions DumpPair::Options(Side side, const std::vector<std::string>& args) const {
  ProcessOptions options;
  options.argv = {Program(side)};
  options.argv.insert(options.argv.end(), args.begin(), args.end());
  if (side == Side::kActual) AddThreads(&options.argv);
  options.env = {{"TZ", "UTC"}, {"HOME", dir_.string()}, {"LC_ALL", "C.UTF-8"}};
  options.unset_env = {"MYSQL_PWD",
                       "MYSQL_HOST",
                       "MYSQL_TCP_PORT",
                       "MYSQL_UNIX_PORT",
                       "MYSQL_TEST_LOGIN_FILE",
                       "MYSQL_GROUP_SUFFIX",
                       "MARIADB_GROUP_SUFFIX"};
  options.timeout = kDumpBound;
  return options;
}

DumpRun DumpPair::Run(Side side, const std::vector<std::string>& args) const {
  auto result = test_support::RunProcess(Options(side, args));
  if (!result.ok()) {
    ADD_FAILURE() << result.status();
    return {};
  }
  EXPECT_FALSE(result->timed_out) << Program(side) << " hangs";
  return *std::move(result);
}

std::string DumpPair::MaskStderr(const std::string& text) const {
  return absl::StrReplaceAll(
      text, {{(dir_ / "expected").string(), "(dir)"}, {(dir_ / "actual").string(), "(dir)"}});
}

void DumpPair::ExpectSame(const DumpRun& expected, const DumpRun& actual) const {
  EXPECT_EQ(expected.exit_code, actual.exit_code)
      << "stderr of mariadb-dump: " << expected.stderr_text
      << "\nstderr of ours: " << actual.stderr_text;
  if (const auto difference =
          test_support::DescribeDumpDifference(expected.stdout_text, actual.stdout_text)) {
    ADD_FAILURE() << "stdout: " << *difference << "stderr of ours: " << actual.stderr_text;
  }
  if (const auto difference = test_support::DescribeTextDifference(
          MaskStderr(expected.stderr_text), MaskStderr(actual.stderr_text))) {
    ADD_FAILURE() << "stderr: " << *difference;
  }
}

DumpRun DumpPair::RunBoth(const std::vector<std::string>& args) const {
  SCOPED_TRACE(absl::StrCat("mariadb-dump ", absl::StrJoin(args, " ")));
  DumpRun expected = Run(Side::kExpected, args);
  const DumpRun actual = Run(Side::kActual, args);
  ExpectSame(expected, actual);
  return expected;
}

std::vector<std::string> WithServer(const MariadbServer& server,
                                    const std::vector<std::string>& args) {
  std::vector<std::string> all = server.ConnectionArgs();
  all.insert(all.end(), args.begin(), args.end());
  return all;
}

std::unique_ptr<MariadbServer> StartWithSchemas(const std::vector<std::string>& schemas,
                                                std::vector<std::string> server_args) {
  auto server = MariadbServer::Start({.args = std::move(server_args)});
  absl::Status status = server.status();
  for (size_t i = 0; status.ok() && i < schemas.size(); ++i) {
    status = (*server)->LoadFile(test_support::SchemaPath(schemas[i]));
  }
  ExitUnlessOk(status);
  return *std::move(server);
}

void ExecOrExit(const MariadbServer& server, const std::string& sql) {
  ExitUnlessOk(server.Exec(sql));
}

DumpPair MakePair(const MariadbServer& server) {
  auto pair = DumpPair::Create(server.dir());
  ExitUnlessOk(pair.status());
  return *std::move(pair);
}

}  // namespace sfdb::e2e
