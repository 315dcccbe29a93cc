// What a restore is asked to do, and what it says it has done.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/slot.h"
#include "dumper/options/connection_options.h"
#include "engine/progress/progress.h"

namespace sfdb::engine {

struct RestoreRequest {
  std::string file;
  const std::vector<crypto::IdentityPtr>* identities = nullptr;  // the keys; outlive the restore
  dumper::ConnectionOptions connection;
  unsigned threads = 1;

  // What of the file: all, one database, or one table. At most one of them is given.
  std::optional<std::string> database;
  std::optional<std::string> table;  // DATABASE.TABLE
  // Where to: the database's own name, or this one.
  std::optional<std::string> target_database;

  // What may happen to what is there. Neither: a target that holds something is refused.
  bool drop_target = false;       // dropped first, after a safety backup
  bool into_existing = false;     // the dump's own DROP TABLE IF EXISTS decides
  bool system_databases = false;  // mysql, sys, ... may be written
  bool skip_backup = false;       // of what drop_target drops
  std::string backup_dir;         // for the safety backup; empty: pre_restore beside the file
  // What the safety backups are sealed to, asked once for each; empty: nothing, and not allowed for
  // a sealed file, whose data would lie in the open.
  std::function<absl::StatusOr<std::vector<crypto::RecipientPtr>>()> backup_recipients;

  bool with_users = false;  // also `{base}_users.cnf`
  bool dry_run = false;
  bool resume = false;
  bool continue_on_error = false;
  // For verification: no look at the text before it is loaded, and no journal.
  bool trust_text = false;
  bool keep_journal = true;
  std::string tool_version;
  ProgressCounters* progress = nullptr;
};

// A statement that the server refused.
struct SqlFailure {
  uint64_t offset = 0;  // of the statement in the text of the file
  std::string object;   // "`d`.`t`"; empty: none known
  unsigned number = 0;  // the server's error number; 0: not an error of the server
  std::string message;
  std::string head;  // of the statement
};

std::string FailureText(const SqlFailure& failure);

struct RestoreOutcome {
  absl::Status status;  // with an exit code (engine/base/exit_code.h)
  std::vector<std::string> warnings;
  std::vector<SqlFailure> failures;  // the first kKeptFailures
  uint64_t failures_total = 0;
  std::vector<std::string> databases;  // that were written, or would be
  std::string safety_backup;           // path; several: the last
  uint64_t tables = 0;
  uint64_t rows = 0;  // as the index says; 0 without
  uint64_t statements = 0;
  uint64_t text_bytes = 0;  // of SQL that was executed, or would be
  uint64_t file_bytes = 0;
  uint64_t bytes_read = 0;   // of the file
  uint64_t tables_kept = 0;  // --resume: were there already
  bool in_parallel = false;  // by the index; else as one stream
  double seconds = 0;
};

inline constexpr size_t kKeptFailures = 1000;

}  // namespace sfdb::engine
