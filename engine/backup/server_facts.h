// What a backup must know of the server before it begins.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dumper/options/connection_options.h"

namespace sfdb::engine {

struct ServerFacts {
  std::string version;
  std::string hostname;                // @@hostname: names the files
  std::vector<std::string> databases;  // in the server's order, system databases included
};

// Connects and asks. Fails, exit 2, for a server that is not MariaDB.
absl::StatusOr<ServerFacts> AskServer(const dumper::ConnectionOptions& connection);

// information_schema, performance_schema, mysql, sys: what `backup` leaves out unless it is named.
bool IsSystemDatabase(std::string_view name);

struct DatabaseChoice {
  std::vector<std::string> databases;  // in the server's order
  std::vector<std::string> missing;    // asked for, not there
};
// `wanted` empty: all but the system's.
DatabaseChoice ChooseDatabases(const std::vector<std::string>& there,
                               const std::vector<std::string>& wanted);

}  // namespace sfdb::engine
