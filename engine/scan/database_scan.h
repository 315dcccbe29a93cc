// What each database of a server holds, in numbers: `db-scan`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dumper/session/session.h"
#include "engine/filters/database_filter.h"

namespace sfdb::engine {

struct DatabaseNumbers {
  std::string name;
  uint64_t bytes = 0;   // data and indexes, as information_schema estimates them
  uint64_t tables = 0;  // and sequences, not views
  uint64_t procedures = 0;
  uint64_t functions = 0;
  uint64_t views = 0;
  // Accounts with a grant on this database (mysql.db; patterns such as `app\_%` count); nullopt: we
  // may not look.
  std::optional<uint64_t> grants;
  absl::Status status;  // not OK: the other numbers mean nothing
};

struct ScanRequest {
  // Taken away from what `include` says, also what it names: db-scan differs from backup in this.
  DatabaseFilter filter;
};

struct ScanResult {
  std::string hostname;
  std::string version;
  std::vector<DatabaseNumbers> databases;  // in the server's order
  std::vector<std::string> missing;        // asked for by name, not on the server
};

// Errors of one database stay with it; any other ends the scan. `stop` is asked between databases.
// A table that somebody alters is waited for 10 s at most. Any MariaDB or MySQL server.
absl::StatusOr<ScanResult> ScanDatabases(dumper::Session& session, const ScanRequest& request,
                                         const std::function<bool()>& stop);

}  // namespace sfdb::engine
