// What is on the server where a restore wants to write, and clearing it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dumper/load/load_session.h"
#include "engine/restore/restore_request.h"

namespace sfdb::engine {

class RestoreTarget {
 public:
  explicit RestoreTarget(dumper::LoadSession* session) : session_(session) {}

  // Which server this is, on one line.
  absl::StatusOr<std::string> Identity();
  absl::StatusOr<bool> Exists(const std::string& database);
  // Tables, views, sequences, routines and events.
  absl::StatusOr<uint64_t> ObjectCount(const std::string& database);
  absl::StatusOr<bool> HasTable(const std::string& database, const std::string& table);

  // Tables of `database` with rows in an order of their own: InnoDB, and a primary key or a unique
  // one without NULLs. `innodb`: all InnoDB tables.
  absl::Status FindOrder(const std::string& database, std::set<std::string>* ordered,
                         std::set<std::string>* innodb);
  // DROP TRIGGER for each trigger of the tables, or of all tables.
  absl::Status DropTriggers(const std::string& database, const std::set<std::string>& tables);
  absl::Status DropDatabase(const std::string& database);
  absl::Status DropTable(const std::string& database, const std::string& table);

 private:
  absl::StatusOr<uint64_t> Count(const std::string& sql);
  dumper::LoadSession* session_;
};

// Beside the file, unless the request says where; backups in a directory of this name are not
// what "the latest backup" means.
inline constexpr std::string_view kSafetyDirectory = "pre_restore";

// Backs up `database` into request.backup_dir, sealed as that says. The path of the dump.
absl::StatusOr<std::string> BackUpBeforeDrop(const RestoreRequest& request,
                                             const std::string& database, bool must_be_sealed);

}  // namespace sfdb::engine
