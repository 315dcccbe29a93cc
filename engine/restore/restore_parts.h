// The two ways of a restore (restore_run.h), inside of it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "engine/read/backup_file.h"
#include "engine/restore/failure_log.h"
#include "engine/restore/restore_journal.h"
#include "engine/restore/restore_request.h"
#include "engine/restore/restore_target.h"
#include "engine/restore/statement_runner.h"

namespace sfdb::engine {

// What both ways use.
struct RestoreContext {
  const RestoreRequest& request;
  std::stop_token stop;
  const std::function<void(std::string_view)>& say;
  RestoreOutcome& outcome;
  FailureLog failures;
  RestoreCounters counters;
  TargetNames names;
  bool is_sealed;  // the file
};

// Refuses what must not be written, makes the safety backup and drops, as the request says; nothing
// of that with --resume, and nothing is changed in a dry run. `table`: only that one of the
// database.
absl::Status PrepareTargets(RestoreContext& context, const std::vector<std::string>& databases,
                            const std::optional<std::string>& table);

// CREATE DATABASE IF NOT EXISTS for --target-db.
absl::Status CreateTarget(RestoreContext& context, dumper::LoadSession& session);

absl::StatusOr<std::unique_ptr<RestoreJournal>> OpenJournal(RestoreContext& context,
                                                            const BackupFile& file);

absl::Status RestoreByIndex(RestoreContext& context, BackupFile& file);
absl::Status RestoreAsStream(RestoreContext& context, BackupFile& file);

}  // namespace sfdb::engine
