// Running `sfdbtools` verbs against a private server, and looking at what they leave in a
// directory.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/dump_pair.h"
#include "tests/support/mariadb_server.h"
#include "tests/support/run_process.h"

namespace sfdb::e2e {

// The program under test: $SFDB_PROGRAM, else the build's.
std::string SfdbProgram();

// `sfdbtools ARGS`, with a clean environment, no terminal and an empty HOME.
test_support::ProcessOptions VerbOptions(std::vector<std::string> args);
test_support::ProcessResult RunVerb(std::vector<std::string> args);
// `sfdbtools backup MODE` against `server` into `dir`, unattended.
std::vector<std::string> BackupArgs(const test_support::MariadbServer& server,
                                    const std::string& mode, const std::filesystem::path& dir,
                                    std::vector<std::string> more);

// What mariadb-dump prints for what `backup` dumps.
std::string ExpectedDump(const test_support::MariadbServer& server,
                         const std::vector<std::string>& databases);
// What mariadb-dump prints for `args` behind those options.
std::string StockDump(const test_support::MariadbServer& server, std::vector<std::string> args);

// Fails the current test when the texts differ in more than law 1 allows.
void ExpectSameDump(std::string_view expected, std::string_view actual);

// Names in a directory, sorted; the one that ends in `suffix`.
std::vector<std::string> NamesIn(const std::filesystem::path& dir);
std::filesystem::path OnlyFile(const std::filesystem::path& dir, const std::string& suffix);

// Waits, at most 30 s, until a file whose name ends in `suffix` is there.
bool WaitForFile(const std::filesystem::path& dir, const std::string& suffix);

}  // namespace sfdb::e2e
