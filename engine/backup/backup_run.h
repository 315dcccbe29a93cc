// `sfdbtools backup`: dump files with their index, metadata and sidecars, each set published only
// when whole.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/backup/backup_request.h"
#include "engine/backup/server_facts.h"

namespace sfdb::engine {

// What a run of `request` would take: for a menu, a screen, a dry run. Reads nothing but names.
struct BackupPlan {
  ServerFacts server;
  DatabaseChoice choice;
  // Base names of the files, in their order, as they would be now; without extension.
  std::vector<std::string> base_names;
};
// Errors carry an exit code. Nothing left to take is no error here. With mode single and no
// database, `choice` holds all that may be chosen, and `base_names` a file for each.
absl::StatusOr<BackupPlan> PlanBackup(const BackupRequest& request);

// Runs a backup to its end. `say` gets each warning as it happens, without newline, on any thread,
// one call at a time. `stop` ends the run from outside (a signal, a time-out): what is published by
// then stays, the rest is Cancelled. SIGPIPE must be ignored by the caller.
BackupOutcome RunBackup(const BackupRequest& request, std::stop_token stop,
                        const std::function<void(std::string_view)>& say);

}  // namespace sfdb::engine
