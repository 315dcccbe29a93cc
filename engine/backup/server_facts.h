// What a backup must know of the server before it begins.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dumper/session/session.h"

namespace sfdb::engine {

struct ServerFacts {
  std::string version;
  std::string hostname;                // @@hostname: names the files
  std::vector<std::string> databases;  // in the server's order, system databases included
  std::set<std::string> empty;         // only if asked for: databases without any object
};

// One database, as the server's catalog sums it up.
struct DatabaseSummary {
  std::string name;
  uint64_t data_bytes = 0;
  uint64_t views = 0;
  uint64_t hidden_routines = 0;  // listed, but their text is not shown to us
  // Tables whose engine knows no snapshot (MyISAM, Aria, MEMORY, ...): how many, the first few.
  uint64_t not_transactional = 0;
  std::string not_transactional_names;
};
// In the order of `databases`.
absl::StatusOr<std::vector<DatabaseSummary>> SumUpDatabases(
    dumper::Session& session, const std::vector<std::string>& databases);

// Asks on `session`. Fails, exit 2, for a server that is not MariaDB.
absl::StatusOr<ServerFacts> AskServer(dumper::Session& session, bool find_empty);

}  // namespace sfdb::engine
