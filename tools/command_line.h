// What the verbs share on their command lines (all but `dump`, which parses like mariadb-dump).
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sfdb::tools {

// Parses `args` (what follows the verb) and calls `run`. Help goes to stdout, exit 0; a wrong command
// line to stderr, exit 2. What `run` throws as CLI::ParseError counts as a wrong command line.
int ParseAndRun(CLI::App& app, const std::vector<std::string>& args,
                const std::function<int()>& run);

// "512M", "64K", "1G", "1048576"; a trailing "B" or "iB" is taken too. InvalidArgument otherwise.
absl::StatusOr<uint64_t> ParseSize(const std::string& text);

// "<program>: <message>" on stderr; returns the status's exit code.
int ReportFailure(const std::string& program, const absl::Status& status);

}  // namespace sfdb::tools
