// mariadb-dump and the program under test, run with the same arguments against the same server, and
// compared: stdout byte by byte (law 1's masks), exit code, and stderr text.
//
// Both are started under the name mariadb-dump, through links in a directory of their own, because
// messages begin with the program's name. The program under test is $SFDB_DUMP_PROGRAM when set,
// else the build's sfdbtools. It reads with $SFDB_DUMP_THREADS sessions, else with one: only then do
// failures have to look like mariadb-dump's in every word, as several sessions survive more of them.
//
// Runs are one after the other, never at once: both see the same server state as long as the test
// does not change it in between.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/support/mariadb_server.h"
#include "tests/support/run_process.h"

namespace sfdb::e2e {

enum class Side { kExpected, kActual };

// A finished run of one side. stdout_text holds the dump.
using DumpRun = test_support::ProcessResult;

class DumpPair {
 public:
  // Links are made below `dir`, which must exist.
  static absl::StatusOr<DumpPair> Create(const std::filesystem::path& dir);

  // The link to the program of this side.
  std::string Program(Side side) const;

  // argv[0] and `args`, with a clean environment: no MYSQL_* variables, TZ=UTC, an empty HOME.
  test_support::ProcessOptions Options(Side side, const std::vector<std::string>& args) const;

  // Runs one side to its end. Fails the current test if it cannot be started or hangs.
  DumpRun Run(Side side, const std::vector<std::string>& args) const;

  // Fails the current test when outcomes differ. Directory names of the links are masked in stderr.
  void ExpectSame(const DumpRun& expected, const DumpRun& actual) const;

  // Both sides, compared; returns mariadb-dump's run, so that a test can look at what it did.
  DumpRun RunBoth(const std::vector<std::string>& args) const;

 private:
  explicit DumpPair(std::filesystem::path dir) : dir_(std::move(dir)) {}
  std::string MaskStderr(const std::string& text) const;

  std::filesystem::path dir_;
};

// Connection arguments of `server`, then `args`.
std::vector<std::string> WithServer(const test_support::MariadbServer& server,
                                    const std::vector<std::string>& args);

// A server with the named schema files loaded. Aborts the test program with the reason when it
// cannot: nothing in it would mean anything.
std::unique_ptr<test_support::MariadbServer> StartWithSchemas(
    const std::vector<std::string>& schemas, std::vector<std::string> server_args = {});

// Like StartWithSchemas, these end the test program when they fail.
void ExecOrExit(const test_support::MariadbServer& server, const std::string& sql);
// Links in the server's directory.
DumpPair MakePair(const test_support::MariadbServer& server);

}  // namespace sfdb::e2e
