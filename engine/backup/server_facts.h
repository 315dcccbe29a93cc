// What a backup must know of the server before it begins.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dumper/options/connection_options.h"
#include "dumper/session/session.h"

namespace sfdb::engine {

struct ServerFacts {
  std::string version;
  std::string hostname;                // @@hostname: names the files
  std::vector<std::string> databases;  // in the server's order, system databases included
  std::set<std::string> empty;         // only if asked for: databases without any object
};

// Asks on `session`. Fails, exit 2, for a server that is not MariaDB.
absl::StatusOr<ServerFacts> AskServer(dumper::Session& session, bool find_empty);

}  // namespace sfdb::engine
